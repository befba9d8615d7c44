// What conversations covered, and how they went, for people and machines.
#include <algorithm>

#include "base/text.h"
#include "dialogs/exits.h"
#include "dialogs/rehearsal.h"
#include "dialogs/rehearsal_walk.h"

namespace usher::dialogs {
namespace {

void count(const Walked& walked, std::string name, std::size_t& all, std::size_t& hit, std::vector<std::string>& missing) {
  ++all;
  if (walked.contains(name)) {
    ++hit;
  } else {
    missing.push_back(std::move(name));
  }
}

std::string xml(std::string_view words) {
  return text::html_escape(text::to_valid_utf8(words));
}

}  // namespace

std::map<std::string, Coverage> coverage(const ScriptSet& scripts, const Walked& walked) {
  std::map<std::string, Coverage> out;
  for (const auto& [name, script] : scripts.scripts) {
    Coverage& c = out[name];
    for (const std::string& id : script.order) {
      const Step& step = script.steps.at(id);
      count(walked, walked_step(name, id), c.steps, c.steps_walked, c.missing);
      std::vector<Exit> ways = exits(step);
      std::erase_if(ways, [](const Exit& e) { return e.kind == Exit::Kind::kNext || e.kind == Exit::Kind::kTimeout; });
      for (const Exit& e : ways) {
        if (ways.size() > 1) count(walked, walked_exit(name, id, e.name), c.branches, c.branches_walked, c.missing);
      }
      if (const auto* wait = std::get_if<Wait>(&step.kind)) {
        if (wait->remind_after.count() > 0) {
          count(walked, walked_time(name, id, "reminder"), c.timeouts, c.timeouts_walked, c.missing);
        }
        if (wait->give_up_after.count() > 0) {
          count(walked, walked_time(name, id, "gave-up"), c.timeouts, c.timeouts_walked, c.missing);
        }
      }
    }
  }
  return out;
}

std::string to_junit(const std::vector<Rehearsed>& all) {
  const auto failed = std::ranges::count_if(all, [](const Rehearsed& r) { return !r.problems.empty(); });
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"dialogs\" tests=\"" +
                    std::to_string(all.size()) + "\" failures=\"" + std::to_string(failed) + "\" errors=\"0\">\n";
  for (const Rehearsed& r : all) {
    const auto seconds = std::to_string(std::chrono::duration<double>(r.engine_time).count());
    out += "    <testcase classname=\"" + xml(r.file) + "\" name=\"" + xml(r.name) + "\" time=\"" + seconds + "\"";
    if (r.problems.empty()) {
      out += "/>\n";
      continue;
    }
    out += ">\n";
    const Problem& first = r.problems.front();
    out += "      <failure message=\"" + xml("line " + std::to_string(first.line) + ": " + first.message) + "\">";
    for (const Problem& p : r.problems) {
      out +=
          xml(p.file + ":" + std::to_string(p.line) + ": " + p.message + "\n" + (p.hint.empty() ? "" : "    " + p.hint + "\n"));
    }
    out += "</failure>\n    </testcase>\n";
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace usher::dialogs
