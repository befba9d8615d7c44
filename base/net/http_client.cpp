#include "base/net/http_client.h"

#include <atomic>
#include <future>
#include <mutex>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/net/curl_engine.h"
#include "base/net/curl_transfer.h"

namespace usher::net {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kMaxMailThreads = 8;

// Connections are kept per engine and reused by libcurl when host and port agree. Calls of different trust must not share one: a
// guarded call could otherwise ride on a connection to a private address, one that requires TLS on an unencrypted one.
enum class Lane : std::uint8_t { kGuarded, kTrusted, kMailPlain, kMailTry, kMailTls };

class Engines : public std::enable_shared_from_this<Engines> {
 public:
  Engines(async::Executor executor, std::size_t max_connections) : executor_(executor), max_connections_(max_connections) {}

  async::Executor executor() const { return executor_; }

  // On the executor's thread from here on.
  void start(Lane lane, std::uint64_t id, std::shared_ptr<Transfer> transfer) {
    if (closed_) return transfer->done(CURLE_ABORTED_BY_CALLBACK);
    auto& engine = lanes_[static_cast<std::size_t>(lane)];
    if (!engine) engine = std::make_shared<CurlEngine>(executor_, max_connections_);
    running_[id] = {engine, transfer};
    transfer->abort_all = &aborting_;
    transfer->opened = [raw = engine.get()](curl_socket_t fd) { raw->opened(fd); };
    CURL* easy = transfer->easy;
    engine->start(easy, [weak = weak_from_this(), id, transfer](CURLcode code) {
      if (auto self = weak.lock()) self->running_.erase(id);
      transfer->done(code);
    });
  }

  void cancel(std::uint64_t id) {
    if (const auto found = running_.find(id); found != running_.end()) {
      auto [engine, transfer] = found->second;
      engine->cancel(transfer->easy);
    }
  }

  void close() {
    closed_ = true;
    for (auto& engine : lanes_) {
      if (engine) engine->cancel_all();
      engine.reset();
    }
  }

  // Any thread: ends also a transfer that blocks inside libcurl, within a second.
  void abort() { aborting_ = true; }

  std::uint64_t next_id() { return ids_.fetch_add(1, std::memory_order_relaxed); }

 private:
  async::Executor executor_;
  std::size_t max_connections_;
  std::atomic<std::uint64_t> ids_{1};
  std::array<std::shared_ptr<CurlEngine>, 5> lanes_;
  std::unordered_map<std::uint64_t, std::pair<std::shared_ptr<CurlEngine>, std::shared_ptr<Transfer>>> running_;
  bool closed_ = false;
  std::atomic<bool> aborting_{false};
};

template <class T>
using Finish = Result<T> (*)(Transfer&, CURLcode);

// Hops to the engine's executor, runs the transfer, hops back. Ended early by cancellation of the caller.
template <class T>
asio::awaitable<Result<T>> run(std::shared_ptr<Engines> engines, Lane lane, std::shared_ptr<Transfer> transfer,
                               Finish<T> finish) {
  auto initiate = [engines, lane, finish](auto handler, std::shared_ptr<Transfer> t) {
    auto executor = asio::get_associated_executor(handler);
    const auto id = engines->next_id();
    if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
      slot.assign([weak = std::weak_ptr<Engines>(engines), call = std::weak_ptr<Transfer>(t), id](asio::cancellation_type) {
        if (auto alive = call.lock()) alive->cancelled = true;
        if (auto alive = weak.lock()) asio::post(alive->executor(), [alive, id] { alive->cancel(id); });
      });
    }
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    t->done = [kept, executor, guard = asio::make_work_guard(executor), raw = t.get(), finish](CURLcode code) mutable {
      auto result = finish(*raw, code);
      // The guard goes along: once the caller has its answer, its context may be gone.
      asio::post(executor, [kept = std::move(kept), guard = std::move(guard), result = std::move(result)]() mutable {
        (*kept)(std::move(result));
      });
    };
    kept.reset();
    asio::dispatch(engines->executor(),
                   [engines, lane, id, t = std::move(t)]() mutable { engines->start(lane, id, std::move(t)); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
      std::move(initiate), asio::use_awaitable, std::move(transfer));
}

// Threads of their own for mail: libcurl blocks while it waits for the reply to the end of data (smtp_done), which would stop
// everything else on an I/O thread. A mail goes to the thread that has least to do, so a trickle of mails reuses one connection.
class MailThreads {
 public:
  MailThreads(std::size_t threads, std::size_t max_connections) : io_(threads), busy_(io_.size()) {
    for (std::size_t i = 0; i < io_.size(); ++i) engines_.push_back(std::make_shared<Engines>(io_.executor(i), max_connections));
    io_.start();
  }
  MailThreads(const MailThreads&) = delete;
  MailThreads& operator=(const MailThreads&) = delete;
  ~MailThreads() {
    for (auto& engines : engines_) engines->abort();
    for (auto& engines : engines_) {
      std::promise<void> closed;
      asio::post(engines->executor(), [&] {
        engines->close();
        closed.set_value();
      });
      closed.get_future().wait();
      engines.reset();
    }
    io_.stop();
  }

  asio::awaitable<Result<MailReply>> send(Lane lane, std::shared_ptr<Transfer> transfer) {
    const auto i = least_busy();
    auto result = co_await run<MailReply>(engines_[i], lane, std::move(transfer), &finish_mail);
    --busy_[i];
    co_return result;
  }

 private:
  std::size_t least_busy() {
    std::lock_guard lock(mutex_);
    std::size_t best = 0;
    for (std::size_t i = 1; i < busy_.size(); ++i) {
      if (busy_[i] < busy_[best]) best = i;
    }
    ++busy_[best];
    return best;
  }

  async::IoThreads io_;
  std::vector<std::shared_ptr<Engines>> engines_;
  std::mutex mutex_;
  std::vector<std::atomic<int>> busy_;
};

class CurlClient final : public OutboundClient {
 public:
  CurlClient(async::Executor executor, std::size_t max_connections)
      : max_connections_(max_connections), engines_(std::make_shared<Engines>(executor, max_connections)) {}
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  ~CurlClient() override {
    asio::dispatch(engines_->executor(), [engines = engines_] { engines->close(); });
  }

  asio::awaitable<Result<HttpReply>> http(HttpCall call) override {
    const auto lane = call.allow_private ? Lane::kTrusted : Lane::kGuarded;
    auto transfer = prepare_http(std::move(call));
    if (!transfer) co_return fail(std::move(transfer.error()));
    std::shared_ptr<Transfer> shared = std::move(*transfer);
    co_return co_await run<HttpReply>(engines_, lane, std::move(shared), &finish_http);
  }

  asio::awaitable<Result<MailReply>> mail(MailCall call) override {
    auto lane = Lane::kMailTry;
    if (call.tls == MailCall::Tls::kNone) lane = Lane::kMailPlain;
    if (call.tls == MailCall::Tls::kRequired) lane = Lane::kMailTls;
    auto transfer = prepare_mail(call);
    if (!transfer) co_return fail(std::move(transfer.error()));
    std::shared_ptr<Transfer> shared = std::move(*transfer);
    std::call_once(mail_once_, [this] {
      mail_ = std::make_unique<MailThreads>(std::clamp<std::size_t>(max_connections_, 1, kMaxMailThreads), max_connections_);
    });
    co_return co_await mail_->send(lane, std::move(shared));
  }

 private:
  std::size_t max_connections_;
  std::shared_ptr<Engines> engines_;
  std::once_flag mail_once_;
  std::unique_ptr<MailThreads> mail_;
};

}  // namespace

std::unique_ptr<OutboundClient> make_outbound_client(async::Executor executor, std::size_t max_connections_per_host) {
  return std::make_unique<CurlClient>(executor, max_connections_per_host);
}

}  // namespace usher::net
