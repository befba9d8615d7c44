// Steps are entered one after the other until one waits or the conversation ends: what each kind does on entering, calls and
// returns, look-ups, and which version of a script a stored step is found in.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dialogs/turn.h"

namespace usher::dialogs {
namespace {

constexpr std::size_t kMaxValue = 1000;  // code points of a value a look-up brings

}  // namespace

// A conversation stays on its version while that is held and the new one does not ask for it; otherwise it goes on in the new
// one, at the same step or the one that took its place.
Turn::Place Turn::place(std::string_view dialog, std::string_view hash, std::string_view step) const {
  const Script* current = scripts_.find(dialog);
  const Script* own = scripts_.find(dialog, hash);
  if (own == nullptr) return {};
  if (own->hash == hash && (own == current || current == nullptr || !current->moves_running))
    return {own, own->find(step), false};
  std::string id(step);
  const auto renamed = current->renamed.find(id);
  if (renamed != current->renamed.end()) id = renamed->second;
  // Several renamings on one another: the list may hold each of them.
  for (int i = 0; i < 8 && current->find(id) == nullptr; ++i) {
    const auto again = current->renamed.find(id);
    if (again == current->renamed.end()) break;
    id = again->second;
  }
  return {current, current->find(id), true};
}

const Script* Turn::running_script() {
  const Place at = place(s().dialog, s().hash, s().step);
  if (at.script == nullptr) {
    trace("version", "the script '" + s().dialog + "' is gone");
    say(words("script_changed"));
    s().dialog.clear();
    to_person("its script is gone");
    return nullptr;
  }
  if (at.step == nullptr) {
    trace("version", "the step '" + s().step + "' is gone: the script begins again");
    say(words("script_changed"));
    s().misunderstood = 0;
    s().history.clear();
    go(std::string(kDialogTarget) + at.script->name);
    return nullptr;
  }
  if (!at.moved) return at.script;
  trace("version", s().step == at.step->id ? "the script was edited; its step '" + s().step + "' goes on"
                                           : "the script was edited; its step '" + s().step + "' is now '" + at.step->id + "'");
  s().hash = at.script->hash;
  s().step = at.step->id;
  if (const Choose* k = std::get_if<Choose>(&at.step->kind); k != nullptr && k->kind == Choose::Kind::kConsent) {
    // Nobody agrees to words they have not seen.
    ask_again(*at.script, *at.step);
    return nullptr;
  }
  return at.script;
}

void Turn::guard(std::string why) {
  trace("guard", std::move(why));
  say(words("handing_over"));
  escalate({});
}

void Turn::go(std::string target) {
  // The next step of an edited script may be gone as well; a target is therefore looked up in the version that runs.
  while (!target.empty()) {
    if (++s().steps > kMaxSteps) {
      guard(fmt::format("{} steps without a word of the customer, last '{}' of '{}'", kMaxSteps, target, s().dialog));
      return;
    }
    if (target == kReturn) {
      target = come_back();
      if (target.empty()) return;
    }
    const Script* script = nullptr;
    if (target.starts_with(kDialogTarget)) {
      script = scripts_.find(std::string_view(target).substr(kDialogTarget.size()));
      if (script == nullptr) {
        guard("there is no '" + target + "'");
        return;
      }
      s().dialog = script->name;
      s().hash = script->hash;
      target = script->start;
      trace("start", "script '" + script->name + "'");
    } else {
      script = scripts_.find(s().dialog, s().hash);
    }
    const Step* step = script == nullptr ? nullptr : script->find(target);
    if (step == nullptr) {
      guard("there is no step '" + target + "'");
      return;
    }
    s().step = step->id;
    s().last_step = step->id;
    s().shown_article.clear();
    s().to_confirm.clear();
    s().as_written.clear();
    s().check.clear();
    apply(step->set);
    target = enter(*script, *step);
  }
}

// The step after the `call` this script was called by; "" when the turn is over.
std::string Turn::come_back() {
  if (s().calls.empty()) {
    guard("'return' in '" + s().dialog + "', which nobody called");
    return {};
  }
  const Frame frame = std::move(s().calls.back());
  s().calls.pop_back();
  const Place at = place(frame.dialog, frame.hash, frame.next);
  if (at.script == nullptr) {
    guard("the script '" + frame.dialog + "' that called is gone");
    return {};
  }
  if (at.step == nullptr && frame.next != kReturn && !frame.next.starts_with(kDialogTarget)) {
    trace("version", "the step '" + frame.next + "' is gone: '" + frame.dialog + "' begins again");
    return std::string(kDialogTarget) + at.script->name;
  }
  trace("return", "to " + frame.dialog + "/" + frame.next);
  s().dialog = at.script->name;
  s().hash = at.script->hash;
  if (at.step != nullptr) return at.step->id;
  return frame.next == kReturn ? come_back() : frame.next;
}

std::string Turn::enter(const Script& script, const Step& step) {
  return std::visit(
      Match{[&](const Say& k) {
              trace("step", step.id + ": said");
              say(words(k.text));
              note_tried(step, "");
              return k.next;
            },
            [&](const Ask& k) { return enter_ask(script, step, k); },
            [&](const Choose& k) { return enter_choose(script, step, k); },
            [&](const ShowArticle& k) {
              trace("step", step.id + ": " + (k.id.empty() ? "searches" : "fetches " + k.id));
              search_for(k);
              return std::string();
            },
            [&](const Branch& k) { return enter_branch(step, k); },
            [&](const Goto& k) {
              trace("goto", step.id + " → " + k.next);
              note_tried(step, "");
              return k.next;
            },
            [&](const Call& k) { return enter_call(step, k); }, [&](const Lookup& k) { return enter_lookup(step, k); },
            [&](const Wait& k) {
              trace("step", step.id + ": waits for the customer to come back");
              say(words(k.text));
              return std::string();
            },
            [&](const TroubleshootBlock& k) { return enter_block(script, step, k); },
            [&](const Escalate& k) {
              trace("escalate", step.id + ": " + k.priority);
              note_tried(step, "");
              escalate(k);
              return std::string();
            },
            [&](const Resolve& k) {
              trace("resolve", step.id);
              note_tried(step, "");
              resolve(words(k.text), false);
              return std::string();
            }},
      step.kind);
}

std::string Turn::enter_ask(const Script& script, const Step& step, const Ask& asks) {
  if (s().slots.contains(asks.slot)) {
    trace("ask-skipped", asks.slot + " is known");
    return asks.next;
  }
  if (std::ranges::find(s().skipped, asks.slot) != s().skipped.end()) {
    trace("ask-skipped", asks.slot + " could not be told before");
    return asks.next;
  }
  const auto slot = script.slots.find(asks.slot);
  if (slot == script.slots.end()) {
    trace("ask-skipped", "the slot '" + asks.slot + "' is not declared");
    return asks.next;
  }
  trace("step", step.id + ": asked for " + asks.slot);
  ask_for(slot->second);
  return {};
}

std::string Turn::enter_choose(const Script& script, const Step& step, const Choose& choose) {
  if (std::string next; answered_already(script, step, choose, next) || answered_ahead(step, choose, next)) return next;
  may_skip_ = 0;
  trace("step", step.id + ": asked");
  ask(words(choose.text), choices(choose.options), {}, choose.picture);
  return {};
}

std::string Turn::enter_branch(const Step& step, const Branch& branch) {
  note_tried(step, "");
  std::string last;
  for (std::size_t i = 0; i < branch.cases.size(); ++i) {
    const Branch::Case& c = branch.cases[i];
    Verdict verdict = evaluate(c.when, s().slots, s().today);
    if (verdict.holds) {
      trace("branch", fmt::format("{} → {}: case {}, {}", step.id, c.next, i + 1, verdict.why));
      return c.next;
    }
    last = std::move(verdict.why);
  }
  trace("branch", fmt::format("{} → {}: else{}{}", step.id, branch.otherwise, last.empty() ? "" : ", last: ", last));
  return branch.otherwise;
}

std::string Turn::enter_call(const Step& step, const Call& call) {
  note_tried(step, "");
  if (s().calls.size() >= kMaxCalls) {
    guard(fmt::format("{} calls inside one another, last '{}'", kMaxCalls, call.dialog));
    return {};
  }
  trace("call", step.id + " calls " + call.dialog);
  s().calls.push_back({s().dialog, s().hash, call.next});
  return std::string(kDialogTarget) + call.dialog;
}

std::string Turn::enter_lookup(const Step& step, const Lookup& lookup) {
  LookUp wish;
  wish.service = lookup.service;
  for (const auto& [name, value] : lookup.with) wish.with[name] = fill(value, s().slots);
  for (const auto& [slot, member] : lookup.save) {
    if (std::ranges::find(wish.members, member) == wish.members.end()) wish.members.push_back(member);
  }
  trace("step", step.id + ": looks up " + lookup.service);
  out_.effects.emplace_back(std::move(wish));
  return {};
}

void Turn::looked_up(const LookedUp& e) {
  const Script* script = s().dialog.empty() || !s().end.empty() ? nullptr : scripts_.find(s().dialog, s().hash);
  const Step* step = script == nullptr ? nullptr : script->find(s().step);
  const Lookup* lookup = step == nullptr ? nullptr : std::get_if<Lookup>(&step->kind);
  if (lookup == nullptr) {
    trace("lookup", "nobody waits for a look-up");
    return;
  }
  switch (e.result) {
    case LookedUp::Result::kFound: {
      std::string got;
      for (const auto& [slot, member] : lookup->save) {
        const auto it = e.values.find(member);
        if (it == e.values.end() || it->second.empty()) continue;
        s().slots[slot] = text::cut(it->second, kMaxValue);
        got += (got.empty() ? "" : ", ") + slot;
      }
      trace("lookup", lookup->service + " answered: " + (got.empty() ? "nothing of what was asked for" : got));
      note_tried(*step, "answered");
      go(lookup->next);
      return;
    }
    case LookedUp::Result::kNotFound:
      trace("lookup", lookup->service + " does not know it");
      note_tried(*step, "not found");
      go(lookup->not_found.empty() ? lookup->failed : lookup->not_found);
      return;
    case LookedUp::Result::kFailed:
      trace("lookup", lookup->service + " failed: " + (e.why.empty() ? "no answer" : e.why));
      note_tried(*step, "no answer");
      go(lookup->failed);
      return;
  }
}

void Turn::escalate(const Escalate& e) {
  say(words(e.text));
  std::string fault = e.fault_class;
  if (const auto it = s().slots.find("fault_class"); fault.empty() && it != s().slots.end()) fault = it->second;
  out_.effects.emplace_back(OpenTicket{e.priority, std::move(fault), e.queue});
  s().end = "escalated";
  s().step.clear();
  s().shown_article.clear();
  s().to_confirm.clear();
  s().as_written.clear();
  s().check.clear();
  s().calls.clear();
  s().misunderstood = 0;
}

// `by_silence` keeps the step: a customer who comes back goes on there.
void Turn::resolve(std::string text, bool by_silence) {
  say(std::move(text));
  out_.effects.emplace_back(Resolved{by_silence});
  s().end = "resolved";
  if (by_silence) return;
  s().step.clear();
  s().calls.clear();
}

}  // namespace usher::dialogs
