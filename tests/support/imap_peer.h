// A small IMAP server on loopback for tests of what goes wrong over days: it can be away (connections are closed at once), refuse
// sign-ins, fall silent in IDLE, and number its messages anew. Everything is public under `lock()`; blocking sockets, one thread
// for each connection.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace usher::test {

class ImapPeer {
 public:
  struct Mail {
    std::uint32_t uid = 0;
    std::string raw;
    bool is_seen = false;
  };

  ImapPeer() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ::bind(listener_, as_address(&at), size);
    ::listen(listener_, 64);
    ::getsockname(listener_, as_address(&at), &size);
    port_ = ntohs(at.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }
  ImapPeer(const ImapPeer&) = delete;
  ImapPeer& operator=(const ImapPeer&) = delete;
  ~ImapPeer() {
    is_ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    cut();
    acceptor_.join();
    for (auto& c : connections_) {
      c.thread.join();
      ::close(c.socket);
    }
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
  // Breaks every connection.
  void cut() {
    std::lock_guard guard(mutex_);
    for (auto& c : connections_) ::shutdown(c.socket, SHUT_RDWR);
  }
  void add(std::string raw) {
    std::lock_guard guard(mutex_);
    mails.push_back({next_uid++, std::move(raw)});
  }

  // Under lock().
  std::vector<Mail> mails;  // ascending UIDs
  std::uint32_t validity = 7, next_uid = 1;
  std::string capabilities = "IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS";
  std::string refusal;                                 // why a sign-in is refused; empty: it is not
  bool is_away = false;                                // connections are closed before a word is said
  int silences = 0;                                    // so many IDLEs are never answered again
  std::size_t dials = 0, sign_ins = 0;                 // tried
  std::size_t fetches = 0, looks = 0, most_asked = 0;  // messages sent; searches; commands that waited behind a fetch, at most
  std::vector<std::vector<std::uint32_t>> stored;      // UIDs of each STORE
  std::function<void(ImapPeer&)> after_store;          // called under the lock

 private:
  struct Connection {
    int socket;
    std::thread thread;
  };
  static sockaddr* as_address(sockaddr_in* at) { return static_cast<sockaddr*>(static_cast<void*>(at)); }

  void accept() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0 || is_ending_) {
        if (socket >= 0) ::close(socket);
        return;
      }
      std::lock_guard guard(mutex_);
      ++dials;
      if (is_away) {
        ::close(socket);
        continue;
      }
      auto& c = connections_.emplace_back(socket, std::thread{});
      c.thread = std::thread([this, socket] { serve(socket); });
    }
  }

  static std::vector<std::uint32_t> numbers(const std::string& set, std::uint32_t last) {
    std::vector<std::uint32_t> out;
    std::istringstream in(set);
    for (std::string item; std::getline(in, item, ',');) {
      const auto colon = item.find(':');
      const auto from = static_cast<std::uint32_t>(std::stoul(item));
      const auto to = colon == std::string::npos ? from : static_cast<std::uint32_t>(std::stoul(item.substr(colon + 1)));
      for (auto n = from; n <= std::min(to, last); ++n) out.push_back(n);
    }
    return out;
  }

  void serve(int socket) {
    std::string in;
    auto say = [socket](const std::string& text) { ::send(socket, text.data(), text.size(), MSG_NOSIGNAL); };
    auto line = [&]() -> std::string {
      for (;;) {
        if (auto end = in.find("\r\n"); end != std::string::npos) {
          auto one = in.substr(0, end);
          in.erase(0, end + 2);
          return one;
        }
        char bytes[4096];
        const auto n = ::recv(socket, bytes, sizeof bytes, 0);
        if (n <= 0) return {};
        in.append(bytes, static_cast<std::size_t>(n));
      }
    };
    {
      auto guard = lock();
      say("* OK [CAPABILITY " + capabilities + "] hello\r\n");
    }
    for (auto command = line(); !command.empty(); command = line()) {
      std::istringstream words(command);
      std::string tag, verb;
      words >> tag >> verb;
      if (verb == "IDLE") {
        say("+ idling\r\n");
        auto guard = lock();
        const bool is_silent = silences > 0;
        if (is_silent) --silences;
        guard.unlock();
        if (line().empty()) break;
        if (is_silent) continue;
        say(tag + " OK done\r\n");
      } else if (!answer(tag, verb, words, in, say)) {
        break;
      }
    }
    ::shutdown(socket, SHUT_RDWR);
  }

  template <class Say>
  bool answer(const std::string& tag, const std::string& verb, std::istringstream& words, const std::string& more,
              const Say& say) {
    auto guard = lock();
    if (verb == "AUTHENTICATE") {
      ++sign_ins;
      say(refusal.empty() ? tag + " OK [CAPABILITY " + capabilities + "] in\r\n" : tag + " NO " + refusal + "\r\n");
    } else if (verb == "SELECT") {
      say("* " + std::to_string(mails.size()) + " EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n* OK [UIDVALIDITY " +
          std::to_string(validity) + "] x\r\n* OK [UIDNEXT " + std::to_string(next_uid) + "] x\r\n" + tag +
          " OK [READ-WRITE] done\r\n");
    } else if (verb == "LOGOUT") {
      return false;
    } else if (verb == "UID") {
      std::string what, set, rest;
      words >> what;
      if (what != "SEARCH") words >> set;
      std::getline(words, rest);
      std::string out;
      if (what == "SEARCH") {
        ++looks;
        out = "* SEARCH";
        for (const auto& m : mails) out += " " + std::to_string(m.uid);
        out += "\r\n";
      } else if (what == "FETCH") {
        most_asked = std::max(most_asked, static_cast<std::size_t>(std::count(more.begin(), more.end(), '\n')));
        for (auto uid : numbers(set, next_uid)) {
          for (const auto& m : mails) {
            if (m.uid != uid) continue;
            const bool is_size = rest.find("RFC822.SIZE") != std::string::npos;
            if (!is_size) ++fetches;
            out += "* 1 FETCH (UID " + std::to_string(uid) +
                   (is_size ? " RFC822.SIZE " + std::to_string(m.raw.size())
                            : " BODY[]<0> {" + std::to_string(m.raw.size()) + "}\r\n" + m.raw) +
                   ")\r\n";
          }
        }
      } else if (what == "STORE") {
        stored.push_back(numbers(set, next_uid));
        for (auto uid : stored.back()) {
          for (auto& m : mails) m.is_seen = m.is_seen || m.uid == uid;
        }
        if (after_store) after_store(*this);
      }
      say(out + tag + " OK done\r\n");
    } else {
      say(tag + " OK done\r\n");
    }
    return true;
  }

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_ending_ = false;
  std::mutex mutex_;
  std::list<Connection> connections_;
  std::thread acceptor_;
};

}  // namespace usher::test
