#include "gateway/flow/lookups.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "connectors/json_input.h"

namespace usher::gateway::flow {
namespace {

using dialogs::LookedUp;
using nlohmann::json;

constexpr std::size_t kMaxAnswer = 256 * 1024;
constexpr std::size_t kMaxValue = 500;  // of one member, in code points: it becomes a slot

LookedUp failed(std::string why) {
  LookedUp answer;
  answer.why = std::move(why);
  return answer;
}

}  // namespace

Result<std::string> fill_url(const std::string& url, const std::map<std::string, std::string>& parameters) {
  std::string out;
  std::size_t at = 0;
  for (auto open = url.find('{'); open != std::string::npos; open = url.find('{', at)) {
    const auto close = url.find('}', open);
    if (close == std::string::npos) return fail(ErrorCode::kInvalid, "a { in the address has no }", url);
    const std::string name = url.substr(open + 1, close - open - 1);
    const auto value = parameters.find(name);
    if (value == parameters.end() || value->second.empty())
      return fail(ErrorCode::kInvalid, "the parameter '" + name + "' has no value");
    out.append(url, at, open - at).append(text::url_encode(value->second));
    at = close + 1;
  }
  return out.append(url, at);
}

Result<std::map<std::string, std::string>> members_of(const std::string& text, const std::vector<std::string>& names) {
  const json root = json::parse(text, nullptr, false);
  if (!root.is_object()) return fail(ErrorCode::kInvalid, "the answer is no JSON object");
  std::map<std::string, std::string> out;
  for (const auto& name : names) {
    const json* node = &root;
    for (const auto& part : text::split(name, '.')) {
      const auto it = node->is_object() ? node->find(part) : node->end();
      node = node->is_object() && it != node->end() ? &*it : nullptr;
      if (node == nullptr) break;
    }
    if (node == nullptr) continue;
    if (node->is_string()) out.emplace(name, text::cut(node->get<std::string>(), kMaxValue));
    if (node->is_boolean()) out.emplace(name, node->get<bool>() ? "yes" : "no");
    if (node->is_number()) out.emplace(name, node->dump());
  }
  return out;
}

Lookups::Lookups(std::vector<LookupService> services, net::OutboundClient& client) : client_(client) {
  for (auto& s : services) services_.emplace(s.name, s);
}

std::vector<std::string> Lookups::names() const {
  std::vector<std::string> out;
  for (const auto& [name, service] : services_) out.push_back(name);
  return out;
}

boost::asio::awaitable<LookedUp> Lookups::ask(dialogs::LookUp wish) const {
  static auto& asked = metrics::counter("usher_lookups_total", "look-ups scripts asked other services for");
  static auto& unanswered = metrics::counter("usher_lookups_failed_total", "look-ups without a usable answer");
  asked.add();
  const auto known = services_.find(wish.service);
  if (known == services_.end()) {
    unanswered.add();
    co_return failed("no service '" + wish.service + "' is configured under lookups:");
  }
  const LookupService& service = known->second;
  auto url = fill_url(service.url, wish.with);
  if (!url) {
    unanswered.add();
    co_return failed(url.error().message);
  }
  net::HttpCall call;
  call.method = service.method;
  call.url = std::move(*url);
  call.headers.add("Accept", "application/json");
  if (!service.token.empty()) call.headers.add("Authorization", "Bearer " + service.token);
  if (service.method == "POST") {
    call.headers.add("Content-Type", "application/json");
    call.body = connectors::to_json_text(json(wish.with));
  }
  call.limits = {std::min(service.timeout, std::chrono::milliseconds{3000}), service.timeout, kMaxAnswer};
  call.allow_private = service.allow_private;
  call.ca_file = service.ca_file;
  auto reply = co_await client_.http(std::move(call));
  LookedUp answer;
  if (!reply) {
    answer = failed(reply.error().message);
  } else if (reply->status == 404 || reply->status == 410) {
    answer.result = LookedUp::Result::kNotFound;
  } else if (reply->status < 200 || reply->status > 299) {
    answer = failed("it answered " + std::to_string(reply->status));
  } else if (auto members = members_of(reply->body, wish.members)) {
    answer.result = LookedUp::Result::kFound;
    answer.values = std::move(*members);
  } else {
    answer = failed(members.error().message);
  }
  if (answer.result == LookedUp::Result::kFailed) {
    unanswered.add();
    log::warn("a look-up failed; the script goes on without it", {{"service", wish.service}, {"why", answer.why}});
  }
  co_return answer;
}

}  // namespace usher::gateway::flow
