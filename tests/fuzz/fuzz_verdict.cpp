// Arbitrary bytes as a mail that is decided about and explained. The explanation is one line of the documented JSON, the same
// every time; nothing that a stranger writes becomes a reply; robots and bounces are never answered; nobody is believed on the
// word of a mail itself. The same bytes as an envelope and as an mbox.
#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/text.h"
#include "connectors/email/explain.h"

namespace {

using namespace usher;
using namespace usher::connectors;
using Kind = Inbound::Kind;

const email::EmailSettings& settings() {
  static const email::EmailSettings one = [] {
    email::EmailSettings s;
    s.addresses = {"support@gw.example"};
    s.secret = "fuzz";
    s.authserv_id = "mx.gw.example";
    return s;
  }();
  return one;
}

// Every key leads to somebody's case; the sender takes part when the mail says so.
const email::Known& known() {
  static const email::Known one = [] {
    email::Known k;
    k.thread = [](const Inbound& m, const std::string&) {
      return std::optional(email::KnownThread{"c", "k", "T-1", m.sender_id == "ana@example.org"});
    };
    return k;
  }();
  return one;
}

void check_json(const std::string& line) {
  USHER_CHECK(line.find('\n') == line.npos, "an explanation is one line");
  const auto j = nlohmann::json::parse(line, nullptr, false);
  USHER_CHECK(j.is_object(), "an explanation is JSON");
  for (const char* name :
       {"file", "verdict", "message_id", "subject", "language", "text", "reply_text", "quoted_text", "signature"})
    USHER_CHECK(j.contains(name) && j[name].is_string(), "a member is a text");
  for (const char* name : {"rules", "in_reply_to", "references", "to", "cc", "reply_to", "attachments", "warnings"})
    USHER_CHECK(j.contains(name) && j[name].is_array(), "a member is a list");
  USHER_CHECK(j["from"]["address"].is_string() && j["html"].is_boolean(), "from and html are there");
  USHER_CHECK(j["date"].is_string() || j["date"].is_null(), "a date is a text or nothing");
  USHER_CHECK(j["auto_reply"]["is"].is_boolean() && j["auto_reply"]["reason"].is_string(), "auto_reply is whole");
  USHER_CHECK(j["bounce"]["is"].is_boolean() && j["bounce"]["recipients"].is_array(), "bounce is whole");
  for (const auto& rule : j["rules"])
    USHER_CHECK(rule["rule"].is_string() && rule["evidence"].is_string(), "a rule has evidence");
  for (const auto& a : j["attachments"])
    USHER_CHECK(a["name"].is_string() && a["size"].is_number() && a["sha256"].is_string(), "an attachment is whole");
}

void check_decision(const email::Explained& e) {
  const auto& inbound = e.read.inbound;
  USHER_CHECK(!e.decision.rules.empty(), "a decision has rules");
  if (e.decision.outcome == email::Outcome::kReply)
    USHER_CHECK(inbound.sender_id == "ana@example.org", "a stranger's mail is no reply");
  USHER_CHECK(inbound.kind == Kind::kMessage || !inbound.may_answer, "robots and bounces are not answered");
  const auto* automatic = e.read.mail.header("auto-submitted");
  if (automatic != nullptr && !text::to_lower_ascii(text::trim(*automatic)).starts_with("no"))
    USHER_CHECK(!inbound.may_answer, "what calls itself automatic is not answered");
  for (const auto* name : {"x-usher-loop", "list-id", "x-failed-recipients"})
    USHER_CHECK(e.read.mail.header(name) == nullptr || !inbound.may_answer, "loops, lists and failures are not answered");
  if (e.read.authentication.state == email::Authentication::State::kPass) {
    const auto is_ours = [](const auto& h) {
      return h.first == "authentication-results" && text::to_lower_ascii(h.second).contains("mx.gw.example");
    };
    USHER_CHECK(std::ranges::any_of(e.read.mail.headers, is_ours), "who vouches has signed");
  }
  // Nothing in the mail can have one of our MACs by chance.
  USHER_CHECK(inbound.proven_keys.empty() && !inbound.is_own, "a MAC is not guessed");
}

void check_text(const std::string& text) {
  USHER_CHECK(text::is_valid_utf8(text), "what is printed is UTF-8");
  const auto steers = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f; };
  USHER_CHECK(std::ranges::none_of(text, steers), "nothing steers the terminal");
}

void check_envelope(std::string_view bytes) {
  const auto envelope = email::envelope_from_json(bytes);
  const auto json = email::envelope_to_json(envelope);
  USHER_CHECK(email::envelope_to_json(email::envelope_from_json(json)) == json, "an envelope is kept as it is");
}

void check_mbox(std::string_view bytes) {
  std::size_t mails = 0, all = 0;
  email::each_of_mbox(bytes, [&](std::string mail) {
    ++mails;
    all += mail.size();
  });
  USHER_CHECK(mails > 0 || !email::is_mbox(bytes), "an mbox has mails");
  USHER_CHECK(all <= 2 * bytes.size() + 2, "mails are not made of nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto raw = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  const auto envelope = email::envelope_of(email::parse_mail(*raw), settings());
  const auto e = email::explain(raw, envelope, settings(), known(), Timestamp{});
  check_decision(e);
  const auto line = email::to_json(e, "x");
  check_json(line);
  USHER_CHECK(email::to_json(email::explain(raw, envelope, settings(), known(), Timestamp{}), "x") == line, "it is stable");
  check_text(email::to_text(e, "x"));
  check_envelope(*raw);
  check_mbox(*raw);
  return 0;
}
