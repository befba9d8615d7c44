// What scripts ask of the service: look-ups, reminders, status, learning, consent on the ticket, and versions published while a
// conversation runs.
#include "gateway/flow/editions.h"
#include "gateway/flow/learning.h"
#include "gateway/store/learning.h"
#include "tests/gateway/gateway_fixture.h"
#include "tests/gateway/small_content.h"
#include "tests/support/run.h"

namespace usher::gateway {
namespace {

constexpr const char* kCare = R"(dialog: care
title: { en: Care, zh: 服务 }
triggers: { phrases: { en: [I need care], zh: [我要服务] } }
patience: { remind_after: 20m, give_up_after: 24h, then: ticket }
slots:
  serial:
    type: serial
    ask: { en: "Which serial number?", zh: 请问序列号？ }
    pattern: '[A-Z0-9]{6}'
    pattern_hint: { en: six letters and digits, zh: 六位字母和数字 }
  warranty: { type: text, label: { en: Warranty, zh: 保修 } }
  remote: { type: text, label: { en: Remote access, zh: 远程 } }
steps:
  serial: { ask: serial, next: ask-service }
  ask-service:
    lookup: warranty
    with: { serial: "{{serial}}" }
    save: { warranty: state }
    next: known
    not_found: unknown
    failed: unknown
  known: { say: { en: "Your warranty: {{warranty}}.", zh: "保修：{{warranty}}。" }, next: allow }
  unknown: { say: { en: "I could not look up the warranty.", zh: 暂时查不到保修。 }, next: allow }
  allow:
    consent: { en: "May a technician look at {{serial}} from afar?", zh: "可以远程查看{{serial}}吗？" }
    slot: remote
    agreed: find
    declined: ticket
  find:
    troubleshoot:
      escalate_cost: 30
      causes:
        - { id: plug, label: { en: plug, zh: 插头 }, weight: 4 }
        - { id: board, label: { en: board, zh: 主板 }, weight: 1 }
      checks:
        - { id: replug, check: { en: Plug it in again., zh: 请重新插好。 }, cost: 1, fixes: { plug: 0.9 }, tried: Plugged in again }
    solved: rate
    unsolved: ticket
  rate: { survey: { en: "How was it, 1 to 5?", zh: 满意吗？ }, next: done }
  done: { resolve: { en: Good., zh: 好的。 } }
  ticket: { escalate: { en: I pass this on., zh: 我来转交。 } }
)";

class ScriptsFlow : public GatewayFixture {
 protected:
  ScriptsFlow() : files_(database_.folder()) { files_.write("care.yaml", kCare); }

  void SetUp() override {
    editions_ = std::make_unique<flow::Editions>(*database_, clock_, files_.folders(), dialogs::World{});
    publish();
    GatewayFixture::SetUp();
    set_outside();
  }
  void publish() {
    std::vector<flow::ContentProblem> problems;
    auto content = editions_->load(problems);
    ASSERT_TRUE(content && *content) << (problems.empty() ? content.error().message : problems.front().message);
    current_.set(*content);
  }
  void set_outside() {
    conversations_->set_outside(
        {[this](dialogs::LookUp wish) { return answer(std::move(wish)); },
         [this](std::vector<std::string> versions) { return editions_->bring(std::move(versions), current_, pool_); }});
  }
  boost::asio::awaitable<dialogs::LookedUp> answer(dialogs::LookUp wish) {
    asked_ = wish.service + " " + wish.with["serial"];
    co_return answer_;
  }
  void look() {
    test::run_on(io_->executor(0), [](flow::Conversations* c) -> boost::asio::awaitable<bool> {
      co_await c->look_once();
      co_return true;
    }(conversations_.get()));
    settle();
  }
  std::string last_words() {
    return one("SELECT text FROM messages WHERE author = 'bot' ORDER BY conversation_id, seq DESC LIMIT 1");
  }
  std::string all_words() {
    std::string out;
    for (const auto& text : column("SELECT text FROM messages WHERE author = 'bot' ORDER BY seq")) out += text + "\n";
    return out;
  }

  SmallContent files_;
  async::Pool pool_{1};
  std::unique_ptr<flow::Editions> editions_;
  dialogs::LookedUp answer_{dialogs::LookedUp::Result::kFound, {{"state", "in warranty"}}, {}};
  std::string asked_;
};

TEST_F(ScriptsFlow, ALookUpIsAskedInTheMiddleOfATurnAndItsAnswerIsSaid) {
  say("v1", "I need care");
  say("v1", "ABC123");
  EXPECT_EQ(asked_, "warranty ABC123");
  EXPECT_NE(all_words().find("Your warranty: in warranty."), std::string::npos) << all_words();
  EXPECT_NE(last_words().find("from afar"), std::string::npos) << last_words();
}

TEST_F(ScriptsFlow, AServiceThatFailsCostsNothingButTheAnswer) {
  answer_ = {dialogs::LookedUp::Result::kFailed, {}, "down"};
  say("v1", "I need care");
  say("v1", "ABC123");
  EXPECT_NE(all_words().find("could not look up"), std::string::npos) << all_words();
  EXPECT_NE(last_words().find("from afar"), std::string::npos);
}

TEST_F(ScriptsFlow, ASilentCustomerIsRemindedOnceAndThenACaseIsOpened) {
  say("v1", "I need care");
  const auto before = column("SELECT id FROM messages").size();
  look();
  EXPECT_EQ(column("SELECT id FROM messages").size(), before) << "not due yet";
  clock_.advance(std::chrono::minutes{26});
  look();
  EXPECT_EQ(column("SELECT id FROM messages").size(), before + 2) << "the reminder and the question: " << all_words();
  EXPECT_NE(last_words().find("serial number"), std::string::npos) << last_words();
  look();
  EXPECT_EQ(column("SELECT id FROM messages").size(), before + 2) << "reminded once";
  EXPECT_EQ(one("SELECT count(*) FROM cases"), "0");
  clock_.advance(std::chrono::hours{25});
  look();
  EXPECT_EQ(one("SELECT count(*) FROM cases"), "1") << all_words();
  EXPECT_EQ(one("SELECT count(*) FROM timers"), "0");
  until([&] { return tickets_.tickets() == 1; }, "the ticket");
  clock_.advance(std::chrono::hours{100});
  look();
  EXPECT_EQ(tickets_.tickets(), 1u);
}

TEST_F(ScriptsFlow, WhoWritesInTimeIsNotReminded) {
  say("v1", "I need care");
  clock_.advance(std::chrono::minutes{15});
  say("v1", "ABC123");
  const auto before = column("SELECT id FROM messages").size();
  clock_.advance(std::chrono::minutes{11});
  look();
  EXPECT_EQ(column("SELECT id FROM messages").size(), before) << last_words();
}

TEST_F(ScriptsFlow, ARestartKeepsTheReminder) {
  say("v1", "I need care");
  end();
  begin();
  set_outside();
  clock_.advance(std::chrono::minutes{26});
  look();
  EXPECT_NE(last_words().find("serial number"), std::string::npos);
  EXPECT_EQ(one("SELECT count(*) FROM messages WHERE author = 'bot'"), "3") << "question, reminder, question";
}

TEST_F(ScriptsFlow, StatusConsentLearningAndRatingAreKept) {
  say("v1", "I need care");
  say("v1", "what is the status of my case?");
  EXPECT_NE(all_words().find(flow::phrase(*current_.get()->scripts, "status_none", "en")), std::string::npos) << all_words();
  EXPECT_NE(last_words().find("serial number"), std::string::npos) << "and the question again: " << last_words();
  say("v1", "ABC123");
  say("v1", "yes, I agree");
  EXPECT_NE(all_words().find("Plug it in again."), std::string::npos) << all_words();
  say("v1", "yes, it works");
  say("v1", "5");
  EXPECT_EQ(one("SELECT status FROM conversations"), "resolved") << all_words();
  EXPECT_EQ(one("SELECT score FROM ratings"), "5");
  EXPECT_EQ(one("SELECT count(*) FROM troubleshooting"), "1");
  auto counts = flow::read_counts(*database_);
  ASSERT_TRUE(counts);
  EXPECT_GT(counts->begin()->second.causes.at("plug"), counts->begin()->second.causes["board"]);
  ASSERT_TRUE(flow::refresh_learned(*database_, current_, clock_.now()));
  ASSERT_NE(current_.get()->scripts->learned, nullptr);
  EXPECT_TRUE(current_.get()->scripts->learned->contains("care/find"));
}

TEST_F(ScriptsFlow, TheCauseAPersonFindsIsLearned) {
  say("v1", "I need care");
  say("v1", "ABC123");
  say("v1", "yes, I agree");
  say("v1", "no, still the same");
  until([&] { return tickets_.tickets() == 1; }, "the ticket");
  EXPECT_EQ(one("SELECT count(*) FROM troubleshooting"), "0") << "a person looks into it first";
  const ConversationId id{one("SELECT id FROM conversations")};
  const auto scripts = current_.get()->scripts;
  auto tell = [&](const std::string& cause) {
    Result<int> counted = 0;
    auto done = database_->write_sync([&](sql::Tx& tx) -> Result<void> {
      counted = flow::tell_cause(tx, *scripts, id, cause, clock_.now());
      if (!counted) return fail(Error(counted.error()));
      return {};
    });
    return counted;
  };
  const auto wrong = tell("gremlins");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalid);
  EXPECT_NE(wrong.error().message.find("plug, board"), std::string::npos) << wrong.error().message;
  const auto right = tell("board");
  ASSERT_TRUE(right);
  EXPECT_EQ(*right, 1);
  auto counts = flow::read_counts(*database_);
  ASSERT_TRUE(counts);
  ASSERT_EQ(counts->size(), 1U);
  EXPECT_GT(counts->begin()->second.causes.at("board"), 0.9);
  EXPECT_EQ(tell("board").error().code, ErrorCode::kNotFound) << "told once";
}

TEST_F(ScriptsFlow, AnOutcomeNobodyExplainsCountsAfterAMonth) {
  say("v1", "I need care");
  say("v1", "ABC123");
  say("v1", "yes, I agree");
  say("v1", "no, still the same");
  until([&] { return tickets_.tickets() == 1; }, "the ticket");
  ASSERT_TRUE(flow::refresh_learned(*database_, current_, clock_.now() + std::chrono::days{29}));
  EXPECT_EQ(one("SELECT count(*) FROM troubleshooting"), "0");
  ASSERT_TRUE(flow::refresh_learned(*database_, current_, clock_.now() + std::chrono::days{31}));
  EXPECT_EQ(one("SELECT count(*) FROM troubleshooting"), "1");
  EXPECT_EQ(one("SELECT count(*) FROM outcomes"), "0");
}

TEST_F(ScriptsFlow, AConsentStandsOnTheTicketWordForWord) {
  say("v1", "I need care");
  say("v1", "ABC123");
  say("v1", "yes, I agree");
  say("v1", "no, still the same");
  until([&] { return tickets_.tickets() == 1; }, "the ticket");
  const std::string body = tickets_.drafts().front().body;
  EXPECT_NE(body.find("Agreed"), std::string::npos) << body;
  EXPECT_NE(body.find("May a technician look at ABC123 from afar?"), std::string::npos) << body;
  EXPECT_NE(body.find("Plugged in again"), std::string::npos) << body;
}

// The publish-in-mid-conversation matrix: the script is edited while a customer stands at "serial".
class Published : public ScriptsFlow, public testing::WithParamInterface<bool> {
 protected:
  bool with_restart() const { return GetParam(); }
  // The new edition is live; with a restart also nothing of the old one is in memory.
  void publish_now() {
    if (with_restart()) end();
    publish();
    if (with_restart()) {
      begin();
      set_outside();
    }
  }
};

TEST_P(Published, ARunningConversationStaysOnItsVersion) {
  say("v1", "I need care");
  files_.replace("care.yaml", "Your warranty: {{warranty}}.", "NEW WORDS {{warranty}}.");
  publish_now();
  say("v1", "ABC123");
  EXPECT_NE(all_words().find("Your warranty: in warranty."), std::string::npos) << all_words();
  EXPECT_EQ(all_words().find("NEW WORDS"), std::string::npos);
  say("v2", "I need care");
  say("v2", "ABC123");
  EXPECT_NE(all_words().find("NEW WORDS in warranty."), std::string::npos) << "who begins now has the new one";
}

TEST_P(Published, WithRunningMoveItGoesOnAtTheSameStepOfTheNewVersion) {
  say("v1", "I need care");
  files_.replace("care.yaml", "Your warranty: {{warranty}}.", "NEW WORDS {{warranty}}.");
  files_.replace("care.yaml", "patience:", "running: move\npatience:");
  publish_now();
  say("v1", "ABC123");
  EXPECT_NE(all_words().find("NEW WORDS in warranty."), std::string::npos) << all_words();
}

TEST_P(Published, ARenamedStepIsFoundByItsMap) {
  say("v1", "I need care");
  files_.replace("care.yaml", "steps:\n  serial: {", "running: move\nrenamed: { serial: number }\nsteps:\n  number: {");
  publish_now();
  say("v1", "ABC123");
  EXPECT_NE(all_words().find("Your warranty: in warranty."), std::string::npos) << all_words();
}

TEST_P(Published, AStepThatIsGoneMeansTheBeginningWithAllThatIsKnown) {
  say("v1", "I need care");
  say("v1", "ABC123");
  files_.replace("care.yaml", "  allow:\n", "  permit:\n");
  for (int i = 0; i < 2; ++i) files_.replace("care.yaml", "next: allow", "next: permit");
  files_.replace("care.yaml", "patience:", "running: move\npatience:");
  publish_now();
  say("v1", "yes, I agree");
  EXPECT_EQ(one("SELECT status FROM conversations"), "open");
  EXPECT_NE(last_words().find("from afar"), std::string::npos) << "asked again, the serial number is not: " << all_words();
  EXPECT_EQ(one("SELECT count(*) FROM messages WHERE text LIKE '%Which serial number%'"), "1");
}

TEST_P(Published, AScriptThatIsGoneIsStillFinishedByThoseWhoAreInIt) {
  say("v1", "I need care");
  std::filesystem::remove(files_.folders().dialogs / "care.yaml");
  publish_now();
  say("v1", "ABC123");
  EXPECT_NE(all_words().find("Your warranty: in warranty."), std::string::npos) << all_words();
}

INSTANTIATE_TEST_SUITE_P(InTheMiddle, Published, testing::Bool(),
                         [](const auto& info) { return info.param ? "WithARestart" : "WhileRunning"; });

}  // namespace
}  // namespace usher::gateway
