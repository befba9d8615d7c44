#include "base/log.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/metrics.h"
#include "base/text.h"

namespace usher::log {
namespace {

double dropped() {
  return metrics::counter("usher_log_dropped_total", "Log lines lost because the sink was full or broken").value();
}

// Each test logs to its own file; afterwards the log goes to stderr again.
class Log : public testing::Test {
 protected:
  Log() : path_(std::filesystem::path(testing::TempDir()) / ("usher-log-" + std::to_string(::getpid()))) {}
  ~Log() override {
    init(Level::kInfo);
    std::filesystem::remove(path_);
  }
  std::vector<std::string> lines() const {
    std::ifstream in(path_);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  nlohmann::json last() const {
    const auto all = lines();
    return all.empty() ? nlohmann::json() : nlohmann::json::parse(all.back(), nullptr, false);
  }
  std::filesystem::path path_;
};

TEST_F(Log, AnEventIsOneLineOfJsonInTheAnnouncedOrder) {
  init(Level::kInfo, path_);
  info("accepted", {{"channel", "webchat"}, {"bytes", 42}, {"reason", "it said \"no\""}});
  const auto all = lines();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].starts_with("{\"ts\":\"20")) << all[0];
  const auto json = last();
  EXPECT_EQ(json["ts"].get<std::string>().size(), 24U);
  EXPECT_EQ(json["level"], "info");
  EXPECT_EQ(json["event"], "accepted");
  EXPECT_EQ(json["channel"], "webchat");
  EXPECT_EQ(json["bytes"], 42);
  EXPECT_EQ(json["reason"], "it said \"no\"");
}

TEST_F(Log, LinesBelowTheLevelAreNotWritten) {
  init(Level::kWarn, path_);
  debug("d");
  info("i");
  warn("w");
  error("e");
  ASSERT_EQ(lines().size(), 2U);
  EXPECT_EQ(last()["level"], "error");
  set_level(Level::kDebug);
  debug("d");
  EXPECT_EQ(last()["level"], "debug");
}

TEST_F(Log, SecretsAndCustomersWordsAreNeverWritten) {
  init(Level::kInfo, path_);
  info("e", {{"password", "hunter2"},
             {"smtp_password", "hunter2"},
             {"Set-Cookie", "hunter2"},
             {"session_token", "hunter2"},
             {"Authorization", "hunter2"},
             {"webhook-signature", "hunter2"},
             {"secret", "hunter2"},
             {"text", "hunter2"},
             {"reply_text", "hunter2"},
             {"body", "hunter2"},
             {"text_bytes", 7},
             {"context", "kept"}});
  const auto all = lines();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].find("hunter2"), std::string::npos) << all[0];
  const auto json = last();
  EXPECT_EQ(json["password"], "***");
  EXPECT_EQ(json["reply_text"], "***");
  EXPECT_EQ(json["text_bytes"], 7);
  EXPECT_EQ(json["context"], "kept");
}

TEST_F(Log, NoInputBreaksTheLine) {
  init(Level::kInfo, path_);
  std::string every;
  for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
  info("every\nbyte", {{"value", every},
                       {"k\"\n",
                        "\xc2\x9b"
                        "31m \x1b[31m"}});
  const auto all = lines();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].find('\x1b'), std::string::npos);
  EXPECT_EQ(all[0].find("\xc2\x9b"), std::string::npos);
  const auto json = last();
  ASSERT_TRUE(json.is_object()) << all[0];
  EXPECT_EQ(json["event"], "every\nbyte");
  EXPECT_EQ(json["value"].get<std::string>().substr(0, 128), every.substr(0, 128));
}

TEST_F(Log, LongValuesAreCutAtACodePoint) {
  init(Level::kInfo, path_);
  std::string longest(1999, 'a');
  longest += "电源";  // the first character would end at byte 2002
  info("e", {{"value", longest}, {"whole", std::string(2000, 'b')}});
  const auto json = last();
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["value"], std::string(1999, 'a') + "…");
  EXPECT_EQ(json["whole"], std::string(2000, 'b'));
}

TEST_F(Log, AFullDiskDropsTheLineAndCountsIt) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  init(Level::kInfo, "/dev/full");
  const auto before = dropped();
  info("lost");
  info("lost");
  EXPECT_EQ(dropped(), before + 2);
}

// Puts a pipe in the place of stderr, as a service manager does.
class PipedStderr {
 public:
  PipedStderr() {
    EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0);
    saved_ = ::dup(STDERR_FILENO);
    ::dup2(ends_[1], STDERR_FILENO);
    ::close(ends_[1]);
    init(Level::kInfo);
  }
  ~PipedStderr() {
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
    close_reader();
    init(Level::kInfo);
  }
  void close_reader() {
    if (ends_[0] >= 0) ::close(ends_[0]);
    ends_[0] = -1;
  }
  std::string read_all() const {
    std::string out(1 << 20, '\0');
    const auto n = ::read(ends_[0], out.data(), out.size());
    out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return out;
  }

 private:
  int ends_[2] = {-1, -1};
  int saved_ = -1;
};

TEST(LogToStderr, AReaderThatStoppedReadingCostsLinesNotService) {
  const auto before = dropped();
  std::string got;
  {
    PipedStderr pipe;
    for (int i = 0; i < 2'000; ++i)
      info("line", {{"filler", std::string(500, 'x')}});  // far more than a pipe holds: must come back
    got = pipe.read_all();
    info("after", {});
    got += pipe.read_all();
  }
  EXPECT_GT(dropped(), before);
  std::size_t whole = 0;
  for (const auto& line : text::split(got, '\n')) whole += nlohmann::json::accept(line) ? 1 : 0;
  EXPECT_GT(whole, 50U);
  EXPECT_NE(got.find("\"after\""), std::string::npos);
}

TEST(LogToStderr, AReaderThatWentAwayCostsLinesNotTheProcess) {
  const auto before = dropped();
  {
    PipedStderr pipe;
    pipe.close_reader();
    info("lost");
  }
  EXPECT_EQ(dropped(), before + 1);
}

TEST(LogToStderr, AFileThatCannotBeOpenedIsSaidOnStderr) {
  std::string got;
  {
    PipedStderr pipe;
    init(Level::kInfo, "/nowhere/at/all.log");
    info("still here");
    got = pipe.read_all();
  }
  EXPECT_NE(got.find("log_file_failed"), std::string::npos) << got;
  EXPECT_NE(got.find("/nowhere/at/all.log"), std::string::npos) << got;
  EXPECT_NE(got.find("still here"), std::string::npos) << got;
}

}  // namespace
}  // namespace usher::log
