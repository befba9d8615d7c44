#include "gateway/api/mail.h"

#include "base/id.h"
#include "gateway/api/json.h"
#include "gateway/flow/mailroom.h"

namespace usher::gateway::api {
namespace {

namespace email = connectors::email;

json held_json(const store::StoredMail& m) {
  if (!m.held) return nullptr;
  const auto& h = *m.held;
  return {{"state", h.state},           {"cause", h.cause},
          {"evidence", h.evidence},     {"conversation", h.named.value},
          {"settled_by", h.settled_by}, {"settled_at", h.settled_by.empty() ? json(nullptr) : json(to_rfc3339(h.settled_at))}};
}

json mail_json(const store::StoredMail& m) {
  return {{"id", m.id},
          {"channel", m.channel},
          {"received_at", to_rfc3339(m.received_at)},
          {"kind", m.kind},
          {"fate", m.fate},
          {"reason", m.reason},
          {"conversation", m.conversation.value},
          {"reference", m.reference},
          {"quarantine", held_json(m)}};
}

// Who wrote what about, out of the beginning of the mail.
void add_head(json& out, const std::string& raw) {
  email::MimeOptions options;
  options.sniff_types = false;
  const auto mail = email::parse_mail(raw, options);
  const email::MailAddress nobody;
  const auto& from = mail.from.empty() ? nobody : mail.from.front();
  out["from"] = {{"name", from.name}, {"address", from.address}};
  out["subject"] = mail.subject;
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> list_mail(Call call) {
  const auto q = page_query(call.request);
  const std::string state = call.request.query_param("state").value_or("");
  const std::string channel = call.parts->email->channel;
  struct Page {
    std::vector<store::StoredMail> mails;
    std::int64_t held = 0;
  };
  auto page = co_await sql::read_returning<Page>(*call.parts->database, [q, state, channel](sql::Tx& tx) -> Result<Page> {
    auto mails = store::list_mail(tx, channel, state, q.limit, q.before);
    if (!mails) return fail(std::move(mails.error()));
    auto held = store::count_held(tx);
    if (!held) return fail(std::move(held.error()));
    return Page{std::move(*mails), *held};
  });
  if (!page) co_return problem(page.error());
  auto* rows = &page->mails;
  json next = static_cast<std::int64_t>(rows->size()) < q.limit ? json(nullptr) : json(rows->back().id);
  auto items = co_await async::offload<json>(*call.parts->pool, [mails = std::move(*rows)] {
    json out = json::array();
    for (const auto& m : mails) {
      auto item = mail_json(m);
      add_head(item, m.raw);
      out.push_back(std::move(item));
    }
    return out;
  });
  if (!items) co_return problem(items.error());
  co_return answer({{"items", std::move(*items)}, {"next", std::move(next)}, {"held", page->held}});
}

boost::asio::awaitable<net::HttpResponse> show_mail(Call call) {
  auto shown = co_await sql::read_returning<flow::StoredExplained>(
      *call.parts->database,
      [id = call.params.at(0), settings = call.parts->email](sql::Tx& tx) { return flow::explain_stored(tx, id, *settings); });
  if (!shown) co_return problem(shown.error());
  auto out = mail_json(shown->mail);
  out["envelope"] = json::parse(shown->mail.envelope, nullptr, false);
  if (out["envelope"].is_discarded()) out["envelope"] = nullptr;
  out["size"] = shown->mail.raw.size();
  out["explain"] = nullptr;
  if (!shown->mail.raw.empty())
    out["explain"] = json::parse(email::to_json(shown->explained, shown->mail.id + ".eml"), nullptr, false);
  co_return answer(out);
}

// Never shown in a browser: downloaded. Who did so is on record.
boost::asio::awaitable<net::HttpResponse> mail_source(Call call) {
  const Timestamp now = call.parts->clock->now();
  auto mail = co_await sql::write_returning<store::StoredMail>(
      *call.parts->database,
      [id = call.params.at(0), who = call.user->name, channel = call.parts->email->channel,
       now](sql::Tx& tx) -> Result<store::StoredMail> {
        auto found = store::load_mail(tx, id);
        if (!found) return fail(std::move(found.error()));
        if (!*found || (*found)->channel != channel || (*found)->raw.empty())
          return fail(ErrorCode::kNotFound, "there is no stored mail with this id");
        if (auto r = store::insert_audit(tx, make_uuid_v7(now), now, who, "mail_source", id, ""); !r)
          return fail(std::move(r.error()));
        return std::move(**found);
      });
  if (!mail) co_return problem(mail.error());
  net::HttpResponse response;
  response.status = 200;
  response.headers.add("Content-Type", "application/octet-stream");
  response.headers.add("Content-Disposition", "attachment; filename=\"" + mail->id + ".eml\"");
  response.headers.add("Content-Security-Policy", "default-src 'none'; sandbox");
  response.body = std::move(mail->raw);
  co_return response;
}

boost::asio::awaitable<net::HttpResponse> release_mail(Call call) {
  const auto body = parse_object(call.request.body);
  auto member = [&](const char* name) { return body && body->contains(name) ? (*body)[name] : json(nullptr); };
  const auto to = member("to"), participant = member("participant");
  if (!to.is_string() || (to != "new" && to != "case"))
    co_return problem(400, "invalid", "send {\"to\":\"new\"} or {\"to\":\"case\"}");
  auto accepted = co_await flow::release_held(
      call.parts->database, call.parts->release, call.parts->email,
      {call.params.at(0), to == "case", participant.is_boolean() && participant.get<bool>(), call.user->name});
  if (!accepted) co_return problem(accepted.error());
  co_return answer({{"id", accepted->id}, {"conversation", accepted->conversation_id}, {"reference", accepted->case_ref}});
}

boost::asio::awaitable<net::HttpResponse> delete_mail(Call call) {
  const auto body = parse_object(call.request.body);
  const auto given = body && body->contains("note") ? (*body)["note"] : json("");
  const Timestamp now = call.parts->clock->now();
  auto done = co_await call.parts->database->write([id = call.params.at(0), who = call.user->name,
                                                    note = given.is_string() ? given.get<std::string>() : std::string{},
                                                    now](sql::Tx& tx) { return flow::delete_held(tx, id, who, note, now); });
  if (!done) co_return problem(done.error());
  co_return answer({{"id", call.params.at(0)}, {"state", "deleted"}});
}

}  // namespace usher::gateway::api
