// The engine tells where it stood and where it stands. Between two waits its way is fixed by the scripts: this follows it, with
// the slots as they were. Only questions that the first message answered already (enter_midway) leave a choice: there every
// option is tried until the way ends where the engine stands.
#include "dialogs/rehearsal_walk.h"

#include <algorithm>

#include "dialogs/exits.h"

namespace usher::dialogs {

std::string walked_step(std::string_view dialog, std::string_view step) {
  return std::string(dialog) + "/" + std::string(step);
}
std::string walked_exit(std::string_view dialog, std::string_view step, std::string_view exit) {
  return walked_step(dialog, step) + ">" + std::string(exit);
}
std::string walked_time(std::string_view dialog, std::string_view step, std::string_view what) {
  return walked_step(dialog, step) + "@" + std::string(what);
}

namespace {

using Slots = std::map<std::string, std::string>;

constexpr std::string_view kDialog = "dialog:";

void assign(Slots& slots, const std::map<std::string, std::string>& settings) {
  for (const auto& [name, value] : settings) {
    std::string v = fill(value, slots);
    if (v.empty()) {
      slots.erase(name);
    } else {
      slots[name] = std::move(v);
    }
  }
}

class Walk {
 public:
  Walk(const ScriptSet& scripts, const State& before, const State& after, Walked& walked)
      : scripts_(scripts), before_(before), after_(after), walked_(walked) {
    to_step_ = after.last_step.empty() ? after.step : after.last_step;
  }

  // From where the customer or the outside has spoken, by the exit they took.
  bool by_exit(const Step& step, const Exit& exit) {
    for (Slots& slots : slots_at_start(&step)) {
      Trail trail{before_.dialog, before_.calls, std::move(slots), {}};
      if (const auto* choose = std::get_if<Choose>(&step.kind)) {
        if (!choose->slot.empty()) trail.slots[choose->slot] = exit.name;
        if (const auto o = std::ranges::find(choose->options, exit.name, &Option::id); o != choose->options.end()) {
          assign(trail.slots, o->set);
        }
      }
      trail.seen.push_back(exit.kind == Exit::Kind::kTimeout ? walked_time(before_.dialog, step.id, exit.name)
                                                             : walked_exit(before_.dialog, step.id, exit.name));
      if (follow(exit.target, std::move(trail), 0)) return true;
    }
    return false;
  }

  // A script's beginning: a first message, a hand-over. What calls it, if anything, is forgotten.
  bool from_start(std::string_view dialog) {
    if (scripts_.find(dialog) == nullptr) return false;
    for (Slots& slots : slots_at_start(nullptr)) {
      if (follow(std::string(kDialog) + std::string(dialog), {std::string(dialog), {}, std::move(slots), {}}, 0)) return true;
    }
    return false;
  }

  bool arrives_elsewhere() const { return after_.dialog != before_.dialog || to_step_ != before_.step; }
  void destination_only() {
    if (!to_step_.empty() && !after_.dialog.empty()) walked_.insert(walked_step(after_.dialog, to_step_));
  }

 private:
  struct Trail {
    std::string dialog;
    std::vector<Frame> calls;
    Slots slots;
    std::vector<std::string> seen;
  };

  // The slots as they may have been when the way began. What the customer's words changed counts from there; what steps set is
  // set on the way, and a value found afterwards does not tell which it was: first guess, all but what steps of the two scripts
  // and those they call set; second, nothing but what this step asked for.
  std::vector<Slots> slots_at_start(const Step* step) const {
    std::vector<const Script*> on_the_way = {scripts_.find(before_.dialog, before_.hash),
                                             scripts_.find(after_.dialog, after_.hash)};
    for (std::size_t i = 0; i < on_the_way.size(); ++i) {
      if (on_the_way[i] == nullptr) continue;
      for (const auto& [id, s] : on_the_way[i]->steps) {
        const Call* call = std::get_if<Call>(&s.kind);
        const Script* called = call == nullptr ? nullptr : scripts_.find(call->dialog);
        if (called != nullptr && std::ranges::find(on_the_way, called) == on_the_way.end()) on_the_way.push_back(called);
      }
    }
    auto is_set = [&](const std::string& name) {
      return std::ranges::any_of(on_the_way, [&](const Script* script) {
        return script != nullptr &&
               std::ranges::any_of(script->steps, [&](const auto& s) { return s.second.set.contains(name); });
      });
    };
    std::vector<Slots> out(2, before_.slots);
    for (const auto& [name, value] : after_.slots) {
      if (!is_set(name)) out[0][name] = value;
    }
    auto asked_for = [&](const std::string& name) {
      if (const auto it = after_.slots.find(name); it != after_.slots.end()) out[1][name] = it->second;
    };
    asked_for("symptom");
    if (const auto* ask = step == nullptr ? nullptr : std::get_if<Ask>(&step->kind)) asked_for(ask->slot);
    if (const auto* lookup = step == nullptr ? nullptr : std::get_if<Lookup>(&step->kind)) {
      for (const auto& [slot, member] : lookup->save) asked_for(slot);
    }
    return out;
  }

  bool follow(std::string target, Trail trail, int depth) {
    for (; depth <= kMaxSteps; ++depth) {
      if (target.empty()) return false;
      if (target == kReturn) {
        if (trail.calls.empty()) return false;
        trail.dialog = trail.calls.back().dialog;
        target = trail.calls.back().next;
        trail.calls.pop_back();
        continue;
      }
      const Script* script = scripts_.find(trail.dialog);
      if (target.starts_with(kDialog)) {
        script = scripts_.find(std::string_view(target).substr(kDialog.size()));
        if (script == nullptr) return false;
        trail.dialog = script->name;
        target = script->start;
      }
      const Step* step = script == nullptr ? nullptr : script->find(target);
      if (step == nullptr) return false;
      trail.seen.push_back(walked_step(trail.dialog, step->id));
      assign(trail.slots, step->set);
      const bool there = trail.dialog == after_.dialog && step->id == to_step_;
      if (there && stays(*step, trail)) {
        walked_.insert(trail.seen.begin(), trail.seen.end());
        return true;
      }
      if (const auto* choose = std::get_if<Choose>(&step->kind)) return midway(*choose, *step, trail, depth);
      target = onward(*step, trail);
    }
    return false;
  }

  // Whether a step that is the right one is the end of the way, and not passed on it (an `ask` whose slot is known).
  bool stays(const Step& step, const Trail& trail) const {
    if (!after_.end.empty()) return true;
    return after_.step == step.id && !std::holds_alternative<Say>(step.kind) && !std::holds_alternative<Goto>(step.kind) &&
           !std::holds_alternative<Branch>(step.kind) && !(std::holds_alternative<Ask>(step.kind) && passes(step, trail));
  }
  bool passes(const Step& step, const Trail& trail) const {
    const auto& slot = std::get<Ask>(step.kind).slot;
    // The slot whose value is read back ("is that right?") has none yet, or one that is asked about.
    if (after_.step == step.id && after_.dialog == trail.dialog && after_.end.empty()) return false;
    return trail.slots.contains(slot) || std::ranges::find(after_.skipped, slot) != after_.skipped.end();
  }

  std::string onward(const Step& step, Trail& trail) {
    if (const auto* branch = std::get_if<Branch>(&step.kind)) {
      for (std::size_t i = 0; i < branch->cases.size(); ++i) {
        if (evaluate(branch->cases[i].when, trail.slots, after_.today).holds) {
          trail.seen.push_back(walked_exit(trail.dialog, step.id, std::to_string(i + 1)));
          return branch->cases[i].next;
        }
      }
      trail.seen.push_back(walked_exit(trail.dialog, step.id, "else"));
      return branch->otherwise;
    }
    if (const auto* call = std::get_if<Call>(&step.kind)) {
      trail.calls.push_back({trail.dialog, {}, call->next});
      return std::string(kDialog) + call->dialog;
    }
    if (std::holds_alternative<Ask>(step.kind) && !passes(step, trail)) return {};
    if (const auto* block = std::get_if<TroubleshootBlock>(&step.kind)) {
      trail.seen.push_back(walked_exit(trail.dialog, step.id, "unsolved"));
      return block->unsolved;
    }
    for (const Exit& e : exits(step)) {
      if (e.kind == Exit::Kind::kNext || std::holds_alternative<Ask>(step.kind)) return e.target;
    }
    return {};  // waits, or ends, but not where the engine stands
  }

  bool midway(const Choose& choose, const Step& step, const Trail& trail, int depth) {
    for (const Option& o : choose.options) {
      if (!choose.slot.empty()) {
        const auto it = after_.slots.find(choose.slot);
        if (it == after_.slots.end() || it->second != o.id) continue;
      }
      Trail next = trail;
      next.seen.push_back(walked_exit(trail.dialog, step.id, o.id));
      if (!choose.slot.empty()) next.slots[choose.slot] = o.id;
      assign(next.slots, o.set);
      if (follow(o.next, std::move(next), depth + 8)) return true;
    }
    return false;
  }

  const ScriptSet& scripts_;
  const State& before_;
  const State& after_;
  Walked& walked_;
  std::string to_step_;
};

// The name of the exit that was taken at a step that waited, or "" when any may have been.
std::string taken_exit(const Step& step, const Event& event, const Outcome& outcome) {
  if (const auto* said = std::get_if<Said>(&event)) {
    const std::string& id = said->choice.empty() ? outcome.taken.value : said->choice;
    if (std::holds_alternative<Choose>(step.kind)) return id;
    if (std::holds_alternative<ShowArticle>(step.kind)) return id == "yes" ? "solved" : id == "no" ? "unsolved" : "";
    if (std::holds_alternative<TroubleshootBlock>(step.kind)) return "";
    return "answered";
  }
  if (const auto* looked = std::get_if<LookedUp>(&event)) {
    if (looked->result == LookedUp::Result::kFound) return "found";
    const auto all = exits(step);
    const bool has = std::ranges::any_of(all, [](const Exit& e) { return e.name == "not-found"; });
    return looked->result == LookedUp::Result::kNotFound && has ? "not-found" : "failed";
  }
  if (std::holds_alternative<ArticlesFound>(event)) {
    const auto* article = std::get_if<ShowArticle>(&step.kind);
    if (article == nullptr) return "";
    return article->ask_if_solved ? (article->id.empty() ? "nothing-found" : "unsolved") : "";
  }
  return "gave-up";
}

// "script 'no-power'" of the first line that tells of a script's start.
std::string first_started(const Outcome& outcome) {
  for (const TraceLine& line : outcome.trace) {
    const auto open = line.why.find('\''), close = line.why.rfind('\'');
    if (line.rule == "start" && open < close) return line.why.substr(open + 1, close - open - 1);
  }
  return {};
}

}  // namespace

void note_walk(const ScriptSet& scripts, const State& before, const Event& event, const Outcome& outcome, Walked& walked) {
  const State& after = outcome.state;
  if (std::holds_alternative<Opened>(event)) return;
  if (std::holds_alternative<TimePassed>(event) && after.reminded > before.reminded) {
    walked.insert(walked_time(before.dialog, before.step, "reminder"));
    return;
  }
  Walk walk(scripts, before, after, walked);
  const Script* script = scripts.find(before.dialog, before.hash);
  const Step* step = script == nullptr || before.step.empty() ? nullptr : script->find(before.step);
  const bool is_said = std::holds_alternative<Said>(event);
  const bool is_time = std::holds_alternative<TimePassed>(event);
  // Only an answer is remembered; a command may look like one ("back" takes one away).
  const bool is_answer = is_said ? after.history != before.history && outcome.taken.as != "command" : true;
  if (!is_answer && !walk.arrives_elsewhere()) return;
  if (std::holds_alternative<ArticlesFound>(event) && !after.shown_article.empty()) return;
  if (std::holds_alternative<LookedUp>(event) && !walk.arrives_elsewhere()) return;
  if (step != nullptr && is_answer) {
    const auto ways = exits(*step);
    const std::string name = taken_exit(*step, event, outcome);
    for (const Exit& e : ways) {
      if (e.name == name && walk.by_exit(*step, e)) return;
    }
    if (is_time && std::holds_alternative<Wait>(step->kind)) walked.insert(walked_time(before.dialog, before.step, "gave-up"));
    // A way that cannot be followed (a bug of this file) is not guessed where the answer is known.
    for (const Exit& e : ways) {
      if (!name.empty() && e.name == name && !is_time) walked.insert(walked_exit(before.dialog, step->id, name));
      if (name.empty() && walk.by_exit(*step, e)) return;
    }
  }
  if (!walk.arrives_elsewhere()) return;
  // A first message starts the script it is for, which may go on in another one.
  const std::string started = first_started(outcome);
  if (!is_time && ((!started.empty() && walk.from_start(started)) || walk.from_start(after.dialog))) return;
  walk.destination_only();
}

}  // namespace usher::dialogs
