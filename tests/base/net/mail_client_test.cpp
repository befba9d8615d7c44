#include <gmock/gmock.h>
#include <sys/wait.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "base/net/byte_stream.h"
#include "base/net/http_client.h"
#include "tests/base/net/certificate.h"
#include "tests/base/net/net_test_support.h"

namespace usher::net::testing {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

// A small relay that follows the protocol except where told. Everything it was sent is in `seen`.
struct Relay {
  std::string banner = "220 relay ESMTP";
  std::string ehlo = "250-relay\r\n250 SIZE 10000000";
  std::string on_mail = "250 sender ok";
  std::string on_rcpt = "250 recipient ok";
  std::string on_data = "354 go on";
  std::string on_end = "250 2.0.0 queued as 42";
  bool drop_after_data = false;   // reads the whole mail, then closes without a word
  bool drop_during_data = false;  // closes after 354
  bool stall_after_data = false;
  std::shared_ptr<TlsContext> tls;
  std::vector<std::string> commands;
  std::string mail;  // as on the wire, before the final dot

  boost::asio::awaitable<void> session(std::shared_ptr<ByteStream> stream) {
    std::string buffer;
    if (!co_await stream->write(banner + "\r\n", 5s)) co_return;
    for (;;) {
      const auto line = co_await read_to(stream, &buffer, "\r\n");
      if (line.empty()) co_return;
      commands.push_back(line.substr(0, line.size() - 2));
      const auto verb = line.substr(0, 4);
      std::string reply = "250 ok";
      if (verb == "EHLO") reply = ehlo;
      if (verb == "MAIL") reply = on_mail;
      if (verb == "RCPT") reply = on_rcpt;
      if (verb == "DATA") reply = on_data;
      if (verb == "QUIT") reply = "221 bye";
      if (verb == "STAR") reply = "220 go";
      if (!co_await stream->write(reply + "\r\n", 5s)) co_return;
      if (verb == "STAR") {
        if (!co_await stream->start_tls(tls, 5s)) co_return;
        buffer.clear();
      }
      if (verb == "DATA" && on_data.starts_with("354")) {
        if (drop_during_data) co_return;
        mail = co_await read_to(stream, &buffer, "\r\n.\r\n");
        if (drop_after_data) co_return;
        if (stall_after_data) co_await read_to(stream, &buffer, "never");
        if (!co_await stream->write(on_end + "\r\n", 5s)) co_return;
      }
    }
  }

  static boost::asio::awaitable<std::string> read_to(std::shared_ptr<ByteStream> stream, std::string* buffer, std::string end) {
    std::array<char, 4096> chunk{};
    for (;;) {
      if (const auto at = buffer->find(end); at != std::string::npos) {
        std::string out = buffer->substr(0, at + end.size());
        buffer->erase(0, at + end.size());
        co_return out;
      }
      auto n = co_await stream->read_some(chunk, 5s);
      if (!n || *n == 0) co_return "";
      buffer->append(chunk.data(), *n);
    }
  }
};

class MailTest : public ::testing::Test {
 protected:
  MailTest() : io(1), client(make_outbound_client(io.executor(0))) { io.start(); }
  ~MailTest() override {
    client.reset();
    listener.reset();
    io.stop();
  }
  Result<MailReply> send(MailCall call) {
    if (!listener) {
      auto started = listen(io, {}, [this](std::shared_ptr<ByteStream> stream) { return relay.session(std::move(stream)); });
      EXPECT_TRUE(started);
      listener = std::move(*started);
    }
    if (call.url.empty()) call.url = fmt::format("smtp://127.0.0.1:{}", listener->port());
    return run_on(io.executor(0), client->mail(std::move(call)));
  }
  static MailCall mail(std::string message = "Subject: x\r\n\r\nhello\r\n") {
    MailCall call;
    call.envelope_from = "support@example.org";
    call.recipient = "customer@example.net";
    call.message = std::move(message);
    return call;
  }

  Relay relay;
  async::IoThreads io;
  std::unique_ptr<OutboundClient> client;
  std::unique_ptr<Listener> listener;
};

TEST_F(MailTest, DeliversAndReportsTheFinalReply) {
  const auto sent = send(mail());
  ASSERT_TRUE(sent) << sent.error().message << " | " << sent.error().detail;
  EXPECT_EQ(sent->code, 250);
  EXPECT_EQ(sent->text, "2.0.0 queued as 42");
  EXPECT_THAT(relay.commands, ::testing::Contains(::testing::StartsWith("MAIL FROM:<support@example.org>")));
  EXPECT_THAT(relay.commands, ::testing::Contains("RCPT TO:<customer@example.net>"));
}

TEST_F(MailTest, SendsTheNullSender) {
  auto call = mail();
  call.envelope_from = "";
  ASSERT_TRUE(send(call));
  EXPECT_THAT(relay.commands, ::testing::Contains(::testing::StartsWith("MAIL FROM:<>")));
}

TEST_F(MailTest, StuffsDotsAndNormalisesLineEnds) {
  ASSERT_TRUE(send(mail("Subject: x\n\n.\n..two\r\n.start\rlone cr\nno end")));
  EXPECT_EQ(relay.mail, "Subject: x\r\n\r\n..\r\n...two\r\n..start\r\nlone cr\r\nno end\r\n.\r\n");
}

TEST_F(MailTest, StuffsADotThatFallsAnywhereInALargeMail) {
  std::string message = "Subject: large\r\n\r\n";
  std::string stuffed = message;
  for (int i = 0; i < 20'000; ++i) {
    message += ".\r\n.x\r\n";
    stuffed += "..\r\n..x\r\n";
  }
  ASSERT_TRUE(send(mail(message)));
  EXPECT_EQ(relay.mail, stuffed + ".\r\n");
}

TEST_F(MailTest, ReusesTheConnectionForTheNextMail) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(send(mail()));
  EXPECT_EQ(std::ranges::count_if(relay.commands, [](const auto& c) { return c.starts_with("EHLO"); }), 1);
}

TEST_F(MailTest, ARefusedRecipientIsInvalidWithTheRelaysWords) {
  relay.on_rcpt = "550-5.1.1 no such\r\n550 5.1.1 mailbox here";
  const auto sent = send(mail());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(sent.error().message, HasSubstr("550"));
  EXPECT_EQ(sent.error().detail, "550 5.1.1 no such 5.1.1 mailbox here");
}

TEST_F(MailTest, ATemporaryRefusalIsUnavailable) {
  relay.on_end = "451 4.3.0 try later";
  const auto sent = send(mail());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(sent.error().detail, "451 4.3.0 try later");
  relay.on_end = "554 5.7.1 spam";
  EXPECT_EQ(send(mail()).error().code, ErrorCode::kInvalid);
}

TEST_F(MailTest, ABusyBannerIsUnavailable) {
  relay.banner = "421 4.3.2 too busy";
  const auto sent = send(mail());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(sent.error().detail, HasSubstr("too busy"));
}

TEST_F(MailTest, AConnectionLostAfterTheEndOfDataIsUnknown) {
  relay.drop_after_data = true;
  const auto sent = send(mail());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnknown);
}

TEST_F(MailTest, SilenceAfterTheEndOfDataIsUnknown) {
  relay.stall_after_data = true;
  auto call = mail();
  call.limits.total = 300ms;
  const auto sent = send(call);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnknown);
}

// The relay goes right after "354" but its system still takes what comes: whether the final dot left decides between unavailable
// and unknown, and both are tried again.
TEST_F(MailTest, AConnectionLostBeforeTheEndOfDataIsTriedAgain) {
  relay.drop_during_data = true;
  const auto sent = send(mail(std::string(1'000'000, 'x')));
  ASSERT_FALSE(sent);
  EXPECT_TRUE(sent.error().retry()) << to_string(sent.error().code);
}

TEST_F(MailTest, NoRelayIsUnavailable) {
  auto call = mail();
  ASSERT_TRUE(send(call));
  call.url = fmt::format("smtp://127.0.0.1:{}", listener->port());
  listener.reset();
  const auto sent = run_on(io.executor(0), client->mail(call));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
}

TEST_F(MailTest, RefusesAddressesThatWouldInjectCommands) {
  for (const char* bad : {"", "a@b>\r\nRCPT TO:<c@d", "a b@c", "<a@b>"}) {
    auto call = mail();
    call.recipient = bad;
    EXPECT_EQ(send(call).error().code, ErrorCode::kInvalid) << bad;
  }
  auto call = mail();
  call.envelope_from = "a@b\nDATA";
  EXPECT_EQ(send(call).error().code, ErrorCode::kInvalid);
  EXPECT_THAT(relay.commands, ::testing::IsEmpty());
}

TEST_F(MailTest, RequiredTlsIsNotDoneWithoutIt) {
  auto call = mail();
  call.tls = MailCall::Tls::kRequired;
  const auto sent = send(call);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(relay.commands, ::testing::Not(::testing::Contains(::testing::StartsWith("MAIL"))));
}

TEST_F(MailTest, OpportunisticTlsTakesASelfSignedRelayAndRequiredDoesNot) {
  Certificate certificate;
  relay.tls = *load_tls(certificate.chain(), certificate.key());
  relay.ehlo = "250-relay\r\n250 STARTTLS";
  ASSERT_TRUE(send(mail()));
  EXPECT_THAT(relay.commands, ::testing::Contains("STARTTLS"));
  auto call = mail();
  call.tls = MailCall::Tls::kRequired;
  const auto refused = send(call);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  call.ca_file = certificate.chain();
  const auto sent = send(call);
  EXPECT_TRUE(sent) << sent.error().detail;
}

// Postfix's test sink, as a second opinion on what arrives.
class Sink {
 public:
  explicit Sink(std::uint16_t port) {
    std::string pattern = (std::filesystem::temp_directory_path() / "usher-sink-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    std::filesystem::permissions(folder, std::filesystem::perms::all);
    const auto dump = folder + "/mail.";
    const auto address = fmt::format("127.0.0.1:{}", port);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execl("/usr/sbin/smtp-sink", "smtp-sink", "-u", "nobody", "-c", "-d", dump.c_str(), address.c_str(), "10", nullptr);
      ::_exit(127);
    }
    for (int i = 0; i < 500; ++i) {
      if (RawClient(port).connected()) return;
      std::this_thread::sleep_for(10ms);
    }
    ADD_FAILURE() << "smtp-sink did not start";
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(folder);
  }
  std::string all_mail() const {
    std::stringstream out;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) out << std::ifstream(entry.path()).rdbuf();
    return out.str();
  }
  std::string folder;

 private:
  pid_t pid_ = -1;
};

TEST_F(MailTest, APostfixSinkReceivesTheMailUnchanged) {
  if (::access("/usr/sbin/smtp-sink", X_OK) != 0 || ::geteuid() != 0) GTEST_SKIP() << "needs Postfix's smtp-sink and root";
  ASSERT_TRUE(send(mail()));
  const auto port = listener->port();
  listener.reset();  // its port is free now
  Sink sink(port);
  auto call = mail("Subject: to the sink\r\n\r\n.\r\n.dot\r\nend\r\n");
  call.envelope_from = "";
  call.url = fmt::format("smtp://127.0.0.1:{}", port);
  const auto sent = run_on(io.executor(0), client->mail(call));
  ASSERT_TRUE(sent) << sent.error().message << " | " << sent.error().detail;
  EXPECT_EQ(sent->code, 250);
  const auto got = sink.all_mail();
  EXPECT_THAT(got, HasSubstr("X-Mail-Args: <>"));
  EXPECT_THAT(got, HasSubstr("X-Rcpt-Args: <customer@example.net>"));
  EXPECT_THAT(got, HasSubstr("Subject: to the sink\n"));
  EXPECT_THAT(got, HasSubstr("\n\n.\n.dot\nend\n"));
}

}  // namespace
}  // namespace usher::net::testing
