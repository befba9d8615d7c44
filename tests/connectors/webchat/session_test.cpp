#include <set>

#include "base/crypto.h"
#include "connectors/webchat/session.h"
#include "tests/connectors/webchat/fakes.h"

namespace usher::connectors::webchat {
namespace {

using Webchat = WebchatTest;

TEST_F(Webchat, ANewVisitorIsWelcomedAndGreeted) {
  auto socket = open();
  EXPECT_TRUE(socket->sent.empty()) << "nothing before hello";
  say(socket, {{"t", "hello"}, {"v", 1}, {"lang", "zh-CN"}});
  const auto frames = socket->take();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].at("t"), "welcome");
  EXPECT_EQ(frames[0].at("session").get<std::string>().size(), 43u);
  EXPECT_EQ(frames[0].at("conversation"), "");
  EXPECT_EQ(frames[1].at("text"), "hello zh");
  EXPECT_EQ(frames[1].at("seq"), 0);
  EXPECT_EQ(history_.reads, 0) << "a new session has no past";
}

TEST_F(Webchat, AMessageIsAcknowledgedOnlyAfterItIsStored) {
  std::string token;
  auto socket = known(token);
  inbox_.gate.shut();
  say(socket, msg("m1", "my laptop is dead"));
  EXPECT_TRUE(socket->sent.empty());
  inbox_.gate.open();
  settle();
  const auto frames = socket->take();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0], json::parse(R"({"t":"ack","cmid":"m1","id":"L1","seq":1,"ref":""})"));
  ASSERT_EQ(inbox_.messages.size(), 1u);
  const Inbound& m = inbox_.messages[0];
  EXPECT_EQ(m.channel, "webchat");
  EXPECT_EQ(m.sender_id, key(token));
  EXPECT_EQ(m.dedup_key, "m1@" + key(token));
  EXPECT_EQ(m.content_digest, crypto::sha256_hex(std::string("my laptop is dead") + '\0'));
  EXPECT_EQ(m.thread_keys, std::vector<std::string>{key(token)});
  EXPECT_EQ(m.own_keys, m.thread_keys);
  EXPECT_EQ(m.language, "en");
  EXPECT_EQ(m.sender_id.find(token), std::string::npos) << "the token itself is handed to nobody";
}

TEST_F(Webchat, ARepeatedMessageGetsTheSameAckAndAChangedOneIsAConflict) {
  std::string token;
  auto socket = known(token);
  say(socket, msg("m1", "hello"));
  const json first = socket->take().at(0);
  say(socket, msg("m1", "hello"));
  EXPECT_EQ(socket->take().at(0), first);
  say(socket, msg("m1", "other"));
  const json nack = socket->take().at(0);
  EXPECT_EQ(nack.at("code"), "cmid_conflict");
  EXPECT_FALSE(nack.contains("retry_after_ms"));
  EXPECT_EQ(inbox_.messages.size(), 1u);
}

TEST_F(Webchat, AnswersArriveInOrderAndOnce) {
  std::string token;
  auto socket = known(token);
  say(socket, msg("m1", "hello"));
  socket->take();
  push(token, line(2, "bot", "b"));
  push(token, line(2, "bot", "b"));
  push(token, line(1, "customer", "hello"));
  push(token, line(3, "bot", "c"));
  EXPECT_EQ(seqs(socket->take()), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(history_.reads, 0);
}

TEST_F(Webchat, AnAnswerThatIsFasterThanTheAckWaitsForIt) {
  std::string token;
  auto socket = known(token);
  inbox_.gate.shut();
  say(socket, msg("m1", "hello"));
  push(token, line(3, "bot", "second"));
  push(token, line(2, "bot", "first"));
  EXPECT_TRUE(socket->sent.empty());
  inbox_.gate.open();
  settle();
  const auto frames = socket->take();
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].at("t"), "ack");
  EXPECT_EQ(seqs(frames), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(history_.reads, 0) << "a turn needs no read";
}

TEST_F(Webchat, AGapIsFilledFromTheTranscript) {
  std::string token;
  auto socket = known(token);
  for (int i = 1; i <= 4; ++i) history_.add(line(i, "bot", "m" + std::to_string(i)));
  push(token, line(4, "bot", "m4"));
  EXPECT_EQ(seqs(socket->take()), (std::vector<std::int64_t>{1, 2, 3, 4}));
  push(token, line(5, "bot", "m5"));
  EXPECT_EQ(seqs(socket->take()), (std::vector<std::int64_t>{5}));
}

TEST_F(Webchat, WhatComesWhileAGapIsFilledIsNotLostAndNotTwice) {
  std::string token;
  auto socket = known(token);
  for (int i = 1; i <= 3; ++i) history_.add(line(i, "bot", "m"));
  history_.gate.shut();
  push(token, line(3, "bot", "m"));
  push(token, line(4, "bot", "m"));  // after the read's snapshot
  push(token, line(2, "bot", "m"));
  EXPECT_TRUE(socket->sent.empty());
  history_.gate.open();
  settle();
  EXPECT_EQ(seqs(socket->take()), (std::vector<std::int64_t>{1, 2, 3, 4}));
}

TEST_F(Webchat, ALongPastComesInPages) {
  std::string token;
  auto socket = known(token);
  for (int i = 1; i <= 10; ++i) history_.add(line(i, "bot", "m"));
  history_.page = 3;
  push(token, line(10, "bot", "m"));
  EXPECT_EQ(seqs(socket->take()), (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST_F(Webchat, AHistoryThatLacksALineDoesNotLoop) {
  std::string token;
  auto socket = known(token);
  push(token, line(7, "bot", "m"));  // the history knows nothing at all
  const int reads = history_.reads;
  EXPECT_LE(reads, 2);
  history_.error = Error{ErrorCode::kIo, "disk"};
  push(token, line(9, "bot", "m"));
  EXPECT_TRUE(seqs(socket->take()).empty());
  history_.error.reset();
  for (int i = 1; i <= 10; ++i) history_.add(line(i, "bot", "m"));
  push(token, line(10, "bot", "m"));
  EXPECT_EQ(seqs(socket->take()).back(), 10) << "the next one reads again";
}

TEST_F(Webchat, ResumingReplaysTheGapAndNothingElse) {
  std::string token = channel_->new_token();
  for (int i = 1; i <= 9; ++i) history_.add(line(i, i % 2 == 1 ? "customer" : "bot", "m"));
  history_.transcript.ref = "4711";
  auto socket = open();
  say(socket, {{"t", "hello"}, {"session", token}, {"seq", 7}});
  const auto frames = socket->take();
  EXPECT_EQ(frames.at(0), json({{"t", "welcome"}, {"session", token}, {"conversation", "C1"}, {"seq", 9}, {"ref", "4711"}}));
  EXPECT_EQ(seqs(frames), (std::vector<std::int64_t>{8, 9}));
  EXPECT_EQ(frames.size(), 3u) << "no greeting in the middle of a conversation";
  EXPECT_EQ(history_.last_key, key(token));
}

TEST_F(Webchat, WhatIsPushedDuringHelloComesAfterTheWelcome) {
  std::string token = channel_->new_token();
  history_.add(line(1, "bot", "m"));
  history_.gate.shut();
  auto socket = open();
  say(socket, {{"t", "hello"}, {"session", token}, {"seq", 0}});
  push(token, line(2, "bot", "m"));
  EXPECT_TRUE(socket->sent.empty());
  history_.gate.open();
  settle();
  const auto frames = socket->take();
  EXPECT_EQ(frames.at(0).at("t"), "welcome");
  EXPECT_EQ(seqs(frames), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(Webchat, AForgedTokenBeginsAnewAndSeesNothing) {
  history_.add(line(1, "bot", "secret"));
  const std::string real = channel_->new_token();
  for (std::string forged :
       {std::string(43, 'A'), std::string("x"), real.substr(0, 42) + (real.back() == 'A' ? "B" : "A"), real + "A"}) {
    EXPECT_FALSE(channel_->session_key_of(forged));
    auto socket = open();
    say(socket, {{"t", "hello"}, {"session", forged}, {"seq", 0}});
    const auto frames = socket->take();
    EXPECT_NE(frames.at(0).at("session"), forged);
    EXPECT_EQ(frames.at(0).at("conversation"), "");
    for (const json& f : frames) EXPECT_EQ(f.dump().find("secret"), std::string::npos);
  }
  EXPECT_EQ(history_.reads, 0);
}

TEST_F(Webchat, TokensAreCheckedWithoutAStoreAndHaveOneSpelling) {
  const std::string token = channel_->new_token();
  EXPECT_NE(token, channel_->new_token());
  const auto session_key = channel_->session_key_of(token);
  ASSERT_TRUE(session_key);
  EXPECT_EQ(SessionKey::parse(*session_key)->text(), *session_key);
  for (const char* bad : {"", "session:", "session:xyz", "mid:0123456789abcdef0123456789abcdef",
                          "session:0123456789abcdef0123456789abcdeg", "session:0123456789abcdef0123456789abcdef0"})
    EXPECT_FALSE(SessionKey::parse(bad)) << bad;
  int accepted = 0;
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'a' ? 'b' : 'a';
    accepted += channel_->session_key_of(changed).has_value() ? 1 : 0;
  }
  EXPECT_EQ(accepted, 0);
  WebchatSettings other;
  other.secret = std::string(32, 'z');
  WebchatChannel elsewhere(other, inbox_, history_, clock_);
  EXPECT_FALSE(elsewhere.session_key_of(token)) << "another secret";
}

TEST_F(Webchat, SeveralTabsShareASession) {
  std::string token;
  auto one = known(token);
  auto two = known(token);
  std::string stranger_token;
  auto stranger = known(stranger_token);
  history_.add(line(1, "customer", "from tab one"));
  say(one, msg("m1", "from tab one"));
  EXPECT_EQ(one->take().at(0).at("t"), "ack");
  const auto seen = two->take();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].at("from"), "customer");
  EXPECT_EQ(seen[0].at("text"), "from tab one");
  push(token, line(2, "bot", "answer"));
  EXPECT_EQ(seqs(one->take()), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(seqs(two->take()), (std::vector<std::int64_t>{2}));
  one->hang_up();
  settle();
  push(token, line(3, "bot", "still here?"));
  EXPECT_EQ(seqs(two->take()), (std::vector<std::int64_t>{3}));
  EXPECT_TRUE(stranger->take().empty());
}

TEST_F(Webchat, AReferenceIsToldToEveryTab) {
  std::string token;
  auto one = known(token);
  auto two = known(token);
  channel_->push_ref(key(token), "P-AAAAA", true);
  settle();
  for (auto& socket : {one, two})
    EXPECT_EQ(socket->take().at(0), json({{"t", "ref"}, {"ref", "P-AAAAA"}, {"provisional", true}}));
  channel_->push_ref("nonsense", "x", false);
  channel_->push("nonsense", line(1, "bot", "x"));
  settle();
}

TEST_F(Webchat, TheOutboxCanMakeSocketsLook) {
  std::string token;
  auto socket = known(token);
  history_.add(line(1, "bot", "late answer"));
  Outbound out;
  out.id = "O1";
  out.recipient = key(token);
  const auto receipt = run(channel_->send(out));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(seqs(socket->take()), (std::vector<std::int64_t>{1}));
  history_.gate.shut();
  run(channel_->send(out));  // a look has begun
  history_.add(line(2, "bot", "stored meanwhile"));
  run(channel_->send(out));
  history_.gate.open();
  settle();
  EXPECT_EQ(seqs(socket->take()), (std::vector<std::int64_t>{2})) << "asked during a look means: look again";
}

TEST_F(Webchat, RefusalsSayWhetherToTryAgain) {
  make({.max_text = 10});
  std::string token;
  auto socket = known(token);
  const auto refusal = [&](std::optional<Error> error, const json& frame) {
    inbox_.next_error = std::move(error);
    say(socket, frame);
    const auto frames = socket->take();
    inbox_.next_error.reset();
    EXPECT_EQ(frames.at(0).at("t"), "nack");
    return frames.at(0);
  };
  EXPECT_EQ(refusal(std::nullopt, msg("a", "电电电电电电电电电电电")).at("code"), "too_long");
  EXPECT_EQ(refusal(Error{ErrorCode::kBusy, "q"}, msg("b", "x")).at("code"), "busy");
  EXPECT_GT(refusal(Error{ErrorCode::kBusy, "q"}, msg("b", "x")).at("retry_after_ms"), 0);
  const json io = refusal(Error{ErrorCode::kIo, "disk /var/x"}, msg("c", "x"));
  EXPECT_EQ(io.at("code"), "unavailable");
  EXPECT_GT(io.at("retry_after_ms"), 0);
  EXPECT_EQ(io.dump().find("/var/x"), std::string::npos) << "no internals";
  EXPECT_FALSE(refusal(Error{ErrorCode::kInvalid, "no"}, msg("d", "x")).contains("retry_after_ms"));
  say(socket, msg("e", "电电电电电电电电电电"));
  EXPECT_EQ(socket->take().at(0).at("t"), "ack") << "ten characters are ten, however many bytes";
  inbox_.not_ready = Error{ErrorCode::kUnavailable, "disk nearly full"};
  say(socket, msg("f", "x"));
  auto frames = socket->take();
  EXPECT_EQ(frames.at(0).at("code"), "unavailable");
  EXPECT_EQ(frames.at(1).at("t"), "pause");
  inbox_.not_ready.reset();
  say(socket, msg("f", "x"));
  EXPECT_EQ(socket->take().at(0).at("t"), "ack") << "and it goes on";
}

TEST_F(Webchat, TheRateOfASessionIsLimitedOverAllItsTabs) {
  make({.rate = {.per_second = 1, .burst = 3}, .max_strikes = 3});
  std::string token;
  auto one = known(token);
  auto two = known(token);
  for (int i = 0; i < 3; ++i) say(one, msg("a" + std::to_string(i), "x"));
  EXPECT_EQ(one->take().size(), 3u);
  say(two, msg("b", "x"));
  const auto frames = two->take();
  const json nack = frames.back();
  EXPECT_EQ(nack.at("code"), "rate");
  EXPECT_EQ(nack.at("retry_after_ms"), 1000);
  clock_.advance(std::chrono::seconds{1});
  say(two, msg("b", "x"));
  EXPECT_EQ(two->take().at(0).at("t"), "ack");
  for (int i = 0; i < 3; ++i) say(two, msg("c" + std::to_string(i), "x"));
  EXPECT_EQ(two->close_code, 1008) << "it does not listen";
  EXPECT_EQ(one->close_code, 0);
  std::string other_token;
  auto other = known(other_token);
  say(other, msg("d", "x"));
  EXPECT_EQ(other->take().at(0).at("t"), "ack") << "another session is not concerned";
}

TEST_F(Webchat, FiveFramesThatAreNotUnderstoodCloseTheSocket) {
  auto socket = open();
  say(socket, msg("a", "before hello"));
  for (const char* bad : {"x", "{}", "[1]"}) {
    socket->type(bad);
    settle();
  }
  EXPECT_EQ(socket->take().size(), 4u);
  EXPECT_EQ(socket->close_code, 0);
  socket->type("\x16\x03");
  settle();
  EXPECT_EQ(socket->close_code, 1008);
  EXPECT_EQ(inbox_.calls, 0);
}

TEST_F(Webchat, ASecondHelloIsRefused) {
  std::string token;
  auto socket = known(token);
  say(socket, {{"t", "hello"}, {"session", channel_->new_token()}});
  EXPECT_EQ(socket->take().at(0).at("t"), "error");
  say(socket, msg("a", "x"));
  EXPECT_EQ(inbox_.messages.at(0).sender_id, key(token));
}

TEST_F(Webchat, AHistoryThatFailsAsksTheClientToComeBack) {
  history_.error = Error{ErrorCode::kIo, "disk"};
  auto socket = open();
  say(socket, {{"t", "hello"}, {"session", channel_->new_token()}});
  EXPECT_EQ(socket->take().at(0).at("t"), "pause");
  EXPECT_EQ(socket->close_code, 1013);
}

TEST_F(Webchat, AReaderThatIsTooSlowIsClosed) {
  std::string token;
  auto socket = known(token);
  socket->is_stuck = true;
  push(token, line(1, "bot", "x"));
  EXPECT_EQ(socket->close_code, 1013);
}

TEST_F(Webchat, DrainSaysByeToEverySocketAndRefusesNewOnes) {
  std::string token;
  auto talking = known(token);
  auto silent = open();  // has not said hello
  inbox_.gate.shut();
  talking->type(msg("m", "in flight").dump());
  settle();
  channel_->drain();
  channel_->drain();
  settle();
  for (auto& socket : {talking, silent}) {
    EXPECT_EQ(socket->close_code, 1012);
    ASSERT_EQ(socket->sent.size(), 1u);
    EXPECT_EQ(socket->sent[0].at("t"), "bye");
    EXPECT_LE(socket->sent[0].at("retry_after_ms"), 5000);
  }
  EXPECT_EQ(talking->sent[0].at("resume"), token);
  EXPECT_EQ(silent->sent[0].at("resume"), "");
  inbox_.gate.open();
  settle();
  EXPECT_EQ(inbox_.messages.size(), 1u) << "what was being stored is stored; the client asks again and gets the same ack";
  auto late = open();
  EXPECT_EQ(late->close_code, 1012);
  EXPECT_TRUE(channel_->refuse_upgrade({}).has_value());
  EXPECT_TRUE(channel_->wait_idle(std::chrono::milliseconds{0}));
}

TEST_F(Webchat, PauseReachesEverySocket) {
  std::string token;
  auto socket = known(token);
  channel_->pause_all(std::chrono::seconds{3});
  settle();
  EXPECT_EQ(socket->take().at(0), json({{"t", "pause"}, {"retry_after_ms", 3000}}));
}

// Every order of ack, pushes and the end of a read leaves the customer with 1..n, each once.
TEST_F(Webchat, NoInterleavingLosesRepeatsOrReorders) {
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    history_.transcript = {};
    history_.error.reset();
    inbox_.next_seq = 1;
    std::string token;
    auto socket = known(token);
    std::uint32_t random = seed * 2654435761U;
    const auto draw = [&](std::uint32_t n) {
      random = random * 1664525U + 1013904223U;
      return (random >> 16) % n;
    };
    std::int64_t last = 0;
    std::vector<std::int64_t> acked;
    for (int step = 0; step < 30; ++step) {
      switch (draw(6)) {
        case 0:
          history_.gate.shut();
          break;
        case 1:
          history_.gate.open();
          settle();
          break;
        case 2: {  // the customer writes; stored as `last + 1`
          inbox_.next_seq = ++last;
          history_.add(line(last, "customer", "x"));
          say(socket, msg(std::to_string(seed) + "-" + std::to_string(step), "x"));
          break;
        }
        default: {  // the bot writes one or two lines; the push may be late, missing or twice
          const std::int64_t n = 1 + draw(2);
          for (std::int64_t i = 0; i < n; ++i) history_.add(line(++last, "bot", "x"));
          for (std::uint32_t i = draw(3); i > 0; --i) push(token, line(last - draw(static_cast<std::uint32_t>(n)), "bot", "x"));
        }
      }
    }
    history_.gate.open();
    settle();
    history_.add(line(++last, "bot", "end"));
    push(token, line(last, "bot", "end"));
    std::set<std::int64_t> seen;
    std::int64_t previous = 0;
    for (const json& f : socket->take()) {
      if (f.at("t") == "ack") {
        seen.insert(f.at("seq").get<std::int64_t>());
        continue;
      }
      const auto seq = f.at("seq").get<std::int64_t>();
      EXPECT_GT(seq, previous) << "seed " << seed;
      previous = seq;
      seen.insert(seq);
    }
    EXPECT_EQ(static_cast<std::int64_t>(seen.size()), last) << "seed " << seed;
    socket->hang_up();
    settle();
  }
}

}  // namespace
}  // namespace usher::connectors::webchat
