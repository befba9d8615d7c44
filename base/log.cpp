#include "base/log.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <memory>
#include <mutex>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unicode/utf8.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/text.h"

namespace usher::log {
namespace {

constexpr std::size_t kMaxValueBytes = 2000;

void count_dropped() {
  static auto& dropped = metrics::counter("usher_log_dropped_total", "Log lines lost because the sink was full or broken");
  dropped.add();
}

// Writes whole lines to a descriptor and never waits: a pipe whose reader stopped costs lines, not service. spdlog's own sinks
// block.
class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  LineSink(int fd, bool owned) : fd_(fd), owned_(owned) {
    struct stat info{};
    if (::fstat(fd_, &info) == 0) {
      is_socket_ = S_ISSOCK(info.st_mode);
      is_file_ = S_ISREG(info.st_mode);
    }
    // The write to a pipe nobody reads any more must be an error, not the end of the process.
    struct sigaction current{};
    if (::sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
  }
  ~LineSink() override {
    if (owned_) ::close(fd_);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& msg) override {
    line_.clear();
    if (torn_) line_ += '\n';  // ends what is left of a line that was cut off
    line_.append(msg.payload.data(), msg.payload.size());
    line_ += '\n';
    std::size_t sent = 0;
    while (sent < line_.size()) {
      const auto n = put(line_.data() + sent, line_.size() - sent);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    if (sent > 0) torn_ = sent < line_.size();
    if (sent < line_.size()) count_dropped();
  }
  void flush_() override {}  // nothing is held back

 private:
  ssize_t put(const char* data, std::size_t size) {
    for (;;) {
      ssize_t n = -1;
      if (is_socket_) {
        n = ::send(fd_, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
      } else {
        pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
        if (::poll(&ready, 1, 0) <= 0 || (ready.revents & POLLOUT) == 0) return -1;
        // A pipe that polls writable takes PIPE_BUF bytes without waiting. A file never waits, and gets its line in one piece.
        n = ::write(fd_, data, is_file_ ? size : std::min<std::size_t>(size, PIPE_BUF));
      }
      if (n >= 0 || errno != EINTR) return n;
    }
  }

  int fd_;
  bool owned_;
  bool is_socket_ = false;
  bool is_file_ = false;
  bool torn_ = false;
  std::string line_;
};

struct State {
  std::atomic<int> threshold{spdlog::level::info};  // asked first: a line nobody wants costs no lock
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger;
};
// Never destroyed: a thread may log while the program's statics go away.
State& state() {
  static auto* const instance = new State;
  return *instance;
}

std::shared_ptr<spdlog::logger> make_logger(int fd, bool owned, spdlog::level::level_enum level) {
  auto logger = std::make_shared<spdlog::logger>("usher", std::make_shared<LineSink>(fd, owned));
  logger->set_level(level);
  logger->set_error_handler([](const std::string&) { count_dropped(); });
  return logger;
}

std::shared_ptr<spdlog::logger> current() {
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  if (!s.logger) s.logger = make_logger(STDERR_FILENO, false, spdlog::level::info);
  return s.logger;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view name_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::warn:
      return "warn";
    case spdlog::level::err:
      return "error";
    default:
      return "info";
  }
}

// "smtp_password", "Set-Cookie" and "reply_text" are secrets, "text_bytes" is not: a secret word counts anywhere in the name, a
// word for content only at its end.
bool is_secret(std::string_view key) {
  static constexpr std::array<std::string_view, 6> kAnywhere{"password",      "secret", "token",
                                                             "authorization", "cookie", "signature"};
  static constexpr std::array<std::string_view, 2> kAtEnd{"text", "body"};
  std::size_t begin = 0;
  while (begin <= key.size()) {
    const auto end = std::min(key.find_first_of("_-. ", begin), key.size());
    const auto word = key.substr(begin, end - begin);
    for (const auto secret : kAnywhere) {
      if (text::iequals_ascii(word, secret)) return true;
    }
    for (const auto content : kAtEnd) {
      if (end == key.size() && text::iequals_ascii(word, content)) return true;
    }
    begin = end + 1;
  }
  return false;
}

// Appends `value` as a JSON string, cut at a code point. C1 controls and DEL are escaped too: they move a terminal's cursor.
void append_string(std::string& out, std::string_view value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const bool is_cut = value.size() > kMaxValueBytes;
  const std::size_t limit = is_cut ? kMaxValueBytes : value.size();
  const std::size_t size = value.size();
  out += '"';
  for (std::size_t i = 0; i < limit;) {
    const std::size_t begin = i;
    UChar32 c = 0;
    U8_NEXT(value.data(), i, size, c);
    if (i > limit) break;
    if (c < 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
      out += {'\\', 'u', '0', '0', kDigits[c >> 4 & 15], kDigits[c & 15]};
    } else {
      out += value.substr(begin, i - begin);
    }
  }
  if (is_cut) out += "\xe2\x80\xa6";
  out += '"';
}

void write(spdlog::level::level_enum level, std::string_view event, Fields fields) noexcept {
  if (level < state().threshold.load(std::memory_order_relaxed)) return;
  try {
    const auto logger = current();
    std::string line = "{\"ts\":\"" + to_rfc3339(system_clock().now()) + "\",\"level\":\"";
    line.append(name_of(level)).append("\",\"event\":");
    append_string(line, event);
    for (const auto& field : fields) {
      line += ',';
      append_string(line, field.key);
      line += ':';
      if (is_secret(field.key)) {
        line += "\"***\"";
      } else if (field.is_number) {
        line += field.value;
      } else {
        append_string(line, field.value);
      }
    }
    line += '}';
    logger->log(level, spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {  // out of memory, most likely: a log line is never worth the caller's work
    count_dropped();
  }
}

}  // namespace

void init(Level level, const std::string& path) {
  auto& s = state();
  std::string reason;
  {
    const std::lock_guard lock(s.mutex);
    int fd = STDERR_FILENO;
    if (!path.empty()) {
      fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
      if (fd < 0) reason = std::strerror(errno);
    }
    const bool owned = !path.empty() && fd >= 0;
    s.logger = make_logger(owned ? fd : STDERR_FILENO, owned, to_spdlog(level));
    s.threshold = to_spdlog(level);
  }
  if (!reason.empty()) error("log_file_failed", {{"path", path}, {"reason", reason}, {"next", "writing to stderr instead"}});
}

void set_level(Level level) {
  current()->set_level(to_spdlog(level));
  state().threshold = to_spdlog(level);
}

void debug(std::string_view event, Fields fields) {
  write(spdlog::level::debug, event, fields);
}
void info(std::string_view event, Fields fields) {
  write(spdlog::level::info, event, fields);
}
void warn(std::string_view event, Fields fields) {
  write(spdlog::level::warn, event, fields);
}
void error(std::string_view event, Fields fields) {
  write(spdlog::level::err, event, fields);
}
void flush() {
  current()->flush();
}

}  // namespace usher::log
