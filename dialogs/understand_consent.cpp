// Consent: said outright or not at all.
#include <algorithm>

#include "dialogs/understand.h"
#include "dialogs/understand_claim.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

Understood nothing(std::string why, double confidence) {
  return {As::kNothing, {}, confidence, std::move(why)};
}

}  // namespace

Understood understand_consent(std::string_view words, std::string_view language, const Lexicons& lexicons) {
  static const std::vector<Option> options = [] {
    std::vector<Option> o(2);
    o[0].id = "agree";
    o[0].label.by_language = {{"en", "Yes, I agree"}, {"zh", "同意"}};
    o[0].words = {{"en", {"agree", "i agree", "agreed", "i consent", "i do agree", "i accept"}},
                  {"zh", {"我同意", "同意的", "可以的"}}};
    o[1].id = "decline";
    o[1].label.by_language = {{"en", "No"}, {"zh", "不同意"}};
    o[1].words = {{"en", {"i do not agree", "decline", "i decline", "i refuse"}}, {"zh", {"不", "不要", "拒绝", "我不同意"}}};
    prepare(o);
    return o;
  }();
  Understood u = understand_choice(words, options, language, {}, lexicons);
  if (u.as != As::kOption || u.value == "decline") return u;
  // "Yes, if it is free", "I think so, but …" bind nobody, nor does a mere "ok".
  const SaidWords said(words, lexicons);
  const bool bound = std::ranges::none_of(said.clauses, [](const SaidWords::Clause& c) { return c.depends || c.asks; }) &&
                     !said.has(Tag::kHedge) && !said.has(Tag::kBut) && !said.has(Tag::kWait) && !said.message.asks;
  if (!bound) return nothing("consent with a condition is none", u.confidence / 2);
  const bool outright =
      std::ranges::any_of(said.tags, [](const Tagged& t) { return t.tag == Tag::kYes && t.weight >= 0.9; }) ||
      std::ranges::any_of(options[0].keys, [&](const Phrase& key) { return !find_phrase(said.message, key, false, 0).empty(); });
  if (!outright) return nothing("consent must be said outright", u.confidence / 2);
  return u;
}

}  // namespace usher::dialogs
