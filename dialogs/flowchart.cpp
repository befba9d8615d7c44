// The nodes of a flowchart (flowchart_read.cpp) are written as YAML for people to edit.
#include "dialogs/flowchart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "dialogs/flowchart_read.h"

namespace usher::dialogs {
namespace {

using Node = Chart::Node;
using Answer = Chart::Answer;

bool is_han(std::string_view s) {
  return text::guess_language(s) == "zh";
}

// Small letters, digits and dashes; what cannot be written so is left out.
std::string slug(std::string_view s) {
  static const std::vector<std::pair<std::string_view, std::string_view>> signs = {
      {">=", " at-least "}, {"<=", " at-most "}, {"≥", " at-least "}, {"≤", " at-most "},
      {">", " above "},     {"<", " below "},    {"%", " percent"},   {"+", " plus "}};
  std::string words = text::fold(s);
  for (const auto& [sign, word] : signs) {
    for (auto at = words.find(sign); at != std::string::npos; at = words.find(sign, at + word.size())) {
      words.replace(at, sign.size(), word);
    }
  }
  std::string out;
  for (const char c : words) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += c;
    } else if (c != '\'' && !out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (out.ends_with('-')) out.pop_back();
  if (out.size() > 40) {
    out.resize(40);
    if (const auto dash = out.rfind('-'); dash != std::string::npos && dash > 20) out.resize(dash);
  }
  return out;
}

std::string unique(std::string wish, std::set<std::string>& used) {
  std::string out = wish;
  for (int n = 2; !used.insert(out).second; ++n) out = fmt::format("{}-{}", wish, n);
  return out;
}

bool is_step_id(std::string_view id) {
  return !id.empty() && id != "return" &&
         std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

// The side of a label that is nothing but a yes or a no.
std::string_view yes_or_no(std::string_view label) {
  static const std::set<std::string, std::less<>> yes = {"yes", "y", "true", "是", "是的", "有", "对", "能", "可以", "会", "好"};
  static const std::set<std::string, std::less<>> no = {"no",   "n",  "false", "否",     "不",   "不是",
                                                        "没有", "没", "不能",  "不可以", "不会", "不行"};
  const std::string folded = text::fold(text::trim(label));
  return yes.contains(folded) ? "yes" : no.contains(folded) ? "no" : "";
}

// Whether a single answer is only the arrow's name.
bool is_arrow(std::string_view label) {
  static const std::set<std::string, std::less<>> arrows = {"",    "next",    "->",     "→",    "-",   "*",
                                                            "any", "default", "always", "then", "else"};
  return arrows.contains(text::fold(text::trim(label)));
}

// ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────
// A double-quoted YAML scalar.
std::string in_quotes(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t' || c == '\r') {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// As a text of the language; what looks like a variable is not one.
std::string text_of(std::string words, std::string_view english = {}, std::string_view chinese = {}) {
  for (auto at = words.find("{{"); at != std::string::npos; at = words.find("{{", at + 2)) words.replace(at, 2, "{ {");
  if (!is_han(words)) return "{ en: " + in_quotes(words) + (chinese.empty() ? " }" : ", zh: " + std::string(chinese) + " }");
  return "{ en: " + in_quotes(english.empty() ? words : english) + ", zh: " + in_quotes(words) + " }";
}

// What people say for an answer beside its label: "red / orange" stands for "red" and for "orange". Figures stay whole: "2 years
// or more" is one range.
std::vector<std::string> words_of(const std::string& label) {
  static const std::set<std::string, std::less<>> unsure = {"not sure",   "unsure",      "don't know",   "i don't know",
                                                            "dont know",  "do not know", "unknown",      "no idea",
                                                            "can't tell", "cannot tell", "i'm not sure", "maybe"};
  static const std::set<std::string, std::less<>> unsure_zh = {"不知道", "不确定", "不清楚", "不记得", "记不清", "不了解"};
  const std::vector<std::string> says_unsure = {"don't know", "not sure", "no idea", "can't tell"};
  const std::vector<std::string> says_unsure_zh = {"不知道", "不确定", "不清楚", "说不准"};
  if (unsure.contains(text::fold(label))) return says_unsure;
  if (unsure_zh.contains(text::fold(label))) return says_unsure_zh;
  if (label.find_first_of("0123456789") != std::string::npos) return {};
  static constexpr std::array<std::string_view, 5> separators = {"/", " or ", "、", "或者", "或"};
  std::vector<std::string> parts = {label};
  for (const std::string_view separator : separators) {
    std::vector<std::string> finer;
    for (const std::string& part : parts) {
      std::size_t from = 0;
      for (auto at = part.find(separator); at != std::string::npos; at = part.find(separator, from)) {
        finer.push_back(text::trim(part.substr(from, at - from)));
        from = at + separator.size();
      }
      finer.push_back(text::trim(part.substr(from)));
    }
    parts = std::move(finer);
  }
  // "more" of "three or more" says nothing by itself.
  static const std::set<std::string, std::less<>> bare = {"more",    "less", "other", "others", "later",
                                                          "earlier", "so",   "not",   "older",  "newer"};
  const bool has_bare = std::ranges::any_of(parts, [](const std::string& p) { return bare.contains(text::fold(p)); });
  std::erase_if(parts, [](const std::string& p) { return text::length(p) < 2 && !is_han(p); });
  if (parts.size() <= 1 || has_bare) return {};
  // "Never or unknown" takes those as well who cannot tell.
  const bool takes_unsure = std::ranges::any_of(parts, [](const std::string& p) { return unsure.contains(text::fold(p)); });
  const bool takes_unsure_zh = std::ranges::any_of(parts, [](const std::string& p) { return unsure_zh.contains(text::fold(p)); });
  auto add = [&](const std::vector<std::string>& more) {
    for (const std::string& words : more) {
      if (std::ranges::find(parts, words) == parts.end()) parts.push_back(words);
    }
  };
  if (takes_unsure) add(says_unsure);
  if (takes_unsure_zh) add(says_unsure_zh);
  return parts;
}

class Writer {
 public:
  explicit Writer(const Chart& chart) : chart_(chart) {
    std::set<std::string> used;
    for (const Node& n : chart_.nodes) {
      if (is_step_id(n.id)) used.insert(n.id);
    }
    for (const Node& n : chart_.nodes) {
      if (is_step_id(n.id)) {
        steps_[n.id] = n.id;
      } else {
        const std::string wish = slug(n.id);
        steps_[n.id] = unique(wish.empty() || wish == "return" ? "step" : wish, used);
      }
    }
  }

  ImportedFlowchart write() {
    ImportedFlowchart out;
    out.name = flowchart_name(chart_.name);
    const std::string problem = chart_.problem.empty() ? chart_.name : chart_.problem;
    const char* language = is_han(problem) ? "zh" : "en";
    yaml_ = "# Imported from a flowchart; yours to edit. The language: docs/dialog-language.md\n";
    yaml_ += "dialog: " + quoted_name(out.name) + "\n";
    yaml_ += "title: " + text_of(problem.empty() ? out.name : problem) + "\n";
    yaml_ += "start: " + quoted_name(steps_.at(chart_.start)) + "\n";
    yaml_ += "enter_midway: true   # what the first message answers is not asked again\n";
    if (!problem.empty()) yaml_ += fmt::format("triggers:\n  phrases:\n    {}:\n      - {}\n", language, in_quotes(problem));
    std::string renamed;
    for (const auto& [id, step] : steps_) {
      if (id != step) renamed += fmt::format("  {}: {}\n", in_quotes(id), quoted_name(step));
    }
    if (!renamed.empty()) yaml_ += "running: move\nrenamed:   # ids of the flowchart that cannot be step ids\n" + renamed;
    yaml_ += "steps:\n";
    for (const Node& n : chart_.nodes) write_node(n);
    out.yaml = std::move(yaml_);
    return out;
  }

 private:
  // Bare where YAML reads it as a text: "no", "on" and "12" are none.
  static std::string quoted_name(const std::string& name) {
    static const std::set<std::string> words = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
    const bool letter = !name.empty() && name[0] >= 'a' && name[0] <= 'z';
    return letter && !words.contains(name) ? name : in_quotes(name);
  }

  void write_node(const Node& n) {
    yaml_ += "  " + quoted_name(steps_.at(n.id)) + ":\n";
    if (n.terminal && n.end == "escalated") {
      yaml_ += "    escalate: " + text_of(n.prompt) + "\n";
      if (!n.priority.empty()) yaml_ += "    priority: " + quoted_name(n.priority) + "\n";
      if (!n.fault_class.empty()) yaml_ += "    fault_class: " + in_quotes(n.fault_class) + "\n";
    } else if (n.terminal) {
      yaml_ += "    resolve: " + text_of(n.prompt) + "\n";
    } else if (n.answers.size() == 1) {
      yaml_ += (is_arrow(n.answers[0].label) ? "    say: " : "    wait: ") + text_of(n.prompt) + "\n";
      yaml_ += "    next: " + quoted_name(steps_.at(n.answers[0].next)) + "\n";
    } else {
      yaml_ += "    choose: " + text_of(n.prompt) + "\n    options:\n";
      write_options(n);
    }
  }

  void write_options(const Node& n) {
    std::set<std::string> ids;
    std::map<std::string, int> phrases;  // that stand for how many options
    std::vector<std::vector<std::string>> words;
    for (const Answer& a : n.answers) {
      words.push_back(words_of(a.label));
      std::set<std::string> own = {text::fold(a.label)};
      for (const std::string& part : words.back()) own.insert(text::fold(part));
      for (const std::string& phrase : own) ++phrases[phrase];
    }
    for (std::size_t i = 0; i < n.answers.size(); ++i) {
      const Answer& a = n.answers[i];
      const std::string_view side = yes_or_no(a.label);
      std::string id = !side.empty() ? std::string(side) : slug(a.label);
      if (id.empty()) id = fmt::format("answer-{}", i + 1);
      id = unique(std::move(id), ids);
      const std::string_view english = side == "yes" ? "Yes" : side == "no" ? "No" : "";
      const std::string_view chinese = side == "yes" ? "是" : side == "no" ? "否" : "";
      std::string line = fmt::format("      - {{ id: {}, label: {}, ", quoted_name(id),
                                     text_of(a.label.empty() ? id : a.label, english, chinese));
      std::string list;
      std::erase_if(words[i], [&](const std::string& w) { return phrases[text::fold(w)] > 1; });
      for (const std::string& w : words[i]) list += (list.empty() ? "" : ", ") + in_quotes(w);
      if (!list.empty()) line += fmt::format("words: {{ {}: [{}] }}, ", is_han(a.label) ? "zh" : "en", list);
      yaml_ += line + "next: " + quoted_name(steps_.at(a.next)) + " }\n";
    }
  }

  const Chart& chart_;
  std::map<std::string, std::string> steps_;  // node id → step id
  std::string yaml_;
};

}  // namespace

std::string flowchart_name(std::string_view name) {
  std::string out = slug(name);
  if (out.empty() && text::trim(name).empty()) return "flowchart";
  if (out.empty()) {  // of no Latin letter: the same name always becomes the same, two names two
    std::uint32_t hash = 2166136261U;
    for (const char c : text::trim(name)) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return fmt::format("flowchart-{:08x}", hash);
  }
  // Files of these names hold something else.
  for (const char* taken : {"texts", "slots", "lexicon", "fragments", "handover", "fallback"}) {
    if (out == taken) out += "-script";
  }
  return out;
}

std::optional<ImportedFlowchart> import_flowchart(const Source& json, std::vector<Problem>& problems) {
  auto chart = read_chart(json, problems);
  if (!chart) return std::nullopt;
  return Writer(*chart).write();
}

}  // namespace usher::dialogs
