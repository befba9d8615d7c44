// Authentication: RT runs bcrypt (cost 12, ~220 ms of CPU) on every request that carries a token or a password, but hands out a
// session cookie to REST 1.0 calls, which REST 2.0 accepts (6–12 ms). So we sign in once there and send only the cookie. A
// session that RT has forgotten shows as 401 or, because a cookie makes us look like a browser, as 302 to the front page: nothing
// was carried out, so signing in again and repeating is safe even for a create.
#include "connectors/tickets/request_tracker.h"

#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "connectors/tickets/request_tracker_codec.h"

namespace usher::connectors::tickets {

using boost::asio::awaitable;

namespace {

std::string without_trailing_slashes(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

constexpr std::string_view kConfiguration = "configuration: ";

Error configuration_error(const std::string& message) {
  return {ErrorCode::kUnavailable, message, std::string(kConfiguration) + message};
}

}  // namespace

struct RequestTracker::Impl {
  Impl(RequestTrackerSettings s, net::OutboundClient& c) : settings(std::move(s)), client(c) {
    settings.base_url = without_trailing_slashes(std::move(settings.base_url));
  }

  RequestTrackerSettings settings;
  net::OutboundClient& client;

  // A ticket that RT made and would not mark. Until it is marked no other is made: it could not be found again either.
  struct Unmarked {
    std::string id;
    std::string external_ref;
  };

  std::mutex mutex;  // guards what follows; never held across co_await
  std::optional<std::string> cookie;
  bool without_session = false;                                            // this RT gives none: credentials with every request
  std::map<std::string, std::set<std::string>, std::less<>> queue_fields;  // by queue, once it was found usable
  std::optional<Unmarked> unmarked;

  std::optional<std::string> current_cookie() {
    std::lock_guard lock(mutex);
    return cookie;
  }
  bool goes_without_session() {
    std::lock_guard lock(mutex);
    return without_session;
  }
  void forget(const std::string& stale) {
    std::lock_guard lock(mutex);
    if (cookie == stale) cookie.reset();  // somebody may have signed in again already
  }
  void keep(std::optional<std::string> fresh) {
    std::lock_guard lock(mutex);
    without_session = !fresh;
    cookie = std::move(fresh);
  }
  std::optional<Unmarked> current_unmarked() {
    std::lock_guard lock(mutex);
    return unmarked;
  }
  void set_unmarked(std::optional<Unmarked> what) {
    std::lock_guard lock(mutex);
    unmarked = std::move(what);
  }
  std::optional<std::set<std::string>> known_fields(const std::string& queue) {
    std::lock_guard lock(mutex);
    const auto it = queue_fields.find(queue);
    return it == queue_fields.end() ? std::nullopt : std::optional(it->second);
  }
  void set_fields(const std::string& queue, std::set<std::string> fields) {
    std::lock_guard lock(mutex);
    queue_fields[queue] = std::move(fields);
  }
  void forget_fields() {
    std::lock_guard lock(mutex);
    queue_fields.clear();
  }

  std::string authorization() const {
    return settings.token.empty() ? "Basic " + crypto::to_base64(settings.user + ":" + settings.password)
                                  : "token " + settings.token;
  }

  net::HttpCall make_call(rt::Request request) const {
    net::HttpCall call;
    call.method = std::move(request.method);
    call.url = settings.base_url + request.path;
    call.headers.add("Accept", "application/json");
    // RT's workers serve one connection each: one that is kept open idly keeps a worker from everybody else for its keep-alive
    // time.
    call.headers.add("Connection", "close");
    if (!request.content_type.empty()) call.headers.add("Content-Type", std::move(request.content_type));
    call.body = std::move(request.body);
    call.limits = settings.limits;
    call.allow_private = settings.allow_private;
    call.ca_file = settings.ca_file;
    return call;
  }

  // A read whose answer was lost changed nothing: it is simply unavailable.
  awaitable<Result<net::HttpReply>> send(net::HttpCall call, bool is_write) {
    auto reply = co_await client.http(std::move(call));
    if (!reply && reply.error().code == ErrorCode::kUnknown && !is_write) reply.error().code = ErrorCode::kUnavailable;
    co_return reply;
  }

  // nullopt: no session to be had, use the credentials.
  awaitable<Result<std::optional<std::string>>> sign_in() {
    if (auto have = current_cookie()) co_return have;
    if (goes_without_session()) co_return std::optional<std::string>();
    net::HttpCall call =
        make_call(settings.token.empty() ? rt::sign_in_by_password(settings.user, settings.password) : rt::sign_in_by_token());
    if (!settings.token.empty()) call.headers.add("Authorization", authorization());
    auto reply = co_await send(std::move(call), false);
    if (!reply) co_return fail(std::move(reply.error()));
    auto fresh = rt::parse_sign_in(*reply);
    if (!fresh) co_return fail(std::move(fresh.error()));
    if (!*fresh)
      log::warn(
          "request_tracker_without_session",
          {{"system", settings.name}, {"hint", "every call costs Request Tracker a password check; is REST 1.0 switched off?"}});
    keep(*fresh);
    co_return fresh;
  }

  awaitable<Result<net::HttpReply>> perform(rt::Request request) {
    const bool is_write = request.is_write;
    for (int attempt = 0;; ++attempt) {
      auto session = co_await sign_in();
      if (!session) co_return fail(std::move(session.error()));
      net::HttpCall call = make_call(request);
      if (*session)
        call.headers.add("Cookie", **session);
      else
        call.headers.add("Authorization", authorization());
      auto reply = co_await send(std::move(call), is_write);
      if (!reply || !*session || attempt > 0) co_return reply;
      if (reply->status != 401 && reply->status != 302) co_return reply;
      forget(**session);
    }
  }

  void add_url(Ticket& ticket) const { ticket.url = settings.base_url + "/Ticket/Display.html?id=" + ticket.id; }

  // Sees to it that a ticket can be found again before any is made.
  awaitable<Result<std::set<std::string>>> ready_to_create(std::string queue) {
    if (auto known = known_fields(queue)) co_return std::move(*known);
    auto reply = co_await perform(rt::read_queue(queue));
    if (!reply) co_return fail(std::move(reply.error()));
    // 403 both for a queue that is not there and for one this user may not see; to the operator it is one thing to put right.
    if (reply->status == 403 || reply->status == 404)
      co_return fail(configuration_error("Request Tracker has no queue '" + queue + "' that this user may see (right SeeQueue)"));
    auto fields = rt::parse_queue_fields(*reply);
    if (!fields) co_return fail(std::move(fields.error()));
    if (!fields->contains(settings.external_ref_field))
      co_return fail(configuration_error("the queue '" + queue + "' of Request Tracker has no custom field '" +
                                         settings.external_ref_field +
                                         "' that this user may see: create it (ticket, one value), apply it to the queue, grant "
                                         "SeeCustomField, ModifyCustomField and SetInitialCustomField"));
    for (const auto& [slot, field] : settings.field_map)
      if (!fields->contains(field))
        log::warn("request_tracker_field_missing", {{"system", settings.name}, {"queue", queue}, {"field", field}});
    set_fields(queue, *fields);
    co_return fields;
  }

  awaitable<Result<Ticket>> read_back(std::string id) {
    auto reply = co_await perform(rt::read_ticket(id));
    if (!reply) co_return fail(std::move(reply.error()));
    co_return rt::parse_ticket(*reply, settings.external_ref_field);
  }

  // Sets the mark on a ticket that came back without it. Ok when it carries it now.
  awaitable<Result<Ticket>> mark(Unmarked what) {
    auto reply = co_await perform(rt::set_field(what.id, settings.external_ref_field, what.external_ref));
    if (!reply) co_return fail(std::move(reply.error()));
    auto ticket = co_await read_back(what.id);
    if (ticket && ticket->external_ref == what.external_ref) co_return ticket;
    set_unmarked(what);
    forget_fields();
    log::error("request_tracker_ticket_unmarked",
               {{"system", settings.name}, {"ticket", what.id}, {"external_ref", what.external_ref}});
    co_return fail(configuration_error("ticket #" + what.id + " was made in Request Tracker, but its custom field '" +
                                       settings.external_ref_field +
                                       "' cannot be written or read: grant ShowTicket, SeeCustomField, ModifyCustomField and "
                                       "SetInitialCustomField on the queue. No other ticket is made until then"));
  }

  std::map<std::string, std::string> custom_fields(const TicketDraft& draft, const std::set<std::string>& on_queue) const {
    std::map<std::string, std::string> out{{settings.external_ref_field, draft.external_ref}};
    const auto put = [&](const std::string& source, const std::string& value) {
      const auto mapped = settings.field_map.find(source);
      if (mapped == settings.field_map.end() || value.empty() || !on_queue.contains(mapped->second)) return;
      out.try_emplace(mapped->second, text::cut(value, 255));
    };
    put("@channel", draft.channel);
    put("@priority", draft.priority);
    put("@fault_class", draft.fault_class);
    put("@language", draft.language);
    for (const auto& [slot, value] : draft.fields) put(slot, value);
    return out;
  }
};

RequestTracker::RequestTracker(RequestTrackerSettings settings, net::OutboundClient& client)
    : impl_(std::make_unique<Impl>(std::move(settings), client)) {}
RequestTracker::~RequestTracker() = default;

const std::string& RequestTracker::name() const {
  return impl_->settings.name;
}

awaitable<Result<std::optional<Ticket>>> RequestTracker::find(std::string external_ref) {
  const std::string& field = impl_->settings.external_ref_field;
  auto reply = co_await impl_->perform(rt::find_ticket(field, external_ref));
  if (!reply) co_return fail(std::move(reply.error()));
  auto found = rt::parse_found(*reply, field, external_ref);
  if (found && *found) impl_->add_url(**found);
  co_return found;
}

awaitable<Result<Ticket>> RequestTracker::create(TicketDraft draft) {
  if (draft.external_ref.empty()) co_return fail(ErrorCode::kInvalid, "a ticket needs an external_ref");
  std::string queue = draft.queue.empty() ? impl_->settings.queue : draft.queue;
  auto on_queue = co_await impl_->ready_to_create(queue);
  if (!on_queue && on_queue.error().detail.starts_with(kConfiguration) && queue != impl_->settings.queue) {
    // A script's mistake must not hold up a customer's ticket, nor everybody's: the usual queue takes it.
    log::error("request_tracker_queue_unusable",
               {{"system", impl_->settings.name}, {"queue", queue}, {"reason", on_queue.error().message}});
    queue = impl_->settings.queue;
    on_queue = co_await impl_->ready_to_create(queue);
  }
  if (!on_queue) co_return fail(std::move(on_queue.error()));
  if (auto unmarked = impl_->current_unmarked()) {
    auto marked = co_await impl_->mark(*unmarked);
    if (!marked) co_return fail(std::move(marked.error()));
    impl_->set_unmarked(std::nullopt);
    if (marked->external_ref == draft.external_ref) {  // it was this very case: the caller's look-up could not have seen it
      impl_->add_url(*marked);
      co_return marked;
    }
  }

  auto reply = co_await impl_->perform(rt::create_ticket(queue, draft, impl_->custom_fields(draft, *on_queue)));
  if (!reply) co_return fail(std::move(reply.error()));
  auto id = rt::parse_created(*reply);
  if (!id) co_return fail(std::move(id.error()));

  auto ticket = co_await impl_->read_back(*id);
  if (!ticket && ticket.error().retry()) {
    // It is there and carries the mark as far as we know; the look-up will tell.
    co_return fail(ErrorCode::kUnknown, "ticket #" + *id + " was made but could not be read back", ticket.error().message);
  }
  if (!ticket || ticket->external_ref != draft.external_ref) {
    ticket = co_await impl_->mark({*id, draft.external_ref});
    if (!ticket) co_return fail(ErrorCode::kUnknown, ticket.error().message, ticket.error().detail);
  }
  impl_->add_url(*ticket);
  co_return ticket;
}

awaitable<Result<bool>> RequestTracker::has_comment(std::string ticket_id, std::string external_ref) {
  auto reply = co_await impl_->perform(rt::find_comment(ticket_id, external_ref));
  if (!reply) co_return fail(std::move(reply.error()));
  co_return rt::parse_has_comment(*reply);
}

awaitable<Result<void>> RequestTracker::append(std::string ticket_id, TicketComment comment) {
  const bool correspond = impl_->settings.reply_as == RequestTrackerSettings::ReplyAs::kCorrespond;
  auto reply = co_await impl_->perform(rt::add_message(ticket_id, comment, correspond));
  if (!reply) co_return fail(std::move(reply.error()));
  auto added = rt::parse_added(*reply);
  // RT says 400 "Permission Denied" both for a missing ticket and for a missing right; reading tells which.
  if (!added && added.error().code == ErrorCode::kInvalid && reply->status == 400) {
    auto there = co_await read(ticket_id);
    if (!there && !there.error().retry()) co_return fail(std::move(there.error()));
    if (reply->body.find("Permission Denied") != std::string::npos)
      co_return fail(ErrorCode::kDenied, added.error().message, added.error().detail);
  }
  co_return added;
}

awaitable<Result<Ticket>> RequestTracker::read(std::string ticket_id) {
  auto ticket = co_await impl_->read_back(std::move(ticket_id));
  if (ticket) impl_->add_url(*ticket);
  co_return ticket;
}

awaitable<Result<void>> RequestTracker::check() {
  impl_->forget_fields();
  auto fields = co_await impl_->ready_to_create(impl_->settings.queue);
  if (!fields) co_return fail(std::move(fields.error()));
  std::string missing;
  for (const auto& [slot, field] : impl_->settings.field_map)
    if (!fields->contains(field)) missing += (missing.empty() ? "'" : ", '") + field + "'";
  if (!missing.empty())
    co_return fail(ErrorCode::kInvalid,
                   "the queue '" + impl_->settings.queue + "' of Request Tracker lacks the custom fields " + missing);
  co_return Result<void>();
}

}  // namespace usher::connectors::tickets
