#include "connectors/email/decision.h"

#include <algorithm>

namespace usher::connectors::email {
namespace {

using Kind = Inbound::Kind;

constexpr std::size_t kMaxShownKeys = 1'000;  // bytes of them in a rule's evidence

std::string shown(const KnownThread& thread) {
  return thread.reference.empty() ? "conversation " + thread.conversation : "case " + thread.reference;
}

class Decider {
 public:
  Decider(const Inbound& message, const Known& known) : m_(message), known_(known) {}

  Decision run() {
    if (m_.is_own) return end(Outcome::kLoop, "own_mail", "something we sent came back; it belongs to nothing");
    if (auto earlier = ask(known_.same_content); !earlier.empty())
      return end(Outcome::kDuplicate, "same_content", "came before as " + earlier);
    if (auto other = ask(known_.same_message_id); !other.empty())
      note("same_message_id", "other content than " + other + ": both are kept");
    if (!m_.hold_cause.empty()) return hold(m_.hold_cause, m_.hold_evidence);
    if (m_.kind == Kind::kBounce) return bounce();
    look_for_thread();
    if (m_.kind == Kind::kAutomatic) return robot();
    return person();
  }

 private:
  void note(std::string rule, std::string evidence) { out_.rules.emplace_back(std::move(rule), std::move(evidence)); }
  Decision end(Outcome outcome, std::string rule, std::string evidence) {
    out_.outcome = outcome;
    note(std::move(rule), std::move(evidence));
    return std::move(out_);
  }
  Decision hold(std::string cause, std::string evidence) {
    out_.cause = cause;
    return end(Outcome::kQuarantine, std::move(cause), std::move(evidence));
  }
  bool is_proven(const std::string& key) const {
    return std::find(m_.proven_keys.begin(), m_.proven_keys.end(), key) != m_.proven_keys.end();
  }
  std::optional<KnownThread> find(const std::string& key) const { return known_.thread ? known_.thread(m_, key) : std::nullopt; }
  std::string ask(const std::function<std::string(const Inbound&)>& question) const {
    return question ? question(m_) : std::string{};
  }

  // The first key that leads to a conversation the sender takes part in; else the first that leads to any.
  void look_for_thread() {
    for (const auto& key : m_.thread_keys) {
      auto thread = find(key);
      if (!thread) continue;
      note("thread_key", key + " leads to " + shown(*thread) + (is_proven(key) ? ", with our own MAC" : ""));
      const bool is_in = thread->is_participant || (m_.trust.is_token_enough && is_proven(key));
      if (out_.thread && !is_in) continue;
      out_.key = key;
      is_in_ = is_in;
      out_.thread = std::move(thread);
      if (is_in) return;
    }
    if (m_.thread_keys.empty() || out_.thread) return;
    std::string keys;
    for (const auto& key : m_.thread_keys) {
      if (keys.size() < kMaxShownKeys) keys += (keys.empty() ? "" : ", ") + key;
    }
    note("thread_unknown", keys + (m_.thread_keys.size() > 1 ? " lead nowhere" : " leads nowhere"));
  }

  // A report about one of our mails belongs where that mail came from. Without our MAC anybody may have made it up.
  Decision bounce() {
    for (const auto& key : m_.thread_keys) {
      if (m_.trust.is_claimed && !is_proven(key)) continue;
      auto thread = find(key);
      if (!thread) continue;
      auto evidence = key + " was sent for " + shown(*thread);
      out_.key = key;
      out_.thread = std::move(thread);
      return end(Outcome::kBounce, "bounce_of_ours", std::move(evidence));
    }
    return end(Outcome::kBounce, "bounce_of_unknown", "names no mail of ours");
  }

  Decision robot() {
    if (out_.thread && !is_in_) out_.thread.reset();
    const auto evidence = out_.thread ? "kept with " + shown(*out_.thread) : std::string("opens nothing");
    return end(Outcome::kAutoReply, "robot", evidence + ", is not answered");
  }

  Decision person() {
    const auto& trust = m_.trust;
    const bool is_trusted = !trust.is_claimed || trust.is_verified;
    if (!out_.thread || (!is_in_ && !trust.is_claimed)) {
      if (out_.thread) {
        note("not_enough",
             "knows the key of another customer's conversation, which is not enough: " + out_.key.substr(0, out_.key.find(':')));
        out_.thread.reset();
      }
      if (trust.must_verify_all && !is_trusted) return hold("unauthenticated", m_.sender_id + ": " + trust.doubt);
      return end(Outcome::kNew, "new", m_.thread_keys.empty() ? "names no earlier mail" : "names no conversation of its sender");
    }
    const auto where = shown(*out_.thread);
    if (is_in_ && trust.is_ambiguous) return hold("forged_reply", "says that it is from several people, one of them of " + where);
    if (!is_in_) return hold("unknown_sender", m_.sender_id + " takes no part in " + where);
    if (is_proven(out_.key)) return end(Outcome::kReply, "reply_token", m_.sender_id + " answers a mail we sent for " + where);
    if ((trust.must_verify_replies || trust.must_verify_all) && !is_trusted)
      return hold("forged_reply",
                  m_.sender_id + " takes part in " + where + ", but nothing vouches for the sender: " + trust.doubt);
    return end(Outcome::kReply, "participant", m_.sender_id + " takes part in " + where);
  }

  const Inbound& m_;
  const Known& known_;
  Decision out_;
  bool is_in_ = false;
};

}  // namespace

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNew:
      return "new";
    case Outcome::kReply:
      return "reply";
    case Outcome::kBounce:
      return "bounce";
    case Outcome::kAutoReply:
      return "auto_reply";
    case Outcome::kLoop:
      return "loop";
    case Outcome::kDuplicate:
      return "duplicate";
    case Outcome::kQuarantine:
      return "quarantine";
  }
  return "new";
}

Decision decide(const Inbound& message, const Known& known) {
  return Decider(message, known).run();
}

}  // namespace usher::connectors::email
