// What staff see: tickets, conversations with their transcript and trace, dead letters, the overview.
#include "base/id.h"
#include "base/log.h"
#include "gateway/api/api.h"
#include "gateway/api/json.h"
#include "gateway/flow/learning.h"
#include "gateway/store/cases.h"
#include "gateway/store/conversations.h"
#include "gateway/store/ledger.h"
#include "gateway/store/mail_limits.h"
#include "gateway/store/outbox.h"

namespace usher::gateway::api {
namespace {

json next_cursor(std::size_t rows, std::int64_t limit, const std::string& last) {
  return static_cast<std::int64_t>(rows) < limit ? json(nullptr) : json(last);
}

json ticket_json(const store::Case& k) {
  return {{"case", k.id.value},
          {"reference", k.reference},
          {"number", k.ticket_number},
          {"provisional", k.ticket_number.empty()},
          {"url", k.ticket_url},
          {"state", k.state},
          {"subject", k.subject},
          {"priority", k.priority},
          {"fault_class", k.fault_class},
          {"channel", k.channel},
          {"customer", k.customer},
          {"created_at", to_rfc3339(k.created_at)},
          {"conversation", k.conversation.value}};
}

json conversation_json(const store::ConversationListing& l) {
  const auto& c = l.conversation;
  return {{"id", c.id.value},
          {"channel", c.channel},
          {"customer", !c.contact_name.empty()                            ? c.contact_name
                       : c.contact_address.find('@') != std::string::npos ? c.contact_address
                                                                          : ""},
          {"language", c.language},
          {"status", c.status},
          {"last_text", l.last_text},
          {"last_at", to_rfc3339(l.last_at)},
          {"reference", l.reference},
          {"dialog", c.dialog}};
}

json mailbox_json(const connectors::email::MailboxHealth& h, Timestamp now) {
  json behind = nullptr;
  if (h.behind_since) behind = (now - *h.behind_since).count() / 1000;
  return {{"name", h.name},
          {"user", h.user},
          {"host", h.host},
          {"folder", h.folder},
          {"ok", h.is_ok()},
          {"connected", h.is_connected},
          {"error", h.error},
          {"warning", h.warning},
          {"last_seen_at", time_or_null(h.seen_at)},
          {"last_message_at", time_or_null(h.mail_at)},
          {"behind_seconds", behind},
          {"on_server", h.on_server},
          {"waiting", h.waiting},
          {"taken", h.books.taken},
          {"failing", h.books.trying},
          {"skipped", h.books.skipped},
          {"counts_agree", h.counts_agree()}};
}

json row_json(const store::OutboxRow& row) {
  return {{"id", row.id},
          {"kind", row.kind},
          {"target", row.target},
          {"state", row.state},
          {"attempts", row.attempts},
          {"reason", row.reason},
          {"last_response", row.last_response},
          {"created_at", to_rfc3339(row.created_at)},
          {"next_at", to_rfc3339(row.next_at)},
          {"conversation", row.conversation.value}};
}

std::string label_of(const dialogs::ScriptSet& scripts, const std::string& dialog, const std::string& slot,
                     const std::string& language) {
  if (const auto* script = scripts.find(dialog)) {
    if (auto it = script->slots.find(slot); it != script->slots.end() && !it->second.label.empty())
      return it->second.label.in(language);
  }
  return slot;
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> list_tickets(Call call) {
  const auto q = page_query(call.request);
  auto rows = co_await sql::read_returning<std::vector<store::Case>>(
      *call.parts->database, [q](sql::Tx& tx) { return store::list_cases(tx, q.limit, q.before); });
  if (!rows) co_return problem(rows.error());
  json items = json::array();
  for (const auto& k : *rows) items.push_back(ticket_json(k));
  co_return answer({{"items", items}, {"next", next_cursor(rows->size(), q.limit, rows->empty() ? "" : rows->back().id.value)}});
}

boost::asio::awaitable<net::HttpResponse> list_conversations(Call call) {
  const auto q = page_query(call.request);
  auto rows = co_await sql::read_returning<std::vector<store::ConversationListing>>(
      *call.parts->database, [q](sql::Tx& tx) { return store::list_conversations(tx, q.limit, q.before); });
  if (!rows) co_return problem(rows.error());
  json items = json::array();
  for (const auto& l : *rows) items.push_back(conversation_json(l));
  co_return answer(
      {{"items", items}, {"next", next_cursor(rows->size(), q.limit, rows->empty() ? "" : rows->back().conversation.id.value)}});
}

boost::asio::awaitable<net::HttpResponse> show_conversation(Call call) {
  struct Shown {
    store::Conversation conversation;
    std::vector<store::Message> messages;
    std::vector<store::TraceRow> traces;
    std::optional<store::Case> k;
    std::optional<store::FailedAddress> failure;
    std::map<std::string, std::vector<std::string>> causes;
  };
  const ConversationId id{call.params.at(0)};
  const auto content = call.parts->content->get();
  auto shown = co_await sql::read_returning<Shown>(*call.parts->database, [id, content](sql::Tx& tx) -> Result<Shown> {
    Shown s;
    auto c = store::load_conversation(tx, id);
    if (!c) return fail(std::move(c.error()));
    if (!*c) return fail(ErrorCode::kNotFound, "there is no conversation with this id");
    s.conversation = std::move(**c);
    auto messages = store::messages_since(tx, id, 0);
    if (!messages) return fail(std::move(messages.error()));
    s.messages = std::move(*messages);
    auto traces = store::traces_of(tx, id);
    if (!traces) return fail(std::move(traces.error()));
    s.traces = std::move(*traces);
    auto k = store::case_of(tx, id);
    if (!k) return fail(std::move(k.error()));
    s.k = std::move(*k);
    auto failure = store::failure_of(tx, s.conversation.contact_address);
    if (!failure) return fail(std::move(failure.error()));
    s.failure = std::move(*failure);
    auto causes = flow::causes_to_tell(tx, *content->scripts, id);
    if (!causes) return fail(std::move(causes.error()));
    s.causes = std::move(*causes);
    return s;
  });
  if (!shown) co_return problem(shown.error());
  store::ConversationListing listing;
  listing.conversation = shown->conversation;
  listing.last_at = shown->conversation.updated_at;
  if (!shown->messages.empty()) listing.last_text = shown->messages.back().text;
  if (shown->k) listing.reference = shown->k->best_reference();
  json out = conversation_json(listing);
  out["messages"] = json::array();
  for (const auto& m : shown->messages) {
    json extra = m.extra.empty() ? json::object() : json::parse(m.extra, nullptr, false);
    out["messages"].push_back({{"seq", m.seq},
                               {"from", m.author},
                               {"text", m.text},
                               {"choices", extra.value("choices", json::array())},
                               {"files", extra.value("attachments", json::array())},
                               {"not_sent", extra.value("not_sent", "")},
                               {"at", to_rfc3339(m.at)}});
  }
  if (const auto& f = shown->failure) {
    out["address_fails"] = {{"address", f->address},
                            {"at", to_rfc3339(f->at)},
                            {"status", f->status},
                            {"reason", f->reason},
                            {"delivery", f->delivery}};
  }
  out["causes"] = shown->causes;
  const std::string staff_language = call.request.query_param("lang").value_or("en");
  json slots = json::array(), tried = json::array(), trace = json::array();
  if (auto state = dialogs::State::from_json(shown->conversation.state)) {
    for (const auto& [name, value] : state->slots) {
      slots.push_back(
          {{"name", name}, {"label", label_of(*content->scripts, state->dialog, name, staff_language)}, {"value", value}});
    }
    for (const auto& [what, answered] : state->tried) tried.push_back({{"what", what}, {"answer", answered}});
  }
  for (const auto& row : shown->traces) {
    auto lines = json::parse(row.trace, nullptr, false);
    if (!lines.is_array()) continue;
    for (auto& line : lines)
      trace.push_back({{"seq", row.seq}, {"rule", line.value("rule", "")}, {"why", line.value("why", "")}});
  }
  out["slots"] = std::move(slots);
  out["tried"] = std::move(tried);
  out["trace"] = std::move(trace);
  co_return answer(out);
}

boost::asio::awaitable<net::HttpResponse> tell_cause(Call call) {
  const auto body = parse_object(call.request.body);
  const std::string cause = body ? body->value("cause", "") : "";
  if (cause.empty()) co_return problem(400, "invalid", "send {\"cause\": …} with one of the conversation's causes");
  const ConversationId id{call.params.at(0)};
  const Timestamp now = call.parts->clock->now();
  auto counted = co_await sql::write_returning<int>(
      *call.parts->database,
      [id, cause, who = call.user->name, content = call.parts->content->get(), now](sql::Tx& tx) -> Result<int> {
        auto n = flow::tell_cause(tx, *content->scripts, id, cause, now);
        if (!n) return n;
        if (auto r = store::insert_audit(tx, make_uuid_v7(now), now, who, "cause", id.value, cause); !r)
          return fail(std::move(r.error()));
        return n;
      });
  if (!counted) co_return problem(counted.error());
  co_return answer({{"counted", *counted}});
}

boost::asio::awaitable<net::HttpResponse> list_outbox(Call call) {
  const auto q = page_query(call.request);
  const std::string state = call.request.query_param("state").value_or("");
  auto rows = co_await sql::read_returning<std::vector<store::OutboxRow>>(
      *call.parts->database, [q, state](sql::Tx& tx) { return store::list_outbox(tx, state, q.limit, q.before); });
  if (!rows) co_return problem(rows.error());
  json items = json::array();
  for (const auto& row : *rows) items.push_back(row_json(row));
  co_return answer({{"items", items}, {"next", next_cursor(rows->size(), q.limit, rows->empty() ? "" : rows->back().id)}});
}

boost::asio::awaitable<net::HttpResponse> redrive_one(Call call) {
  struct Outcome {
    bool changed = false;
    std::optional<store::OutboxRow> row;
  };
  const Timestamp now = call.parts->clock->now();
  auto done = co_await sql::write_returning<Outcome>(
      *call.parts->database, [id = call.params.at(0), who = call.user->name, now](sql::Tx& tx) -> Result<Outcome> {
        Outcome o;
        auto changed = store::redrive(tx, id, now);
        if (!changed) return fail(std::move(changed.error()));
        o.changed = *changed;
        auto row = store::load_outbox(tx, id);
        if (!row) return fail(std::move(row.error()));
        o.row = std::move(*row);
        if (!o.changed) return o;
        if (auto r = store::insert_audit(tx, make_uuid_v7(now), now, who, "redrive", id, ""); !r)
          return fail(std::move(r.error()));
        return o;
      });
  if (!done) co_return problem(done.error());
  if (!done->row) co_return problem(404, "not_found", "there is no outbox row with this id");
  if (!done->changed) co_return problem(409, "conflict", "this row is " + done->row->state + ", only dead letters are re-driven");
  call.parts->kick_outbox();
  co_return answer(row_json(*done->row));
}

boost::asio::awaitable<net::HttpResponse> redrive_all(Call call) {
  const Timestamp now = call.parts->clock->now();
  auto done = co_await sql::write_returning<std::int64_t>(
      *call.parts->database, [who = call.user->name, now](sql::Tx& tx) -> Result<std::int64_t> {
        auto n = store::redrive_all(tx, now);
        if (!n) return n;
        if (auto r = store::insert_audit(tx, make_uuid_v7(now), now, who, "redrive", "all", std::to_string(*n)); !r)
          return fail(std::move(r.error()));
        return n;
      });
  if (!done) co_return problem(done.error());
  call.parts->kick_outbox();
  co_return answer({{"redriven", *done}});
}

boost::asio::awaitable<net::HttpResponse> overview(Call call) {
  struct Figures {
    store::OutboxSummary outbox;
    std::vector<store::ChannelPulse> pulse;
    std::int64_t cases_today = 0;
    std::int64_t open = 0;
  };
  const Timestamp now = call.parts->clock->now();
  auto figures = co_await sql::read_returning<Figures>(*call.parts->database, [now](sql::Tx& tx) -> Result<Figures> {
    Figures f;
    auto outbox = store::outbox_summary(tx);
    if (!outbox) return fail(std::move(outbox.error()));
    f.outbox = *outbox;
    auto pulse = store::channel_pulse(tx, now - std::chrono::hours{24});
    if (!pulse) return fail(std::move(pulse.error()));
    f.pulse = std::move(*pulse);
    auto cases = store::count_cases_since(tx, now - std::chrono::hours{24});
    if (!cases) return fail(std::move(cases.error()));
    f.cases_today = *cases;
    auto r = tx.query("SELECT count(*) FROM conversations WHERE status = 'open'", {},
                      [&](const sql::Row& row) { f.open = row.integer(0); });
    if (!r) return fail(std::move(r.error()));
    return f;
  });
  if (!figures) co_return problem(figures.error());
  const auto health = call.parts->outbox->health();
  json tickets = {{"name", call.parts->ticket_system}, {"ok", true}, {"message", ""}};
  if (auto it = health.find(call.parts->ticket_system); it != health.end()) {
    tickets["ok"] = it->second.ok;
    tickets["message"] = it->second.message;
  }
  json channels = json::array();
  for (const auto& [name, info] : call.parts->channels->all()) {
    json c = {{"name", name}, {"last_message_at", nullptr}, {"received", 0}, {"errors", 0}};
    for (const auto& p : figures->pulse) {
      if (p.channel != name) continue;
      c["last_message_at"] = time_or_null(p.last_at);
      c["received"] = p.received;
    }
    if (auto it = health.find(name); it != health.end() && !it->second.ok) c["errors"] = 1;
    channels.push_back(std::move(c));
  }
  json mailboxes = json::array();
  if (call.parts->mailboxes) {
    for (const auto& one : call.parts->mailboxes()) mailboxes.push_back(mailbox_json(one, now));
  }
  json oldest = nullptr;
  if (figures->outbox.oldest_waiting) oldest = (now - *figures->outbox.oldest_waiting).count() / 1000;
  co_return answer({{"open", figures->open},
                    {"tickets_today", figures->cases_today},
                    {"dead", figures->outbox.dead},
                    {"oldest_pending_seconds", oldest},
                    {"ticket_system", tickets},
                    {"channels", channels},
                    {"mailboxes", mailboxes}});
}

}  // namespace usher::gateway::api
