// All steps of all scripts as one graph. A `call` is not followed like a `goto`: what comes after it depends on whether the
// called script returns, which is worked out first, so that a script called from two places does not join their ways.
#include <fmt/format.h>

#include <algorithm>

#include "dialogs/check_parts.h"

namespace usher::dialogs::prove {
namespace {

constexpr std::string_view kDialog = "dialog:";

bool waits_for_customer(const StepKind& kind) {
  if (const auto* article = std::get_if<ShowArticle>(&kind)) return article->ask_if_solved;
  return std::holds_alternative<Ask>(kind) || std::holds_alternative<Choose>(kind) || std::holds_alternative<Wait>(kind) ||
         std::holds_alternative<TroubleshootBlock>(kind);
}

// Whether a way may be taken although the customer says nothing. A question for a slot is skipped when the slot has a value; an
// article that may not exist is skipped, too.
bool is_silent(const Step& step, const Exit& exit, const World& world) {
  if (exit.kind == Exit::Kind::kTimeout) return false;
  if (std::holds_alternative<Ask>(step.kind)) return true;
  if (std::holds_alternative<TroubleshootBlock>(step.kind)) return false;
  if (const auto* article = std::get_if<ShowArticle>(&step.kind); article != nullptr && exit.name == "unsolved") {
    if (article->id.empty()) return !article->ask_if_solved;  // nothing-found is a way of its own
    if (!article->ask_if_solved) return true;
    return world.has_article && std::ranges::none_of(world.languages, [&](const std::string& language) {
             return world.has_article(article->id, language);
           });
  }
  return !exit.by_customer();
}

}  // namespace

Flow::Flow(const ScriptSet& scripts, const World& world) : scripts_(scripts) {
  for (const auto& [name, script] : scripts.scripts) {
    for (const std::string& id : script.order) {
      const auto step = script.steps.find(id);
      if (step == script.steps.end()) continue;
      by_name_.emplace(std::pair<std::string_view, std::string_view>(name, id), static_cast<int>(nodes.size()));
      nodes.push_back({&script, &step->second, {}, waits_for_customer(step->second.kind)});
    }
    if (!script.trigger.empty()) roots_.insert(name);
  }
  for (const char* name : {"email", "fallback", "handover"}) roots_.insert(name);
  roots_.insert(world.entries.begin(), world.entries.end());

  before.resize(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Node& node = nodes[i];
    std::vector<Exit> out = exits(*node.step);
    const Wait* wait = std::get_if<Wait>(&node.step->kind);
    const std::string& then = node.script->patience.then;
    // "ticket" and "close" are words of the patience, also where a step has that name.
    if (node.asks && then != "ticket" && then != "close" && node.script->find(then) != nullptr &&
        (wait == nullptr || wait->gave_up.empty()))
      out.push_back({Exit::Kind::kTimeout, "gave-up", then, node.step->at});
    const bool is_call = std::holds_alternative<Call>(node.step->kind);
    for (Exit& e : out) {
      Way way;
      if (is_call) way.role = e.name == "call" ? Way::Role::kCall : Way::Role::kAfterCall;
      way.silent = is_silent(*node.step, e, world);
      if (e.target == kReturn) {
        way.to = Way::kReturn;
      } else if (e.target.starts_with(kDialog)) {
        way.to = start_of(std::string_view(e.target).substr(kDialog.size()));
      } else {
        way.to = find(*node.script, e.target);
      }
      if (way.to >= 0) before[static_cast<std::size_t>(way.to)].push_back(static_cast<int>(i));
      way.exit = std::move(e);
      node.ways.push_back(std::move(way));
    }
  }

  const auto held = [](const std::vector<char>& known, int node) { return node >= 0 && known[static_cast<std::size_t>(node)]; };
  const auto after_returning = [&](const Node& node, const std::vector<char>& known) {
    const Way* after = after_call(node);
    return after != nullptr && held(known, callee(node)) && (after->to == Way::kReturn || held(known, after->to));
  };
  returns = solve([&](const Node& node, const std::vector<char>& known) {
    if (after_returning(node, known)) return true;
    return std::ranges::any_of(
        node.ways, [&](const Way& w) { return w.role == Way::Role::kPlain && (w.to == Way::kReturn || held(known, w.to)); });
  });
  returns_silently = solve([&](const Node& node, const std::vector<char>& known) {
    if (after_returning(node, known)) return true;
    return std::ranges::any_of(node.ways, [&](const Way& w) {
      return w.role == Way::Role::kPlain && w.silent && (w.to == Way::kReturn || held(known, w.to));
    });
  });
  ends = solve([&](const Node& node, const std::vector<char>& known) {
    if (std::holds_alternative<Escalate>(node.step->kind) || std::holds_alternative<Resolve>(node.step->kind)) return true;
    return std::ranges::any_of(node.ways, [&](const Way& w) {
      return held(known, w.to) && (w.role != Way::Role::kAfterCall || held(returns, callee(node)));
    });
  });
  for (Node& node : nodes) {
    const int called = callee(node);
    for (Way& w : node.ways) {
      if (w.role == Way::Role::kAfterCall) w.silent = held(returns_silently, called);
    }
  }
}

int Flow::find(const Script& script, std::string_view step) const {
  const auto it = by_name_.find({script.name, step});
  return it == by_name_.end() ? Way::kNowhere : it->second;
}

int Flow::start_of(std::string_view script) const {
  const Script* found = scripts_.find(script);
  return found == nullptr ? Way::kNowhere : find(*found, found->start);
}

std::string Flow::name(int node) const {
  const Node& n = nodes[static_cast<std::size_t>(node)];
  return n.script->name + "/" + n.step->id;
}

std::string Flow::path(const std::vector<int>& way) const {
  constexpr std::size_t kShown = 9;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < way.size(); ++i) {
    const bool same_script = nodes[static_cast<std::size_t>(way[i])].script == nodes[static_cast<std::size_t>(way[0])].script;
    names.push_back(same_script ? nodes[static_cast<std::size_t>(way[i])].step->id : name(way[i]));
  }
  if (names.size() > kShown) {
    names.erase(names.begin() + 4, names.end() - 4);
    names.insert(names.begin() + 4, "…");
  }
  return fmt::format("{}", fmt::join(names, " → "));
}

bool Flow::is_root(const Script& script) const {
  return roots_.contains(script.name);
}

int Flow::callee(const Node& node) const {
  for (const Way& w : node.ways) {
    if (w.role == Way::Role::kCall) return w.to;
  }
  return Way::kNowhere;
}

const Way* Flow::after_call(const Node& node) const {
  const auto it = std::ranges::find(node.ways, Way::Role::kAfterCall, &Way::role);
  return it == node.ways.end() ? nullptr : &*it;
}

std::vector<char> Flow::solve(const std::function<bool(const Node&, const std::vector<char>&)>& holds) const {
  std::vector<char> known(nodes.size(), 0);
  std::vector<int> open;
  for (std::size_t i = nodes.size(); i-- > 0;) open.push_back(static_cast<int>(i));
  while (!open.empty()) {
    const auto i = static_cast<std::size_t>(open.back());
    open.pop_back();
    if (known[i] || !holds(nodes[i], known)) continue;
    known[i] = 1;
    for (const int b : before[i]) {
      if (!known[static_cast<std::size_t>(b)]) open.push_back(b);
    }
  }
  return known;
}

// Tarjan's algorithm, without recursion: scripts may be long.
std::vector<std::vector<int>> components(int count, const std::function<std::vector<int>(int)>& next) {
  const auto size = static_cast<std::size_t>(count);
  std::vector<std::vector<int>> out;
  std::vector<int> index(size, -1), low(size, 0), stack;
  std::vector<char> on_stack(size, 0);
  struct Visit {
    int node;
    std::vector<int> next;
    std::size_t at = 0;
  };
  int counter = 0;
  for (int root = 0; root < count; ++root) {
    if (index[static_cast<std::size_t>(root)] >= 0) continue;
    std::vector<Visit> visits;
    const auto enter = [&](int node) {
      const auto n = static_cast<std::size_t>(node);
      index[n] = low[n] = counter++;
      stack.push_back(node);
      on_stack[n] = 1;
      visits.push_back({node, next(node)});
    };
    enter(root);
    while (!visits.empty()) {
      Visit& v = visits.back();
      const auto n = static_cast<std::size_t>(v.node);
      if (v.at < v.next.size()) {
        const int to = v.next[v.at++];
        const auto t = static_cast<std::size_t>(to);
        if (index[t] < 0) {
          enter(to);
        } else if (on_stack[t]) {
          low[n] = std::min(low[n], index[t]);
        }
        continue;
      }
      if (low[n] == index[n]) {
        std::vector<int>& part = out.emplace_back();
        int member = -1;
        do {
          member = stack.back();
          stack.pop_back();
          on_stack[static_cast<std::size_t>(member)] = 0;
          part.push_back(member);
        } while (member != v.node);
        std::ranges::sort(part);
      }
      const int child_low = low[n];
      visits.pop_back();
      if (!visits.empty()) {
        auto& parent_low = low[static_cast<std::size_t>(visits.back().node)];
        parent_low = std::min(parent_low, child_low);
      }
    }
  }
  return out;
}

}  // namespace usher::dialogs::prove
