// Plays tests/conversations/*.txt over the shipped scripts. One file, one conversation:
//   # a remark                    > the customer writes this           >> id      the customer presses this button
//   @ zh                          the chat is opened in this language  @ entry email   the channel begins with this script
//   ? id | title | text           what a search or fetch finds (several lines: several articles; without: nothing)
//   < part of what the bot says   (in this order, within the turn)     ! ticket P1 | ! resolved | ! follow-up | ! slot name=value
//   | ! tried what=answer
#include <gtest/gtest.h>

#include "dialogs/engine.h"
#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

class Player {
 public:
  explicit Player(const std::string& file) : file_(file) {}

  void play() {
    std::istringstream in(read_file(file_));
    for (std::string line; std::getline(in, line);) {
      ++number_;
      if (line.empty() || line.starts_with('#')) continue;
      const std::string rest = line.size() > 2 ? line.substr(line.find(' ') + 1) : "";
      if (line.starts_with("@ entry ")) {
        entry_ = line.substr(8);
      } else if (line.starts_with("@ ")) {
        turn(Opened{rest});
      } else if (line.starts_with("? ")) {
        found_.push_back(article(rest));
      } else if (line.starts_with(">> ")) {
        turn(Said{"", rest, "", 0});
      } else if (line.starts_with("> ")) {
        turn(Said{rest, "", "", 0});
      } else if (line.starts_with("< ")) {
        expect_said(rest);
      } else if (line.starts_with("! ")) {
        expect_effect(rest);
      } else {
        FAIL() << place() << "not a line of a conversation: " << line;
      }
    }
  }

 private:
  std::string place() const { return fmt::format("{}:{}: ", file_, number_); }

  static FoundArticle article(const std::string& line) {
    const auto a = line.find(" | "), b = line.find(" | ", a + 3);
    return {line.substr(0, a), line.substr(a + 3, b - a - 3), line.substr(b + 3), 0.9};
  }

  void turn(const Event& event) {
    said_.clear();
    effects_.clear();
    Event next = event;
    for (int round = 0; round < 70; ++round) {
      Outcome o = step(*shipped_scripts(), std::move(state_), next, entry_);
      state_ = std::move(o.state);
      bool asks = false;
      for (Effect& e : o.effects) {
        if (const auto* p = std::get_if<Prompt>(&e)) {
          said_ += p->text + "\n";
          for (const Choice& c : p->choices) said_ += "[" + c.label + "]\n";
        }
        asks = asks || std::holds_alternative<Search>(e) || std::holds_alternative<FetchArticle>(e);
        effects_.push_back(std::move(e));
      }
      if (!asks) return;
      next = ArticlesFound{std::exchange(found_, {})};
    }
  }

  void expect_said(const std::string& part) {
    const auto at = said_.find(part);
    EXPECT_NE(at, std::string::npos) << place() << "the bot does not say “" << part << "” but:\n" << said_;
    if (at != std::string::npos) said_.erase(0, at + part.size());
  }

  void expect_effect(const std::string& what) {
    bool ok = false;
    if (what.starts_with("slot ")) {
      const auto eq = what.find('=');
      const auto it = state_.slots.find(what.substr(5, eq - 5));
      ok = it != state_.slots.end() && it->second == what.substr(eq + 1);
    } else if (what.starts_with("tried ")) {
      const auto eq = what.rfind('=');
      ok = std::ranges::any_of(state_.tried, [&](const auto& t) {
        return t.first.contains(what.substr(6, eq - 6)) && t.second == what.substr(eq + 1);
      });
    } else {
      for (const Effect& e : effects_) {
        if (const auto* t = std::get_if<OpenTicket>(&e)) ok = ok || what == "ticket " + t->priority;
        ok = ok || (what == "resolved" && std::holds_alternative<Resolved>(e)) ||
             (what == "follow-up" && std::holds_alternative<FollowUp>(e));
      }
    }
    EXPECT_TRUE(ok) << place() << "no “" << what << "”; dialog " << state_.dialog << ", step " << state_.step << ", said:\n"
                    << said_ << state_.to_json();
  }

  std::string file_;
  int number_ = 0;
  State state_;
  std::string entry_;
  std::vector<FoundArticle> found_;
  std::string said_;
  std::vector<Effect> effects_;
};

TEST(Conversations, RunAsWritten) {
  ASSERT_TRUE(shipped_scripts());
  std::vector<std::string> files;
  for (const auto& e : std::filesystem::directory_iterator(USHER_SOURCE_DIR "/tests/conversations")) {
    if (e.path().extension() == ".txt") files.push_back(e.path().string());
  }
  std::ranges::sort(files);
  ASSERT_FALSE(files.empty());
  for (const std::string& file : files) Player(file).play();
}

}  // namespace
}  // namespace usher::dialogs
