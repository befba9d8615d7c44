#include "gateway/flow/editions.h"

#include "base/clock.h"
#include "tests/gateway/database.h"
#include "tests/gateway/small_content.h"
#include "tests/support/run.h"

namespace usher::gateway::flow {
namespace {

class EditionsTest : public testing::Test {
 protected:
  EditionsTest() : files_(database_.folder()) {}

  Editions editions() { return {*database_, system_clock(), files_.folders(), {}}; }
  std::shared_ptr<const Content> load() {
    std::vector<ContentProblem> problems;
    auto content = editions().load(problems);
    EXPECT_TRUE(content) << content.error().message;
    for (const auto& p : problems) EXPECT_TRUE(p.is_warning) << p.file << ":" << p.line << ": " << p.message;
    return content ? *content : nullptr;
  }
  std::string title(const Content& content) { return content.scripts->find("handover")->title.in("en"); }

  TestDatabase database_;
  SmallContent files_;
};

TEST_F(EditionsTest, TheFolderIsPublishedOnceAsItStands) {
  ASSERT_TRUE(load());
  ASSERT_TRUE(load());
  std::vector<store::EditionEntry> log;
  ASSERT_TRUE(database_->read_sync([&](sql::Tx& tx) -> Result<void> {
    log = store::edition_log(tx, 10).value();
    return {};
  }));
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].who, "folder");
  EXPECT_EQ(log[0].hash, edition_hash(files_.sources()));
}

TEST_F(EditionsTest, ARollBackHoldsUntilTheFolderChanges) {
  ASSERT_TRUE(load());
  files_.replace("handover.yaml", "A person", "Second edition");
  EXPECT_EQ(title(*load()), "Second edition");

  auto back = editions().roll_back("", "ana", "too wordy");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(title(*load()), "A person") << "rolled back";
  EXPECT_EQ(title(*load()), "A person") << "and stays so at the next start";

  files_.replace("handover.yaml", "Second", "Third");
  EXPECT_EQ(title(*load()), "Third edition") << "an edit is newer than the roll-back";
}

TEST_F(EditionsTest, OnlyScriptsWithoutProblemsArePublished) {
  ASSERT_TRUE(load());
  auto scripts = files_.sources();
  scripts["handover.yaml"] += "  more: { goto: nowhere }\n";
  std::vector<ContentProblem> problems;
  auto refused = editions().publish(scripts, "ana", "", problems);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(problems.empty());

  scripts = files_.sources();
  scripts["handover.yaml"].replace(scripts["handover.yaml"].find("A person"), 8, "From elsewhere");
  problems.clear();
  auto published = editions().publish(scripts, "ana", "from my laptop", problems);
  ASSERT_TRUE(published) << published.error().message;
  EXPECT_EQ(title(*load()), "From elsewhere") << "the folder did not change, so the edition holds";
}

TEST_F(EditionsTest, ARollBackNamesWhatItCannotFind) {
  EXPECT_EQ(editions().roll_back("", "ana", "").error().message, "nothing was published yet");
  ASSERT_TRUE(load());
  EXPECT_EQ(editions().roll_back("", "ana", "").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(editions().roll_back("zz", "ana", "").error().code, ErrorCode::kNotFound);
}

TEST_F(EditionsTest, AnEarlierVersionIsBroughtBackForTheConversationsThatRunOnIt) {
  const auto first = load();
  const std::string old_hash = first->scripts->find("handover")->hash;
  files_.replace("handover.yaml", "A person", "Edited");
  CurrentContent current(load());
  ASSERT_NE(current.get()->scripts->find("handover")->hash, old_hash);
  EXPECT_EQ(current.get()->scripts->find("handover", old_hash)->title.in("en"), "Edited") << "unknown yet: the current one";

  auto live = editions();
  async::Pool pool(1);
  test::run([](Editions* e, CurrentContent* c, async::Pool* p, std::string hash) -> boost::asio::awaitable<bool> {
    co_await e->bring({hash, "0000"}, *c, *p);
    co_return true;
  }(&live, &current, &pool, old_hash));
  EXPECT_EQ(current.get()->scripts->find("handover", old_hash)->title.in("en"), title(*first));
  EXPECT_EQ(current.get()->scripts->find("handover")->title.in("en"), "Edited");
}

TEST(Touched, SaysWhatBecomesOfRunningConversations) {
  dialogs::ScriptSet next;
  auto& stays = next.scripts["stays"];
  stays.hash = "new";
  auto& moves = next.scripts["moves"];
  moves.hash = "new";
  moves.moves_running = true;
  moves.renamed = {{"old-name", "new-name"}};
  moves.steps["new-name"].id = "new-name";
  using What = Touched::What;
  const auto got = touched_by(
      next, {{"stays", "new", "a", 1}, {"stays", "old", "a", 2}, {"moves", "old", "old-name", 3}, {"moves", "old", "gone", 4}});
  ASSERT_EQ(got.size(), 4u);
  EXPECT_EQ(got[0].what, What::kSame);
  EXPECT_EQ(got[1].what, What::kStays);
  EXPECT_EQ(got[2].what, What::kMoves);
  EXPECT_EQ(got[2].to, "new-name");
  EXPECT_EQ(got[3].what, What::kStartsAgain);
}

}  // namespace
}  // namespace usher::gateway::flow
