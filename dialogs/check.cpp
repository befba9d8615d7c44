#include "dialogs/check.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"

namespace usher::dialogs {
namespace {

constexpr std::array<std::string_view, 2> kLanguages = {"en", "zh"};

template <class... F>
struct Match : F... {
  using F::operator()...;
};

// A way from a step on. `waits`: only a word of the customer opens it. Steps are named "script/step".
struct Way {
  std::string to;
  bool waits = false;
};

class Prover {
 public:
  Prover(const ScriptSet& scripts, const std::function<bool(std::string_view, std::string_view)>& has_article)
      : scripts_(scripts), has_article_(has_article) {}

  std::vector<Problem> run() {
    for (const auto& [name, script] : scripts_.scripts) {
      for (const auto& [id, step] : script.steps) ways_[key(script, id)] = ways_of(script, step);
    }
    find_exits();
    find_known_slots();
    for (const auto& [key, text] : scripts_.texts) translated(text, scripts_.texts_file, text.at, "the text '" + key + "'");
    check_shared_slots();
    for (const auto& [name, script] : scripts_.scripts) check_script(script);
    check_triggers();
    std::ranges::sort(problems_, {}, [](const Problem& p) { return std::tie(p.file, p.line, p.column, p.message); });
    return std::move(problems_);
  }

 private:
  static std::string key(const Script& script, std::string_view step) { return script.name + "/" + std::string(step); }

  void problem(const std::string& file, Position at, std::string message, std::string hint) {
    problems_.push_back({file, std::max(at.line, 1), std::max(at.column, 1), std::move(message), std::move(hint)});
  }

  std::string place(const Script& script, const std::string& target) const {
    if (!target.starts_with("dialog:")) return key(script, target);
    const Script* other = scripts_.find(std::string_view(target).substr(7));
    return other == nullptr ? std::string() : key(*other, other->start);
  }

  std::vector<Way> ways_of(const Script& script, const Step& step) const {
    std::vector<Way> ways;
    auto add = [&](const std::string& target, bool waits) {
      if (std::string to = place(script, target); !target.empty() && !to.empty()) ways.push_back({std::move(to), waits});
    };
    std::visit(
        Match{[&](const Say& k) { add(k.next, false); },
              [&](const Ask& k) { add(k.next, false); },  // skipped when the slot is known
              [&](const Choose& k) {
                for (const Option& o : k.options) add(o.next, true);
              },
              [&](const ShowArticle& k) {
                if (k.ask_if_solved) add(k.solved, true);
                add(k.unsolved, false);  // also when nothing is found
              },
              [&](const Goto& k) { add(k.next, false); }, [](const Escalate&) {}, [](const Resolve&) {}, [](const auto&) {}},
        step.kind);
    return ways;
  }

  // Steps from which some end can be reached, by going backwards from the ends.
  void find_exits() {
    std::map<std::string, std::vector<std::string>> from;
    std::vector<std::string> open;
    for (const auto& [place, ways] : ways_) {
      for (const Way& w : ways) from[w.to].push_back(place);
    }
    for (const auto& [name, script] : scripts_.scripts) {
      for (const auto& [id, step] : script.steps) {
        if (std::holds_alternative<Escalate>(step.kind) || std::holds_alternative<Resolve>(step.kind))
          open.push_back(key(script, id));
      }
    }
    while (!open.empty()) {
      std::string place = std::move(open.back());
      open.pop_back();
      if (!has_exit_.insert(place).second) continue;
      for (const std::string& before : from[place]) open.push_back(before);
    }
  }

  void find_known_slots() {
    known_slots_ = {"symptom", "reason", "reference", "number", "promise", "company"};
    for (const auto& [name, script] : scripts_.scripts) {
      for (const auto& [slot, declared] : script.slots) known_slots_.insert(slot);
      for (const auto& [id, step] : script.steps) {
        for (const auto& [slot, value] : step.set) known_slots_.insert(slot);
        const Choose* choose = std::get_if<Choose>(&step.kind);
        if (choose == nullptr) continue;
        if (!choose->slot.empty()) known_slots_.insert(choose->slot);
        for (const Option& o : choose->options) {
          for (const auto& [slot, value] : o.set) known_slots_.insert(slot);
        }
      }
    }
  }

  void translated(const Text& text, const std::string& file, Position at, const std::string& what) {
    if (text.empty()) return;
    const Position here = text.at.line > 0 ? text.at : at;
    for (const std::string_view language : kLanguages) {
      if (!text.by_language.contains(std::string(language)))
        problem(file, here, fmt::format("{} has no '{}' text", what, language), fmt::format("add {}: \"…\"", language));
    }
    for (const auto& [language, words] : text.by_language) variables(words, file, here, what);
  }

  void variables(std::string_view words, const std::string& file, Position at, const std::string& what) {
    static const RE2 kVariable("\\{\\{\\s*([^{}]*?)\\s*\\}\\}");
    re2::StringPiece rest(words.data(), words.size());
    std::string name;
    while (RE2::FindAndConsume(&rest, kVariable, &name)) {
      if (known_slots_.contains(name)) continue;
      const std::string near = text::nearest(name, {known_slots_.begin(), known_slots_.end()});
      problem(file, at, fmt::format("{} names {{{{{}}}}}, but nothing ever fills it", what, name),
              near.empty() ? "declare the slot in slots.yaml or set it in a step" : "did you mean {{" + near + "}}?");
    }
  }

  void check_slot(const Slot& slot) {
    translated(slot.ask, slot.file, slot.at, fmt::format("the question for '{}'", slot.name));
    translated(slot.reask, slot.file, slot.at, fmt::format("'reask' of '{}'", slot.name));
    translated(slot.label, slot.file, slot.at, fmt::format("the label of '{}'", slot.name));
    translated(slot.pattern_hint, slot.file, slot.at, fmt::format("'pattern_hint' of '{}'", slot.name));
    for (const Option& o : slot.options) translated(o.label, slot.file, o.at, fmt::format("the label of '{}'", o.id));
    if (!slot.pattern.empty() && slot.pattern_hint.empty()) {
      problem(slot.file, slot.at, fmt::format("'{}' has a pattern but no 'pattern_hint'", slot.name),
              "say in words what a right value looks like");
    }
  }

  void check_shared_slots() {
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& [name, script] : scripts_.scripts) {
      for (const auto& [slot_name, slot] : script.slots) {
        if (seen.emplace(slot.file, slot_name).second) check_slot(slot);
      }
    }
  }

  void check_script(const Script& script) {
    translated(script.title, script.file, {1, 1}, "the title");
    std::set<std::string> reached;
    reach(script, script.start, reached);
    for (const std::string& id : script.order) {
      const Step& step = script.steps.at(id);
      if (!reached.contains(id)) {
        problem(script.file, step.at, fmt::format("the step '{}' can never be reached", id),
                "lead another step to it, or remove it");
        continue;
      }
      if (!has_exit_.contains(key(script, id))) {
        problem(script.file, step.at, fmt::format("from the step '{}' no way leads to 'resolve' or 'escalate'", id),
                "let one of its ways end in one");
      }
      check_step(script, step);
    }
    find_silent_loops(script);
  }

  void reach(const Script& script, const std::string& start, std::set<std::string>& reached) const {
    std::vector<std::string> open = {start};
    const std::string prefix = script.name + "/";
    while (!open.empty()) {
      const std::string id = std::move(open.back());
      open.pop_back();
      if (!reached.insert(id).second) continue;
      const auto ways = ways_.find(key(script, id));
      if (ways == ways_.end()) continue;
      for (const Way& w : ways->second) {
        if (w.to.starts_with(prefix)) open.push_back(w.to.substr(prefix.size()));
      }
    }
  }

  void check_step(const Script& script, const Step& step) {
    const std::string where = "the step '" + step.id + "'";
    std::visit(Match{[&](const Say& k) { translated(k.text, script.file, step.at, where); },
                     [&](const Ask& k) { check_ask(script, step, k); }, [&](const Choose& k) { check_choose(script, step, k); },
                     [&](const ShowArticle& k) { check_article(script, step, k); }, [](const Goto&) {},
                     [&](const Escalate& k) { translated(k.text, script.file, step.at, where); },
                     [&](const Resolve& k) { translated(k.text, script.file, step.at, where); }, [](const auto&) {}},
               step.kind);
  }

  void check_ask(const Script& script, const Step& step, const Ask& ask) {
    const auto slot = script.slots.find(ask.slot);
    if (slot == script.slots.end()) {
      std::vector<std::string> names;
      for (const auto& [name, declared] : script.slots) names.push_back(name);
      const std::string near = text::nearest(ask.slot, names);
      problem(script.file, step.at, fmt::format("the slot '{}' is asked for but not declared", ask.slot),
              near.empty() ? "declare it in slots.yaml" : "did you mean '" + near + "'?");
    } else if (slot->second.ask.empty()) {
      problem(script.file, step.at, fmt::format("the slot '{}' has no question", ask.slot),
              fmt::format("add ask: {{ en: \"…\", zh: \"…\" }} to it in {}", slot->second.file));
    }
  }

  void check_choose(const Script& script, const Step& step, const Choose& choose) {
    translated(choose.text, script.file, step.at, "the step '" + step.id + "'");
    for (std::size_t i = 0; i < choose.options.size(); ++i) {
      const Option& o = choose.options[i];
      translated(o.label, script.file, o.at, fmt::format("the option '{}'", o.id));
      for (std::size_t k = 0; k < i; ++k) {
        for (const Phrase& p : o.keys) {
          if (std::ranges::find(choose.options[k].keys, p) == choose.options[k].keys.end()) continue;
          problem(script.file, o.at,
                  fmt::format("“{}” is said for '{}' and for '{}'", fmt::join(p, " "), choose.options[k].id, o.id),
                  "nobody could tell which is meant: give it to one of them");
          break;
        }
      }
    }
  }

  void check_article(const Script& script, const Step& step, const ShowArticle& show) {
    translated(show.intro, script.file, step.at, fmt::format("'intro' of '{}'", step.id));
    translated(show.nothing_found, script.file, step.at, fmt::format("'nothing_found' of '{}'", step.id));
    if (show.id.empty() || !has_article_) return;
    const bool english = has_article_(show.id, "en");
    const bool chinese = has_article_(show.id, "zh");
    if (!english && !chinese) {
      problem(script.file, step.at, fmt::format("there is no article '{}'", show.id), "write it, or name another");
    } else if (!english || !chinese) {
      problem(script.file, step.at, fmt::format("the article '{}' is missing in '{}'", show.id, english ? "zh" : "en"),
              "translate it");
    }
  }

  // A circle of ways that none needs the customer would run for ever. Reported once, at its first step in this script.
  void find_silent_loops(const Script& script) {
    for (const std::string& id : script.order) {
      const std::string start = key(script, id);
      if (in_reported_loop_.contains(start)) continue;
      std::map<std::string, std::string> came_from;
      std::vector<std::string> open = {start};
      bool loop = false;
      while (!open.empty() && !loop) {
        const std::string at = std::move(open.back());
        open.pop_back();
        for (const Way& w : ways_[at]) {
          if (w.waits) continue;
          if (w.to == start) {
            came_from[start] = at;
            loop = true;
            break;
          }
          if (came_from.emplace(w.to, at).second) open.push_back(w.to);
        }
      }
      if (!loop) continue;
      std::vector<std::string> path = {start};
      for (std::string at = came_from[start]; at != start; at = came_from[at]) path.push_back(at);
      std::ranges::reverse(path.begin() + 1, path.end());
      for (const std::string& p : path) in_reported_loop_.insert(p);
      problem(script.file, script.steps.at(id).at,
              fmt::format("a loop without a word of the customer: {} → {}", fmt::join(path, " → "), start),
              "put a 'choose' into it, or let it end");
    }
  }

  void check_triggers() {
    std::map<Phrase, const Script*> owners;
    for (const auto& [name, script] : scripts_.scripts) {
      for (const Phrase& p : script.trigger.keys) {
        const auto [it, fresh] = owners.emplace(p, &script);
        if (fresh || it->second == &script) continue;
        problem(script.file, {1, 1}, fmt::format("“{}” starts '{}' and '{}'", fmt::join(p, " "), it->second->name, name),
                "leave it to one of them, or make it longer");
      }
    }
  }

  const ScriptSet& scripts_;
  const std::function<bool(std::string_view, std::string_view)>& has_article_;
  std::map<std::string, std::vector<Way>> ways_;
  std::set<std::string> has_exit_, known_slots_, in_reported_loop_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> check(const ScriptSet& scripts, const World& world) {
  return Prover(scripts, world.has_article).run();
}

}  // namespace usher::dialogs
