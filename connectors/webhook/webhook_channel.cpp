#include "connectors/webhook/webhook_channel.h"

#include <charconv>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "connectors/json_input.h"
#include "connectors/webhook/signature.h"

namespace usher::connectors::webhook {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxFieldBytes = 256;
constexpr std::int64_t kMaxRetryAfterSeconds = 3600;
constexpr Rate kRefusalsLogged{.per_second = 0.1, .burst = 10};  // a flood of forgeries must not fill the log

net::HttpResponse problem(int status, std::string_view code, std::string_view message,
                          std::optional<std::int64_t> retry_after = {}) {
  auto response = net::HttpResponse::json(status, to_json_text(ordered_json{{"error", {{"code", code}, {"message", message}}}}));
  if (retry_after) response.headers.set("Retry-After", std::to_string(*retry_after));
  return response;
}

struct Event {
  std::string from_id, from_name, text, choice, language, thread, timestamp;
};

// A string member, made valid and bounded; `out` keeps its value when the member is absent or null.
Result<void> read_string(const json& object, const char* name, std::size_t max_bytes, bool required, std::string& out) {
  const auto it = object.find(name);
  if (it == object.end() || it->is_null()) {
    if (required) return fail(ErrorCode::kInvalid, std::string("'") + name + "' is missing");
    return {};
  }
  if (!it->is_string()) return fail(ErrorCode::kInvalid, std::string("'") + name + "' must be a string");
  out = text::to_valid_utf8(it->get_ref<const std::string&>());
  if (required && out.empty()) return fail(ErrorCode::kInvalid, std::string("'") + name + "' is empty");
  if (max_bytes != 0 && out.size() > max_bytes)
    return fail(ErrorCode::kInvalid, std::string("'") + name + "' is longer than " + std::to_string(max_bytes) + " bytes");
  return {};
}

Result<Event> parse_event(std::string_view body) {
  auto parsed = parse_json(body, kMaxDepth);
  if (!parsed) return fail(std::move(parsed.error()));
  if (!parsed->is_object()) return fail(ErrorCode::kInvalid, "the body must be a JSON object");
  Event event;
  std::string type;
  if (auto r = read_string(*parsed, "type", kMaxFieldBytes, true, type); !r) return fail(std::move(r.error()));
  if (type != "message.created") return fail(ErrorCode::kInvalid, "'type' must be \"message.created\"");
  if (auto r = read_string(*parsed, "timestamp", kMaxFieldBytes, false, event.timestamp); !r) return fail(std::move(r.error()));
  const auto data = parsed->find("data");
  if (data == parsed->end() || !data->is_object()) return fail(ErrorCode::kInvalid, "'data' must be an object");
  const auto from = data->find("from");
  if (from == data->end() || !from->is_object()) return fail(ErrorCode::kInvalid, "'data.from' must be an object");
  struct Field {
    const json& object;
    const char* name;
    std::size_t max_bytes;
    bool required;
    std::string& out;
  };
  const Field fields[] = {{*from, "id", kMaxFieldBytes, true, event.from_id},
                          {*from, "name", kMaxFieldBytes, false, event.from_name},
                          {*data, "text", 0, false, event.text},
                          {*data, "choice", kMaxFieldBytes, false, event.choice},
                          {*data, "language", 35, false, event.language},
                          {*data, "thread", kMaxFieldBytes, false, event.thread}};
  for (const Field& f : fields)
    if (auto r = read_string(f.object, f.name, f.max_bytes, f.required, f.out); !r) return fail(std::move(r.error()));
  if (event.choice.empty() && text::trim(event.text).empty()) return fail(ErrorCode::kInvalid, "'data' needs 'text' or 'choice'");
  return event;
}

// One header of that name, or empty: a second one could hide from whoever checked the first.
std::string_view only(const net::Headers& headers, std::string_view name) {
  return headers.count(name) == 1 ? headers.find(name).value_or("") : std::string_view();
}

net::HttpResponse refusal(const Error& error) {
  switch (error.code) {
    case ErrorCode::kConflict:
      return problem(409, "conflict", "this webhook-id was used before with another body");
    case ErrorCode::kTooLarge:
      return problem(413, "too_large", error.message);
    case ErrorCode::kInvalid:
      return problem(400, "invalid", error.message);
    case ErrorCode::kBusy:
      return problem(503, "busy", "too much at the moment", 5);
    default:
      return problem(503, "unavailable", "cannot take messages at the moment", 30);
  }
}

metrics::Counter& rejected(const std::string& channel, std::string_view reason) {
  return metrics::counter("usher_webhook_rejected_total", "Webhook requests refused, by reason",
                          {{"channel", channel}, {"reason", std::string(reason)}});
}

}  // namespace

struct WebhookChannel::Impl {
  WebhookSettings settings;
  std::vector<std::string> keys;
  Inbox& inbox;
  net::OutboundClient& client;
  const Clock& clock;
  RateTable rate;
  RateTable refusals_logged;

  std::string body_of(const Outbound& message) const {
    ordered_json data{{"conversation", message.conversation_id}, {"to", {{"id", message.recipient}}}, {"text", message.text}};
    if (!message.choices.empty()) {
      auto& list = data["choices"] = ordered_json::array();
      for (const Choice& c : message.choices) list.push_back({{"id", c.id}, {"label", c.label}});
    }
    data["language"] = message.language;
    data["reference"] = message.reference;
    // created_at, not now: every retry carries the same bytes, so the receiver may compare bodies of one webhook-id.
    return to_json_text(
        ordered_json{{"type", "message.created"}, {"timestamp", to_rfc3339(message.created_at)}, {"data", std::move(data)}});
  }
};

Result<std::unique_ptr<WebhookChannel>> WebhookChannel::make(WebhookSettings settings, Inbox& inbox, net::OutboundClient& client,
                                                             const Clock& clock) {
  if (settings.name.empty()) return fail(ErrorCode::kInvalid, "a webhook channel needs a name");
  if (settings.secrets.empty()) return fail(ErrorCode::kInvalid, "the webhook channel '" + settings.name + "' has no secret");
  std::vector<std::string> keys;
  for (const std::string& secret : settings.secrets) {
    auto key = parse_secret(secret);
    if (!key) return fail(key.error().code, "webhook channel '" + settings.name + "': " + key.error().message);
    keys.push_back(std::move(*key));
  }
  const Rate rate = settings.rate;
  auto impl = std::unique_ptr<Impl>(new Impl{std::move(settings), std::move(keys), inbox, client, clock, rate, kRefusalsLogged});
  return std::unique_ptr<WebhookChannel>(new WebhookChannel(std::move(impl)));
}

WebhookChannel::WebhookChannel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebhookChannel::~WebhookChannel() = default;

const std::string& WebhookChannel::name() const {
  return impl_->settings.name;
}
std::size_t WebhookChannel::body_limit() const {
  return impl_->settings.max_body;
}

Capabilities WebhookChannel::capabilities() const {
  return {.buttons = impl_->settings.buttons, .is_live = true};
}

boost::asio::awaitable<net::HttpResponse> WebhookChannel::receive(net::HttpRequest request) {
  const std::string& channel = impl_->settings.name;
  if (request.method != "POST") {
    auto response = problem(405, "method", "use POST");
    response.headers.set("Allow", "POST");
    co_return response;
  }
  if (request.body.size() > impl_->settings.max_body) {
    rejected(channel, "too_large").add();
    co_return problem(413, "too_large", "the body is larger than " + std::to_string(impl_->settings.max_body) + " bytes");
  }
  const Timestamp now = impl_->clock.now();
  const std::string id(only(request.headers, "webhook-id"));
  if (auto ok = verify(impl_->keys, id, only(request.headers, "webhook-timestamp"), only(request.headers, "webhook-signature"),
                       request.body, now);
      !ok) {
    rejected(channel, "signature").add();
    if (impl_->refusals_logged.take(channel, now).count() == 0)
      log::info("webhook_refused", {{"channel", channel}, {"reason", ok.error().message}, {"remote", request.remote}});
    // Nothing about what was wrong: the answer to a forger and to a stale clock is the same; the reason is in the log.
    co_return problem(401, "signature", "the signature or the time was not accepted");
  }
  if (const auto wait = impl_->rate.take(channel, now); wait.count() > 0) {
    rejected(channel, "rate").add();
    co_return problem(429, "rate", "too many messages", (wait.count() + 999) / 1000);
  }
  if (auto ready = impl_->inbox.ready(); !ready) co_return refusal(ready.error());
  auto event = parse_event(request.body);
  if (!event) {
    rejected(channel, "malformed").add();
    co_return problem(400, "malformed", event.error().message);
  }

  Inbound message;
  message.channel = channel;
  message.dedup_key = id;
  message.content_digest = crypto::sha256_hex(request.body);
  message.raw = std::make_shared<const std::string>(std::move(request.body));
  message.sender_id = event->from_id;
  message.sender_name = std::move(event->from_name);
  message.recipient = channel;
  message.text = std::move(event->text);
  message.choice = std::move(event->choice);
  const std::string primary = text::to_lower_ascii(event->language.substr(0, event->language.find_first_of("-_")));
  if (primary == "en" || primary == "zh") message.language = primary;
  // A thread is a conversation of its own; without one, everything a user writes belongs together.
  message.own_keys = {event->thread.empty() ? "hook:" + channel + ":user:" + event->from_id
                                            : "hook:" + channel + ":thread:" + event->thread};
  message.thread_keys = message.own_keys;
  if (!event->timestamp.empty()) message.facts.emplace_back("sender_timestamp", std::move(event->timestamp));

  auto accepted = co_await impl_->inbox.accept(std::move(message));
  if (!accepted) {
    rejected(channel, to_string(accepted.error().code)).add();
    co_return refusal(accepted.error());
  }
  co_return net::HttpResponse::json(
      202,
      to_json_text(ordered_json{{"id", accepted->id}, {"case_ref", accepted->case_ref}, {"duplicate", accepted->is_duplicate}}));
}

boost::asio::awaitable<Result<Receipt>> WebhookChannel::send(Outbound message) {
  const WebhookSettings& settings = impl_->settings;
  if (settings.url.empty())
    co_return fail(ErrorCode::kInvalid, "the webhook channel '" + settings.name + "' has no url to answer to");
  net::HttpCall call;
  call.method = "POST";
  call.url = settings.url;
  call.body = impl_->body_of(message);
  const Timestamp now = impl_->clock.now();
  auto signature = sign(impl_->keys.front(), message.id, now, call.body);
  if (!signature) co_return fail(std::move(signature.error()));
  call.headers.add("Content-Type", "application/json");
  call.headers.add("User-Agent", "usher");
  call.headers.add("webhook-id", message.id);
  call.headers.add("webhook-timestamp", std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()));
  call.headers.add("webhook-signature", std::move(*signature));
  call.limits = settings.limits;
  call.allow_private = settings.allow_private;
  call.ca_file = settings.ca_file;

  auto reply = co_await impl_->client.http(std::move(call));
  if (!reply) co_return fail(std::move(reply.error()));
  const int status = reply->status;
  if (status >= 200 && status < 300) {
    co_return Receipt{.remote_id = std::string(reply->headers.find("webhook-id").value_or("")),
                      .note = "answered " + std::to_string(status)};
  }
  std::string detail = text::cut(text::to_valid_utf8(reply->body), 500);
  const std::string what = "the webhook receiver of '" + settings.name + "' answered " + std::to_string(status);
  if (status == 408 || status == 425 || status == 429 || status >= 500) {
    if (const auto wait = parse_retry_after(reply->headers.find("Retry-After").value_or("")))
      detail = "retry_after=" + std::to_string(wait->count()) + " " + detail;
    co_return fail(ErrorCode::kUnavailable, what, std::move(detail));
  }
  if (status == 410) co_return fail(ErrorCode::kInvalid, what + ": it wants no more messages", std::move(detail));
  if (status >= 300 && status < 400)
    co_return fail(ErrorCode::kInvalid, what + ": redirects are not followed", std::move(detail));
  co_return fail(ErrorCode::kInvalid, what, std::move(detail));
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (value.empty() || error != std::errc{} || end != value.data() + value.size() || seconds < 0) return std::nullopt;
  return std::chrono::seconds{std::min(seconds, kMaxRetryAfterSeconds)};
}

}  // namespace usher::connectors::webhook
