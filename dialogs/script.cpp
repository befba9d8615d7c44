#include "dialogs/script.h"

#include "base/text.h"

namespace usher::dialogs {
namespace {
const std::string kNothing;
}

const std::string& Text::in(std::string_view language) const {
  if (by_language.empty()) return kNothing;
  if (const auto it = by_language.find(std::string(language)); it != by_language.end()) return it->second;
  if (const auto it = by_language.find("en"); it != by_language.end()) return it->second;
  return by_language.begin()->second;
}

std::string fill(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    const auto open = text.find("{{");
    if (open == std::string_view::npos) break;
    const auto close = text.find("}}", open + 2);
    if (close == std::string_view::npos) break;
    out += text.substr(0, open);
    const auto it = values.find(text::trim(text.substr(open + 2, close - open - 2)));
    if (it != values.end()) out += it->second;
    text.remove_prefix(close + 2);
  }
  out += text;
  return out;
}

const Step* Script::find(std::string_view id) const {
  const auto it = steps.find(std::string(id));
  return it == steps.end() ? nullptr : &it->second;
}

const Script* ScriptSet::find(std::string_view name) const {
  const auto it = scripts.find(std::string(name));
  return it == scripts.end() ? nullptr : &it->second;
}

const Script* ScriptSet::find(std::string_view name, std::string_view version) const {
  const Script* current = find(name);
  if (current != nullptr && current->hash == version) return current;
  const auto it = earlier.find(std::string(version));
  return it != earlier.end() && it->second->name == name ? it->second.get() : current;
}

const std::string& ScriptSet::text(std::string_view key, std::string_view language) const {
  const auto it = texts.find(std::string(key));
  return it == texts.end() ? kNothing : it->second.in(language);
}

const std::vector<std::string>& text_keys() {
  static const std::vector<std::string> keys = {"agree",
                                                "article_solved",
                                                "article_unsolved",
                                                "assumed",
                                                "attachment_received",
                                                "cannot_do",
                                                "check_first",
                                                "closed_by_silence",
                                                "confirm_value",
                                                "consent_explicit",
                                                "decline",
                                                "did_it_help",
                                                "did_you_mean",
                                                "enough",
                                                "follow_up_received",
                                                "gave_up",
                                                "goodbye",
                                                "greeting",
                                                "handing_over",
                                                "language_switched",
                                                "no",
                                                "not_understood",
                                                "not_understood_again",
                                                "nothing_to_go_back",
                                                "other_problem",
                                                "photo_needed",
                                                "reminder",
                                                "reopened",
                                                "restarted",
                                                "script_changed",
                                                "side_answer",
                                                "side_not_found",
                                                "status_none",
                                                "status_open",
                                                "survey_1",
                                                "survey_2",
                                                "survey_3",
                                                "survey_4",
                                                "survey_5",
                                                "tell_me",
                                                "ticket_confirmed",
                                                "ticket_opened",
                                                "ticket_provisional",
                                                "unverified",
                                                "value_needed",
                                                "value_refused",
                                                "value_skipped",
                                                "which_dialog",
                                                "yes"};
  return keys;
}

}  // namespace usher::dialogs
