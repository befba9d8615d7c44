// A real Request Tracker 5 for one test program: started in a temporary folder, stopped with it. See rt.sh.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace usher::test {

// A port nobody listens on now.
inline std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  std::uint16_t port = 0;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    port = ntohs(address.sin_port);
  ::close(fd);
  return port;
}

class RtServer {
 public:
  // Null with the reason in `why` when RT is not installed or does not start.
  static std::unique_ptr<RtServer> start(std::string& why) {
    std::string folder = (std::filesystem::temp_directory_path() / "usher-rt-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
      why = "no temporary folder";
      return nullptr;
    }
    auto server = std::unique_ptr<RtServer>(new RtServer(folder, free_port()));
    const int status = server->run("start", std::to_string(server->port_) + " 2>" + folder + "/start.err");
    if (status == 0) return server;
    why = status == 77 ? "Request Tracker 5 is not installed (./dev deps)" : server->file("start.err");
    return nullptr;
  }
  ~RtServer() {
    run("stop");
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  RtServer(const RtServer&) = delete;
  RtServer& operator=(const RtServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string token() const { return file("token"); }
  const std::string& folder() const { return folder_; }
  std::string log() const { return file("server.log"); }
  void stop() { run("stop"); }
  bool restart() { return run("start", std::to_string(port_)) == 0; }  // same folder, same data
  void pause() { run("pause"); }                                       // it accepts connections and says nothing
  void resume() { run("resume"); }

  // Every mail RT wanted to send.
  std::vector<std::string> mails() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/mail"))
      if (entry.path().extension() == ".eml") out.push_back(read(entry.path()));
    return out;
  }

 private:
  RtServer(std::string folder, std::uint16_t port) : folder_(std::move(folder)), port_(port) {}

  int run(const std::string& verb, const std::string& rest = {}) const {
    const std::string command = "RT_OWNER=" + std::to_string(::getpid()) + " bash " USHER_SOURCE_DIR "/tests/support/rt/rt.sh " +
                                verb + " " + folder_ + " " + rest;
    const int status = std::system((command + " >/dev/null").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string file(const std::string& name) const { return read(folder_ + "/" + name); }
  static std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return std::move(out).str();
  }

  std::string folder_;
  std::uint16_t port_;
};

}  // namespace usher::test
