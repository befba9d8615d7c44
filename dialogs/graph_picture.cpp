#include "dialogs/graph_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/text.h"
#include "dialogs/exits.h"
#include "dialogs/rehearsal_walk.h"

namespace usher::dialogs::drawing {
namespace {

template <class... F>
struct Match : F... {
  using F::operator()...;
};

constexpr std::size_t kNodeText = 56, kEdgeText = 32;  // code points; the rest is cut

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

}  // namespace

Picture paint(const Script& script, const GraphOptions& options) {
  return Painter(script, options).paint();
}

}  // namespace usher::dialogs::drawing
