// libcurl's multi interface on one io_context: sockets and timer are Asio's, transfers run side by side. Internal to base/net.
// All functions on the executor's thread. Knows nothing of HTTP or SMTP: a Transfer brings a configured easy handle.
#pragma once
#include <curl/curl.h>

#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async/io_threads.h"

namespace usher::net {

class CurlEngine : public std::enable_shared_from_this<CurlEngine> {
 public:
  using Done = std::function<void(CURLcode)>;

  CurlEngine(async::Executor executor, std::size_t max_connections_per_host);
  CurlEngine(const CurlEngine&) = delete;
  CurlEngine& operator=(const CurlEngine&) = delete;
  ~CurlEngine();

  // `done` runs once, from the event loop, with the transfer already taken out of the multi handle. The easy handle stays the
  // caller's.
  void start(CURL* easy, Done done);
  void cancel(CURL* easy);  // done(CURLE_ABORTED_BY_CALLBACK); nothing when it has ended already
  void cancel_all();
  void opened(curl_socket_t fd) { open_.insert(fd); }  // to be told by the transfer's open-socket callback

 private:
  using Descriptor = boost::asio::posix::basic_stream_descriptor<async::Executor>;
  struct Watch {
    explicit Watch(async::Executor executor) : descriptor(executor) {}
    Descriptor descriptor;
    int wanted = 0;  // CURL_POLL_…
    bool reading = false;
    bool writing = false;
  };

  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* socket);
  static int on_close(void* self, curl_socket_t fd);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);
  void watch(curl_socket_t fd, int what);
  void arm(curl_socket_t fd, const std::shared_ptr<Watch>& watch);
  void ready(curl_socket_t fd, const std::shared_ptr<Watch>& watch, int event, bool failed);
  void act(curl_socket_t fd, int event);
  void collect();

  async::Executor executor_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    async::Executor>
      timer_;
  CURLM* multi_;
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  std::unordered_map<CURL*, Done> running_;
  std::unordered_set<curl_socket_t> open_;
  bool dying_ = false;
};

}  // namespace usher::net
