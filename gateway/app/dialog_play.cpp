// `usher dialog play`: a conversation for another program to hold, one JSON line in, one JSON line out.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "dialogs/flowchart.h"
#include "gateway/app/dialog.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

class Dialog {
 public:
  Dialog(const dialogs::ScriptSet& scripts, const dialogs::Stage& stage, const std::string& name)
      : scripts_(scripts), scene_(scripts, stage, name, system_clock().now()) {}

  // The answer to one line of the customer's side.
  json answer(const std::string& line) {
    const json in = json::parse(line, nullptr, false);
    if (in.is_discarded() || !in.is_object()) return {{"error", "this line is no JSON object"}};
    auto text_of = [&](const char* key) {
      return in.contains(key) && in[key].is_string() ? in[key].get<std::string>() : std::string();
    };
    if (in.contains("clock")) {
      const auto time = dialogs::duration_of(text_of("clock"));
      return time ? turn(scene_.wait(*time)) : json{{"error", "'clock' needs a time like +24h"}};
    }
    const std::string choice = text_of("choice");
    if (!choice.empty()) {
      const auto it = chosen(choice);
      if (it == choices_.end()) return {{"error", "there is no choice '" + choice + "' now" + offered()}};
      const dialogs::Choice picked = *it;
      return turn(scene_.say({picked.label, picked.id, {}, 0}));
    }
    if (!in.contains("text") || !in["text"].is_string()) return {{"error", "a line has 'text', 'choice' or 'clock'"}};
    const std::string words = text::to_valid_utf8(text_of("text"));
    json out = turn(scene_.say({words, {}, text::guess_language(words), 0}));
    if (text::trim(words).empty() && out["understood"]["as"] == "") {
      out["understood"] = {{"ok", false}, {"as", "nothing"}, {"confidence", 0}, {"why", "an empty message"}};
    }
    return out;
  }

 private:
  // By its id; failing that, by what is written on it.
  std::vector<dialogs::Choice>::const_iterator chosen(const std::string& wanted) const {
    const auto it = std::ranges::find(choices_, wanted, &dialogs::Choice::id);
    return it != choices_.end() ? it : std::ranges::find(choices_, wanted, &dialogs::Choice::label);
  }
  std::string offered() const {
    std::string ids;
    for (const auto& c : choices_) ids += (ids.empty() ? "; there are: " : ", ") + c.id;
    return ids;
  }

  json turn(const dialogs::Played& played) {
    std::string words;
    bool asked = false;
    std::vector<dialogs::Choice> choices;
    for (const auto& e : played.effects) {
      if (const auto* p = std::get_if<dialogs::Prompt>(&e)) {
        asked = true;
        if (!p->text.empty()) words += (words.empty() ? "" : "\n\n") + p->text;
        if (!p->choices.empty()) choices = p->choices;
      }
    }
    const dialogs::State& s = played.state;
    if (asked || !s.end.empty()) choices_ = std::move(choices);
    json list = json::array();
    if (asked) {
      for (const auto& c : choices_) list.push_back({{"id", c.id}, {"label", c.label}});
    }
    const auto& taken = played.taken;
    return {{"text", words},
            {"choices", std::move(list)},
            {"step", written_id(s)},
            {"slots", s.slots},
            {"end", s.end.empty() ? json(nullptr) : json(s.end)},
            {"understood",
             {{"ok", !taken.is_answer || taken.ok}, {"as", taken.as}, {"confidence", taken.confidence}, {"why", taken.why}}}};
  }

  // A step of an imported flowchart goes by the node's own id, where that could not be a step's.
  std::string written_id(const dialogs::State& s) const {
    if (const dialogs::Script* script = scripts_.find(s.dialog)) {
      for (const auto& [before, now] : script->renamed) {
        if (now == s.last_step) return before;
      }
    }
    return s.last_step;
  }

  const dialogs::ScriptSet& scripts_;
  dialogs::Scene scene_;
  std::vector<dialogs::Choice> choices_;
};

}  // namespace

int dialog_play(const Common& common, const std::string& dir, const std::string& name) {
  int code = kOk;
  auto folder = open_dialogs(common, dir, code);
  if (!folder) return code;
  if (!folder->scripts) {
    // Standard output belongs to the conversation.
    for (const auto& p : folder->problems) std::cerr << p.file << ":" << p.line << ":" << p.column << ": " << p.message << "\n";
    return kProblems;
  }
  // A flowchart may be named as it names itself.
  const std::string script = folder->scripts->find(name) != nullptr ? name : dialogs::flowchart_name(name);
  if (folder->scripts->find(script) == nullptr) {
    std::string names;
    for (const auto& [known, other] : folder->scripts->scripts) names += (names.empty() ? "" : ", ") + known;
    std::cerr << "usher: there is no script '" << name << "'; there are: " << names << "\n";
    return kUsage;
  }
  const dialogs::Stage stage = stage_of(folder->library);
  Dialog dialog(*folder->scripts, stage, script);
  for (std::string line; std::getline(std::cin, line);) {
    if (text::trim(line).empty()) continue;
    print(dialog.answer(line));
  }
  return kOk;
}

}  // namespace usher::gateway::app
