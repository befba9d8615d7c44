// For operators and their monitoring: alive, ready, figures.
#include <algorithm>

#include "base/metrics.h"
#include "gateway/api/api.h"
#include "gateway/api/json.h"

namespace usher::gateway::api {

// The process answers: nothing else is claimed.
boost::asio::awaitable<net::HttpResponse> healthz(Call) {
  co_return net::HttpResponse::text(200, "ok\n");
}

// New messages can be accepted now: not draining, disk has space, workers keep up, the store answers.
boost::asio::awaitable<net::HttpResponse> readyz(Call call) {
  std::string why;
  if (auto ready = call.parts->intake->ready(); !ready) why = ready.error().message;
  if (why.empty()) {
    auto answered = co_await call.parts->database->read([](sql::Tx& tx) -> Result<void> {
      auto r = tx.query("SELECT 1", {}, [](const sql::Row&) {});
      if (!r) return fail(std::move(r.error()));
      return {};
    });
    if (!answered) why = "the store does not answer: " + answered.error().message;
  }
  if (why.empty()) co_return net::HttpResponse::text(200, "ready\n");
  auto response = net::HttpResponse::text(503, "not ready: " + why + "\n");
  response.headers.add("Retry-After", "5");
  co_return response;
}

boost::asio::awaitable<net::HttpResponse> show_metrics(Call call) {
  const auto& allowed = call.parts->metrics_from;
  if (std::find(allowed.begin(), allowed.end(), call.request.remote) == allowed.end()) {
    co_return problem(404, "not_found", "there is nothing at this address");
  }
  auto response = net::HttpResponse::text(200, metrics::render());
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  co_return response;
}

}  // namespace usher::gateway::api
