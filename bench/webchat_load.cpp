// A webchat customer, many times over, cheap enough to share the machine with the server it measures: one thread, epoll, one read
// buffer for all sockets, frames written in one send() with a zero mask (RFC 6455 §5.3: any key is allowed).
//
//   webchat_load turns --port P [--sessions 64] [--seconds 10] [--warmup 2]
//     Every session walks the "computer does not start" script in a closed loop: sends a message under a fresh cmid, waits for
//     its ack AND for the bot's answer, sends the next one. One round is 7 turns: words, five buttons, "start over".
//   webchat_load idle --port P --pid SERVER [--connections 10000]
//     Opens that many, says hello on each, reads the server's resident memory; then one turn on each, and reads it again.
//
// Prints one JSON object. Exit 1 when an answer is missing for 30 s, a message is refused or a connection breaks.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "webchat_load: {}\n", why);
  std::exit(1);
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// What is said, in order; the part of the frame after the cmid. The last one leads back to the beginning.
constexpr std::array<std::string_view, 7> kWalk = {R"("text":"My laptop won't turn on")",
                                                   R"("choice":"no","text":"No, none of these")",
                                                   R"("choice":"yes","text":"Yes, plugged in")",
                                                   R"("choice":"no","text":"No, nothing at all")",
                                                   R"("choice":"yes","text":"Yes, it has power")",
                                                   R"("choice":"yes","text":"Yes, looks fine")",
                                                   R"("text":"start over")"};

struct Session {
  enum class Stage : std::uint8_t { kUpgrade, kHello, kReady, kTurn };
  int fd = -1;
  Stage stage = Stage::kUpgrade;
  bool acked = false;
  bool answered = false;
  std::uint8_t place = 0;
  std::int64_t asked_seq = 0;
  Clock::time_point sent_at;
  std::string kept;  // the incomplete end of what was read; empty nearly always
};

std::int64_t number_after(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return -1;
  std::int64_t n = -1;
  std::from_chars(text.data() + at + key.size(), text.data() + text.size(), n);
  return n;
}

class Load {
 public:
  explicit Load(std::uint16_t port) : port_(port), epoll_(::epoll_create1(0)) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() { ::close(epoll_); }

  std::function<void(Session&)> on_welcome;
  std::function<void(Session&)> on_turn;  // ack and answer are there
  std::vector<std::uint32_t> ack_us, turn_us;
  bool recording = false;

  // Connects from 127.0.0.x, a new x every 5,000, so that neither ports nor limits per address run out.
  void open(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto& s = *sessions_.emplace_back(std::make_unique<Session>());
      s.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (s.fd < 0) give_up(fmt::format("socket: {} (see ulimit -n)", std::strerror(errno)));
      sockaddr_in from{}, to{};
      from.sin_family = to.sin_family = AF_INET;
      from.sin_addr.s_addr = htonl(static_cast<std::uint32_t>(0x7f000001 + i / 5000));
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      to.sin_port = htons(port_);
      const int on = 1;
      ::setsockopt(s.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
      ::setsockopt(s.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (::bind(s.fd, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0 ||
          ::connect(s.fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
        give_up(fmt::format("connection {}: {}", i, std::strerror(errno)));
      ::fcntl(s.fd, F_SETFL, O_NONBLOCK);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.ptr = &s;
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, s.fd, &event);
      send_bytes(s, fmt::format("GET /chat/ws HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                                port_));
      if (i % 64 == 63) run_until([&] { return welcomed_ + 64 > i; });
    }
    run_until([&] { return welcomed_ == sessions_.size(); });
  }

  void say(Session& s) {
    s.stage = Session::Stage::kTurn;
    s.acked = s.answered = false;
    frame_.clear();
    fmt::format_to(
        std::back_inserter(frame_), R"({{"t":"msg","cmid":"{:012x}-{:x}",{}}})",
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count(),
        ++sent_, kWalk[s.place]);
    s.place = static_cast<std::uint8_t>((s.place + 1) % kWalk.size());
    s.sent_at = Clock::now();
    send_frame(s, frame_);
  }

  void run_until(const std::function<bool()>& done) {
    auto heard = Clock::now();
    std::array<epoll_event, 256> events{};
    while (!done()) {
      const int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 1000);
      const auto now = Clock::now();
      if (n > 0) heard = now;
      if (now - heard > std::chrono::seconds{30}) give_up("nothing heard for 30 s while answers are missing");
      for (int i = 0; i < n; ++i) read(*static_cast<Session*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
  }

  std::vector<std::unique_ptr<Session>>& sessions() { return sessions_; }

 private:
  void send_bytes(Session& s, std::string_view bytes) {
    if (::send(s.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      give_up(fmt::format("send: {}", std::strerror(errno)));
  }

  void send_frame(Session& s, std::string_view text) {
    bytes_.clear();
    bytes_ += '\x81';
    if (text.size() < 126) {
      bytes_ += static_cast<char>(0x80 | text.size());
    } else {
      bytes_ += '\xfe';
      bytes_ += static_cast<char>(text.size() >> 8);
      bytes_ += static_cast<char>(text.size() & 0xff);
    }
    bytes_.append(4, '\0').append(text);
    send_bytes(s, bytes_);
  }

  void read(Session& s) {
    const auto n = ::recv(s.fd, buffer_.data(), buffer_.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) give_up("the server closed a connection");
    std::string_view got(buffer_.data(), static_cast<std::size_t>(n));
    if (!s.kept.empty()) {
      s.kept.append(got);
      joined_ = std::move(s.kept);
      s.kept = {};
      got = joined_;
    }
    if (s.stage == Session::Stage::kUpgrade) {
      const auto end = got.find("\r\n\r\n");
      if (end == std::string_view::npos) return keep(s, got);
      if (!got.starts_with("HTTP/1.1 101")) give_up("no WebSocket: " + std::string(got.substr(0, got.find('\r'))));
      got.remove_prefix(end + 4);
      s.stage = Session::Stage::kHello;
      send_frame(s, R"({"t":"hello","v":1,"lang":"en"})");
    }
    while (got.size() >= 2) {
      std::size_t head = 2, size = static_cast<unsigned char>(got[1]) & 0x7fu;
      if (size == 126) {
        if (got.size() < 4) break;
        size = static_cast<std::size_t>(static_cast<unsigned char>(got[2])) << 8 | static_cast<unsigned char>(got[3]);
        head = 4;
      } else if (size == 127) {
        give_up("a frame of more than 64 KiB");
      }
      if (got.size() < head + size) break;
      const int opcode = got[0] & 0x0f;
      if (opcode == 1) understand(s, got.substr(head, size));
      if (opcode == 8) give_up("the server said good-bye");
      got.remove_prefix(head + size);
    }
    if (!got.empty()) keep(s, got);
  }
  static void keep(Session& s, std::string_view rest) { s.kept.assign(rest); }

  void understand(Session& s, std::string_view text) {
    if (text.starts_with(R"({"t":"message")")) {
      if (s.stage != Session::Stage::kTurn || s.answered) return;
      const auto seq = number_after(text, "\"seq\":");
      if (seq == 0) return;  // the greeting
      if (!s.acked || seq > s.asked_seq) s.answered = true;
    } else if (text.starts_with(R"({"t":"ack")")) {
      s.acked = true;
      s.answered = false;
      s.asked_seq = number_after(text, "\"seq\":");
      if (recording) ack_us.push_back(since(s.sent_at));
    } else if (text.starts_with(R"({"t":"welcome")")) {
      ++welcomed_;
      s.stage = Session::Stage::kReady;
      if (on_welcome) on_welcome(s);
      return;
    } else if (text.starts_with(R"({"t":"ref")")) {
      return;
    } else {
      give_up("refused: " + std::string(text));
    }
    if (!s.acked || !s.answered) return;
    s.stage = Session::Stage::kReady;
    if (recording) turn_us.push_back(since(s.sent_at));
    if (on_turn) on_turn(s);
  }

  static std::uint32_t since(Clock::time_point t) {
    return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - t).count());
  }

  std::uint16_t port_;
  int epoll_;
  std::size_t welcomed_ = 0;
  std::uint64_t sent_ = 0;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::array<char, 128 * 1024> buffer_{};
  std::string frame_, bytes_, joined_;
};

double percentile_ms(std::vector<std::uint32_t>& values, double p) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at] / 1000.0;
}

long resident_kb(const std::string& pid) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  give_up("no VmRSS of process " + pid);
}

// CPU of a process in seconds: utime and stime, fields 14 and 15 of /proc/PID/stat.
double cpu_of(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  std::string line;
  std::getline(in, line);
  auto at = line.rfind(')');
  if (at == std::string::npos) return 0;
  for (int field = 2; field < 14; ++field) at = line.find(' ', at + 1);
  char* end = nullptr;
  const auto user = std::strtoll(line.c_str() + at, &end, 10);
  const auto system = std::strtoll(end, nullptr, 10);
  return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

int turns(std::uint16_t port, const std::string& pid, std::size_t sessions, double warmup, double seconds) {
  auto load = std::make_unique<Load>(port);
  std::uint64_t done = 0;
  bool stopping = false;
  std::size_t open = sessions;
  load->on_turn = [&](Session& s) {
    ++done;
    if (stopping) {
      --open;
    } else {
      load->say(s);
    }
  };
  load->open(sessions);
  for (auto& s : load->sessions()) load->say(*s);
  auto run_for = [&](double length) {
    const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(length));
    load->run_until([&] { return Clock::now() >= until; });
  };
  run_for(warmup);
  const auto begin = Clock::now();
  const auto done_before = done;
  const double own_before = cpu_seconds();
  const double server_before = pid.empty() ? 0 : cpu_of(pid);
  load->recording = true;
  run_for(seconds);
  load->recording = false;
  const double took = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto n = static_cast<double>(done - done_before);
  const double own = cpu_seconds() - own_before;
  const double server = pid.empty() ? 0 : cpu_of(pid) - server_before;
  stopping = true;
  load->run_until([&] { return open == 0; });
  fmt::print(
      R"({{"sessions":{},"seconds":{:.2f},"turns":{:.0f},"turns_per_second":{:.0f},"ack_p50_ms":{:.2f},"ack_p99_ms":{:.2f},)"
      R"("turn_p50_ms":{:.2f},"turn_p99_ms":{:.2f},"server_us_per_turn":{:.1f},"client_us_per_turn":{:.1f}}})"
      "\n",
      sessions, took, n, n / took, percentile_ms(load->ack_us, 0.5), percentile_ms(load->ack_us, 0.99),
      percentile_ms(load->turn_us, 0.5), percentile_ms(load->turn_us, 0.99), server * 1e6 / std::max(n, 1.0),
      own * 1e6 / std::max(n, 1.0));
  return 0;
}

int idle(std::uint16_t port, const std::string& pid, std::size_t connections) {
  auto load = std::make_unique<Load>(port);
  load->open(16);  // what the first connections make the server load once is not theirs
  const long before = resident_kb(pid);
  load->open(connections);
  std::this_thread::sleep_for(std::chrono::seconds{2});
  const long after_hello = resident_kb(pid);
  std::size_t answered = 0;
  load->on_turn = [&](Session&) { ++answered; };
  const std::size_t all = load->sessions().size();
  for (std::size_t i = 0; i < all; ++i) {
    load->say(*load->sessions()[i]);
    if (i % 64 == 63) load->run_until([&] { return answered + 64 > i; });
  }
  load->run_until([&] { return answered == all; });
  std::this_thread::sleep_for(std::chrono::seconds{2});
  const long after_turn = resident_kb(pid);
  const auto n = static_cast<double>(connections);
  fmt::print(R"({{"connections":{},"rss_before_kb":{},"rss_after_hello_kb":{},"rss_after_turn_kb":{},"kb_per_connection":{:.2f},)"
             R"("kb_per_connection_after_turn":{:.2f}}})"
             "\n",
             connections, before, after_hello, after_turn, static_cast<double>(after_hello - before) / n,
             static_cast<double>(after_turn - before) / n);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  auto option = [&](const char* name, const char* otherwise) {
    for (int i = 2; i + 1 < argc; i += 2) {
      if (std::strcmp(argv[i], name) == 0) return std::string(argv[i + 1]);
    }
    return std::string(otherwise);
  };
  const auto port = static_cast<std::uint16_t>(std::atoi(option("--port", "0").c_str()));
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  if (mode == "turns" && port != 0) {
    return turns(port, option("--pid", ""), std::stoul(option("--sessions", "64")), std::stod(option("--warmup", "2")),
                 std::stod(option("--seconds", "10")));
  }
  if (mode == "idle" && port != 0) return idle(port, option("--pid", "self"), std::stoul(option("--connections", "10000")));
  fmt::print(stderr,
             "usage: webchat_load turns --port P [--pid SERVER] [--sessions N] [--seconds S] [--warmup S]\n"
             "       webchat_load idle --port P --pid SERVER [--connections N]\n");
  return 2;
}
