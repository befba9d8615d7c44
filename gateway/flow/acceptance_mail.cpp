#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "connectors/email/answering.h"
#include "connectors/json_input.h"
#include "gateway/flow/acceptance.h"
#include "gateway/store/mail_limits.h"
#include "gateway/store/people.h"
#include "gateway/store/quarantine.h"

namespace usher::gateway::flow {

using connectors::Inbound;
using connectors::email::Looks;

// Mail only: the thread as an answer has to name it, oldest first.
store::ReplyContext Acceptance::reply_context(bool is_reply) const {
  store::ReplyContext reply;
  auto message_id = [](const std::string& key) { return key.starts_with("mid:") ? key.substr(4) : std::string{}; };
  for (const auto& key : m_.own_keys) {
    if (auto id = message_id(key); !id.empty()) reply.message_id = id;
  }
  for (auto it = m_.thread_keys.rbegin(); it != m_.thread_keys.rend(); ++it) {
    if (auto id = message_id(*it); !id.empty()) reply.references.push_back(id);
  }
  if (!reply.message_id.empty()) {
    std::erase(reply.references, reply.message_id);
    reply.references.push_back(reply.message_id);
  }
  reply.recipient = m_.recipient;
  if (m_.trust.is_claimed) {
    const auto looks = connectors::email::looks_of(m_, is_reply);
    reply.looks = static_cast<int>(looks);
    reply.is_verified = m_.trust.is_verified || (is_reply && !m_.proven_keys.empty());
  }
  return reply;
}

// Its sender learns no more than that it arrived; nothing of it is in any conversation.
Result<void> Acceptance::hold(sql::Tx& tx, const Decision& decision, Stored& out) {
  out.is_held = true;
  if (auto r = insert_ledger(tx, {}, 0, "quarantined"); !r) return r;
  store::HeldMail held{id_, decision.cause, decision.rules.back().second, {}, "held", {}, {}};
  if (decision.thread) held.named = {decision.thread->conversation};
  return store::hold_mail(tx, held);
}

// A held mail, let in by a person.
Result<void> Acceptance::readmit(sql::Tx& tx, Stored& out) {
  auto held = store::load_mail(tx, id_);
  if (!held) return fail(std::move(held.error()));
  if (!*held || !(*held)->held) return fail(ErrorCode::kNotFound, "there is no held mail with this id");
  auto settled = store::settle_held(tx, id_, "released", release_->who, now_);
  if (!settled) return fail(std::move(settled.error()));
  if (!*settled) return fail(ErrorCode::kConflict, "this mail is not held any more: it was " + (*held)->held->state);
  ConversationId conversation;
  if (release_->to_case) {
    conversation = (*held)->held->named;
    if (conversation.empty()) return fail(ErrorCode::kNotFound, "this mail names no conversation; release it as a new one");
    auto c = store::load_conversation(tx, conversation);
    if (!c) return fail(std::move(c.error()));
    if (!*c) return fail(ErrorCode::kNotFound, "the conversation this mail names is gone; release it as a new one");
    // The transcript is the customer's: who else wrote is said in it.
    if ((*c)->contact_address != m_.sender_id) row_.text = m_.sender_id + ":\n\n" + row_.text;
    if (release_->add_participant && !m_.sender_id.empty()) {
      if (auto r = store::add_participant(tx, conversation, m_.sender_id, release_->who, now_); !r) return r;
    }
  } else {
    auto fresh = new_conversation(tx);
    if (!fresh) return fail(std::move(fresh.error()));
    conversation = std::move(*fresh);
  }
  if (auto r = store_message(tx, conversation, out); !r) return r;
  return store::insert_audit(tx, make_uuid_v7(now_), now_, release_->who, "mail_release", id_,
                             (release_->to_case ? "to " : "as new ") + conversation.value +
                                 (release_->add_participant ? ", sender takes part from now on" : ""));
}

std::string Acceptance::released_extra() const {
  auto j = row_.extra.empty() ? nlohmann::json::object() : nlohmann::json::parse(row_.extra, nullptr, false);
  j["from"] = m_.sender_id;
  j["released_by"] = release_->who;
  return connectors::to_json_text(j);
}

// A person does not write the same again: what does is a robot, whatever it quotes. `context` is for a mail of `conversation`.
Result<void> Acceptance::look_again(sql::Tx& tx, const ConversationId& conversation, store::ReplyContext& context) const {
  if (!m_.trust.is_claimed || context.looks != static_cast<int>(Looks::kPerson)) return {};
  if (const auto form = connectors::email::repeated_form(row_.text); !form.empty()) {
    constexpr std::int64_t kLookBack = 40;
    auto said = store::messages_since(tx, conversation, std::max<std::int64_t>(row_.seq - kLookBack, 0), kLookBack - 1);
    if (!said) return fail(std::move(said.error()));
    const bool is_again = std::any_of(said->begin(), said->end(), [&](const store::Message& m) {
      return m.seq != row_.seq && m.author == "customer" && connectors::email::repeated_form(m.text) == form;
    });
    if (is_again) context.looks = static_cast<int>(Looks::kDoubtful);
    if (is_again) return {};
  }
  return store::person_answered(tx, m_.sender_id);
}

// What a mail says about addresses: one that mails works; one that a mail of ours came back from does not.
Result<void> Acceptance::note_addresses(sql::Tx& tx, const ConversationId& conversation) const {
  if (!m_.trust.is_claimed) return {};
  if (m_.kind == Inbound::Kind::kMessage) return store::address_works(tx, m_.sender_id);
  if (m_.kind != Inbound::Kind::kBounce || conversation.empty()) return {};
  store::FailedAddress f;
  bool is_permanent = false;
  std::string returned;
  for (const auto& [name, value] : m_.facts) {
    if (name == "bounce_permanent") is_permanent = true;
    if (name == "bounce_status") f.status = value;
    if (name == "bounce_diagnostic") f.reason = text::cut(text::collapse_spaces(value), 300);
    if (name == "bounce_of") returned = "mid:" + value;
    if (name == "bounce_delivery") f.delivery = value;
  }
  // Only a mail that was ours says whom it went to; anybody can make up a report.
  const bool is_ours =
      !f.delivery.empty() && std::find(m_.proven_keys.begin(), m_.proven_keys.end(), returned) != m_.proven_keys.end();
  if (!is_permanent || !is_ours) return {};
  auto c = store::load_conversation(tx, conversation);
  if (!c) return fail(std::move(c.error()));
  if (!*c) return {};
  f.address = (*c)->contact_address;
  f.at = now_;
  f.conversation = conversation;
  return store::address_failed(tx, f);
}

}  // namespace usher::gateway::flow
