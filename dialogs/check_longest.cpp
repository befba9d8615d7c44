// The longest way to a human. A way that goes back to a step it has passed is not followed: every way counted is one a customer
// can really take.
#include <algorithm>
#include <optional>

#include "dialogs/check_parts.h"

namespace usher::dialogs {
namespace {

using prove::Flow;
using prove::Node;
using prove::Way;

std::size_t answers_at(const Node& node) {
  if (const auto* block = std::get_if<TroubleshootBlock>(&node.step->kind)) {
    const std::size_t all = block->checks.size() + block->questions.size();
    return std::min(all, static_cast<std::size_t>(std::max(block->model.max_steps, 0)));
  }
  return node.asks ? 1 : 0;
}

struct Found {
  std::size_t answers = 0, before_handover = 0;
  std::vector<int> steps;
};

class Longest {
 public:
  explicit Longest(const Flow& flow) : flow_(flow) {}

  // What was asked on the way already is not asked again: a slot that has its value, a step of a script called twice.
  std::optional<Found> to_person(int start) {
    std::optional<Found> found = search(start, true);
    if (!found) return found;
    found->answers = 0;
    bool handing_over = false;
    std::set<int> steps;
    std::set<std::string> slots;
    for (const int number : found->steps) {
      const Node& node = flow_.nodes[static_cast<std::size_t>(number)];
      handing_over = handing_over || node.script->name == "handover";
      const Ask* ask = std::get_if<Ask>(&node.step->kind);
      if (!steps.insert(number).second || (ask != nullptr && !slots.insert(ask->slot).second)) continue;
      found->answers += answers_at(node);
      if (!handing_over) found->before_handover = found->answers;
    }
    return found;
  }

 private:
  struct Best {
    bool done = false, leads = false;
    std::size_t answers = 0;
    int next = -1;
    const Way* way = nullptr;
  };
  struct Visit {
    int node;
    std::size_t way = 0;
  };

  // From `start` to an `escalate`, or to a `return` of the same call. Depth first; explicit stack, scripts may be long.
  std::optional<Found> search(int start, bool to_person) {
    if (start < 0) return std::nullopt;
    std::map<int, Best> best;
    std::vector<Visit> stack = {{start}};
    best[start];
    while (!stack.empty()) {
      Visit& v = stack.back();
      const Node& node = flow_.nodes[static_cast<std::size_t>(v.node)];
      if (v.way < node.ways.size()) {
        const Way& w = node.ways[v.way++];
        if (follows(node, w, to_person) && w.to >= 0 && best.try_emplace(w.to).second) stack.push_back({w.to});
        continue;
      }
      finish(v.node, node, best, to_person);
      stack.pop_back();
    }
    if (!best[start].leads) return std::nullopt;
    Found found{best[start].answers, {}};
    for (int node = start; node >= 0; node = best[node].next) {
      found.steps.push_back(node);
      const Way* way = best[node].way;
      if (way == nullptr || way->role != Way::Role::kAfterCall) continue;
      const Found& inside = through(flow_.callee(flow_.nodes[static_cast<std::size_t>(node)]));
      found.steps.insert(found.steps.end(), inside.steps.begin(), inside.steps.end());
    }
    return found;
  }

  bool follows(const Node& node, const Way& way, bool to_person) const {
    if (way.role == Way::Role::kCall) return to_person;
    if (way.role != Way::Role::kAfterCall) return true;
    const int callee = flow_.callee(node);
    return callee >= 0 && flow_.returns[static_cast<std::size_t>(callee)];
  }

  void finish(int number, const Node& node, std::map<int, Best>& best, bool to_person) {
    Best b{.done = true, .leads = to_person && std::holds_alternative<Escalate>(node.step->kind)};
    std::size_t beyond = 0;
    for (const Way& w : node.ways) {
      if (!follows(node, w, to_person)) continue;
      std::size_t more = w.role == Way::Role::kAfterCall ? through(flow_.callee(node)).answers : 0;
      if (w.to == Way::kReturn) {
        if (to_person) continue;
      } else {
        const auto it = w.to < 0 ? best.end() : best.find(w.to);
        if (it == best.end() || !it->second.done || !it->second.leads) continue;  // not done: a way back
        more += it->second.answers;
      }
      if (b.leads && b.way != nullptr && more <= beyond) continue;
      b.leads = true;
      b.way = &w;
      b.next = w.to < 0 ? -1 : w.to;
      beyond = more;
    }
    b.answers = beyond + (b.leads ? answers_at(node) : 0);
    best[number] = b;
  }

  const Found& through(int callee) {
    static const Found kNothing;
    if (callee < 0) return kNothing;
    if (const auto it = through_.find(callee); it != through_.end()) return it->second;
    through_[callee] = {};  // a script that calls itself: its inner round counts nothing
    Found found = search(callee, false).value_or(Found{});
    return through_[callee] = std::move(found);
  }

  const Flow& flow_;
  std::map<int, Found> through_;
};

}  // namespace

std::vector<LongestWay> longest_ways(const ScriptSet& scripts) {
  const Flow flow(scripts, {});
  Longest longest(flow);
  std::vector<LongestWay> out;
  for (const auto& [name, script] : scripts.scripts) {
    LongestWay& way = out.emplace_back();
    way.dialog = name;
    const auto found = longest.to_person(flow.find(script, script.start));
    if (!found) continue;
    way.answers = found->answers;
    way.before_handover = found->before_handover;
    for (const int node : found->steps) way.steps.push_back(flow.name(node));
  }
  return out;
}

}  // namespace usher::dialogs
