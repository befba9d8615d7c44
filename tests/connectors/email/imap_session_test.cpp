// The IMAP client's state machine against written-down servers: ways to sign in, literals cut anywhere, what is removed
// meanwhile, marking and moving, IDLE, and servers that lie (catalogue rows SMTP-17, SMTP-18, SMTP-22).
#include "connectors/email/imap_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace usher::connectors::email {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Next = ImapSession::Next;

ImapOptions options() {
  ImapOptions o;
  o.host = "imap.example.org";
  o.user = "a@example.org";
  o.password = "pw";
  o.is_encrypted = true;
  o.max_message_bytes = 1'000;
  return o;
}

// One exchange: what the client must say (without tag), and what the server answers; "%" stands for the tag.
struct Turn {
  std::string client, server;
};

constexpr const char* kGreeting = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR IDLE UIDPLUS MOVE] hello\r\n";
const Turn kLogin = {"AUTHENTICATE PLAIN AGFAZXhhbXBsZS5vcmcAcHc=", "% OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE] in\r\n"};
const Turn kSelect = {"SELECT \"INBOX\"",
                      "* 3 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n"
                      "* OK [UIDVALIDITY 77] x\r\n* OK [UIDNEXT 9] x\r\n% OK [READ-WRITE] done\r\n"};
Turn found(const std::string& uids) {
  return {"UID SEARCH UNDELETED OR UNSEEN UID 9:4294967295", "* SEARCH" + uids + "\r\n% OK done\r\n"};
}
const Turn kIdle = {"IDLE", "+ idling\r\n"};
Turn fetched(int uid, const std::string& body) {
  auto n = std::to_string(uid);
  return {"UID FETCH " + n + " (UID BODY.PEEK[]<0.1001>)",
          "* 1 FETCH (UID " + n + " BODY[]<0> {" + std::to_string(body.size()) + "}\r\n" + body + ")\r\n% OK done\r\n"};
}

// Plays server and driver.
struct Play {
  explicit Play(ImapOptions o = options()) : session(std::move(o)) {}

  // `piece`: bytes at a time. Ends when the script is over or the session closes.
  void run(const std::string& greeting, const std::vector<Turn>& turns, std::size_t piece = 1 << 20) {
    auto step = follow(feed(greeting, piece));
    std::string said = step.write;  // commands may come several at a time
    for (const auto& turn : turns) {
      if (step.next == Next::kClose) return;
      if (said.empty() && step.next == Next::kWait) said = (step = follow(session.wake())).write;
      auto line = said.substr(0, said.find("\r\n"));
      said.erase(0, line.size() + 2);
      auto tag = line.substr(0, line.find(' '));
      const bool has_tag = tag.size() > 1 && tag[0] == 'u' && tag[1] >= '0' && tag[1] <= '9';
      if (has_tag) {
        last_tag = tag;
        line = line.substr(tag.size() + 1);
      }
      ASSERT_EQ(line, turn.client);
      std::string answer;
      for (char c : turn.server) answer += c == '%' ? last_tag : std::string(1, c);
      step = follow(feed(answer, piece));
      said += step.write;
    }
    rest = {said, step.next};
  }
  ImapSession::Step feed(const std::string& bytes, std::size_t piece) {
    ImapSession::Step all;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      auto step = follow(session.feed(std::string_view(bytes).substr(at, piece)));
      all.write += step.write;
      all.next = step.next;
      if (all.next == Next::kClose) break;
    }
    return all;
  }
  ImapSession::Step follow(ImapSession::Step step) {
    for (;;) {
      ImapSession::Step more;
      switch (step.next) {
        case Next::kOpened:
          more = session.opened({session.state().next_uid, since});
          break;
        case Next::kFound: {
          std::vector<std::uint32_t> take;
          for (auto uid : session.found()) {
            if (known.insert(uid).second) take.push_back(uid);
          }
          more = session.plan(take, std::exchange(mark_only, {}));
          break;
        }
        case Next::kMessage:
          messages.push_back(session.take_message());
          more = session.taken();
          break;
        case Next::kFiled:
          for (auto uid : session.filed()) filed.push_back(uid);
          more = session.go_on();
          break;
        case Next::kFailed:
          failures.push_back(std::to_string(session.failed_uid()) + ": " + session.error_text());
          more = session.go_on();
          break;
        case Next::kToken:
          more = session.token("T0ken");
          break;
        case Next::kStartTls:
          did_tls = true;
          more = session.tls_started();
          break;
        default:
          return step;
      }
      more.write = step.write + more.write;
      step = std::move(more);
    }
  }
  std::string bodies() const {
    std::string out;
    for (const auto& m : messages) out += std::to_string(m.uid) + ":" + *m.raw + "|";
    return out;
  }

  ImapSession session;
  ImapSession::Step rest;
  std::string last_tag, since;
  std::set<std::uint32_t> known;
  std::vector<std::uint32_t> mark_only, filed;
  std::vector<ImapSession::Message> messages;
  std::vector<std::string> failures;
  bool did_tls = false;
};

std::vector<Turn> two_mails() {
  return {kLogin,
          kSelect,
          found(" 4 2"),
          {"UID FETCH 2,4 (UID RFC822.SIZE)", "* 1 FETCH (UID 2 RFC822.SIZE 11)\r\n* 2 FETCH (RFC822.SIZE 20 UID 4)\r\n% OK\r\n"},
          fetched(2, "Subject: a\r\n\r\n"),
          fetched(4, "Subject: {5}\r\n\r\n)\r\nu1 OK \"\r\n"),
          {"UID STORE 2,4 +FLAGS.SILENT (\\Seen)", "% OK\r\n"},
          found(" 4"),
          kIdle};
}

TEST(ImapSession, MailsAreHandedOutInUidOrderAndMarkedAfterTheyWereTaken) {
  Play play;
  play.run(kGreeting, two_mails());
  EXPECT_EQ(play.bodies(), "2:Subject: a\r\n\r\n|4:Subject: {5}\r\n\r\n)\r\nu1 OK \"\r\n|");
  EXPECT_THAT(play.filed, ElementsAre(2, 4));
  EXPECT_TRUE(play.session.is_idling());
  EXPECT_EQ(play.session.state().validity, 77u);
}

TEST(ImapSession, WhereTheServersBytesAreCutMakesNoDifference) {
  for (std::size_t piece = 1; piece <= 60; ++piece) {
    Play play;
    play.run(kGreeting, two_mails(), piece);
    EXPECT_EQ(play.bodies(), "2:Subject: a\r\n\r\n|4:Subject: {5}\r\n\r\n)\r\nu1 OK \"\r\n|") << piece;
    EXPECT_THAT(play.filed, ElementsAre(2, 4)) << piece;
    if (HasFatalFailure()) return;
  }
}

struct SignIn {
  const char* name;
  ImapOptions::Auth auth;
  bool has_token;
  const char* greeting;
  std::vector<Turn> turns;
};
class SignInTest : public testing::TestWithParam<SignIn> {};

TEST_P(SignInTest, ReachesTheFolder) {
  auto o = options();
  o.auth = GetParam().auth;
  o.has_token = GetParam().has_token;
  o.port = 993;
  Play play(o);
  auto turns = GetParam().turns;
  turns.push_back(kSelect);
  turns.push_back(found(""));
  play.run(GetParam().greeting, turns);
  EXPECT_FALSE(play.session.error()) << play.session.error()->message;
  EXPECT_TRUE(play.session.is_ready());
}

using Auth = ImapOptions::Auth;
INSTANTIATE_TEST_SUITE_P(
    Ways, SignInTest,
    testing::Values(
        SignIn{"plain", Auth::kAuto, false, kGreeting, {kLogin}},
        SignIn{"plain_in_two_steps",
               Auth::kAuto,
               false,
               "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n",
               {{"AUTHENTICATE PLAIN", "+ \r\n"}, {"AGFAZXhhbXBsZS5vcmcAcHc=", "% OK [CAPABILITY IMAP4rev1] in\r\n"}}},
        SignIn{"login",
               Auth::kAuto,
               false,
               "* OK x\r\n",
               {{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\n% OK\r\n"},
                {"LOGIN \"a@example.org\" \"pw\"", "% OK in\r\n"},
                {"CAPABILITY", "* CAPABILITY IMAP4rev1 ID\r\n% OK\r\n"},
                {"ID (\"name\" \"Usher\")", "* ID NIL\r\n% OK\r\n"}}},
        SignIn{"xoauth2",
               Auth::kAuto,
               true,
               "* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] x\r\n",
               {{"AUTHENTICATE XOAUTH2 dXNlcj1hQGV4YW1wbGUub3JnAWF1dGg9QmVhcmVyIFQwa2VuAQE=",
                 "% OK [CAPABILITY IMAP4rev1] in\r\n"}}},
        SignIn{
            "oauthbearer",
            Auth::kAuto,
            true,
            "* OK [CAPABILITY IMAP4rev1 AUTH=OAUTHBEARER SASL-IR] x\r\n",
            {{"AUTHENTICATE OAUTHBEARER bixhPWFAZXhhbXBsZS5vcmcsAWhvc3Q9aW1hcC5leGFtcGxlLm9yZwFwb3J0PTk5MwFhdXRoPUJlYXJlciBUMGtl"
              "bgEB",
              "% OK [CAPABILITY IMAP4rev1] in\r\n"}}},
        SignIn{"preauth", Auth::kAuto, false, "* PREAUTH [CAPABILITY IMAP4rev1] x\r\n", {}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ImapSession, ARefusedTokenIsAnsweredSoThatTheServerCanSayNo) {
  auto o = options();
  o.has_token = true;
  Play play(o);
  play.run(
      "* OK [CAPABILITY IMAP4rev1 AUTH=OAUTHBEARER SASL-IR] x\r\n",
      {{"AUTHENTICATE OAUTHBEARER bixhPWFAZXhhbXBsZS5vcmcsAWhvc3Q9aW1hcC5leGFtcGxlLm9yZwFwb3J0PTk5MwFhdXRoPUJlYXJlciBUMGtlbgEB",
        "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"},
       {"AQ==", "% NO [AUTHENTICATIONFAILED] expired\r\n"}});
  ASSERT_TRUE(play.session.error());
  EXPECT_EQ(play.session.error()->code, ErrorCode::kDenied);
  EXPECT_THAT(play.session.error()->message, HasSubstr("expired"));
}

TEST(ImapSession, AWrongPasswordIsDeniedAndATroubledServerIsNot) {
  for (auto [answer, code] : {std::pair{"% NO [AUTHENTICATIONFAILED] no\r\n", ErrorCode::kDenied},
                              std::pair{"% NO [UNAVAILABLE] later\r\n", ErrorCode::kUnavailable},
                              std::pair{"* BYE too many\r\n", ErrorCode::kUnavailable}}) {
    Play play;
    play.run(kGreeting, {{kLogin.client, answer}});
    ASSERT_TRUE(play.session.error());
    EXPECT_EQ(play.session.error()->code, code) << answer;
  }
}

TEST(ImapSession, StarttlsComesBeforeThePasswordAndNothingSaidBeforeItIsBelieved) {
  auto o = options();
  o.is_encrypted = false;
  o.use_starttls = true;
  {
    Play play(o);
    play.run("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] x\r\n",
             {{"CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n% OK\r\n"},
              {"STARTTLS", "% OK go\r\n"},
              {"CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n% OK\r\n"},
              kLogin});
    EXPECT_TRUE(play.did_tls);
    EXPECT_FALSE(play.session.error());
  }
  const std::vector<std::pair<std::string, std::string>> attacks = {
      {"* PREAUTH hello\r\n", ""}, {"* OK x\r\n", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n% OK\r\n"}};
  for (const auto& [greeting, capability] : attacks) {
    Play play(o);
    play.run(greeting, {{"CAPABILITY", capability}});
    ASSERT_TRUE(play.session.error()) << greeting;
    EXPECT_EQ(play.session.error()->code, ErrorCode::kDenied) << greeting;
  }
  Play injected(o);
  injected.run("* OK x\r\n", {{"CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\n% OK\r\n"},
                              {"STARTTLS", "% OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"}});
  EXPECT_FALSE(injected.did_tls);
  EXPECT_EQ(injected.session.error()->code, ErrorCode::kDenied);
}

TEST(ImapSession, AMailThatSomebodyElseRemovedIsPassedOver) {
  Play play;
  play.run(kGreeting, {kLogin,
                       kSelect,
                       found(" 2 3 4"),
                       // 3 is gone before its size is asked for, 2 before its content, and 4 is there.
                       {"UID FETCH 2:4 (UID RFC822.SIZE)",
                        "* 2 EXPUNGE\r\n* 1 FETCH (UID 2 RFC822.SIZE 11)\r\n* 2 FETCH (UID 4 RFC822.SIZE 11)\r\n% OK\r\n"},
                       {"UID FETCH 2 (UID BODY.PEEK[]<0.1001>)", "* 1 EXPUNGE\r\n% OK done\r\n"},
                       fetched(4, "x"),
                       {"UID STORE 4 +FLAGS.SILENT (\\Seen)", "% OK\r\n"},
                       found("")});
  EXPECT_EQ(play.bodies(), "4:x|");
  EXPECT_EQ(play.session.state().messages, 1u);
}

TEST(ImapSession, OfWhatIsTooLargeOnlyTheHeaderIsFetched) {
  Play play;
  const std::string lied(1'001, 'x');
  play.run(kGreeting,
           {kLogin,
            kSelect,
            found(" 1 2 3"),
            {"UID FETCH 1:3 (UID RFC822.SIZE)",
             "* 1 FETCH (UID 1 RFC822.SIZE 5000000000)\r\n* 2 FETCH (UID 2 RFC822.SIZE 10)\r\n* 3 FETCH (UID 3 RFC822.SIZE "
             "5)\r\n% OK\r\n"},
            {"UID FETCH 1 (UID BODY.PEEK[HEADER]<0.262144>)", "* 1 FETCH (UID 1 BODY[HEADER]<0> {5}\r\nA: b\n)\r\n% OK\r\n"},
            fetched(2, lied),
            fetched(3, "small"),
            {"UID FETCH 2 (UID BODY.PEEK[HEADER]<0.262144>)", "* 2 FETCH (UID 2 BODY[HEADER]<0> \"C: d\")\r\n% OK\r\n"}});
  ASSERT_EQ(play.messages.size(), 3u);
  EXPECT_TRUE(play.messages[0].is_header_only);
  EXPECT_EQ(play.messages[0].size, 5'000'000'000u);
  EXPECT_FALSE(play.messages[1].is_header_only);
  EXPECT_EQ(play.messages[2].uid, 2u);
  EXPECT_TRUE(play.messages[2].is_header_only) << "the server said 10 bytes";
  EXPECT_EQ(*play.messages[2].raw, "C: d");
}

TEST(ImapSession, MessagesAreAskedForAheadWithinBounds) {
  auto big = options();
  big.max_message_bytes = 3'000'000;
  Play play(big);
  std::string uids, sizes;
  for (int uid = 1; uid <= 40; ++uid) {
    const auto n = std::to_string(uid);
    uids += " " + n;
    // The last ones are so large that only one of them at a time may be under way.
    sizes += "* " + n + " FETCH (UID " + n + " RFC822.SIZE " + (uid <= 38 ? "10" : "2900000") + ")\r\n";
  }
  play.run(kGreeting, {kLogin, kSelect, found(uids), {"UID FETCH 1:40 (UID RFC822.SIZE)", sizes + "% OK\r\n"}});
  auto asked = [&] { return std::count(play.rest.write.begin(), play.rest.write.end(), '\n'); };
  EXPECT_EQ(asked(), static_cast<std::ptrdiff_t>(ImapSession::kWindow));
  EXPECT_EQ(play.session.fetching(), 1u);
  // One comes, one more is asked for; out of turn as well.
  auto answer = [&](int uid) {
    const auto n = std::to_string(uid);
    // Login, select, search and sizes were the first four.
    return play.follow(
        play.session.feed("* 1 FETCH (UID " + n + " BODY[]<0> {2}\r\nhi)\r\nu" + std::to_string(uid + 4) + " OK\r\n"));
  };
  EXPECT_THAT(answer(1).write, HasSubstr("UID FETCH 33 "));
  EXPECT_THAT(answer(3).write, HasSubstr("UID FETCH 34 "));
  EXPECT_EQ(play.session.fetching(), 2u);
  for (int uid = 2; uid <= 38; ++uid) {
    if (uid != 3) play.rest = answer(uid);
  }
  EXPECT_THAT(play.rest.write, testing::Not(HasSubstr("UID FETCH 40 ")));
  EXPECT_EQ(play.session.fetching(), 39u);
  EXPECT_THAT(answer(39).write, HasSubstr("UID FETCH 40 "));
  EXPECT_EQ(play.messages.size(), 39u);
}

TEST(ImapSession, AServerThatSendsMoreThanItSaidIsLeft) {
  auto big = options();
  big.max_message_bytes = 3'000'000;
  Play play(big);
  std::string uids, sizes;
  for (int uid = 1; uid <= 32; ++uid) {
    uids += " " + std::to_string(uid);
    sizes += "* 1 FETCH (UID " + std::to_string(uid) + " RFC822.SIZE 10)\r\n";
  }
  play.run(kGreeting, {kLogin, kSelect, found(uids), {"UID FETCH 1:32 (UID RFC822.SIZE)", sizes + "% OK\r\n"}});
  const std::string body(2'900'000, 'x');
  int sent = 0;
  for (int uid = 32; uid >= 1 && play.rest.next != Next::kClose; --uid, ++sent)
    play.rest = play.session.feed("* 1 FETCH (UID " + std::to_string(uid) + " BODY[]<0> {2900000}\r\n" + body + ")\r\n");
  EXPECT_LE(sent, 3);
  ASSERT_TRUE(play.session.error());
  EXPECT_THAT(play.session.error()->message, HasSubstr("more than it said"));
}

TEST(ImapSession, WhatTheDriverKeepsIsMarkedWhenItIsSettledAndNotBefore) {
  ImapSession session(options());
  auto says = [&](const std::string& bytes) { return session.feed(bytes); };
  says(kGreeting);
  says("u1 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE] in\r\n");
  says("* 2 EXISTS\r\n* OK [UIDVALIDITY 77] x\r\n* OK [UIDNEXT 9] x\r\nu2 OK [READ-WRITE] done\r\n");
  session.opened({1, ""});
  ASSERT_EQ(says("* SEARCH 1 2\r\nu3 OK\r\n").next, Next::kFound);
  session.plan({1, 2}, {});
  says("* 1 FETCH (UID 1 RFC822.SIZE 2)\r\n* 2 FETCH (UID 2 RFC822.SIZE 2)\r\nu4 OK\r\n");
  ASSERT_EQ(says("* 1 FETCH (UID 1 BODY[]<0> {2}\r\nhi)\r\nu5 OK\r\n").next, Next::kMessage);
  EXPECT_EQ(session.take_message().uid, 1u);
  EXPECT_EQ(session.kept().next, Next::kRead);
  ASSERT_EQ(says("* 2 FETCH (UID 2 BODY[]<0> {2}\r\nhi)\r\nu6 OK\r\n").next, Next::kMessage);
  session.settled(1, true);
  const auto step = session.kept();
  EXPECT_EQ(step.next, Next::kSettle);
  EXPECT_EQ(step.write, "");
  EXPECT_EQ(session.go_on().next, Next::kSettle) << "one is open";
  session.settled(2, false);
  EXPECT_EQ(session.go_on().write, "u7 UID STORE 1 +FLAGS.SILENT (\\Seen)\r\n");
}

TEST(ImapSession, AMailTheServerDoesNotGiveOutHoldsUpNothing) {
  Play play;
  play.run(kGreeting,
           {kLogin,
            kSelect,
            found(" 1 2"),
            {"UID FETCH 1:2 (UID RFC822.SIZE)", "* 1 FETCH (UID 1 RFC822.SIZE 1)\r\n* 2 FETCH (UID 2 RFC822.SIZE 1)\r\n% OK\r\n"},
            {"UID FETCH 1 (UID BODY.PEEK[]<0.1001>)", "% NO [SERVERBUG] cache is broken\r\n"},
            fetched(2, "x")});
  EXPECT_EQ(play.bodies(), "2:x|");
  ASSERT_EQ(play.failures.size(), 1u);
  EXPECT_EQ(play.failures[0], "1: the server does not give it out: cache is broken");
}

TEST(ImapSession, ANewMailEndsIdleAndIsFetched) {
  Play play;
  play.run(kGreeting, {kLogin, kSelect, found(""), {"IDLE", "+ idling\r\n* OK still here\r\n* 4 EXISTS\r\n"}});
  EXPECT_EQ(play.rest.write, "DONE\r\n");
  auto step = play.follow(play.session.feed(play.last_tag + " OK idle over\r\n"));
  EXPECT_THAT(step.write, HasSubstr("UID SEARCH"));
}

TEST(ImapSession, IdleIsBegunAnewWhenWokenAndWithoutItTheServerIsAskedAgain) {
  Play idle;
  idle.run(kGreeting, {kLogin, kSelect, found(""), kIdle});
  EXPECT_EQ(idle.session.wake().write, "DONE\r\n");
  Play poll;
  poll.run("* PREAUTH [CAPABILITY IMAP4rev1] x\r\n", {kSelect, found("")});
  EXPECT_EQ(poll.rest.next, Next::kWait);
  EXPECT_THAT(poll.session.wake().write, HasSubstr("UID SEARCH"));
}

struct Filing {
  const char* name;
  const char* capabilities;
  ImapOptions::After after;
  std::vector<Turn> turns;
};
class FilingTest : public testing::TestWithParam<Filing> {};

TEST_P(FilingTest, IsMarkedAsTheServerCan) {
  auto o = options();
  o.after = GetParam().after;
  o.move_to = "Tägliche Post";
  Play play(o);
  std::string search =
      o.after == ImapOptions::After::kFlag ? "UID SEARCH UNDELETED UNKEYWORD $UsherTaken" : "UID SEARCH UNDELETED";
  std::vector<Turn> turns = {kSelect,
                             {search, "* SEARCH 5\r\n% OK\r\n"},
                             {"UID FETCH 5 (UID RFC822.SIZE)", "* 1 FETCH (UID 5 RFC822.SIZE 1)\r\n% OK\r\n"},
                             fetched(5, "x")};
  turns.insert(turns.end(), GetParam().turns.begin(), GetParam().turns.end());
  turns.push_back({search, "* SEARCH\r\n% OK\r\n"});
  play.run(std::string("* PREAUTH [CAPABILITY IMAP4rev1 ") + GetParam().capabilities + "] x\r\n", turns);
  EXPECT_FALSE(play.session.error());
  EXPECT_THAT(play.filed, ElementsAre(5));
}

using After = ImapOptions::After;
constexpr const char* kFolder = "\"T&AOQ-gliche Post\"";
INSTANTIATE_TEST_SUITE_P(
    Ways, FilingTest,
    testing::Values(Filing{"flag", "X", After::kFlag, {{"UID STORE 5 +FLAGS.SILENT (\\Seen $UsherTaken)", "% OK\r\n"}}},
                    Filing{"move",
                           "MOVE",
                           After::kMove,
                           {{std::string("UID MOVE 5 ") + kFolder, "* OK [COPYUID 1 5 1] x\r\n* 1 EXPUNGE\r\n% OK\r\n"}}},
                    Filing{"move_to_a_new_folder",
                           "MOVE",
                           After::kMove,
                           {{std::string("UID MOVE 5 ") + kFolder, "% NO [TRYCREATE] none\r\n"},
                            {std::string("CREATE ") + kFolder, "% OK\r\n"},
                            {std::string("UID MOVE 5 ") + kFolder, "% OK\r\n"}}},
                    Filing{"copy_and_expunge",
                           "UIDPLUS",
                           After::kMove,
                           {{std::string("UID COPY 5 ") + kFolder, "% OK\r\n"},
                            {"UID STORE 5 +FLAGS.SILENT (\\Deleted)", "% OK\r\n"},
                            {"UID EXPUNGE 5", "* 1 EXPUNGE\r\n% OK\r\n"}}},
                    Filing{"copy_without_uidplus",
                           "X",
                           After::kMove,
                           {{std::string("UID COPY 5 ") + kFolder, "% OK\r\n"},
                            {"UID STORE 5 +FLAGS.SILENT (\\Deleted)", "% OK\r\n"}}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ImapSession, WhatCannotBeMarkedIsToldAndTheRestIsMarked) {
  Play play;
  play.mark_only = {6, 7};
  play.known = {6, 7};
  play.run(kGreeting, {kLogin,
                       kSelect,
                       found(" 6 7"),
                       {"UID STORE 6:7 +FLAGS.SILENT (\\Seen)", "% NO [EXPUNGEISSUED] some are gone\r\n"},
                       {"UID STORE 6 +FLAGS.SILENT (\\Seen)", "% NO gone\r\n"},
                       {"UID STORE 7 +FLAGS.SILENT (\\Seen)", "% OK\r\n"},
                       found("")});
  EXPECT_THAT(play.filed, ElementsAre(7));
  EXPECT_EQ(play.failures.size(), 1u);
}

TEST(ImapSession, AFolderNumberedAnewAsksForWhatCameSinceADay) {
  Play play;
  play.since = "20-Nov-2026";
  play.run(kGreeting, {kLogin,
                       kSelect,
                       {"UID SEARCH UNDELETED OR UNSEEN OR UID 9:4294967295 SINCE 20-Nov-2026", "* SEARCH\r\n% OK\r\n"},
                       {"IDLE", "+ x\r\n* OK [UIDVALIDITY 78] new\r\n"}});
  ASSERT_TRUE(play.session.error());
  EXPECT_EQ(play.session.error()->code, ErrorCode::kUnavailable);
}

class LiarTest : public testing::TestWithParam<std::pair<const char*, std::string>> {};

// Whatever it says instead of its answer to SEARCH, the session ends with an error and little memory.
TEST_P(LiarTest, EndsTheSession) {
  Play play;
  play.run(kGreeting, {kLogin, kSelect, {found("").client, GetParam().second}});
  ASSERT_TRUE(play.session.error()) << GetParam().first;
  EXPECT_EQ(play.session.feed("x").next, Next::kClose);
}

std::string many(const std::string& s, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += s;
  return out;
}
INSTANTIATE_TEST_SUITE_P(
    Ways, LiarTest,
    testing::Values(std::pair{"literal_of_four_gigabytes", std::string("* 1 FETCH (BODY[] {4294967295}\r\n")},
                    std::pair{"literal_beyond_numbers", std::string("* 1 FETCH (BODY[] {99999999999999999999}\r\n")},
                    std::pair{"many_small_literals", many("* 1 FETCH (X {1}\r\na", 1) + many(" {1}\r\na", 100)},
                    std::pair{"literals_that_add_up",
                              std::string("* X {200000}\r\n") + std::string(200'000, 'a') + " {200000}\r\n"},
                    std::pair{"endless_line", std::string(5'000'000, '(')},
                    std::pair{"endless_untagged", many("* OK x\r\n", 500'010)},
                    std::pair{"bare_line_feed", std::string("* OK x\n")}, std::pair{"nul", std::string("* OK \0\r\n", 9)},
                    std::pair{"foreign_tag", std::string("z9 OK\r\n")}, std::pair{"no_status", std::string("% MAYBE\r\n")},
                    std::pair{"words_for_numbers", std::string("* SEARCH 1 two\r\n")},
                    std::pair{"uid_zero", std::string("* SEARCH 0\r\n")}, std::pair{"prompt", std::string("+ go on\r\n")}),
    [](const auto& info) { return std::string(info.param.first); });

TEST(ImapWire, FetchesAreReadWithWhateverElseIsInThem) {
  std::string line = R"x((FLAGS (\Seen (x)) X "a\")" ENVELOPE (# NIL) UID 12 BODY[HEADER.FIELDS (TO CC)]<0> # RFC822.SIZE 9))x";
  std::replace(line.begin(), line.end(), '#', '\0');
  auto item = read_fetch(line, {"subject"});
  EXPECT_FALSE(item) << "a literal is missing";
  item = read_fetch(line, {"subject", "To: a\r\n"});
  ASSERT_TRUE(item);
  EXPECT_EQ(item->uid, 12u);
  EXPECT_EQ(item->size, 9u);
  EXPECT_EQ(item->body, "To: a\r\n");
  for (const char* bad :
       {"", "(", "(UID)", "(UID x)", "(UID 0)", "(UID 1", "(UID 1) x", "(RFC822.SIZE -1)", "(X \"a)", "UID 1"}) {
    EXPECT_FALSE(read_fetch(bad, {})) << bad;
  }
  EXPECT_FALSE(read_fetch("(X " + std::string(60, '(') + std::string(60, ')') + ")", {}));
}

TEST(ImapWire, SetsAreBoundedAndWrittenShort) {
  bool is_cut = false;
  EXPECT_THAT(*read_set("7,1:3,2", ',', 10, is_cut), ElementsAre(1, 2, 3, 7));
  EXPECT_FALSE(is_cut);
  EXPECT_THAT(*read_set("1:4294967295", ',', 3, is_cut), ElementsAre(1, 2, 3));
  EXPECT_TRUE(is_cut);
  EXPECT_EQ(write_set({1, 2, 3, 7, 9, 10}), "1:3,7,9:10");
  for (const char* bad : {"a", "1:", ":1", "1,,2", "*", "-1", "4294967296"}) EXPECT_FALSE(read_set(bad, ',', 10, is_cut)) << bad;
}

TEST(ImapWire, NamesOfFoldersAreModifiedUtf7) {
  EXPECT_EQ(*imap_mailbox("INBOX"), "\"INBOX\"");
  EXPECT_EQ(*imap_mailbox("R&D \"x\""), "\"R&-D \\\"x\\\"\"");
  EXPECT_EQ(*imap_mailbox("台北"), "\"&U,BTFw-\"");
  EXPECT_FALSE(imap_mailbox(""));
  EXPECT_FALSE(imap_mailbox("\xff"));
}

}  // namespace
}  // namespace usher::connectors::email
