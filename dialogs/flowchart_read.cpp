#include "dialogs/flowchart_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"

namespace usher::dialogs {
namespace {

using Json = nlohmann::ordered_json;
using Node = Chart::Node;
using Answer = Chart::Answer;

constexpr std::size_t kMaxNodes = 5000;

class ChartReader {
 public:
  ChartReader(const Source& source, std::vector<Problem>& problems) : source_(source), problems_(problems) {}

  std::optional<Chart> read() {
    Json j;
    try {
      // Of a key that is written twice JSON keeps one: that would be an answer or a node lost without a word.
      std::vector<std::set<std::string>> open;
      j = Json::parse(source_.bytes, [&](int, Json::parse_event_t event, Json& value) {
        if (event == Json::parse_event_t::object_start) open.emplace_back();
        if (event == Json::parse_event_t::object_end) open.pop_back();
        if (event == Json::parse_event_t::key && !open.empty() && !open.back().insert(value.get<std::string>()).second) {
          error("'" + value.get<std::string>() + "' is written twice in one object", "give one of them another name",
                line_of(value.get<std::string>(), 2));
        }
        return true;
      });
    } catch (const Json::parse_error& e) {
      const auto end = source_.bytes.begin() + static_cast<std::ptrdiff_t>(std::min(e.byte, source_.bytes.size()));
      error("this is not JSON: " + std::string(e.what()).substr(0, 160), "check commas, quotes and brackets",
            1 + static_cast<int>(std::count(source_.bytes.begin(), end, '\n')));
      return std::nullopt;
    }
    const Json* nodes = j.is_object() && j.contains("nodes") ? &j["nodes"] : nullptr;
    if (nodes == nullptr || !nodes->is_object() || nodes->empty() || nodes->size() > kMaxNodes) {
      error(fmt::format("a flowchart has 'nodes': an object of 1 to {} nodes by id", kMaxNodes),
            R"({"name": …, "problem": …, "start": "n1", "nodes": {"n1": {"prompt": …, "answers": {"yes": "n2"}}}})");
      return std::nullopt;
    }
    chart_.name = string(j, "name", "the flowchart");
    chart_.problem = string(j, "problem", "the flowchart");
    chart_.start = string(j, "start", "the flowchart");
    for (const auto& [id, node] : nodes->items()) read_node(id, node);
    check();
    const bool usable = std::ranges::all_of(problems_, &Problem::is_warning);
    return usable ? std::optional(std::move(chart_)) : std::nullopt;
  }

 private:
  void error(std::string message, std::string hint, int line = 1) {
    problems_.push_back({source_.file, line, 1, std::move(message), std::move(hint), "flowchart"});
  }
  void warn(std::string message, std::string hint, int line) {
    error(std::move(message), std::move(hint), line);
    problems_.back().is_warning = true;
  }

  // Where a node is written: its id as a key, the n-th time.
  int line_of(const std::string& id, int n = 1) const {
    const std::string key = Json(id).dump(-1, ' ', false, Json::error_handler_t::replace);
    for (auto at = source_.bytes.find(key); at != std::string::npos; at = source_.bytes.find(key, at + 1)) {
      const auto after = source_.bytes.find_first_not_of(" \t\r\n", at + key.size());
      if (after == std::string::npos || source_.bytes[after] != ':' || --n > 0) continue;
      return 1 +
             static_cast<int>(std::count(source_.bytes.begin(), source_.bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    }
    return 1;
  }

  std::string string(const Json& map, const char* key, const std::string& where, int line = 1) {
    const auto it = map.find(key);
    if (it == map.end() || it->is_null()) return {};
    if (it->is_string()) return text::trim(text::to_valid_utf8(it->get_ref<const std::string&>()));
    if (it->is_number_integer()) return std::to_string(it->get<std::int64_t>());
    error(fmt::format("'{}' of {} is not a text", key, where), "write it in quotes", line);
    return {};
  }

  void read_node(const std::string& id, const Json& j) {
    Node n;
    n.id = id;
    const std::string where = "node '" + id + "'";
    const int line = line_of(id);
    if (!j.is_object()) return error(where + " is not an object", R"({"prompt": …, "answers": {…}})", line);
    n.prompt = string(j, "prompt", where, line);
    n.end = string(j, "end", where, line);
    n.priority = string(j, "priority", where, line);
    n.fault_class = string(j, "fault_class", where, line);
    if (const auto t = j.find("terminal"); t != j.end()) {
      if (!t->is_boolean()) error("'terminal' of " + where + " is neither true nor false", "", line);
      n.terminal = t->is_boolean() && t->get<bool>();
    }
    if (const auto a = j.find("answers"); a != j.end() && !a->is_null()) {
      if (!a->is_object()) error("'answers' of " + where + " is not an object", R"({"yes": "n2", "no": "n3"})", line);
      if (a->is_object()) {
        for (const auto& [label, next] : a->items()) {
          if (next.is_number_integer()) {
            n.answers.push_back({text::trim(text::to_valid_utf8(label)), std::to_string(next.get<std::int64_t>())});
          } else if (!next.is_string()) {
            error(fmt::format("the answer '{}' of {} leads to no node id", label, where), "write the id in quotes", line);
          } else {
            n.answers.push_back({text::trim(text::to_valid_utf8(label)), next.get<std::string>()});
          }
        }
      }
    }
    if (const std::string next = string(j, "next", where, line); !next.empty() && n.answers.empty())
      n.answers.push_back({"", next});
    chart_.index.emplace(id, chart_.nodes.size());
    chart_.nodes.push_back(std::move(n));
  }

  void check() {
    for (Node& n : chart_.nodes) {
      const std::string where = "node '" + n.id + "'";
      const int line = line_of(n.id);
      if (n.prompt.empty()) error(where + " says nothing", "give it a 'prompt'", line);
      if (n.terminal && !n.answers.empty()) {
        warn(where + " is terminal and has answers: they are left out", "take 'terminal' or the answers away", line);
        n.answers.clear();
      }
      if (!n.terminal && n.answers.empty()) {
        warn(where + " has no answers: it is taken as an end", "set \"terminal\": true, or say where it goes on", line);
        n.terminal = true;
      }
      if (!n.end.empty() && n.end != "resolved" && n.end != "escalated") {
        error(fmt::format("'end' of {} cannot be '{}'", where, n.end), "resolved or escalated", line);
      }
      check_labels(n, where, line);
      for (const Answer& a : n.answers) {
        if (!chart_.index.contains(a.next)) {
          std::vector<std::string> ids;
          for (const Node& other : chart_.nodes) ids.push_back(other.id);
          const std::string near = text::nearest(a.next, ids);
          error(fmt::format("the answer '{}' of {} leads to '{}', which does not exist", a.label, where, a.next),
                near.empty() ? "name a node of this flowchart" : "did you mean '" + near + "'?", line);
        }
      }
    }
    if (chart_.start.empty()) {
      error("'start' is missing", "name the first node");
    } else if (!chart_.index.contains(chart_.start)) {
      error("'start' is '" + chart_.start + "', which is no node", "name the first node");
    } else {
      drop_unreached();
    }
  }

  // Labels that are one to whoever says them.
  void check_labels(Node& n, const std::string& where, int line) {
    std::map<std::string, std::string> heard;
    std::erase_if(n.answers, [&](const Answer& a) {
      const auto [before, fresh] = heard.emplace(text::fold(a.label), a.next);
      if (fresh) return false;
      const bool same = before->second == a.next;
      warn(fmt::format("the answer '{}' of {} stands twice{}", a.label, where,
                       same ? ": once is enough" : fmt::format(" and leads to '{}' and to '{}'", before->second, a.next)),
           same ? "take one of them away" : "nobody could tell which is meant: give one of them another name", line);
      return same;
    });
  }

  void drop_unreached() {
    std::set<std::string> reached = {chart_.start};
    std::vector<std::string> open = {chart_.start};
    while (!open.empty()) {
      const Node* n = chart_.find(open.back());
      open.pop_back();
      for (const Answer& a : n == nullptr ? std::vector<Answer>{} : n->answers) {
        if (reached.insert(a.next).second) open.push_back(a.next);
      }
    }
    std::vector<Node> kept;
    for (Node& n : chart_.nodes) {
      if (reached.contains(n.id)) {
        kept.push_back(std::move(n));
      } else {
        warn("no answer leads to node '" + n.id + "': it is left out", "let an answer lead to it", line_of(n.id));
      }
    }
    chart_.nodes = std::move(kept);
    chart_.index.clear();
    for (std::size_t i = 0; i < chart_.nodes.size(); ++i) chart_.index.emplace(chart_.nodes[i].id, i);
    warn_of_circles();
  }

  // Nodes no end can be reached from.
  void warn_of_circles() {
    std::set<std::string> ends;
    for (bool more = true; more;) {
      more = false;
      for (const Node& n : chart_.nodes) {
        const bool leads = n.terminal || std::ranges::any_of(n.answers, [&](const Answer& a) { return ends.contains(a.next); });
        if (leads) more = ends.insert(n.id).second || more;
      }
    }
    for (const Node& n : chart_.nodes) {
      if (!ends.contains(n.id))
        warn("from node '" + n.id + "' no answer ever leads to an end", "let one lead to a terminal node", line_of(n.id));
    }
  }

  const Source& source_;
  std::vector<Problem>& problems_;
  Chart chart_;
};

}  // namespace

std::optional<Chart> read_chart(const Source& json, std::vector<Problem>& problems) {
  return ChartReader(json, problems).read();
}

}  // namespace usher::dialogs
