#include "gateway/flow/mailroom.h"

#include "base/id.h"
#include "gateway/store/cases.h"
#include "gateway/store/conversations.h"
#include "gateway/store/ledger.h"
#include "gateway/store/people.h"

namespace usher::gateway::flow {
namespace email = connectors::email;
using connectors::Inbound;
namespace {

// "conversation:…" stands in a reply address; all other keys are kept in the store.
Result<std::optional<store::KeyMatch>> find_thread(sql::Tx& tx, const std::string& key) {
  constexpr std::string_view kConversation = "conversation:";
  if (!key.starts_with(kConversation)) return store::find_by_key(tx, key);
  auto c = store::load_conversation(tx, {key.substr(kConversation.size())});
  if (!c) return fail(std::move(c.error()));
  if (!*c) return std::nullopt;
  return store::KeyMatch{(*c)->id, (*c)->contact_address, (*c)->case_id};
}

}  // namespace

Result<std::optional<connectors::email::KnownThread>> known_thread(sql::Tx& tx, const Inbound& m, const std::string& key,
                                                                   bool with_reference) {
  auto match = find_thread(tx, key);
  if (!match) return fail(std::move(match.error()));
  if (!*match) return std::nullopt;
  connectors::email::KnownThread thread{(*match)->id.value, (*match)->case_id, {}, (*match)->contact_address == m.sender_id};
  const bool is_stranger = !thread.is_participant && m.trust.is_claimed;
  if (is_stranger) {
    auto is_one = store::is_participant(tx, (*match)->id, m.sender_id);
    if (!is_one) return fail(std::move(is_one.error()));
    thread.is_participant = *is_one;
  }
  if (thread.case_id.empty() || !(is_stranger || with_reference)) return thread;
  auto k = store::load_case(tx, {thread.case_id});
  if (!k) return fail(std::move(k.error()));
  if (*k) thread.reference = (*k)->best_reference();
  return thread;
}

email::Known known_in(sql::Tx& tx, std::string except, std::optional<Error>& failed) {
  // `value` of the answer, or nothing once the store has failed.
  auto kept = [&failed]<class T>(Result<T> r) -> T {
    if (r) return std::move(*r);
    if (!failed) failed = std::move(r.error());
    return {};
  };
  email::Known known;
  known.thread = [&tx, kept](const Inbound& m, const std::string& key) { return kept(known_thread(tx, m, key, true)); };
  known.same_content = [&tx, kept, except](const Inbound& m) {
    auto found = kept(store::find_known(tx, m.channel, m.dedup_key));
    return found && found->id != except ? found->id : std::string{};
  };
  // Of a stored mail it cannot be told which of two was first.
  if (!except.empty()) return known;
  known.same_message_id = [&tx, kept](const Inbound& m) {
    for (const auto& key : m.own_keys) {
      if (auto match = kept(store::find_by_key(tx, key))) return "a mail of conversation " + match->id.value;
    }
    return std::string{};
  };
  return known;
}

Result<StoredExplained> explain_stored(sql::Tx& tx, const std::string& id, const email::EmailSettings& settings) {
  auto mail = store::load_mail(tx, id);
  if (!mail) return fail(std::move(mail.error()));
  if (!*mail || (*mail)->channel != settings.channel) return fail(ErrorCode::kNotFound, "there is no stored mail with this id");
  StoredExplained out{std::move(**mail), {}};
  auto raw = std::make_shared<const std::string>(out.mail.raw);
  auto envelope = out.mail.envelope.empty() ? email::envelope_of(email::parse_mail(*raw), settings)
                                            : email::envelope_from_json(out.mail.envelope);
  std::optional<Error> failed;
  auto known = known_in(tx, id, failed);
  out.explained = email::explain(std::move(raw), envelope, settings, known, out.mail.received_at);
  if (failed) return fail(std::move(*failed));
  return out;
}

boost::asio::awaitable<Result<connectors::Accepted>> release_held(sql::Database* database, Intake* intake,
                                                                  const email::EmailSettings* settings, Intake::Release release) {
  auto held = co_await sql::read_returning<std::optional<store::StoredMail>>(
      *database, [id = release.ledger_id](sql::Tx& tx) { return store::load_mail(tx, id); });
  if (!held) co_return fail(std::move(held.error()));
  if (!*held || !(*held)->held) co_return fail(ErrorCode::kNotFound, "there is no held mail with this id");
  auto& mail = **held;
  if (mail.held->state != "held")
    co_return fail(ErrorCode::kConflict, "this mail is not held any more: it was " + mail.held->state);
  auto read = email::read_mail(std::make_shared<const std::string>(std::move(mail.raw)), email::envelope_from_json(mail.envelope),
                               *settings, mail.received_at);
  co_return co_await intake->release(std::move(release), std::move(read.inbound));
}

Result<void> delete_held(sql::Tx& tx, const std::string& id, const std::string& who, const std::string& note, Timestamp now) {
  auto settled = store::settle_held(tx, id, "deleted", who, now);
  if (!settled) return fail(std::move(settled.error()));
  if (!*settled) {
    auto mail = store::load_mail(tx, id);
    if (!mail) return fail(std::move(mail.error()));
    if (!*mail || !(*mail)->held) return fail(ErrorCode::kNotFound, "there is no held mail with this id");
    return fail(ErrorCode::kConflict, "this mail is not held any more: it was " + (*mail)->held->state);
  }
  if (auto r = store::erase_mail(tx, id); !r) return r;
  return store::insert_audit(tx, make_uuid_v7(now), now, who, "mail_delete", id, note);
}

}  // namespace usher::gateway::flow
