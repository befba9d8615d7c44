// What single steps and the head of a script need: patience and waiting, look-ups, consents, surveys, troubleshoot blocks, how
// running conversations move; fragments.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dialogs/check_parts.h"

namespace usher::dialogs::prove {
namespace {

class SettingCheck {
 public:
  explicit SettingCheck(Task& task) : t_(task) {}

  void run() {
    for (const auto& [name, script] : t_.scripts.scripts) {
      head(script);
      for (const std::string& id : script.order) {
        if (const Step* step = script.find(id)) check(script, *step);
      }
    }
    fragments();
  }

 private:
  void error(std::string_view code, const Script& script, Position at, std::string message, std::string hint) {
    t_.findings.error(code, script.file, at, std::move(message), std::move(hint));
  }
  void warning(std::string_view code, const Script& script, Position at, std::string message, std::string hint) {
    t_.findings.warning(code, script.file, at, std::move(message), std::move(hint));
  }

  // ── the head
  void head(const Script& script) {
    const Patience& p = script.patience;
    const bool own = p.remind_after != t_.scripts.patience.remind_after || p.give_up_after != t_.scripts.patience.give_up_after ||
                     p.then != t_.scripts.patience.then;
    if (own) patience(script);
    for (const auto& [old_step, new_step] : script.renamed) {
      if (script.moves_running) continue;
      warning("idle-rename", script, t_.places.of(script.file, {"renamed", old_step}),
              fmt::format("'renamed' moves '{}' to '{}', but only with 'running: move'", old_step, new_step),
              "add running: move");
    }
    if (script.enter_midway) midway(script);
  }

  void patience(const Script& script) {
    const Patience& p = script.patience;
    const Position at = t_.places.of(script.file, {"patience"});
    if (p.remind_after.count() > 0 && p.give_up_after.count() == 0) {
      warning("waits-for-ever", script, at, "a customer who does not come back is reminded, and then waited for without an end",
              "add give_up_after: 24h");
    }
  }

  // With enter_midway an answer in the first message skips the question, also the one about danger.
  void midway(const Script& script) {
    std::string id = script.start;
    for (std::size_t i = 0; i <= script.order.size(); ++i) {
      const Step* step = script.find(id);
      if (step == nullptr) return;
      if (const Say* say = std::get_if<Say>(&step->kind)) {
        id = say->next;
      } else if (const Goto* go = std::get_if<Goto>(&step->kind)) {
        id = go->next;
      } else {
        const Choose* choose = std::get_if<Choose>(&step->kind);
        if (choose == nullptr || !is_about_safety(script, *choose)) return;
        warning("midway-skips-safety", script, t_.places.of(script.file, {"enter_midway"}),
                fmt::format("the first question '{}' is about safety, and enter_midway may skip it", step->id),
                "remove enter_midway, or put the question into a step that is not the first");
        return;
      }
    }
  }

  bool is_about_safety(const Script& script, const Choose& choose) const {
    return std::ranges::any_of(choose.options, [&](const Option& o) {
      std::string id = o.next;
      for (std::size_t i = 0; i <= script.order.size(); ++i) {  // over what is only said or shown
        const Step* step = script.find(id);
        if (step == nullptr) return false;
        if (const Escalate* escalate = std::get_if<Escalate>(&step->kind)) return escalate->priority == "P1";
        if (const Say* say = std::get_if<Say>(&step->kind)) {
          id = say->next;
        } else if (const Goto* go = std::get_if<Goto>(&step->kind)) {
          id = go->next;
        } else if (const auto* article = std::get_if<ShowArticle>(&step->kind); article != nullptr && !article->ask_if_solved) {
          id = article->unsolved;
        } else {
          return false;
        }
      }
      return false;
    });
  }

  // ── single steps
  void check(const Script& script, const Step& step) {
    if (const Lookup* lookup = std::get_if<Lookup>(&step.kind)) check_lookup(script, step, *lookup);
    if (const Wait* wait = std::get_if<Wait>(&step.kind)) check_wait(script, step, *wait);
    if (const Choose* choose = std::get_if<Choose>(&step.kind)) check_choose(script, step, *choose);
    if (const auto* block = std::get_if<TroubleshootBlock>(&step.kind)) check_block(script, step, *block);
  }

  void check_lookup(const Script& script, const Step& step, const Lookup& lookup) {
    const auto& services = t_.world.services;
    if (t_.world.knows_services && !has(services, lookup.service)) {
      warning("unknown-service", script, step.at, fmt::format("there is no look-up service '{}'", lookup.service),
              did_you_mean(lookup.service, {services.begin(), services.end()}, "add it under lookups: in usher.yaml"));
    }
    if (lookup.save.empty() && lookup.next == lookup.failed && (lookup.not_found.empty() || lookup.not_found == lookup.next)) {
      warning("changes-nothing", script, step.at, fmt::format("whatever the look-up '{}' finds, nothing changes", step.id),
              "save something of the answer, or give its ways different steps");
    }
  }

  void check_wait(const Script& script, const Step& step, const Wait& wait) {
    const auto give_up = wait.give_up_after.count() > 0 ? wait.give_up_after : script.patience.give_up_after;
    if (wait.remind_after.count() > 0 && give_up.count() > 0 && wait.remind_after >= give_up) {
      error("reminder-too-late", script, step.at,
            fmt::format("at '{}' the customer is given up before the reminder is due", step.id),
            "make remind_after shorter, or add a longer give_up_after");
    }
    if (give_up.count() == 0) {
      warning("waits-for-ever", script, step.at, fmt::format("the step '{}' waits without an end", step.id),
              "add give_up_after: 2d");
    }
  }

  bool is_looked_at(const std::string& slot) const {
    if (slot.empty()) return false;
    const std::function<bool(const Condition&)> looks = [&](const Condition& c) {
      return c.slot == slot || std::ranges::any_of(c.parts, looks);
    };
    for (const auto& [name, script] : t_.scripts.scripts) {
      for (const auto& [id, step] : script.steps) {
        const Branch* branch = std::get_if<Branch>(&step.kind);
        if (branch != nullptr && std::ranges::any_of(branch->cases, looks, &Branch::Case::when)) return true;
      }
    }
    return false;
  }

  void check_choose(const Script& script, const Step& step, const Choose& choose) {
    if (choose.options.empty()) return;
    const bool one_way = std::ranges::all_of(choose.options, [&](const Option& o) {
      return o.next == choose.options.front().next && o.set == choose.options.front().set;
    });
    if (choose.kind == Choose::Kind::kConsent && one_way && !is_looked_at(choose.slot)) {
      error("consent-changes-nothing", script, step.at,
            fmt::format("whether the customer agrees at '{}' or not, the same is done", step.id),
            "give agreed: and declined: different steps");
    } else if (one_way && choose.kind == Choose::Kind::kChoose && choose.slot.empty() && step.tried.empty()) {
      warning("changes-nothing", script, step.at,
              fmt::format("whatever is answered at '{}', nothing changes and nobody learns it", step.id),
              "give the answers different steps, or keep them: add slot: or tried:");
    }
    if (choose.kind != Choose::Kind::kSurvey) return;
    for (const Option& o : choose.options) {
      if (o.id != "3" && o.id != "4" && o.id != "5") continue;  // a bad mark may well lead to more questions
      if (!asks_more(script, o.next)) continue;
      warning("survey-too-early", script, step.at,
              fmt::format("after the survey '{}' the customer is questioned further", step.id), "ask for satisfaction last");
      return;
    }
  }

  bool asks_more(const Script& script, const std::string& target) const {
    std::vector<int> open = {target.starts_with("dialog:") ? t_.flow.start_of(std::string_view(target).substr(7))
                                                           : t_.flow.find(script, target)};
    std::set<int> seen;
    while (!open.empty()) {
      const int node = open.back();
      open.pop_back();
      if (node < 0 || !seen.insert(node).second) continue;
      const Node& n = t_.flow.nodes[static_cast<std::size_t>(node)];
      if (n.asks) return true;
      for (const Way& w : n.ways) open.push_back(w.to);
    }
    return false;
  }

  void check_block(const Script& script, const Step& step, const TroubleshootBlock& block) {
    for (std::size_t f = 0; f < block.model.causes.size(); ++f) {
      const bool fixable = std::ranges::any_of(
          block.model.actions, [&](const troubleshoot::Action& a) { return f < a.rates.size() && a.rates[f] > 0; });
      if (fixable || block.model.actions.empty()) continue;
      warning("cause-without-cure", script, step.at,
              fmt::format("'{}': nothing fixes the cause '{}'", step.id, block.model.causes[f].id),
              "add a check that fixes it; without one it only makes the others look less likely");
    }
  }

  // ── fragments nobody uses; seen in the sources only, parse has put them into the texts
  void fragments() {
    const auto* sources = t_.places.sources();
    if (sources == nullptr) return;
    std::set<std::string> used;
    for (const Source& source : *sources) {
      std::string_view rest = source.bytes;
      for (auto open = rest.find("{{>"); open != std::string_view::npos; open = rest.find("{{>")) {
        const auto close = rest.find("}}", open);
        if (close == std::string_view::npos) break;
        used.insert(text::trim(rest.substr(open + 3, close - open - 3)));
        rest.remove_prefix(close + 2);
      }
    }
    for (const Source& source : *sources) {
      if (source.bytes.find("fragments:") == std::string::npos) continue;
      const YamlNode* root = t_.places.tree(source.file);
      const YamlEntry* all = root == nullptr ? nullptr : root->find("fragments");
      if (all == nullptr) continue;
      for (const YamlEntry& fragment : all->value.entries) {
        if (!used.contains(fragment.key)) {
          t_.findings.warning("unused-fragment", source.file, fragment.at,
                              fmt::format("no text uses the fragment '{}'", fragment.key), "remove it");
        }
        for (const std::string& language : t_.world.languages) {
          if (fragment.value.find(language) != nullptr) continue;
          t_.findings.error("missing-translation", source.file, fragment.at,
                            fmt::format("the fragment '{}' has no '{}' text", fragment.key, language),
                            fmt::format("add {}: \"…\"", language));
        }
      }
    }
  }

  Task& t_;
};

}  // namespace

void check_settings(Task& task) {
  SettingCheck(task).run();
}

}  // namespace usher::dialogs::prove
