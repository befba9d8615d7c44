#include "gateway/flow/acceptance.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "connectors/json_input.h"
#include "gateway/flow/mailroom.h"
#include "gateway/flow/masking.h"
#include "gateway/store/cases.h"
#include "gateway/store/mailboxes.h"
#include "gateway/store/people.h"

namespace usher::gateway::flow {
namespace {

using connectors::Inbound;
using connectors::email::Decision;
using connectors::email::Outcome;

const char* kind_name(Inbound::Kind kind) {
  switch (kind) {
    case Inbound::Kind::kMessage:
      return "message";
    case Inbound::Kind::kAutomatic:
      return "automatic";
    case Inbound::Kind::kBounce:
      return "bounce";
  }
  return "message";
}

std::string extra_of(const Inbound& m) {
  auto is_refused = [](const auto& fact) { return fact.first == "refused_attachment"; };
  const bool has_refused = std::any_of(m.facts.begin(), m.facts.end(), is_refused);
  if (m.choice.empty() && m.subject.empty() && m.attachments.empty() && !has_refused) return {};
  nlohmann::json j = nlohmann::json::object();
  if (!m.choice.empty()) j["choice"] = m.choice;
  if (!m.subject.empty()) j["subject"] = m.subject;
  for (const auto& a : m.attachments) j["attachments"].push_back(a.file_name);
  for (const auto& fact : m.facts) {
    if (is_refused(fact)) j["refused"].push_back(fact.second);
  }
  return connectors::to_json_text(j);
}

}  // namespace

Acceptance::Acceptance(Inbound message, Timestamp now, std::optional<Release> release)
    : m_(std::move(message)), now_(now), id_(release ? release->ledger_id : make_uuid_v7(now)), release_(std::move(release)) {
  int count = 0;
  for (auto* words : {&m_.text, &m_.subject}) {
    auto masked = mask_secrets(*words);
    *words = std::move(masked.text);
    count += masked.count;
  }
  if (count > 0) note("masked " + std::to_string(count));
  const bool is_customer = m_.kind == Inbound::Kind::kMessage;
  row_ = store::Message{1, id_, is_customer ? "customer" : "robot", std::move(m_.text), {}, extra_of(m_), now_};
  if (release_) row_.extra = released_extra();
}

bool Acceptance::opens_conversation() const {
  return m_.kind == Inbound::Kind::kMessage && m_.thread_keys.empty() && m_.hold_cause.empty() &&
         !(m_.trust.must_verify_all && !m_.trust.is_verified);
}

void Acceptance::plan(const Turns& turns) {
  turns_ = &turns;
  dialogs::State fresh;
  auto c = conversation();
  fresh.language = c.language;
  planned_ = turns.plan(std::move(c), std::move(fresh), store::Waiting{id_, kind_name(m_.kind), row_, attachments()});
  if (planned_->turn.look_up) return planned_.reset();  // the mail is not kept waiting for another service
  planned_->opens_conversation = true;
}

// Back to storing it alone, for the worker to try.
void Acceptance::forget_plan() {
  planned_.reset();
  is_new_ = false;
}

Result<void> Acceptance::run(sql::Tx& tx, Stored& out) {
  if (auto r = take(tx, out); !r || !m_.place) return r;
  // Fetched from a mailbox: taken there, too, when it came before or is kept as a conflict.
  return store::mail_taken(tx, m_.place->mailbox, m_.place->validity, m_.place->uid,
                           out.accepted.id.empty() ? id_ : out.accepted.id, now_);
}

Result<void> Acceptance::take(sql::Tx& tx, Stored& out) {
  auto known = store::find_known(tx, m_.channel, m_.dedup_key);
  if (!known) return fail(std::move(known.error()));
  if (*known) return repeat(tx, **known, out);
  if (planned_) return open(tx, out);

  auto decision = decide(tx);
  if (!decision) return fail(std::move(decision.error()));
  if (decision->outcome == Outcome::kQuarantine) return hold(tx, *decision, out);
  ConversationId conversation;
  if (decision->thread) {
    conversation = {decision->thread->conversation};
    case_id_ = decision->thread->case_id;
  }
  // Robots, bounces and our own mail open nothing: kept in the ledger alone.
  if (conversation.empty() && (m_.kind != Inbound::Kind::kMessage || m_.is_own)) return insert_ledger(tx, {}, 0, "noted");
  if (conversation.empty()) {
    auto fresh = new_conversation(tx);
    if (!fresh) return fail(std::move(fresh.error()));
    conversation = std::move(*fresh);
  }
  return store_message(tx, conversation, out);
}

Result<void> Acceptance::repeat(sql::Tx& tx, const store::KnownMessage& known, Stored& out) {
  if (known.digest != m_.content_digest) {
    // Kept under a key of its own, so nothing is lost and nothing overwritten; the sender is told no.
    out.is_conflict = true;
    m_.dedup_key += "#conflict:" + m_.content_digest;
    auto again = store::find_known(tx, m_.channel, m_.dedup_key);
    if (!again) return fail(std::move(again.error()));
    if (*again) return {};
    note("same key as " + known.id + ", other content");
    return insert_ledger(tx, {known.conversation_id}, 0, "conflict");
  }
  out.accepted.id = known.id;
  out.accepted.conversation_id = known.conversation_id;
  out.accepted.seq = known.seq;
  out.accepted.is_duplicate = true;
  return add_reference(tx, {known.conversation_id}, out);
}

Result<Decision> Acceptance::decide(sql::Tx& tx) {
  std::optional<Error> failed;
  connectors::email::Known known;
  known.thread = [&](const Inbound& m, const std::string& key) -> std::optional<connectors::email::KnownThread> {
    if (failed) return std::nullopt;
    auto thread = known_thread(tx, m, key);
    if (thread) return std::move(*thread);
    failed = std::move(thread.error());
    return std::nullopt;
  };
  auto decision = connectors::email::decide(m_, known);
  if (failed) return fail(std::move(*failed));
  for (const auto& [rule, evidence] : decision.rules) {
    if (rule == decision.cause || rule == "not_enough") note(rule + ": " + evidence);
  }
  return decision;
}

Result<std::string> Acceptance::contact(sql::Tx& tx) const {
  return store::upsert_contact(tx, m_.channel, m_.sender_id, m_.sender_name, make_uuid_v7(now_), now_);
}

// As it begins; the contact's id is to come.
store::Conversation Acceptance::conversation() const {
  store::Conversation c;
  c.id = {make_uuid_v7(now_)};
  c.channel = m_.channel;
  c.contact_address = m_.sender_id;
  c.contact_name = m_.sender_name;
  c.language = m_.language.empty() ? "en" : m_.language;
  c.may_answer = m_.may_answer;
  c.subject = m_.subject;
  c.reply = reply_context(false);
  if (release_) c.reply.looks = static_cast<int>(connectors::email::Looks::kPerson);  // a person has read it
  c.created_at = c.updated_at = now_;
  return c;
}

// The message, its conversation and its turn, all at once.
Result<void> Acceptance::open(sql::Tx& tx, Stored& out) {
  auto& c = planned_->row;
  auto who = contact(tx);
  if (!who) return fail(std::move(who.error()));
  c.contact_id = std::move(*who);
  is_new_ = true;
  if (auto r = store_parts(tx, c.id); !r) return r;
  if (auto r = note_addresses(tx, c.id); !r) return r;
  if (auto r = turns_->write(tx, *planned_); !r) return r;
  if (!planned_->staged.not_sent.empty()) note("not answered: " + planned_->staged.not_sent);
  if (auto r = insert_ledger(tx, c.id, row_.seq, planned_->fate.c_str(), planned_->turn.trace_json); !r) return r;
  out.accepted.id = id_;
  out.accepted.conversation_id = c.id.value;
  out.accepted.seq = row_.seq;
  out.is_worked = true;
  return {};
}

Result<ConversationId> Acceptance::new_conversation(sql::Tx& tx) {
  auto who = contact(tx);
  if (!who) return fail(std::move(who.error()));
  auto c = conversation();
  c.contact_id = std::move(*who);
  if (auto r = store::insert_conversation(tx, c); !r) return fail(std::move(r.error()));
  is_new_ = true;
  return c.id;
}

// Transcript row, keys and attachments.
Result<void> Acceptance::store_parts(sql::Tx& tx, const ConversationId& conversation) {
  if (auto r = store::insert_message(tx, conversation, row_); !r) return r;
  for (const auto& key : m_.own_keys) {
    if (!is_new_ && std::find(m_.thread_keys.begin(), m_.thread_keys.end(), key) != m_.thread_keys.end()) continue;
    if (auto r = store::add_key(tx, key, conversation); !r) return r;
  }
  for (const auto& a : m_.attachments) {
    if (auto r = store::insert_attachment(tx, make_uuid_v7(now_), conversation, row_.seq, a); !r) return r;
  }
  return {};
}

Result<void> Acceptance::store_message(sql::Tx& tx, const ConversationId& conversation, Stored& out) {
  const bool to_work = m_.kind == Inbound::Kind::kMessage;
  auto next = store::next_seq(tx, conversation, to_work, now_);
  if (!next) return fail(std::move(next.error()));
  row_.seq = next->seq;
  if (auto r = store_parts(tx, conversation); !r) return r;
  if (auto r = note_addresses(tx, conversation); !r) return r;
  if (to_work && !is_new_ && (!m_.subject.empty() || m_.trust.is_claimed) && !release_) {
    auto context = reply_context(true);
    if (auto r = look_again(tx, conversation, context); !r) return r;
    if (auto r = store::set_reply_context(tx, conversation, context, m_.subject); !r) return r;
  }
  auto kept = release_ ? store::readmit_mail(tx, id_, conversation, next->seq, "released by " + release_->who)
                       : insert_ledger(tx, conversation, next->seq, to_work ? "accepted" : "noted");
  if (!kept) return kept;
  out.accepted.id = id_;
  out.accepted.conversation_id = conversation.value;
  out.accepted.seq = next->seq;
  if (to_work) {
    out.work = Work{conversation, {}};
    if (next->waiting == 1) out.work->message = store::Waiting{id_, "message", std::move(row_), attachments()};
  }
  return is_new_ || case_id_.empty() ? Result<void>{} : add_reference(tx, conversation, out);
}

Result<void> Acceptance::insert_ledger(sql::Tx& tx, const ConversationId& conversation, std::int64_t seq, const char* fate,
                                       std::string trace) {
  std::string reason = m_.kind_reason;
  if (!reason_.empty()) reason += (reason.empty() ? "" : "; ") + reason_;
  return store::insert_ledger(
      tx, {id_, m_.channel, m_.dedup_key, m_.content_digest, now_, kind_name(m_.kind), conversation.value, seq, fate, reason,
           m_.raw ? std::string_view(*m_.raw) : std::string_view{}, m_.envelope, std::move(trace)});
}

Result<void> Acceptance::add_reference(sql::Tx& tx, const ConversationId& conversation, Stored& out) {
  if (conversation.empty()) return {};
  auto k = store::case_of(tx, conversation);
  if (!k) return fail(std::move(k.error()));
  if (*k) out.accepted.case_ref = (*k)->best_reference();
  return {};
}

}  // namespace usher::gateway::flow
