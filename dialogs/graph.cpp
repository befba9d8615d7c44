#include "dialogs/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/text.h"
#include "dialogs/exits.h"
#include "dialogs/rehearsal_walk.h"

namespace usher::dialogs {
namespace {

template <class... F>
struct Match : F... {
  using F::operator()...;
};

constexpr std::size_t kNodeText = 56, kEdgeText = 32;  // code points; the rest is cut

// What is drawn, the same for both languages of pictures.
enum class Form : unsigned char {
  kText,
  kQuestion,
  kArticle,
  kDecision,
  kPlain,
  kScript,
  kService,
  kWait,
  kBlock,
  kTicket,
  kEnd,
  kStart
};
enum class Mark : unsigned char { kNone, kWalked, kMissing, kLost };

struct DrawnNode {
  std::string id;  // n0, n1, …
  std::string title, text;
  Form form = Form::kPlain;
  Mark mark = Mark::kNone;
  std::string link;  // script it stands for
};
struct DrawnEdge {
  std::string from, to, label;
  bool dashed = false;
  Mark mark = Mark::kNone;
};
struct Picture {
  std::string title;
  std::vector<DrawnNode> nodes;
  std::vector<DrawnEdge> edges;
};

std::string one_line(std::string_view s, std::size_t most) {
  return text::cut(text::collapse_spaces(s), most);
}

std::string in_words(const Condition& c) {
  using Op = Condition::Op;
  std::vector<std::string> parts;
  for (const Condition& part : c.parts) parts.push_back(in_words(part));
  switch (c.op) {
    case Op::kAll:
      return fmt::format("{}", fmt::join(parts, " and "));
    case Op::kAny:
      return fmt::format("{}", fmt::join(parts, " or "));
    case Op::kNot:
      return fmt::format("not ({})", fmt::join(parts, ""));
    case Op::kIs:
      return fmt::format("{} is {}", c.slot, fmt::join(c.values, ""));
    case Op::kIn:
      return fmt::format("{} in {}", c.slot, fmt::join(c.values, ", "));
    case Op::kMatches:
      return fmt::format("{} matches {}", c.slot, fmt::join(c.values, ""));
    case Op::kKnown:
      return fmt::format("{} {}known", c.slot, !c.values.empty() && c.values[0] == "no" ? "not " : "");
    case Op::kAbove:
      return fmt::format("{} > {}", c.slot, c.number);
    case Op::kBelow:
      return fmt::format("{} < {}", c.slot, c.number);
    case Op::kYoungerThan:
      return fmt::format("{} younger than {} days", c.slot, c.number);
  }
  return {};
}

std::string span_of(std::chrono::seconds time) {
  const auto s = time.count();
  if (s > 0 && s % 86'400 == 0) return fmt::format("{} d", s / 86'400);
  if (s > 0 && s % 3600 == 0) return fmt::format("{} h", s / 3600);
  if (s > 0 && s % 60 == 0) return fmt::format("{} min", s / 60);
  return fmt::format("{} s", s);
}

Form form_of(const StepKind& kind) {
  return std::visit(Match{[](const Say&) { return Form::kText; }, [](const Ask&) { return Form::kQuestion; },
                          [](const Choose&) { return Form::kQuestion; }, [](const ShowArticle&) { return Form::kArticle; },
                          [](const Branch&) { return Form::kDecision; }, [](const Goto&) { return Form::kPlain; },
                          [](const Call&) { return Form::kScript; }, [](const Lookup&) { return Form::kService; },
                          [](const Wait&) { return Form::kWait; }, [](const TroubleshootBlock&) { return Form::kBlock; },
                          [](const Escalate&) { return Form::kTicket; }, [](const Resolve&) { return Form::kEnd; }},
                    kind);
}

class Painter {
 public:
  Painter(const Script& script, const GraphOptions& options) : script_(script), options_(options) {}

  Picture paint() {
    picture_.title = script_.title.in(options_.language);
    find_reached();
    add("start", {}, Form::kStart, Mark::kNone);
    for (const std::string& id : script_.order) {
      const Step* step = script_.find(id);
      if (step == nullptr) continue;
      const Mark mark = !reached_.contains(id) ? Mark::kLost : walked(walked_step(script_.name, id));
      add("step " + id, words_of(*step), form_of(step->kind), mark, fmt::format("{}: {}", kind_name(step->kind), id));
    }
    link("start", script_.start, {}, false, Mark::kNone);
    for (const std::string& id : script_.order) {
      if (const Step* step = script_.find(id)) ways(*step);
    }
    patience();
    return std::move(picture_);
  }

 private:
  Mark walked(const std::string& what) const {
    if (options_.walked == nullptr) return Mark::kNone;
    return options_.walked->contains(what) ? Mark::kWalked : Mark::kMissing;
  }

  const std::string& add(const std::string& key, std::string text, Form form, Mark mark, std::string title = {},
                         std::string link = {}) {
    const auto [it, fresh] = ids_.try_emplace(key, fmt::format("n{}", picture_.nodes.size()));
    if (fresh) picture_.nodes.push_back({it->second, std::move(title), std::move(text), form, mark, std::move(link)});
    return it->second;
  }

  bool ends_in_a_step() const {  // the patience; its own two words win over steps of that name
    const std::string& then = script_.patience.then;
    return then != "ticket" && then != "close" && script_.find(then) != nullptr;
  }

  void find_reached() {
    std::vector<std::string> open = {script_.start};
    if (ends_in_a_step()) open.push_back(script_.patience.then);
    while (!open.empty()) {
      const std::string id = std::move(open.back());
      open.pop_back();
      const Step* step = script_.find(id);
      if (step == nullptr || !reached_.insert(id).second) continue;
      for (const Exit& e : exits(*step)) open.push_back(e.target);
    }
  }

  std::string words_of(const Step& step) const {
    const std::string& language = options_.language;
    return one_line(
        std::visit(
            Match{[&](const Say& k) { return k.text.in(language); }, [](const Ask& k) { return k.slot; },
                  [&](const Choose& k) { return k.text.in(language); },
                  [](const ShowArticle& k) { return k.id.empty() ? k.query : k.id; }, [](const Branch&) { return std::string(); },
                  [&](const Goto&) {
                    std::vector<std::string> sets;
                    for (const auto& [slot, value] : step.set) sets.push_back(slot + " = " + value);
                    return fmt::format("{}", fmt::join(sets, ", "));
                  },
                  [](const Call& k) { return k.dialog; }, [](const Lookup& k) { return k.service; },
                  [&](const Wait& k) { return k.text.in(language); },
                  [](const TroubleshootBlock& k) {
                    return fmt::format("{} causes, {} checks, {} questions", k.causes.size(), k.checks.size(),
                                       k.questions.size());
                  },
                  [&](const Escalate& k) { return k.priority + (k.fault_class.empty() ? "" : " " + k.fault_class); },
                  [&](const Resolve& k) { return k.text.in(language); }},
            step.kind),
        kNodeText);
  }

  std::string label_of(const Step& step, const Exit& exit) const {
    if (const Choose* choose = std::get_if<Choose>(&step.kind)) {
      const auto o = std::ranges::find(choose->options, exit.name, &Option::id);
      if (o != choose->options.end() && !o->label.empty()) return o->id + ": " + o->label.in(options_.language);
    }
    if (const Branch* branch = std::get_if<Branch>(&step.kind)) {
      for (std::size_t i = 0; i < branch->cases.size(); ++i) {
        if (exit.name == std::to_string(i + 1)) return in_words(branch->cases[i].when);
      }
    }
    if (const Wait* wait = std::get_if<Wait>(&step.kind); wait != nullptr && exit.kind == Exit::Kind::kTimeout)
      return wait->give_up_after.count() > 0 ? "no answer for " + span_of(wait->give_up_after) : "no answer";
    return exit.name;
  }

  void ways(const Step& step) {
    for (const Exit& e : exits(step)) {
      // Coverage knows no ways where there is only one to go.
      const bool goes_by_itself = e.kind == Exit::Kind::kNext || std::holds_alternative<Ask>(step.kind);
      const Mark mark = goes_by_itself                   ? walked(walked_step(script_.name, step.id))
                        : e.kind == Exit::Kind::kTimeout ? walked(walked_time(script_.name, step.id, e.name))
                                                         : walked(walked_exit(script_.name, step.id, e.name));
      link("step " + step.id, e.target, one_line(label_of(step, e), kEdgeText), e.kind == Exit::Kind::kTimeout, mark);
    }
  }

  void patience() {
    const Patience& p = script_.patience;
    if (!ends_in_a_step()) return;
    add("patience", "no answer for " + span_of(p.give_up_after), Form::kWait, Mark::kNone);
    link("patience", p.then, {}, true, Mark::kNone);
  }

  void link(const std::string& from, const std::string& target, std::string label, bool dashed, Mark mark) {
    if (target.empty()) return;
    std::string to;
    if (target == kReturn) {
      to = add("return", "return", Form::kEnd, Mark::kNone);
    } else if (target.starts_with("dialog:")) {
      const std::string name = target.substr(7);
      to = add(target, {}, Form::kScript, Mark::kNone, name, name);
    } else if (const auto it = ids_.find("step " + target); it != ids_.end()) {
      to = it->second;
    } else {
      return;
    }
    picture_.edges.push_back({ids_.at(from), std::move(to), std::move(label), dashed, mark});
  }

  const Script& script_;
  const GraphOptions& options_;
  Picture picture_;
  std::map<std::string, std::string> ids_;
  std::set<std::string> reached_;
};

struct Colour {
  const char* name;
  const char* fill;
  const char* line;
};
const Colour* colour_of(Mark mark) {
  static constexpr Colour kWalked{"walked", "#d9f2e0", "#2e7d4f"}, kMissing{"missing", "#fff3d6", "#b07a00"},
      kLost{"lost", "#fde0dc", "#c62828"};
  switch (mark) {
    case Mark::kNone:
      return nullptr;
    case Mark::kWalked:
      return &kWalked;
    case Mark::kMissing:
      return &kMissing;
    case Mark::kLost:
      return &kLost;
  }
  return nullptr;
}

// ── Mermaid

// Everything that could end the quoted text or be read as markup becomes a character code.
std::string mermaid_text(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (std::string_view("\"#&<>;`\\|{}[]()").find(c) != std::string_view::npos) {
      out += fmt::format("#{};", static_cast<int>(c));
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out;
}

std::pair<const char*, const char*> mermaid_brackets(Form form) {
  switch (form) {
    case Form::kText:
      return {"[", "]"};
    case Form::kQuestion:
      return {"[/", "/]"};
    case Form::kArticle:
      return {"[[", "]]"};
    case Form::kDecision:
      return {"{", "}"};
    case Form::kPlain:
      return {"(", ")"};
    case Form::kScript:
      return {"[[", "]]"};
    case Form::kService:
      return {"[(", ")]"};
    case Form::kWait:
      return {">", "]"};
    case Form::kBlock:
      return {"{{", "}}"};
    case Form::kTicket:
    case Form::kEnd:
      return {"([", "])"};
    case Form::kStart:
      return {"((", "))"};
  }
  return {"[", "]"};
}

// ── dot

std::string dot_text(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

const char* dot_shape(Form form) {
  switch (form) {
    case Form::kText:
      return "box";
    case Form::kQuestion:
      return "parallelogram";
    case Form::kArticle:
      return "note";
    case Form::kDecision:
      return "diamond";
    case Form::kPlain:
      return "plaintext";
    case Form::kScript:
      return "component";
    case Form::kService:
      return "cylinder";
    case Form::kWait:
      return "cds";
    case Form::kBlock:
      return "hexagon";
    case Form::kTicket:
      return "doubleoctagon";
    case Form::kEnd:
      return "oval";
    case Form::kStart:
      return "point";
  }
  return "box";
}

}  // namespace

std::string to_mermaid(const Script& script, const GraphOptions& options) {
  const Picture picture = Painter(script, options).paint();
  std::string out = fmt::format("---\ntitle: \"{}\"\n---\nflowchart TD\n", mermaid_text(picture.title));
  std::set<Mark> used;
  for (const DrawnNode& n : picture.nodes) {
    const auto [open, close] = mermaid_brackets(n.form);
    std::string words = mermaid_text(n.title);
    if (!n.title.empty() && !n.text.empty()) words += "<br/>";
    words += mermaid_text(n.text);
    out += fmt::format("  {}{}\"{}\"{}", n.id, open, words.empty() ? " " : words, close);
    if (const Colour* colour = colour_of(n.mark)) {
      out += fmt::format(":::{}", colour->name);
      used.insert(n.mark);
    }
    out += '\n';
    if (!n.link.empty()) out += fmt::format("  click {} href \"{}.svg\"\n", n.id, n.link);
  }
  std::string styles;
  for (std::size_t i = 0; i < picture.edges.size(); ++i) {
    const DrawnEdge& e = picture.edges[i];
    const char* arrow = e.dashed ? "-.->" : "-->";
    out += e.label.empty() ? fmt::format("  {} {} {}\n", e.from, arrow, e.to)
                           : fmt::format("  {} {}|\"{}\"| {}\n", e.from, arrow, mermaid_text(e.label), e.to);
    if (const Colour* colour = colour_of(e.mark)) styles += fmt::format("  linkStyle {} stroke:{}\n", i, colour->line);
  }
  for (const Mark mark : used) {
    const Colour* colour = colour_of(mark);
    out += fmt::format("  classDef {} fill:{},stroke:{}\n", colour->name, colour->fill, colour->line);
  }
  return out + styles;
}

std::string to_dot(const Script& script, const GraphOptions& options) {
  const Picture picture = Painter(script, options).paint();
  std::string out = fmt::format(
      "digraph \"{}\" {{\n  label=\"{}\"; labelloc=t; rankdir=TB; charset=\"UTF-8\";\n"
      "  node [fontname=\"sans-serif\", fontsize=11, style=filled, fillcolor=\"#ffffff\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=9];\n",
      dot_text(script.name), dot_text(picture.title));
  for (const DrawnNode& n : picture.nodes) {
    std::string words = dot_text(n.title);
    if (!n.title.empty() && !n.text.empty()) words += "\\n";
    words += dot_text(n.text);
    out += fmt::format("  {} [shape={}, label=\"{}\"", n.id, dot_shape(n.form), words);
    if (const Colour* colour = colour_of(n.mark))
      out += fmt::format(", fillcolor=\"{}\", color=\"{}\"", colour->fill, colour->line);
    if (!n.link.empty()) out += fmt::format(", URL=\"{}.svg\"", dot_text(n.link));
    out += "];\n";
  }
  for (const DrawnEdge& e : picture.edges) {
    out += fmt::format("  {} -> {} [label=\"{}\"", e.from, e.to, dot_text(e.label));
    if (e.dashed) out += ", style=dashed";
    if (const Colour* colour = colour_of(e.mark)) out += fmt::format(", color=\"{}\"", colour->line);
    out += "];\n";
  }
  return out + "}\n";
}

}  // namespace usher::dialogs
