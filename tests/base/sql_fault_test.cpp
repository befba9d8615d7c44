// A disk that fails, made by strace: each test runs this program again with every n-th system call of a kind failing, for every n
// until none is left to fail. What was acknowledged must be in the file afterwards.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <sys/wait.h>

#include <gtest/gtest.h>

#include "base/sql/database.h"
#include "tests/base/temp_folder.h"

namespace usher::sql {
namespace {

constexpr const char* kChildFolder = "USHER_TEST_FAULT_FOLDER";
constexpr int kExitIoError = 74;
constexpr int kMaxRuns = 60;

Op insert(std::string key) {
  return [key = std::move(key)](Tx& tx) -> Result<void> {
    auto done = tx.exec("INSERT INTO item(key, filler) VALUES($1, $2)", {key, std::string(3000, 'x')});
    if (!done) return fail(std::move(done.error()));
    return {};
  };
}

// The other process: writes four items with a checkpoint in the middle and notes what it was told. Never returns.
[[noreturn]] void run_child(const std::filesystem::path& folder) {
  std::ofstream told(folder / "told");
  auto opened = open_sqlite({.path = folder / "test.db", .readers = 1});
  if (!opened) {
    told << "open " << to_string(opened.error().code) << std::endl;
    std::_Exit(0);
  }
  for (const auto* key : {"a", "b", "c", "d"}) {
    const auto done = (*opened)->write_sync(insert(key));
    told << key << " " << (done ? std::string_view("stored") : to_string(done.error().code)) << std::endl;
    if (*key != 'b') continue;
    if (auto folded = (*opened)->checkpoint(); !folded) told << std::flush;  // its fate is not what this is about
  }
  std::_Exit(0);
}

struct Outcome {
  int exit_code = -1;
  std::string log;
  std::set<std::string> stored;  // acknowledged
  std::set<std::string> failed;  // "key code"
  std::set<std::string> found;   // in the file afterwards
};

class SqliteFault : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* folder = std::getenv(kChildFolder)) run_child(folder);
    if (std::system("strace -f -o /dev/null true >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "NOT TESTED: strace is missing or may not trace here; failing disks were not exercised";
    }
  }

  // `inject`: what strace is told, e.g. "fsync,fdatasync:error=EIO:when=3+".
  static Outcome run_with(const std::string& inject) {
    TempFolder folder;
    const std::filesystem::path file = folder.file();
    {
      auto opened = open_sqlite({.path = file});
      EXPECT_TRUE(opened && (*opened)->write_sync(
                                [](Tx& tx) { return tx.script("CREATE TABLE item(key TEXT PRIMARY KEY, filler TEXT)"); }));
    }
    Outcome outcome;
    const auto log = file.parent_path() / "log";
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    const std::string command = std::string(kChildFolder) + "='" + file.parent_path().string() +
                                "' strace -f -qq -o /dev/null -e trace=" + inject.substr(0, inject.find(':')) +
                                " -e inject=" + inject + " '" + std::filesystem::read_symlink("/proc/self/exe").string() +
                                "' --gtest_filter=SqliteFault." + test + " >'" + log.string() + "' 2>&1";
    const int status = std::system(command.c_str());
    EXPECT_TRUE(WIFEXITED(status)) << inject;
    outcome.exit_code = WEXITSTATUS(status);
    std::ifstream in(log);
    outcome.log.assign(std::istreambuf_iterator<char>(in), {});
    std::ifstream told(file.parent_path() / "told");
    for (std::string key, what; told >> key >> what;) {
      if (what == "stored") {
        outcome.stored.insert(key);
      } else {
        outcome.failed.insert(key + " " + what);
      }
    }
    auto opened = open_sqlite({.path = file});
    EXPECT_TRUE(opened) << inject << ": " << (opened ? "" : opened.error().message);
    if (!opened) return outcome;
    EXPECT_TRUE((*opened)->write_sync([&](Tx& tx) -> Result<void> {
      auto rows = tx.query("SELECT key FROM item", {}, [&](const Row& row) { outcome.found.insert(row.text(0)); });
      if (!rows) return fail(std::move(rows.error()));
      return insert("afterwards")(tx);
    }));
    return outcome;
  }
};

TEST_F(SqliteFault, AFailingFsyncEndsTheProcessBeforeAnybodyIsToldItIsStored) {
  int ended = 0;
  for (int n = 1; n <= kMaxRuns; ++n) {
    const auto outcome = run_with("fsync,fdatasync:error=EIO:when=" + std::to_string(n) + "+");
    for (const auto& key : outcome.stored) EXPECT_TRUE(outcome.found.contains(key)) << "lost " << key << " at fsync " << n;
    EXPECT_TRUE(outcome.failed.empty()) << *outcome.failed.begin() << " at fsync " << n;  // nobody gets an answer at all
    if (outcome.exit_code == 0) {
      EXPECT_EQ(outcome.stored.size(), 4U);
      EXPECT_GE(ended, 5);  // four commits and a checkpoint at least
      return;
    }
    ASSERT_EQ(outcome.exit_code, kExitIoError) << outcome.log;
    EXPECT_NE(outcome.log.find("storage_failed"), std::string::npos) << outcome.log;
    EXPECT_LT(outcome.stored.size(), 4U);
    ++ended;
  }
  FAIL() << "still failing after " << kMaxRuns << " calls";
}

TEST_F(SqliteFault, AFailingWriteEndsTheProcessToo) {
  int ended = 0;
  for (int n = 1; n <= kMaxRuns; ++n) {
    const auto outcome = run_with("pwrite64:error=EIO:when=" + std::to_string(n) + "+");
    for (const auto& key : outcome.stored) EXPECT_TRUE(outcome.found.contains(key)) << "lost " << key << " at write " << n;
    if (outcome.failed.contains("open io")) continue;
    if (outcome.exit_code == 0) {
      EXPECT_GE(ended, 4);
      return;
    }
    ASSERT_EQ(outcome.exit_code, kExitIoError) << outcome.log;
    ++ended;
  }
  FAIL() << "still failing after " << kMaxRuns << " calls";
}

TEST_F(SqliteFault, ADiskThatIsFullForAMomentRefusesWhatItCannotKeepAndGoesOn) {
  int refused = 0;
  int clean = 0;  // runs in a row that noticed nothing: a checkpoint's writes may fail unnoticed, fifteen in a row are the end
  for (int n = 1; clean < 15; ++n) {
    const auto outcome = run_with("pwrite64:error=ENOSPC:when=" + std::to_string(n));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.log;
    if (outcome.failed.contains("open io")) continue;
    EXPECT_EQ(outcome.stored, outcome.found) << "at write " << n;  // neither lost nor stored in secret
    EXPECT_EQ(outcome.stored.size() + outcome.failed.size(), 4U) << "at write " << n;
    for (const auto& what : outcome.failed) EXPECT_TRUE(what.ends_with(" io")) << what;
    refused += outcome.failed.empty() ? 0 : 1;
    clean = outcome.failed.empty() ? clean + 1 : 0;
  }
  EXPECT_GE(refused, 4);
}

}  // namespace
}  // namespace usher::sql
