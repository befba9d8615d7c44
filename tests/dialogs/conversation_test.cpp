// Plays config/dialogs/conversations/*.txt over the shipped scripts: as written, with numbers and with labels instead of buttons.
#include <gtest/gtest.h>

#include "dialogs/rehearsal.h"
#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

std::vector<Source> shipped_conversations() {
  std::vector<Source> out;
  for (const auto& e : std::filesystem::directory_iterator(USHER_SOURCE_DIR "/config/dialogs/conversations")) {
    if (e.path().extension() == ".txt") out.push_back({e.path().filename().string(), read_file(e.path())});
  }
  std::ranges::sort(out, {}, &Source::file);
  return out;
}

TEST(Conversations, RunAsWritten) {
  ASSERT_TRUE(shipped_scripts());
  const auto all = shipped_conversations();
  ASSERT_GE(all.size(), 7U);
  for (const Source& source : all) {
    const Rehearsed r = rehearse(source, *shipped_scripts());
    EXPECT_TRUE(r.problems.empty()) << to_string(r.problems);
    EXPECT_GT(r.turns, 0) << source.file;
  }
}

// C3: who has no buttons and answers with the number, or writes what stands on the button, comes to the same end.
TEST(Conversations, EndTheSameWithoutButtons) {
  ASSERT_TRUE(shipped_scripts());
  for (const Source& source : shipped_conversations()) {
    const Rehearsed written = rehearse(source, *shipped_scripts());
    for (const Manner manner : {Manner::kNumbers, Manner::kLabels}) {
      const char* name = manner == Manner::kNumbers ? "numbers" : "labels";
      const Rehearsed other = rehearse(source, *shipped_scripts(), manner);
      EXPECT_TRUE(other.problems.empty()) << name << ": " << to_string(other.problems);
      EXPECT_EQ(other.state.end, written.state.end) << source.file << " with " << name;
      EXPECT_EQ(other.state.last_step, written.state.last_step) << source.file << " with " << name;
      EXPECT_EQ(other.state.slots, written.state.slots) << source.file << " with " << name;
      EXPECT_EQ(other.state.tried, written.state.tried) << source.file << " with " << name;
      ASSERT_EQ(other.ticket.has_value(), written.ticket.has_value()) << source.file << " with " << name;
      if (written.ticket) {
        EXPECT_EQ(other.ticket->priority, written.ticket->priority) << source.file << " with " << name;
        EXPECT_EQ(other.ticket->fault_class, written.ticket->fault_class) << source.file << " with " << name;
      }
    }
  }
}

}  // namespace
}  // namespace usher::dialogs
