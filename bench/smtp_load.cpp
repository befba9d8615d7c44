// Mail with an attachment, many sessions at once, cheap enough to share the machine with the server it measures. smtp-source
// sends lines of X, and from a file only one and the same mail, which a server that knows repeats takes once; here every mail has
// its own sender, words, Message-ID and picture.
//
//   smtp_load send --port P [--mails 5000] [--sessions 20] [--bytes 10240] [--to support@bench.test] [--first 0] [--pid SERVER]
//     Kept sessions, one command at a time and no pipelining, as smtp-source -d does: MAIL, RCPT, DATA, mail, 250, the next one.
//     With --pid also the server's CPU and its resident memory at the beginning and after every quarter. Prints one JSON object.
//   smtp_load keep --folder F
//     The least a server that answers for its mails can do: a thread per session, each mail a file of its own, on the disk
//     (fdatasync, then renamed, then the folder's fsync) before its 250. Prints its port; runs until it is killed.
//
// Exit 1 when the server refuses anything, closes a connection or says nothing for 30 s.
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
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "smtp_load: {}\n", why);
  std::exit(1);
}

double own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// utime and stime of all its threads: fields 14 and 15 of /proc/PID/stat.
double cpu_of(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  std::string line;
  std::getline(in, line);
  auto at = line.rfind(')');
  if (at == std::string::npos) return 0;
  for (int field = 2; field < 14; ++field) at = line.find(' ', at + 1);
  char* end = nullptr;
  const auto user = std::strtoll(line.c_str() + at, &end, 10);
  return static_cast<double>(user + std::strtoll(end, nullptr, 10)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

long resident_kb(const std::string& pid) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

// ---- mails
// -----------------------------------------------------------------------------------------------------------------------
struct Complaint {
  std::string_view subject, words;
};
constexpr std::array<Complaint, 8> kComplaints{{
    {"Laptop does not turn on",
     "since yesterday my laptop does not turn on any more. The power light stays dark, also with the "
     "charger plugged in. I tried another socket."},
    {"Screen flickers after an hour",
     "the screen of my notebook starts to flicker after about an hour of work. An external "
     "monitor shows a good picture all the time."},
    {"Printer says paper jam, but there is none",
     "the printer reports a paper jam although I have taken out everything and "
     "looked behind the rear flap twice."},
    {"No sound from the left speaker",
     "there is no sound from the left speaker of the set I bought in spring. Swapping the "
     "cables moves the fault to the other side."},
    {"WLAN drops every few minutes",
     "the wireless connection drops every few minutes in the kitchen. Telephones in the same "
     "place keep theirs. I updated the driver last week."},
    {"Keyboard types double letters",
     "my keyboard types some letters twice, mostly e and n. Cleaning it with compressed air "
     "has helped for a day only."},
    {"Battery is empty after 40 minutes",
     "the battery of my laptop is empty after forty minutes, it was five hours a year ago. "
     "The settings are those it came with."},
    {"Invoice for my repair",
     "I have not got the invoice for the repair of last month yet and need it for the insurance. "
     "Please send it to this address."},
}};
constexpr std::string_view kRest =
    "\r\nIt is a Norvell 14 with the newest updates. I bought it in March at the shop in Harbour Street and have the receipt "
    "here. It stands on a desk\r\nin a dry room, nothing was spilled over it, and nobody has opened it. It is the first time "
    "that I have to write to you about it, and so far I was\r\nvery content. In the picture you see what I mean. I need the "
    "device for my work, so I would be glad of an answer today.\r\n\r\nThank you very much\r\n";

// Lines of base64 that mean random bytes: like a photo, nothing in them can be packed any further.
class Pictures {
 public:
  Pictures() {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::mt19937 random(20261122);
    for (int line = 0; line < 4096; ++line) {
      for (int i = 0; i < 76; ++i) pool_ += kDigits[random() % kDigits.size()];
      pool_ += "\r\n";
    }
  }
  // A JPEG's beginning, then `bytes` of noise, other ones for each n.
  void append(std::string& out, std::uint64_t n, std::size_t bytes) const {
    constexpr std::size_t kLine = 78;
    out += "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0a\r\n";
    const std::size_t lines = bytes / kLine;
    const std::size_t at = (n * 31 % (4096 - lines)) * kLine;
    out += fmt::format("{:016d}AAAA{:056d}\r\n", n, 0);
    out.append(pool_, at, lines * kLine);
  }

 private:
  std::string pool_;
};

std::string sender(std::uint64_t n) {
  return fmt::format("customer{}@home{}.test", n % 20'000, n % 97);
}

void make_mail(std::string& out, std::uint64_t n, std::size_t bytes, const std::string& run, const std::string& to,
               const Pictures& pictures) {
  const auto& c = kComplaints[n % kComplaints.size()];
  out.clear();
  fmt::format_to(
      std::back_inserter(out),
      "Received: from [192.0.2.{}] by mx.home.test with ESMTPSA id {:x}; Sun, 22 Nov 2026 08:00:00 +0000\r\n"
      "From: Customer {} <{}>\r\nTo: Support <{}>\r\nSubject: {}\r\nDate: Sun, 22 Nov 2026 08:00:00 +0000\r\n"
      "Message-ID: <{:x}.{}@home.test>\r\nUser-Agent: Mozilla Thunderbird\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=\"------------{:024x}\"\r\n\r\n"
      "This is a multi-part message in MIME format.\r\n--------------{:024x}\r\n"
      "Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello,\r\n\r\n",
      n % 250, n, n, sender(n), to, c.subject, n, run, n, n);
  out += c.words;
  out += kRest;
  fmt::format_to(std::back_inserter(out),
                 "Customer {}\r\n--------------{:024x}\r\nContent-Type: image/jpeg; name=\"photo{}.jpg\"\r\n"
                 "Content-Disposition: attachment; filename=\"photo{}.jpg\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                 n, n, n, n);
  pictures.append(out, n, bytes > out.size() + 250 ? bytes - out.size() - 250 : 0);
  fmt::format_to(std::back_inserter(out), "--------------{:024x}--\r\n.\r\n", n);
}

// ---- sending
// ---------------------------------------------------------------------------------------------------------------------
struct Session {
  enum class Stage : std::uint8_t { kGreeting, kHelo, kMail, kRcpt, kData, kBody, kDone };
  int fd = -1;
  Stage stage = Stage::kGreeting;
  std::uint64_t mail = 0;
  Clock::time_point body_at;
  std::string kept;    // an answer that has begun
  std::string unsent;  // what the socket would not take yet
};

class Load {
 public:
  Load(std::uint16_t port, std::uint64_t first, std::uint64_t mails, std::size_t bytes, std::string to, std::string pid)
      : port_(port),
        next_(first),
        end_(first + mails),
        bytes_(bytes),
        to_(std::move(to)),
        pid_(std::move(pid)),
        run_(fmt::format("{:x}", std::chrono::system_clock::now().time_since_epoch().count())),
        epoll_(::epoll_create1(0)) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() { ::close(epoll_); }

  void run(std::size_t count) {
    const auto mails = end_ - next_;
    const double server_before = pid_.empty() ? 0 : cpu_of(pid_), own_before = own_cpu();
    note_memory();
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < count; ++i) connect();
    std::array<epoll_event, 256> events{};
    while (open_ > 0) {
      const int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 30'000);
      if (n == 0) give_up("nothing heard for 30 s");
      for (int i = 0; i < n; ++i) {
        auto& event = events[static_cast<std::size_t>(i)];
        auto& s = *static_cast<Session*>(event.data.ptr);
        if ((event.events & EPOLLOUT) != 0) flush(s);
        if ((event.events & ~static_cast<unsigned>(EPOLLOUT)) != 0) read(s);
      }
      if (memory_.size() < 4 && taken_ * 4 / mails >= memory_.size()) note_memory();  // a quarter more
    }
    const double took = std::chrono::duration<double>(Clock::now() - begin).count(), n = static_cast<double>(mails);
    note_memory();
    std::sort(waits_.begin(), waits_.end());
    auto percentile = [&](double p) {
      return waits_[static_cast<std::size_t>(p * static_cast<double>(waits_.size() - 1))] / 1e3;
    };
    fmt::print(
        R"({{"mails":{},"seconds":{:.3f},"mails_per_second":{:.0f},"bytes":{},"accept_p50_ms":{:.2f},"accept_p99_ms":{:.2f},)"
        R"("client_us_per_mail":{:.1f},"server_us_per_mail":{:.1f},"rss_mb":[{:.1f}]}})"
        "\n",
        mails, took, n / took, mail_bytes_ / mails, percentile(0.5), percentile(0.99), (own_cpu() - own_before) * 1e6 / n,
        pid_.empty() ? 0 : (cpu_of(pid_) - server_before) * 1e6 / n, fmt::join(memory_, ","));
  }

 private:
  void note_memory() { memory_.push_back(pid_.empty() ? 0 : static_cast<double>(resident_kb(pid_)) / 1024); }

  void connect() {
    auto& s = *sessions_.emplace_back(std::make_unique<Session>());
    s.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port_);
    const int on = 1;
    ::setsockopt(s.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (s.fd < 0 || ::connect(s.fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
      give_up(fmt::format("connecting: {}", std::strerror(errno)));
    ::fcntl(s.fd, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &s;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, s.fd, &event);
    ++open_;
  }

  void watch(Session& s, bool for_room) const {
    epoll_event event{};
    event.events = for_room ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.ptr = &s;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, s.fd, &event);
  }

  void send(Session& s, std::string_view bytes) const {
    auto n = ::send(s.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) give_up(fmt::format("send: {}", std::strerror(errno)));
    if (n == static_cast<ssize_t>(bytes.size())) return;
    s.unsent.assign(bytes.substr(static_cast<std::size_t>(std::max<ssize_t>(n, 0))));
    watch(s, true);
  }
  void flush(Session& s) const {
    const auto bytes = std::exchange(s.unsent, {});
    watch(s, false);
    if (!bytes.empty()) send(s, bytes);
  }

  void read(Session& s) {
    const auto n = ::recv(s.fd, buffer_.data(), buffer_.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) give_up("the server closed a connection");
    s.kept.append(buffer_.data(), static_cast<std::size_t>(n));
    for (std::size_t end = 0; (end = s.kept.find('\n')) != std::string::npos; s.kept.erase(0, end + 1)) {
      if (end >= 4 && s.kept[3] == '-') continue;
      if (s.kept[0] != '2' && s.kept[0] != '3') give_up("refused: " + s.kept.substr(0, end));
      step(s);
      if (s.stage == Session::Stage::kDone) return;
    }
  }

  void step(Session& s) {
    using Stage = Session::Stage;
    switch (s.stage) {
      case Stage::kGreeting:
        s.stage = Stage::kHelo;
        return send(s, "EHLO load.test\r\n");
      case Stage::kBody:
        waits_.push_back(
            static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - s.body_at).count()));
        ++taken_;
        [[fallthrough]];
      case Stage::kHelo:
        if (next_ == end_) return finish(s);
        s.mail = next_++;
        s.stage = Stage::kMail;
        return send(s, fmt::format("MAIL FROM:<{}>\r\n", sender(s.mail)));
      case Stage::kMail:
        s.stage = Stage::kRcpt;
        return send(s, fmt::format("RCPT TO:<{}>\r\n", to_));
      case Stage::kRcpt:
        s.stage = Stage::kData;
        return send(s, "DATA\r\n");
      case Stage::kData:
        s.stage = Stage::kBody;
        make_mail(mail_, s.mail, bytes_, run_, to_, pictures_);
        mail_bytes_ += mail_.size() - 3;
        s.body_at = Clock::now();
        return send(s, mail_);
      case Stage::kDone:
        return;
    }
  }

  void finish(Session& s) {
    s.stage = Session::Stage::kDone;
    send(s, "QUIT\r\n");
    ::close(s.fd);
    --open_;
  }

  std::uint16_t port_;
  std::uint64_t next_, end_;
  std::size_t bytes_;
  std::string to_, pid_, run_;
  int epoll_;
  std::uint64_t taken_ = 0, mail_bytes_ = 0;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::uint32_t> waits_;
  std::vector<double> memory_;
  std::array<char, 4096> buffer_{};
  std::string mail_;
  Pictures pictures_;
};

// ---- plain accept
// ----------------------------------------------------------------------------------------------------------------
void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n <= 0) give_up(fmt::format("write: {}", std::strerror(errno)));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void keep_one(const std::string& folder, int folder_fd, std::uint64_t id, std::string_view mail) {
  const auto draft = fmt::format("{}/{}.tmp", folder, id), name = fmt::format("{}/{}.eml", folder, id);
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) give_up(draft + ": " + std::strerror(errno));
  write_all(fd, mail);
  if (::fdatasync(fd) != 0 || ::close(fd) != 0 || ::rename(draft.c_str(), name.c_str()) != 0 || ::fsync(folder_fd) != 0)
    give_up(name + ": " + std::strerror(errno));
}

void hear(int fd, const std::string& folder, int folder_fd, std::atomic<std::uint64_t>& ids) {
  std::array<char, 32 * 1024> buffer{};
  std::string kept;
  bool in_data = false;
  auto say = [fd](std::string_view reply) { ::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL); };
  say("220 keep.test\r\n");
  for (ssize_t n = 0; (n = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;) {
    kept.append(buffer.data(), static_cast<std::size_t>(n));
    if (in_data) {
      if (!kept.ends_with("\r\n.\r\n")) continue;
      keep_one(folder, folder_fd, ++ids, std::string_view(kept).substr(0, kept.size() - 3));
      say("250 kept\r\n");
      in_data = false;
      kept.clear();
    } else if (kept.ends_with("\n")) {
      in_data = kept.starts_with("DATA");
      say(in_data ? "354 go on\r\n" : "250 good\r\n");
      kept.clear();
    }
  }
  ::close(fd);
}

int keep(const std::string& folder) {
  const int folder_fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  if (folder_fd < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&here), size) != 0 || ::listen(listener, 512) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size) != 0)
    give_up(folder + ": " + std::strerror(errno));
  fmt::print("{}\n", ntohs(here.sin_port));
  std::fflush(stdout);
  std::atomic<std::uint64_t> ids{0};
  std::vector<std::jthread> sessions;
  for (int fd = 0; (fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sessions.emplace_back([fd, &folder, folder_fd, &ids] { hear(fd, folder, folder_fd, ids); });
  }
  give_up(fmt::format("accept: {}", std::strerror(errno)));
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
  if (mode == "send" && port != 0) {
    auto load =
        std::make_unique<Load>(port, std::stoul(option("--first", "0")), std::stoul(option("--mails", "5000")),
                               std::stoul(option("--bytes", "10240")), option("--to", "support@bench.test"), option("--pid", ""));
    load->run(std::stoul(option("--sessions", "20")));
    return 0;
  }
  if (mode == "keep" && !option("--folder", "").empty()) return keep(option("--folder", ""));
  fmt::print(stderr,
             "usage: smtp_load send --port P [--mails N] [--sessions N] [--bytes N] [--to ADDRESS] [--first N] [--pid SERVER]\n"
             "       smtp_load keep --folder F\n");
  return 2;
}
