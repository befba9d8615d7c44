// Which slots certainly have a value at a step: data flow over all ways. Each slot has one of three levels: untouched on some
// way; asked for on every way (the customer may not have known it); set on every way. Where ways meet the lowest counts.
#include "dialogs/check_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <iterator>

#include "base/text.h"

namespace usher::dialogs::prove {
namespace {

using Level = unsigned char;
constexpr Level kUntouched = 0, kAsked = 1, kSet = 2;
using Levels = std::vector<Level>;

std::size_t at(int node) {
  return static_cast<std::size_t>(node);
}

struct Change {
  int slot;
  Level level;
  bool overwrites;        // set: also makes it less; asked: only more
  std::vector<int> from;  // a value made of other slots only: as much as the best of them
};

struct Use {
  int node;
  std::string slot;
  std::string what;
  Position place;
  bool by_lookup;
};

class ValueCheck {
 public:
  explicit ValueCheck(Task& task) : t_(task), nodes_(task.flow.nodes), filled_(filled_slots(task.scripts)) {}

  void run() {
    collect_uses();
    if (uses_.empty() && queries_.empty()) return;
    prepare();
    follow();
    for (const Use& use : uses_) judge(use);
    for (const Query& query : queries_) judge(query);
  }

 private:
  // ── what is needed where
  void unknown(const Script& script, Position place, const std::string& what, const std::string& name) {
    const std::string near = text::nearest(name, {filled_.begin(), filled_.end()});
    t_.findings.error("unknown-variable", script.file, place,
                      fmt::format("{} names {{{{{}}}}}, but nothing ever fills it", what, name),
                      near.empty() ? "declare the slot in slots.yaml or set it in a step" : "did you mean {{" + near + "}}?");
  }

  // The variables of `words` that something fills; the others are reported.
  std::vector<std::string> known(const Node& node, std::string_view words, const std::string& what, Position place) {
    std::vector<std::string> out;
    for (std::string& name : variables_of(words)) {
      if (filled_.contains(name)) {
        out.push_back(std::move(name));
      } else {
        unknown(*node.script, place, what, name);
      }
    }
    return out;
  }

  void collect_uses() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const Node& node = nodes_[i];
      const Step& step = *node.step;
      const int number = static_cast<int>(i);
      for (const Said& said : texts_of(step)) {
        std::set<std::string> names;
        for (const auto& [language, words] : said.text->by_language) {
          for (std::string& name : known(node, words, said.what, said.at)) names.insert(std::move(name));
        }
        for (const std::string& name : names) use(number, name, said.what, said.at, false);
      }
      for (const auto& [slot, value] : step.set) known(node, value, "the value of '" + slot + "'", step.at);
      if (const Choose* choose = std::get_if<Choose>(&step.kind)) {
        for (const Option& o : choose->options) {
          for (const auto& [slot, value] : o.set) known(node, value, "the value of '" + slot + "'", o.at);
        }
      }
      if (const Lookup* lookup = std::get_if<Lookup>(&step.kind)) {
        for (const auto& [parameter, value] : lookup->with) {
          const std::string what = "the parameter '" + parameter + "' of the look-up '" + step.id + "'";
          for (const std::string& name : known(node, value, what, step.at)) use(number, name, what, step.at, true);
        }
      }
      if (const auto* article = std::get_if<ShowArticle>(&step.kind)) search(number, node, article->query);
    }
  }

  void use(int node, const std::string& slot, const std::string& what, Position place, bool by_lookup) {
    if (slot == "symptom") return;  // the customer's first words; always there
    track(slot);
    uses_.push_back({node, slot, what, place, by_lookup});
  }

  struct Query {
    int node;
    std::vector<std::string> slots;
  };
  void search(int number, const Node& node, const std::string& query) {
    std::vector<std::string> names = known(node, query, "the search of '" + node.step->id + "'", node.step->at);
    std::map<std::string, std::string> nothing;
    if (names.empty() || has(names, "symptom") || !text::trim(fill(query, nothing)).empty()) return;
    for (const std::string& name : names) track(name);
    queries_.push_back({number, std::move(names)});
  }

  int track(const std::string& slot) { return slots_.try_emplace(slot, static_cast<int>(slots_.size())).first->second; }
  int tracked(const std::string& slot) const {
    const auto it = slots_.find(slot);
    return it == slots_.end() ? -1 : it->second;
  }

  // ── what changes on the way
  void note(std::vector<Change>& changes, const std::string& slot, Level level, bool overwrites,
            std::vector<int> from = {}) const {
    if (const int number = tracked(slot); number >= 0) changes.push_back({number, level, overwrites, std::move(from)});
  }

  void note_settings(std::vector<Change>& changes, const std::map<std::string, std::string>& settings) const {
    for (const auto& [slot, value] : settings) {
      const auto names = variables_of(value);
      if (names.empty()) {
        note(changes, slot, value.empty() ? kUntouched : kSet, true);
        continue;
      }
      std::vector<int> from;
      bool certain = !text::trim(fill(value, {})).empty();
      for (const std::string& name : names) {
        certain = certain || name == "symptom";
        if (const int number = tracked(name); number >= 0) from.push_back(number);
      }
      if (certain) {
        note(changes, slot, kSet, true);
      } else {
        note(changes, slot, kAsked, true, std::move(from));
      }
    }
  }

  void prepare() {
    // A value made of other slots is as certain as they are: these are followed, too.
    for (bool more = true; more;) {
      const std::size_t before = slots_.size();
      const auto follow_settings = [&](const std::map<std::string, std::string>& settings) {
        for (const auto& [slot, value] : settings) {
          if (tracked(slot) < 0) continue;
          for (const std::string& name : variables_of(value)) track(name);
        }
      };
      for (const Node& n : nodes_) {
        follow_settings(n.step->set);
        if (const Choose* choose = std::get_if<Choose>(&n.step->kind)) {
          for (const Option& o : choose->options) follow_settings(o.set);
        }
      }
      more = slots_.size() != before;
    }
    on_entering_.resize(nodes_.size());
    on_way_.resize(nodes_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      note_settings(on_entering_[i], nodes_[i].step->set);
      on_way_[i].resize(nodes_[i].ways.size());
      for (std::size_t k = 0; k < nodes_[i].ways.size(); ++k) note_way(nodes_[i], k, on_way_[i][k]);
    }
  }

  void note_way(const Node& node, std::size_t k, std::vector<Change>& changes) const {
    const Exit& exit = node.ways[k].exit;
    if (exit.kind == Exit::Kind::kTimeout) return;
    if (const Ask* ask = std::get_if<Ask>(&node.step->kind)) {
      const auto slot = node.script->slots.find(ask->slot);
      if (slot == node.script->slots.end()) return;
      note(changes, ask->slot, slot->second.required ? kSet : kAsked, false);
      if (!slot->second.catalogue) return;
      std::set<std::string> columns;
      for (const auto& row : slot->second.catalogue->rows) {
        for (const auto& [column, value] : row.sets) columns.insert(column);
      }
      for (const std::string& column : columns) note(changes, column, kAsked, false);
    } else if (const Choose* choose = std::get_if<Choose>(&node.step->kind)) {
      note(changes, choose->slot, kSet, true);
      if (k < choose->options.size()) note_settings(changes, choose->options[k].set);
    } else if (const Lookup* lookup = std::get_if<Lookup>(&node.step->kind)) {
      if (exit.name != "found") return;
      for (const auto& [slot, member] : lookup->save) note(changes, slot, kSet, true);
    } else if (const Branch* branch = std::get_if<Branch>(&node.step->kind)) {
      for (std::size_t i = 0; i < branch->cases.size() && i <= k; ++i) {
        for (const std::string& slot : known_after(branch->cases[i].when, i == k)) note(changes, slot, kSet, false);
      }
    }
  }

  static void apply(const std::vector<Change>& changes, Levels& levels) {
    for (const Change& c : changes) {
      Level level = c.level;
      if (!c.from.empty()) {
        level = kUntouched;
        for (const int slot : c.from) level = std::max(level, levels[at(slot)]);
      }
      levels[at(c.slot)] = c.overwrites ? level : std::max(level, levels[at(c.slot)]);
    }
  }

  // ── over all ways
  std::vector<int> beginnings() const {
    std::vector<int> out;
    std::set<const Script*> led_to;
    for (const Node& n : nodes_) {
      for (const Way& w : n.ways) {
        if (w.to >= 0 && nodes_[at(w.to)].script != n.script) led_to.insert(nodes_[at(w.to)].script);
      }
    }
    for (const auto& [name, script] : t_.scripts.scripts) {
      if (t_.flow.is_root(script) || !led_to.contains(&script)) out.push_back(t_.flow.find(script, script.start));
    }
    std::erase(out, Way::kNowhere);
    return out;
  }

  // Called scripts whose frame a node may run in, by node.
  void find_frames() {
    std::set<int> called;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const int start = t_.flow.callee(nodes_[i]);
      if (start < 0) continue;
      called.insert(start);
      callers_[start].push_back(static_cast<int>(i));
    }
    for (const int start : called) {
      std::vector<int> open = {start};
      std::set<int> seen;
      while (!open.empty()) {
        const int node = open.back();
        open.pop_back();
        if (node < 0 || !seen.insert(node).second) continue;
        bool returns = false;
        for (const Way& w : nodes_[at(node)].ways) {
          if (w.role != Way::Role::kCall) open.push_back(w.to);
          returns = returns || w.to == Way::kReturn;
        }
        if (returns) frames_[node].push_back(start);
      }
    }
  }

  static bool lower(Levels& into, const Levels& other) {
    if (into.empty()) {
      into = other;
      return true;
    }
    bool changed = false;
    for (std::size_t i = 0; i < into.size(); ++i) {
      if (other[i] >= into[i]) continue;
      into[i] = other[i];
      changed = true;
    }
    return changed;
  }

  void follow() {
    find_frames();
    in_.assign(nodes_.size(), {});
    std::deque<int> open;
    for (const int start : beginnings()) {
      lower(in_[at(start)], Levels(slots_.size(), kUntouched));
      open.push_back(start);
    }
    while (!open.empty()) {
      const int number = open.front();
      open.pop_front();
      if (in_[at(number)].empty()) continue;  // a call that no way has reached yet; it comes again when one does
      const Node& node = nodes_[at(number)];
      Levels inside = in_[at(number)];
      apply(on_entering_[at(number)], inside);
      for (std::size_t k = 0; k < node.ways.size(); ++k) {
        const Way& way = node.ways[k];
        Levels out = inside;
        apply(on_way_[at(number)][k], out);
        if (way.role == Way::Role::kAfterCall) {
          const auto back = returned_.find(t_.flow.callee(node));
          if (back == returned_.end()) continue;  // comes again when the called script is known to return
          for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], back->second[i]);
        }
        if (way.to == Way::kReturn) {
          for (const int start : frames_[number]) {
            if (lower(returned_[start], out)) open.insert(open.end(), callers_[start].begin(), callers_[start].end());
          }
        } else if (way.to >= 0 && lower(in_[at(way.to)], out)) {
          open.push_back(way.to);
        }
      }
    }
  }

  // The shortest way from a beginning to `to` on which the slot stays below `level`.
  std::vector<int> way_without(int to, int slot, Level level) const {
    std::map<int, int> came_from;
    std::deque<int> open;
    for (const int start : beginnings()) {
      if (came_from.emplace(start, -1).second) open.push_back(start);
    }
    while (!open.empty()) {
      const int number = open.front();
      open.pop_front();
      if (number == to) {
        std::vector<int> path;
        for (int n = to; n >= 0; n = came_from[n]) path.push_back(n);
        std::ranges::reverse(path);
        return path;
      }
      Levels levels(slots_.size(), kUntouched);
      apply(on_entering_[at(number)], levels);
      if (levels[at(slot)] >= level) continue;
      for (std::size_t k = 0; k < nodes_[at(number)].ways.size(); ++k) {
        const Way& way = nodes_[at(number)].ways[k];
        Levels out = levels;
        apply(on_way_[at(number)][k], out);
        if (way.to >= 0 && out[at(slot)] < level && came_from.emplace(way.to, number).second) open.push_back(way.to);
      }
    }
    return {};
  }

  Level level_at(int node, int slot) const {
    if (in_[at(node)].empty()) return kSet;  // nothing leads there; reported already
    Levels inside = in_[at(node)];
    apply(on_entering_[at(node)], inside);
    return inside[at(slot)];
  }

  std::string on_the_way(int node, int slot, Level level) const {
    const auto path = way_without(node, slot, level);
    return path.size() < 2 ? std::string() : " on the way " + t_.flow.path(path);
  }

  void judge(const Use& use) {
    const int slot = tracked(use.slot);
    const Level level = level_at(use.node, slot);
    const Script& script = *nodes_[at(use.node)].script;
    if (use.by_lookup && level == kUntouched) {
      t_.findings.error(
          "unset-slot", script.file, use.place,
          fmt::format("{} needs {{{{{}}}}}, which nothing has set{}", use.what, use.slot, on_the_way(use.node, slot, kAsked)),
          fmt::format("ask: {} before it, or branch on {{ slot: {}, known: true }}", use.slot, use.slot));
    } else if (use.by_lookup && level == kAsked) {
      t_.findings.warning("unset-slot", script.file, use.place,
                          fmt::format("{} needs {{{{{}}}}}, which the customer may not have known", use.what, use.slot),
                          fmt::format("branch on {{ slot: {}, known: true }} before it, or make the slot required", use.slot));
    } else if (!use.by_lookup && level == kUntouched) {
      t_.findings.warning(
          "unset-slot", script.file, use.place,
          fmt::format("{} names {{{{{}}}}}, which may have no value{}", use.what, use.slot, on_the_way(use.node, slot, kAsked)),
          "set it on every way, or word the text so that it can be left out");
    }
  }

  void judge(const Query& query) {
    const bool any =
        std::ranges::any_of(query.slots, [&](const std::string& s) { return level_at(query.node, tracked(s)) != kUntouched; });
    if (any) return;
    const Node& node = nodes_[at(query.node)];
    t_.findings.warning("unset-slot", node.script->file, node.step->at,
                        fmt::format("the search of '{}' may have nothing to look for{}", node.step->id,
                                    on_the_way(query.node, tracked(query.slots.front()), kAsked)),
                        "add {{symptom}}, the customer's first words");
  }

  Task& t_;
  const std::vector<Node>& nodes_;
  const std::set<std::string> filled_;
  std::vector<Use> uses_;
  std::vector<Query> queries_;
  std::map<std::string, int> slots_;
  std::vector<std::vector<Change>> on_entering_;
  std::vector<std::vector<std::vector<Change>>> on_way_;
  std::map<int, std::vector<int>> callers_, frames_;  // called start → calls of it; node that returns → called starts
  std::map<int, Levels> returned_;
  std::vector<Levels> in_;
};

void join(std::set<std::string>& into, std::set<std::string> more, bool both, bool first) {
  if (both || first) {
    into.merge(more);
    return;
  }
  std::erase_if(into, [&](const std::string& slot) { return !more.contains(slot); });
}

}  // namespace

std::set<std::string> known_after(const Condition& condition, bool holds) {
  std::set<std::string> out;
  switch (condition.op) {
    case Condition::Op::kAll:
    case Condition::Op::kAny: {
      // Of `all` that holds every part holds; of `any` that does not hold every part does not.
      const bool every = (condition.op == Condition::Op::kAll) == holds;
      for (std::size_t i = 0; i < condition.parts.size(); ++i) join(out, known_after(condition.parts[i], holds), every, i == 0);
      return out;
    }
    case Condition::Op::kNot:
      return condition.parts.empty() ? out : known_after(condition.parts[0], !holds);
    case Condition::Op::kKnown:
      if ((!condition.values.empty() && condition.values[0] == "no") != holds) out.insert(condition.slot);
      return out;
    default:
      if (holds) out.insert(condition.slot);
      return out;
  }
}

void check_values(Task& task) {
  ValueCheck(task).run();
}

}  // namespace usher::dialogs::prove
