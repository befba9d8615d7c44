// Arbitrary bytes as a mail that is decided about and explained: no crash, the explanation is one line of JSON with every member,
// and nothing that a stranger writes becomes a reply.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "connectors/email/explain.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace usher::connectors;
  static const email::EmailSettings settings = [] {
    email::EmailSettings s;
    s.addresses = {"support@gw.example"};
    s.secret = "fuzz";
    s.authserv_id = "mx.gw.example";
    return s;
  }();
  // Every key leads to somebody's case; the sender takes part when the mail says so.
  static const email::Known known = [] {
    email::Known k;
    k.thread = [](const Inbound& m, const std::string&) {
      return std::optional(email::KnownThread{"c", "k", "T-1", m.sender_id == "ana@example.org"});
    };
    return k;
  }();
  auto raw = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  const auto envelope = email::envelope_of(email::parse_mail(*raw), settings);
  const auto e = email::explain(raw, envelope, settings, known, usher::Timestamp{});
  if (e.decision.rules.empty()) std::abort();
  const auto line = email::to_json(e, "x");
  if (line.find('\n') != std::string::npos) std::abort();
  const auto j = nlohmann::json::parse(line, nullptr, false);
  if (!j.is_object() || !j.contains("verdict") || !j.contains("warnings")) std::abort();
  email::to_text(e, "x");
  if (e.decision.outcome == email::Outcome::kReply && e.read.inbound.sender_id != "ana@example.org") std::abort();
  email::envelope_from_json(*raw);
  email::each_of_mbox(*raw, [](std::string) {});
  return 0;
}
