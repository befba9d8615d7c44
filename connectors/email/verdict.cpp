#include "connectors/email/verdict.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "connectors/email/report_words.h"
#include "connectors/email/thread.h"

namespace usher::connectors::email {
namespace {

using Kind = Inbound::Kind;

std::string first_word(std::string_view value) {
  auto trimmed = text::trim(value);
  return text::to_lower_ascii(trimmed.substr(0, trimmed.find_first_of(" ;,(\t")));
}

// The address behind BATV and SRS wrappings: "prvs=0123abcdef=user@host" → "user@host".
std::string unwrap(std::string_view address) {
  auto lower = text::to_lower_ascii(address);
  if (lower.starts_with("prvs=")) {
    auto equals = lower.find('=', 5);
    if (equals != std::string::npos) return lower.substr(equals + 1);
  }
  return lower;
}

// noreply@, no-reply@, do_not_reply@ and so on, also as "noreply-orders@".
bool is_noreply(std::string_view local) {
  std::string letters;
  for (char c : local) {
    if (c >= 'a' && c <= 'z') letters += c;
  }
  return letters.starts_with("noreply") || letters.starts_with("donotreply") || letters.ends_with("noreply") ||
         letters.ends_with("donotreply");
}

bool is_daemon(std::string_view local) {
  return local == "mailer-daemon" || local == "postmaster" || local == "mailerdaemon" || local == "mail-daemon";
}

bool is_list_agent(std::string_view local) {
  return local.starts_with("owner-") || local.ends_with("-owner") || local.ends_with("-request") || local.ends_with("-bounces") ||
         local.find("-bounces+") != std::string_view::npos || local == "bounce" || local == "bounces";
}

// Weak by itself, but nobody types it: it counts before a colon, a bracket, a dash or "Re:", or alone.
bool is_automatic_subject(std::string_view subject) {
  const auto trimmed = text::trim(text::cut(subject, 120));
  const bool is_ascii = std::all_of(trimmed.begin(), trimmed.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
  const auto folded = is_ascii ? text::to_lower_ascii(trimmed) : text::fold(trimmed);
  auto words = std::string_view(folded);
  while (!words.empty() && (words.front() == '[' || words.front() == '(' || words.front() == '*')) words.remove_prefix(1);
  return std::any_of(std::begin(kAutomaticSubjects), std::end(kAutomaticSubjects), [&](std::string_view phrase) {
    if (!words.starts_with(phrase)) return false;
    auto rest = words.substr(phrase.size());
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    return rest.empty() || std::string_view(":])(-|*").find(rest.front()) != std::string_view::npos || rest.starts_with("re:") ||
           rest.starts_with("\xE2\x80\x93");
  });
}

class Judge {
 public:
  Judge(const Mail& mail, const MailEnvelope& envelope, const EmailSettings& settings)
      : mail_(mail), envelope_(envelope), settings_(settings) {}

  Verdict run() {
    own_mail();
    delivery_failure();
    report();
    auto_submitted();
    senders();
    precedence_and_lists();
    vendor_fields();
    calendar();
    suppress();
    if (is_automatic_subject(mail_.subject)) automatic("automatic_subject", mail_.subject);
    return std::move(verdict_);
  }

 private:
  void fire(std::string rule, std::string_view evidence) {
    verdict_.rules.emplace_back(std::move(rule), text::cut(text::collapse_spaces(evidence), 200));
    verdict_.may_answer = false;
  }
  void decide(Kind kind, std::string rule, std::string_view evidence) {
    fire(rule, evidence);
    if (verdict_.kind != Kind::kMessage) return;
    verdict_.kind = kind;
    verdict_.reason = rule + ": " + verdict_.rules.back().second;
  }
  void automatic(std::string rule, std::string_view evidence) { decide(Kind::kAutomatic, std::move(rule), evidence); }
  void silent(std::string rule, std::string_view evidence) {
    fire(rule, evidence);
    if (verdict_.kind == Kind::kMessage && verdict_.reason.empty()) verdict_.reason = rule + ": " + verdict_.rules.back().second;
  }

  void own_mail() {
    if (const auto* loop = mail_.header("x-usher-loop"); loop != nullptr) {
      verdict_.is_own_mail = is_own_loop_mark(settings_, *loop);
      automatic(verdict_.is_own_mail ? "own_mail_came_back" : "another_usher", *loop);
    }
    if (own_outbox_id(settings_, mail_.message_id)) {
      verdict_.is_own_mail = true;
      automatic("own_message_id", mail_.message_id);
    }
    if (!mail_.from.empty() && !own_address(settings_, mail_.from.front().address).empty())
      automatic("from_own_address", mail_.from.front().address);
  }

  void delivery_failure() {
    if (verdict_.is_own_mail) return;
    auto bounce = find_bounce(mail_, envelope_);
    if (!bounce) return;
    verdict_.kind = Kind::kMessage;  // a bounce may carry our own address as From; being a bounce says more
    decide(Kind::kBounce, "bounce", bounce->evidence);
    verdict_.bounce = std::move(*bounce);
  }

  void report() {
    if (mail_.content_type == "multipart/report")
      automatic("report", mail_.report_type.empty() ? "multipart/report" : mail_.report_type);
    if (mail_.header("x-failed-recipients") != nullptr) automatic("x_failed_recipients", *mail_.header("x-failed-recipients"));
  }

  void auto_submitted() {
    for (const auto& [name, value] : mail_.headers) {
      if (name == "auto-submitted" && first_word(value) != "no") automatic("auto_submitted", value);
    }
  }

  void senders() {
    if (envelope_.is_from_known && envelope_.from.empty()) automatic("null_sender", "<>");
    const auto* return_path = mail_.header("return-path");
    if (!envelope_.is_from_known && return_path != nullptr && text::trim(*return_path) == "<>")
      automatic("null_sender", "Return-Path: <>");
    auto check = [this](std::string_view address) {
      auto lower = unwrap(address);
      auto local = std::string_view(lower).substr(0, lower.rfind('@'));
      if (is_daemon(local)) automatic("daemon_sender", address);
      if (is_noreply(local)) automatic("noreply_sender", address);
    };
    for (const auto& from : mail_.from) check(from.address);
    auto lower = unwrap(envelope_.from);
    auto local = std::string_view(lower).substr(0, lower.rfind('@'));
    if (is_daemon(local) || is_noreply(local)) automatic("envelope_sender", envelope_.from);
    // Lists and bulk senders put such an address on the envelope: a person may still have written what they carry.
    if (is_list_agent(local)) silent("list_envelope", envelope_.from);
    if (!mail_.from.empty()) {
      auto from = text::to_lower_ascii(mail_.from.front().address);
      if (is_list_agent(std::string_view(from).substr(0, from.rfind('@')))) automatic("list_sender", from);
    }
  }

  void precedence_and_lists() {
    // A list or a group address in front of us carries people's mail (List-Post); a newsletter only lets you leave
    // (List-Unsubscribe).
    bool is_discussion = mail_.header("list-post") != nullptr || mail_.header("mailing-list") != nullptr;
    for (const auto* name : {"precedence", "x-precedence"}) {
      const auto* value = mail_.header(name);
      if (value == nullptr) continue;
      auto word = first_word(*value);
      if (word == "list") {
        is_discussion = true;
        silent("precedence", word);
      } else if (word == "bulk" || word == "junk" || word == "auto_reply") {
        automatic("precedence", word);
      }
    }
    for (const auto* name :
         {"list-id", "list-unsubscribe", "list-post", "list-help", "list-subscribe", "mailing-list", "x-mailing-list"}) {
      if (const auto* value = mail_.header(name); value != nullptr) {
        if (is_discussion) {
          silent(name, *value);
        } else {
          automatic(name, *value);
        }
      }
    }
  }

  void vendor_fields() {
    static constexpr auto kFields = std::to_array<std::string_view>(
        {"x-autoresponse", "x-autorespond", "x-autoreply-from", "x-mail-autoreply", "x-autogenerated", "x-fc-machinegenerated",
         "x-loop", "x-rt-loop-prevention", "x-freescout-mail-type", "x-zammad-loop", "x-auto-reply-from", "x-mailer-daemon",
         "x-cron-env"});
    for (auto name : kFields) {
      if (const auto* value = mail_.header(name); value != nullptr) automatic(std::string(name), *value);
    }
    auto equals = [this](std::string_view name, std::string_view expected) {
      const auto* value = mail_.header(name);
      if (value != nullptr && first_word(*value) == expected) automatic(std::string(name), *value);
    };
    if (const auto* value = mail_.header("x-autoreply"); value != nullptr && first_word(*value) != "no")
      automatic("x-autoreply", *value);
    equals("x-apple-action", "vacation");
    equals("x-amazon-mail-relay-type", "notification");
  }

  void calendar() {
    if (mail_.calendar_method == "reply" || mail_.calendar_method == "counter" || mail_.calendar_method == "refresh") {
      automatic("calendar", "method=" + mail_.calendar_method);
    } else if (!mail_.calendar_method.empty()) {
      silent("calendar", "method=" + mail_.calendar_method);
    }
  }

  // A wish not to be answered by robots. Ordinary mail carries it too, so it does not make the mail automatic.
  void suppress() {
    const auto* value = mail_.header("x-auto-response-suppress");
    if (value == nullptr) return;
    for (const auto& item : text::split(text::to_lower_ascii(*value), ',')) {
      auto word = text::trim(item);
      if (word == "all" || word == "oof" || word == "autoreply") return silent("x-auto-response-suppress", *value);
    }
  }

  const Mail& mail_;
  const MailEnvelope& envelope_;
  const EmailSettings& settings_;
  Verdict verdict_;
};

}  // namespace

Verdict judge(const Mail& mail, const MailEnvelope& envelope, const EmailSettings& settings) {
  return Judge(mail, envelope, settings).run();
}

}  // namespace usher::connectors::email
