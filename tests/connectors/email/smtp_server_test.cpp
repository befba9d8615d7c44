// The listener on real sockets: a scripted client, swaks and smtp-source against serve_smtp with an Inbox that records.
#include "connectors/email/smtp_server.h"

#include <cstdio>
#include <deque>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include "base/async/sleep.h"
#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

class RecordingInbox final : public Inbox {
 public:
  asio::awaitable<Result<Accepted>> accept(Inbound message) override {
    auto pause = milliseconds(0);
    {
      std::lock_guard lock(mutex);
      pause = delay;
    }
    if (pause.count() > 0) co_await async::sleep_for(pause);
    std::lock_guard lock(mutex);
    if (failure) co_return fail(*failure);
    messages.push_back(std::move(message));
    Accepted accepted;
    accepted.id = "ledger-" + std::to_string(messages.size());
    co_return accepted;
  }
  Result<void> ready() const override {
    std::lock_guard lock(mutex);
    if (not_ready) return fail(*not_ready);
    return {};
  }
  std::size_t size() const {
    std::lock_guard lock(mutex);
    return messages.size();
  }

  mutable std::mutex mutex;
  std::deque<Inbound> messages;
  std::optional<Error> failure;
  std::optional<Error> not_ready;
  milliseconds delay{0};
};

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(context_) { socket_.connect({asio::ip::address_v4::loopback(), port}); }
  // One whole reply, also of several lines; empty when the server closed.
  std::string read() {
    std::string reply;
    for (;;) {
      boost::system::error_code ec;
      auto n = asio::read_until(socket_, asio::dynamic_buffer(buffer_), '\n', ec);
      if (ec) return reply;
      auto line = buffer_.substr(0, n);
      buffer_.erase(0, n);
      reply += line;
      if (line.size() < 4 || line[3] != '-') return reply;
    }
  }
  std::string say(const std::string& bytes) {
    write(bytes);
    return read();
  }
  void write(const std::string& bytes) { asio::write(socket_, asio::buffer(bytes)); }
  void shut() {
    boost::system::error_code ec;
    socket_.close(ec);
  }

 private:
  asio::io_context context_;
  tcp::socket socket_;
  std::string buffer_;
};

struct SmtpServerTest : testing::Test {
  SmtpServerTest() : io(2) { io.start(); }
  ~SmtpServerTest() override {
    if (server) server->stop(milliseconds(1'000));
    server.reset();
    io.stop();
  }
  void serve(SmtpServerOptions options = {}, EmailSettings settings = test_settings()) {
    auto made = serve_smtp(io, std::move(options), std::move(settings), inbox, system_clock());
    ASSERT_TRUE(made) << made.error().message;
    server = std::move(*made);
  }
  std::string deliver(Client& client, const std::string& raw = "Subject: x\r\n\r\nhello\r\n") {
    client.say("MAIL FROM:<ana@example.org>\r\n");
    client.say("RCPT TO:<support@gw.example>\r\n");
    client.say("DATA\r\n");
    return client.say(raw + ".\r\n");
  }

  async::IoThreads io;
  RecordingInbox inbox;
  std::unique_ptr<SmtpServer> server;
};

TEST_F(SmtpServerTest, AMailIsAcknowledgedWithTheLedgerIdAfterItWasAccepted) {
  serve();
  Client client(server->port());
  EXPECT_THAT(client.read(), StartsWith("220 gw.example"));
  EXPECT_THAT(client.say("EHLO mx.example.org\r\n"), HasSubstr("250 ENHANCEDSTATUSCODES"));
  EXPECT_EQ(deliver(client, fixture("with_png.eml")), "250 2.0.0 ledger-1\r\n");
  EXPECT_EQ(deliver(client), "250 2.0.0 ledger-2\r\n") << "and the next one on the same connection";
  EXPECT_EQ(client.say("QUIT\r\n"), "221 2.0.0 bye\r\n");
  EXPECT_EQ(client.read(), "");
  ASSERT_EQ(inbox.size(), 2u);
  EXPECT_EQ(*inbox.messages[0].raw, fixture("with_png.eml"));
  EXPECT_EQ(inbox.messages[0].attachments.size(), 2u);
}

TEST_F(SmtpServerTest, OurOwnTroubleIsAlwaysTemporary) {
  serve();
  Client client(server->port());
  client.read();
  client.say("EHLO a\r\n");
  const std::vector<std::pair<Error, std::string>> table = {
      {{ErrorCode::kIo, "disk failed"}, "451 4.3.0"},  {{ErrorCode::kIo, "no space left"}, "452 4.3.1"},
      {{ErrorCode::kBusy, "queue full"}, "451 4.3.0"}, {{ErrorCode::kConflict, "same key"}, "451 4.3.0"},
      {{ErrorCode::kInternal, "a bug"}, "451 4.3.0"},  {{ErrorCode::kTooLarge, "too large"}, "552 5.3.4"}};
  for (const auto& [error, expected] : table) {
    {
      std::lock_guard lock(inbox.mutex);
      inbox.failure = error;
    }
    EXPECT_THAT(deliver(client), StartsWith(expected)) << error.message;
  }
  inbox.failure.reset();
  EXPECT_THAT(deliver(client), StartsWith("250 2.0.0"));
  EXPECT_EQ(inbox.size(), 1u);
}

TEST_F(SmtpServerTest, MailFromIsRefusedWhileNothingCanBeTaken) {
  serve();
  Client client(server->port());
  client.read();
  client.say("EHLO a\r\n");
  inbox.not_ready = Error{ErrorCode::kIo, "no space"};
  EXPECT_THAT(client.say("MAIL FROM:<a@b.example>\r\n"), StartsWith("452 4.3.1"));
  inbox.not_ready = Error{ErrorCode::kBusy, "busy"};
  EXPECT_THAT(client.say("MAIL FROM:<a@b.example>\r\n"), StartsWith("451 4.3.0"));
  inbox.not_ready = Error{ErrorCode::kUnavailable, "going"};
  EXPECT_THAT(client.say("MAIL FROM:<a@b.example>\r\n"), StartsWith("421 4.3.2"));
  EXPECT_EQ(client.read(), "");
}

TEST_F(SmtpServerTest, StoringThatTakesTooLongIsAnsweredWithTryAgain) {
  SmtpServerOptions options;
  options.processing_limit = milliseconds(50);
  serve(options);
  inbox.delay = milliseconds(400);
  Client client(server->port());
  client.read();
  client.say("EHLO a\r\n");
  EXPECT_THAT(deliver(client), StartsWith("451 4.3.0"));
}

TEST_F(SmtpServerTest, ASilentPeerIsSentAway) {
  SmtpServerOptions options;
  options.idle_limit = milliseconds(200);
  options.data_stall_limit = milliseconds(200);
  serve(options);
  Client idle(server->port());
  idle.read();
  EXPECT_THAT(idle.read(), StartsWith("421 4.4.2"));
  EXPECT_EQ(idle.read(), "");
  Client stalled(server->port());
  stalled.read();
  EXPECT_THAT(stalled.say("EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@gw.example>\r\nDATA\r\nhalf a ma"),
              StartsWith("250"));
  std::string last;
  for (auto reply = stalled.read(); !reply.empty(); reply = stalled.read()) last = reply;
  EXPECT_THAT(last, StartsWith("421 4.4.2"));
  EXPECT_EQ(inbox.size(), 0u) << "half a mail is no mail";
}

// SMTP-14: the line breaks in the middle of the mail.
TEST_F(SmtpServerTest, AMailThatBreaksOffIsNotStored) {
  serve();
  {
    Client client(server->port());
    client.read();
    client.say("EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@gw.example>\r\nDATA\r\n");
    client.write("Subject: x\r\n\r\nhalf\r\n.\r");
    client.shut();
  }
  server->stop(milliseconds(5'000));
  EXPECT_EQ(server->connections(), 0u);
  EXPECT_EQ(inbox.size(), 0u);
}

TEST_F(SmtpServerTest, StoppingSaysSoToIdleSessionsAndLetsAMailFinish) {
  serve();
  Client idle(server->port());
  idle.read();
  Client busy(server->port());
  busy.read();
  busy.write("EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@gw.example>\r\nDATA\r\n");
  for (int i = 0; i < 4; ++i) busy.read();
  auto port = server->port();
  std::jthread stopper([&] { server->stop(milliseconds(10'000)); });
  EXPECT_THAT(idle.read(), StartsWith("421 4.3.2"));
  busy.write("Subject: x\r\n\r\nhello\r\n.\r\n");
  EXPECT_THAT(busy.read(), StartsWith("250 2.0.0"));
  EXPECT_THAT(busy.read(), StartsWith("421 4.3.2"));
  stopper.join();
  EXPECT_EQ(inbox.size(), 1u);
  EXPECT_ANY_THROW(Client(port).read());
}

// SMTP-15
TEST_F(SmtpServerTest, LmtpAnswersForEveryRecipient) {
  SmtpServerOptions options;
  options.lmtp = true;
  auto settings = test_settings();
  settings.addresses = {"support@gw.example", "sales@gw.example"};
  serve(options, settings);
  Client client(server->port());
  EXPECT_THAT(client.read(), HasSubstr("LMTP"));
  client.say("LHLO a\r\n");
  client.say("MAIL FROM:<a@b.example>\r\n");
  EXPECT_THAT(client.say("RCPT TO:<support@gw.example>\r\n"), StartsWith("250"));
  EXPECT_THAT(client.say("RCPT TO:<nobody@gw.example>\r\n"), StartsWith("550 5.1.1"));
  EXPECT_THAT(client.say("RCPT TO:<sales@gw.example>\r\n"), StartsWith("250"));
  client.say("DATA\r\n");
  EXPECT_EQ(client.say("x: y\r\n\r\nz\r\n.\r\n"), "250 2.0.0 ledger-1\r\n");
  EXPECT_EQ(client.read(), "250 2.0.0 ledger-1\r\n");
  EXPECT_EQ(client.say("NOOP\r\n"), "250 2.0.0 ok\r\n");
}

TEST_F(SmtpServerTest, AnOccupiedPortIsNamed) {
  serve();
  SmtpServerOptions options;
  options.port = server->port();
  auto second = serve_smtp(io, options, test_settings(), inbox, system_clock());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(options.port)));
  EXPECT_FALSE(serve_smtp(io, {}, EmailSettings{}, inbox, system_clock()));
}

std::pair<int, std::string> run(const std::string& command) {
  std::string output;
  auto* pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4'096];
  while (auto n = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, n);
  return {pclose(pipe), output};
}
bool is_installed(const std::string& program) {
  return run("command -v " + program).first == 0;
}

TEST_F(SmtpServerTest, SwaksDeliversAMailWithAnAttachment) {
  if (!is_installed("swaks")) GTEST_SKIP() << "NOT RUN: swaks is not installed";
  serve();
  auto data = std::string(USHER_SOURCE_DIR) + "/tests/connectors/email/data/";
  auto to = "swaks --server 127.0.0.1:" + std::to_string(server->port()) + " --helo mx.example.org --from ana@example.org --to ";
  auto [code, output] = run(to + "support@gw.example --header 'Subject: =?utf-8?B?5omT5Y2w5py6?=' --body 'No light.' --attach @" +
                            data + "english.eml");
  EXPECT_EQ(code, 0) << output;
  EXPECT_THAT(output, HasSubstr("250 2.0.0 ledger-1"));
  ASSERT_EQ(inbox.size(), 1u);
  EXPECT_EQ(inbox.messages[0].subject, "打印机");
  EXPECT_EQ(inbox.messages[0].text, "No light.");
  EXPECT_EQ(inbox.messages[0].attachments.size(), 1u);
  auto [refused, words] = run(to + "nobody@gw.example");
  EXPECT_NE(refused, 0);
  EXPECT_THAT(words, HasSubstr("550 5.1.1"));
  auto [pipelined, more] = run(to + "support@gw.example --pipeline --data @" + data + "chinese_gb2312.eml");
  EXPECT_EQ(pipelined, 0) << more;
  EXPECT_EQ(inbox.size(), 2u);
}

TEST_F(SmtpServerTest, SwaksEncryptsByStarttls) {
  if (!is_installed("swaks") || !is_installed("openssl")) GTEST_SKIP() << "NOT RUN: swaks or openssl is not installed";
  auto folder = std::filesystem::temp_directory_path() / ("usher-smtp-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  auto made =
      run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=gw.example -keyout " +
          (folder / "k.pem").string() + " -out " + (folder / "c.pem").string());
  ASSERT_EQ(made.first, 0) << made.second;
  auto tls = net::load_tls((folder / "c.pem").string(), (folder / "k.pem").string());
  ASSERT_TRUE(tls) << tls.error().message;
  SmtpServerOptions options;
  options.tls = *tls;
  serve(options);
  auto [code, output] = run("swaks --server 127.0.0.1:" + std::to_string(server->port()) +
                            " --tls --from ana@example.org --to support@gw.example --body hi");
  std::filesystem::remove_all(folder);
  EXPECT_EQ(code, 0) << output;
  ASSERT_EQ(inbox.size(), 1u);
  EXPECT_THAT(inbox.messages[0].facts, testing::Contains(testing::Pair("tls", "yes")));
}

TEST_F(SmtpServerTest, SmtpSourceDeliversHundredsInParallel) {
  if (!is_installed("smtp-source")) GTEST_SKIP() << "NOT RUN: smtp-source is not installed";
  serve();
  auto [code, output] = run("smtp-source -s 10 -m 400 -l 10240 -f ana@example.org -t support@gw.example 127.0.0.1:" +
                            std::to_string(server->port()));
  EXPECT_EQ(code, 0) << output;
  EXPECT_EQ(inbox.size(), 400u);
}

TEST_F(SmtpServerTest, BehindAProxyTheClientIsWhoTheProxySaysAndLimitsCountIt) {
  SmtpServerOptions options;
  options.proxies = {"127.0.0.1"};
  options.max_connections_per_address = 1;
  serve(options);
  Client first(server->port());
  first.write("PROXY TCP4 192.0.2.1 198.51.100.2 4660 25\r\n");
  EXPECT_THAT(first.read(), StartsWith("220"));
  Client second(server->port());
  EXPECT_THAT(second.say("PROXY TCP4 192.0.2.1 198.51.100.2 4661 25\r\n"), StartsWith("421 4.7.0"));
  Client other(server->port());
  EXPECT_THAT(other.say("PROXY TCP4 192.0.2.2 198.51.100.2 4661 25\r\nEHLO a\r\n"), StartsWith("220"));
  EXPECT_THAT(other.read(), HasSubstr("250"));
  EXPECT_THAT(deliver(other), StartsWith("250 2.0.0"));
  EXPECT_THAT(inbox.messages.back().facts, testing::Contains(testing::Pair("client", "192.0.2.2")));
  Client silent(server->port());
  EXPECT_EQ(silent.say("EHLO a\r\n"), "") << "without the header nothing is said";
}

TEST_F(SmtpServerTest, OneClientsConnectionsAndMailsAMinuteAreBounded) {
  SmtpServerOptions options;
  options.max_connections_per_minute = 2;
  options.max_mails_per_minute = 1;
  serve(options);
  Client first(server->port());
  EXPECT_THAT(first.read(), StartsWith("220"));
  first.say("EHLO a\r\n");
  EXPECT_THAT(deliver(first), StartsWith("250 2.0.0"));
  EXPECT_THAT(first.say("MAIL FROM:<ana@example.org>\r\n"), StartsWith("450 4.7.1"));
  Client second(server->port());
  EXPECT_THAT(second.read(), StartsWith("220"));
  Client third(server->port());
  EXPECT_THAT(third.read(), StartsWith("421 4.7.0"));
}

}  // namespace
}  // namespace usher::connectors::email
