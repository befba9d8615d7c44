#include "gateway/flow/intake.h"

#include <sys/statvfs.h>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "connectors/email/answering.h"
#include "connectors/email/decision.h"
#include "connectors/json_input.h"
#include "gateway/flow/mailroom.h"
#include "gateway/flow/masking.h"
#include "gateway/store/cases.h"
#include "gateway/store/ledger.h"
#include "gateway/store/mail_limits.h"
#include "gateway/store/mailboxes.h"
#include "gateway/store/people.h"
#include "gateway/store/quarantine.h"

namespace usher::gateway::flow {
namespace {

using connectors::Inbound;
using connectors::email::Decision;
using connectors::email::Looks;
using connectors::email::Outcome;

struct Stored {
  connectors::Accepted accepted;
  bool is_conflict = false;
  bool is_worked = false;  // its turn was committed along
  bool is_held = false;
  std::optional<Work> work;
};

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

// Mail only: the thread as an answer has to name it, oldest first.
store::ReplyContext reply_context(const Inbound& m, bool is_reply) {
  store::ReplyContext reply;
  auto message_id = [](const std::string& key) { return key.starts_with("mid:") ? key.substr(4) : std::string{}; };
  for (const auto& key : m.own_keys) {
    if (auto id = message_id(key); !id.empty()) reply.message_id = id;
  }
  for (auto it = m.thread_keys.rbegin(); it != m.thread_keys.rend(); ++it) {
    if (auto id = message_id(*it); !id.empty()) reply.references.push_back(id);
  }
  if (!reply.message_id.empty()) {
    std::erase(reply.references, reply.message_id);
    reply.references.push_back(reply.message_id);
  }
  reply.recipient = m.recipient;
  if (m.trust.is_claimed) {
    const auto looks = connectors::email::looks_of(m, is_reply);
    reply.looks = static_cast<int>(looks);
    reply.is_verified = m.trust.is_verified || (is_reply && !m.proven_keys.empty());
  }
  return reply;
}

class Acceptance {
 public:
  // `release`: a held mail that staff let in, instead of a new message.
  Acceptance(Inbound message, Timestamp now, std::optional<Intake::Release> release = {})
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

  // Nothing can be known of it before: it names no earlier message.
  bool opens_conversation() const {
    return m_.kind == Inbound::Kind::kMessage && m_.thread_keys.empty() && m_.hold_cause.empty() &&
           !(m_.trust.must_verify_all && !m_.trust.is_verified);
  }
  void plan(const Turns& turns) {
    turns_ = &turns;
    dialogs::State fresh;
    auto c = conversation();
    fresh.language = c.language;
    planned_ = turns.plan(std::move(c), std::move(fresh), store::Waiting{id_, kind_name(m_.kind), row_, attachments()});
    if (planned_->turn.look_up) return planned_.reset();  // the mail is not kept waiting for another service
    planned_->opens_conversation = true;
  }
  // Back to storing it alone, for the worker to try.
  void forget_plan() {
    planned_.reset();
    is_new_ = false;
  }
  PlannedTurn* planned() { return planned_ ? &*planned_ : nullptr; }

  Result<void> run(sql::Tx& tx, Stored& out) {
    if (auto r = take(tx, out); !r || !m_.place) return r;
    // Fetched from a mailbox: taken there, too, when it came before or is kept as a conflict.
    return store::mail_taken(tx, m_.place->mailbox, m_.place->validity, m_.place->uid,
                             out.accepted.id.empty() ? id_ : out.accepted.id, now_);
  }

  // A held mail, let in by a person.
  Result<void> readmit(sql::Tx& tx, Stored& out) {
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

  const std::string& id() const { return id_; }
  const std::string& reason() const { return reason_; }

 private:
  void note(std::string what) { reason_ += (reason_.empty() ? "" : "; ") + what; }

  Result<void> take(sql::Tx& tx, Stored& out) {
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

  Result<void> repeat(sql::Tx& tx, const store::KnownMessage& known, Stored& out) {
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

  Result<Decision> decide(sql::Tx& tx) {
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

  // Its sender learns no more than that it arrived; nothing of it is in any conversation.
  Result<void> hold(sql::Tx& tx, const Decision& decision, Stored& out) {
    out.is_held = true;
    if (auto r = insert_ledger(tx, {}, 0, "quarantined"); !r) return r;
    store::HeldMail held{id_, decision.cause, decision.rules.back().second, {}, "held", {}, {}};
    if (decision.thread) held.named = {decision.thread->conversation};
    return store::hold_mail(tx, held);
  }

  std::string released_extra() const {
    auto j = row_.extra.empty() ? nlohmann::json::object() : nlohmann::json::parse(row_.extra, nullptr, false);
    j["from"] = m_.sender_id;
    j["released_by"] = release_->who;
    return connectors::to_json_text(j);
  }

  Result<std::string> contact(sql::Tx& tx) const {
    return store::upsert_contact(tx, m_.channel, m_.sender_id, m_.sender_name, make_uuid_v7(now_), now_);
  }

  // As it begins; the contact's id is to come.
  store::Conversation conversation() const {
    store::Conversation c;
    c.id = {make_uuid_v7(now_)};
    c.channel = m_.channel;
    c.contact_address = m_.sender_id;
    c.contact_name = m_.sender_name;
    c.language = m_.language.empty() ? "en" : m_.language;
    c.may_answer = m_.may_answer;
    c.subject = m_.subject;
    c.reply = reply_context(m_, false);
    if (release_) c.reply.looks = static_cast<int>(Looks::kPerson);  // a person has read it
    c.created_at = c.updated_at = now_;
    return c;
  }

  // The message, its conversation and its turn, all at once.
  Result<void> open(sql::Tx& tx, Stored& out) {
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

  Result<ConversationId> new_conversation(sql::Tx& tx) {
    auto who = contact(tx);
    if (!who) return fail(std::move(who.error()));
    auto c = conversation();
    c.contact_id = std::move(*who);
    if (auto r = store::insert_conversation(tx, c); !r) return fail(std::move(r.error()));
    is_new_ = true;
    return c.id;
  }

  int attachments() const { return static_cast<int>(m_.attachments.size()); }

  // Transcript row, keys and attachments.
  Result<void> store_parts(sql::Tx& tx, const ConversationId& conversation) {
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

  Result<void> store_message(sql::Tx& tx, const ConversationId& conversation, Stored& out) {
    const bool to_work = m_.kind == Inbound::Kind::kMessage;
    auto next = store::next_seq(tx, conversation, to_work, now_);
    if (!next) return fail(std::move(next.error()));
    row_.seq = next->seq;
    if (auto r = store_parts(tx, conversation); !r) return r;
    if (auto r = note_addresses(tx, conversation); !r) return r;
    if (to_work && !is_new_ && (!m_.subject.empty() || m_.trust.is_claimed) && !release_) {
      auto context = reply_context(m_, true);
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

  // A person does not write the same again: what does is a robot, whatever it quotes. `context` is for a mail of `conversation`.
  Result<void> look_again(sql::Tx& tx, const ConversationId& conversation, store::ReplyContext& context) const {
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
  Result<void> note_addresses(sql::Tx& tx, const ConversationId& conversation) const {
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

  Result<void> insert_ledger(sql::Tx& tx, const ConversationId& conversation, std::int64_t seq, const char* fate,
                             std::string trace = {}) {
    std::string reason = m_.kind_reason;
    if (!reason_.empty()) reason += (reason.empty() ? "" : "; ") + reason_;
    return store::insert_ledger(
        tx, {id_, m_.channel, m_.dedup_key, m_.content_digest, now_, kind_name(m_.kind), conversation.value, seq, fate, reason,
             m_.raw ? std::string_view(*m_.raw) : std::string_view{}, m_.envelope, std::move(trace)});
  }

  Result<void> add_reference(sql::Tx& tx, const ConversationId& conversation, Stored& out) {
    if (conversation.empty()) return {};
    auto k = store::case_of(tx, conversation);
    if (!k) return fail(std::move(k.error()));
    if (*k) out.accepted.case_ref = (*k)->best_reference();
    return {};
  }

  Inbound m_;
  Timestamp now_;
  std::string id_, reason_, case_id_;
  std::optional<Intake::Release> release_;
  store::Message row_;
  bool is_new_ = false;
  const Turns* turns_ = nullptr;
  std::optional<PlannedTurn> planned_;
};

bool is_our_fault(ErrorCode code) {
  return code == ErrorCode::kInternal || code == ErrorCode::kConflict || code == ErrorCode::kNotFound;
}

}  // namespace

Intake::Intake(sql::Database& database, const Clock& clock, IntakeLimits limits)
    : database_(database), clock_(clock), limits_(std::move(limits)) {
  watch_disk();
}

void Intake::set_worker(Enqueue enqueue, std::function<std::size_t()> backlog, const Turns* turns) {
  turns_ = turns;
  enqueue_ = std::move(enqueue);
  backlog_ = std::move(backlog);
}

boost::asio::awaitable<Result<connectors::Accepted>> Intake::accept(connectors::Inbound message) {
  static auto& received = metrics::counter("usher_accepted_total", "messages accepted: committed and acknowledged");
  static auto& repeated = metrics::counter("usher_duplicates_total", "messages seen before: acknowledged again, no effect");
  static auto& conflicts =
      metrics::counter("usher_conflicts_total", "messages under a known key with other content: kept, flagged");
  static auto& held = metrics::counter("usher_quarantined_total", "mails held for staff");
  static auto& refused = metrics::counter("usher_refused_total", "messages refused for now: the sender keeps them");
  // Not ready(): a mail whose data was coming in when we were told to go is heard out and taken.
  if (auto r = has_room(); !r) {
    refused.add();
    co_return fail(std::move(r.error()));
  }
  auto acceptance = std::make_shared<Acceptance>(std::move(message), clock_.now());
  if (turns_ != nullptr && acceptance->opens_conversation()) acceptance->plan(*turns_);
  auto stored = std::make_shared<Stored>();
  auto store = [acceptance, stored](sql::Tx& tx) {
    *stored = {};
    return acceptance->run(tx, *stored);
  };
  auto done = co_await database_.write(store);
  if (!done && acceptance->planned() != nullptr && is_our_fault(done.error().code)) {
    // What cannot be answered is taken all the same; the worker tries until it can.
    log::error("a first turn could not be stored; keeping the message", {{"detail", done.error().detail}});
    acceptance->forget_plan();
    done = co_await database_.write(store);
  }
  if (!done) {
    refused.add();
    log::warn("intake refused a message", {{"code", std::string(to_string(done.error().code))}, {"detail", done.error().detail}});
    co_return fail(std::move(done.error()));
  }
  if (stored->is_conflict) {
    conflicts.add();
    log::error("same key, other content: kept in the ledger and refused", {{"ledger", acceptance->id()}});
    co_return fail(ErrorCode::kConflict, "a message with this id but other content was accepted before");
  }
  if (stored->accepted.is_duplicate) {
    repeated.add();
  } else {
    received.add();
    if (stored->accepted.id.empty()) stored->accepted.id = acceptance->id();
    log::info("accepted", {{"ledger", acceptance->id()}, {"conversation", stored->accepted.conversation_id}});
  }
  if (stored->is_held) {
    held.add();
    log::warn("a mail is held for staff", {{"ledger", acceptance->id()}, {"why", acceptance->reason()}});
  }
  if (stored->is_worked) turns_->done(*acceptance->planned());
  if (stored->work && enqueue_) enqueue_(std::move(*stored->work));
  co_return std::move(stored->accepted);
}

boost::asio::awaitable<Result<connectors::Accepted>> Intake::release(Release release, connectors::Inbound message) {
  if (auto r = has_room(); !r) co_return fail(std::move(r.error()));
  message.kind = Inbound::Kind::kMessage;  // a person has read it
  auto acceptance = std::make_shared<Acceptance>(std::move(message), clock_.now(), std::move(release));
  auto stored = std::make_shared<Stored>();
  auto done = co_await database_.write([acceptance, stored](sql::Tx& tx) { return acceptance->readmit(tx, *stored); });
  if (!done) co_return fail(std::move(done.error()));
  log::info("released", {{"ledger", acceptance->id()}, {"conversation", stored->accepted.conversation_id}});
  if (stored->work && enqueue_) enqueue_(std::move(*stored->work));
  co_return std::move(stored->accepted);
}

Result<void> Intake::ready() const {
  if (draining_) return fail(ErrorCode::kUnavailable, "the service is going down; try again shortly", "draining");
  return has_room();
}

Result<void> Intake::has_room() const {
  if (disk_low_) return fail(ErrorCode::kIo, "not enough disk space to take messages", "disk watermark");
  if (backlog_ && backlog_() > limits_.max_backlog)
    return fail(ErrorCode::kBusy, "too many messages wait to be worked; try again shortly", "backlog");
  return {};
}

bool Intake::watch_disk() {
  struct statvfs info{};
  if (limits_.data_folder.empty() || ::statvfs(limits_.data_folder.c_str(), &info) != 0) return disk_low_;
  const bool low =
      info.f_bavail * info.f_frsize < limits_.min_free_bytes || (info.f_files > 0 && info.f_favail < limits_.min_free_inodes);
  if (low != disk_low_.exchange(low)) {
    if (low) {
      log::error("disk nearly full: new messages are refused until there is space", {{"folder", limits_.data_folder}});
    } else {
      log::info("disk has space again: taking messages", {{"folder", limits_.data_folder}});
    }
  }
  return low;
}

}  // namespace usher::gateway::flow
