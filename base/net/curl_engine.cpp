#include "base/net/curl_engine.h"

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include <boost/asio/post.hpp>

namespace usher::net {
namespace asio = boost::asio;

CurlEngine::CurlEngine(async::Executor executor, std::size_t max_connections_per_host)
    : executor_(executor), timer_(executor), multi_(nullptr) {
  // OpenSSL inside libcurl writes with write(2): a peer that has closed would end the process by SIGPIPE.
  static const CURLcode global = (std::signal(SIGPIPE, SIG_IGN), curl_global_init(CURL_GLOBAL_DEFAULT));
  if (global == CURLE_OK) multi_ = curl_multi_init();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlEngine::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlEngine::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(max_connections_per_host));
}

CurlEngine::~CurlEngine() {
  dying_ = true;
  // Closing a kept SMTP connection sends QUIT and waits up to two minutes for the answer: leave it nothing to wait for.
  for (const auto fd : open_) ::shutdown(fd, SHUT_RDWR);
  for (auto& [easy, done] : running_) curl_multi_remove_handle(multi_, easy);
  curl_multi_cleanup(multi_);
  for (auto& [fd, watch] : watches_) {
    if (watch->descriptor.is_open()) watch->descriptor.release();
  }
}

void CurlEngine::start(CURL* easy, Done done) {
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlEngine::on_close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  running_.emplace(easy, std::move(done));
  if (curl_multi_add_handle(multi_, easy) == CURLM_OK) return;
  asio::post(executor_, [self = shared_from_this(), easy] {
    auto node = self->running_.extract(easy);
    if (node) node.mapped()(CURLE_FAILED_INIT);
  });
}

void CurlEngine::cancel(CURL* easy) {
  auto node = running_.extract(easy);
  if (!node) return;
  curl_multi_remove_handle(multi_, easy);
  node.mapped()(CURLE_ABORTED_BY_CALLBACK);
}

void CurlEngine::cancel_all() {
  while (!running_.empty()) cancel(running_.begin()->first);
}

int CurlEngine::on_socket(CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*socket*/) {
  static_cast<CurlEngine*>(self)->watch(fd, what);
  return 0;
}

int CurlEngine::on_close(void* self, curl_socket_t fd) {
  static_cast<CurlEngine*>(self)->open_.erase(fd);
  return ::close(fd);
}

int CurlEngine::on_timer(CURLM* /*multi*/, long timeout_ms, void* self) {
  auto* engine = static_cast<CurlEngine*>(self);
  if (engine->dying_) return 0;
  engine->timer_.cancel();
  if (timeout_ms < 0) return 0;
  // Also a time-out of 0 goes through the loop: libcurl must not be entered from its own callback.
  engine->timer_.expires_after(std::chrono::milliseconds(timeout_ms));
  engine->timer_.async_wait([weak = engine->weak_from_this()](boost::system::error_code ec) {
    auto alive = weak.lock();
    if (alive && !ec) alive->act(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

void CurlEngine::watch(curl_socket_t fd, int what) {
  if (what == CURL_POLL_REMOVE) {
    auto node = watches_.extract(fd);
    if (!node) return;
    node.mapped()->wanted = 0;
    if (node.mapped()->descriptor.is_open()) node.mapped()->descriptor.release();  // libcurl closes it
    return;
  }
  if (dying_) return;
  auto& watch = watches_[fd];
  if (!watch) {
    watch = std::make_shared<Watch>(executor_);
    boost::system::error_code ec;
    watch->descriptor.assign(fd, ec);
    if (ec) {
      watches_.erase(fd);
      return;
    }
  }
  watch->wanted = what;
  arm(fd, watch);
}

void CurlEngine::arm(curl_socket_t fd, const std::shared_ptr<Watch>& watch) {
  const auto wait = [&](asio::posix::descriptor_base::wait_type type, int event) {
    watch->descriptor.async_wait(type, [weak = weak_from_this(), fd, watch, event](boost::system::error_code ec) {
      if (auto self = weak.lock()) self->ready(fd, watch, event, static_cast<bool>(ec));
    });
  };
  if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->reading) {
    watch->reading = true;
    wait(asio::posix::descriptor_base::wait_read, CURL_CSELECT_IN);
  }
  if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->writing) {
    watch->writing = true;
    wait(asio::posix::descriptor_base::wait_write, CURL_CSELECT_OUT);
  }
}

void CurlEngine::ready(curl_socket_t fd, const std::shared_ptr<Watch>& watch, int event, bool failed) {
  (event == CURL_CSELECT_IN ? watch->reading : watch->writing) = false;
  const int poll = event == CURL_CSELECT_IN ? CURL_POLL_IN : CURL_POLL_OUT;
  const auto current = watches_.find(fd);
  // The number may belong to another socket by now, or libcurl wants the other direction only.
  if (failed || current == watches_.end() || current->second != watch || (watch->wanted & poll) == 0) return;
  act(fd, event);
  const auto after = watches_.find(fd);
  if (after != watches_.end() && after->second == watch) arm(fd, watch);
}

void CurlEngine::act(curl_socket_t fd, int event) {
  auto self = shared_from_this();
  int still_running = 0;
  curl_multi_socket_action(multi_, fd, event, &still_running);
  collect();
}

void CurlEngine::collect() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;  // read before the handle leaves: the message dies with it
    auto node = running_.extract(easy);
    curl_multi_remove_handle(multi_, easy);
    if (node) node.mapped()(code);
  }
}

}  // namespace usher::net
