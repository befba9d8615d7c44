// No script runs yet: greeting, which script a first message calls for, what it says already, and what a message after the end
// means.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <climits>

#include "base/text.h"
#include "dialogs/acknowledge.h"
#include "dialogs/turn.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

constexpr std::size_t kGreetingDialogs = 5;
constexpr std::size_t kTopicWords = 3;
constexpr double kLeadingArticle = 0.6;  // confidence of an article that leads into its script
constexpr int kMaySkip = 10;
constexpr int kHops = 4;

}  // namespace

bool is_emergency(const Script& script, std::string_view target) {
  for (int i = 0; i < kHops; ++i) {
    const Step* step = script.find(target);
    if (step == nullptr) return false;
    if (const Escalate* e = std::get_if<Escalate>(&step->kind)) return e->priority == "P1";
    if (const Say* k = std::get_if<Say>(&step->kind)) {
      target = k->next;
    } else if (const Goto* g = std::get_if<Goto>(&step->kind)) {
      target = g->next;
    } else {
      return false;
    }
  }
  return false;
}

// What the greeting offers.
std::vector<const Script*> Turn::topics() const {
  std::vector<const Script*> offered;
  for (const auto& [name, script] : scripts_.scripts) {
    if (!script.trigger.empty()) offered.push_back(&script);
  }
  std::ranges::sort(offered, {},
                    [](const Script* s) { return std::pair(s->menu == 0 ? INT_MAX : s->menu, std::string_view(s->name)); });
  if (offered.size() > kGreetingDialogs) offered.resize(kGreetingDialogs);
  return offered;
}

// The question "which of these?" as it was put last.
std::vector<Option> Turn::dialog_options() {
  std::vector<const Script*> offered;
  for (const std::string& name : s().offered) {
    if (const Script* script = scripts_.find(name)) offered.push_back(script);
  }
  if (offered.empty()) offered = topics();
  std::vector<Option> options;
  for (const Script* script : offered) {
    Option& o = options.emplace_back();
    o.id = std::string(kDialogTarget) + script->name;
    o.label = script->title;
  }
  if (!options.empty()) {
    Option& o = options.emplace_back();
    o.id = "other";
    if (const auto it = scripts_.texts.find("other_problem"); it != scripts_.texts.end()) o.label = it->second;
  }
  return options;
}

void Turn::greet(std::string text) {
  s().greeted = true;
  s().offered.clear();
  ask(std::move(text), choices(dialog_options()));
}

void Turn::first_words(const Said& e, std::string_view entry) {
  s().choosing = false;
  const std::vector<Option> options = dialog_options();
  if (!e.choice.empty() || s().greeted) {
    std::string chosen = e.choice;
    double confidence = 1;
    std::string why = "pressed";
    if (chosen.empty() && !text_.empty()) {
      Understood u = understand_choice(text_, options, s().language, {}, lexicons());
      if (u.as == As::kOption && u.confidence >= 0.95) {
        chosen = u.value;
        confidence = u.confidence;
        why = std::move(u.why);
      }
    }
    if (chosen.starts_with(kDialogTarget)) {
      if (const Script* script = scripts_.find(std::string_view(chosen).substr(kDialogTarget.size()))) {
        trace("choose-dialog", "the customer picked it");
        take_as("dialog", script->name, confidence, why);
        // A number or a topic's name says nothing beyond the topic.
        begin(*script, heard().words.size() <= kTopicWords ? script->title.in(s().language) : full_);
        return;
      }
    }
    if (chosen == "other") {
      trace("choose-dialog", "something else");
      take_as("option", chosen, confidence, why);
      s().greeted = true;
      say(words("tell_me"));
      return;
    }
  }
  if (e.choice.empty() && !text_.empty() && wish(nullptr, nullptr)) return;
  const Script* script = entry.empty() ? nullptr : scripts_.find(entry);
  if (script != nullptr) {
    trace("choose-dialog", "the channel begins with it");
    take_as("dialog", script->name, 1, "the channel begins with it");
    begin(*script, full_);
    return;
  }
  if (!entry.empty()) trace("choose-dialog", fmt::format("there is no script '{}'", entry));
  // "Hello" alone is no problem yet; whoever says so twice gets on anyway.
  if ((text_.empty() || courtesy(heard()) != Courtesy::kNone) && s().misunderstood < 2) {
    trace("greeting", "a courtesy, no problem told yet");
    if (!text_.empty()) take_as("courtesy", {}, 1, "a courtesy");
    ++s().misunderstood;
    if (e.attachments > 0) say(words("attachment_received"));
    if (s().greeted) {
      say(words("tell_me"));
    } else {
      greet(words("greeting"));
    }
    return;
  }
  const DialogChoice choice = choose_dialog(s().symptom.empty() ? text_ : s().symptom + "\n" + text_, scripts_);
  if (!choice.rivals.empty() && s().symptom.empty()) {
    const std::string rivals = fmt::format("{}", fmt::join(choice.rivals, ", "));
    trace("choose-dialog", "several scripts fit about equally: " + rivals);
    take_as("nothing", {}, choice.confidence, "fits " + rivals);
    s().symptom = text::cut(full_, 1000);
    offer(choice.rivals);
    return;
  }
  if (const Script* fits = scripts_.find(choice.dialog)) {
    trace("choose-dialog", choice.dialog + " by " + choice.why);
    take_as("dialog", choice.dialog, choice.confidence, choice.why);
    begin(*fits, full_);
  } else if (!scripts_.by_article.empty() && !text_.empty()) {
    trace("choose-dialog", "no script's words fit: looks for an article");
    take_as("dialog", {}, 0, "no script's words fit");
    if (s().symptom.empty()) s().symptom = text::cut(full_, 1000);
    s().choosing = true;
    out_.effects.emplace_back(Search{s().symptom, s().language});
  } else if (const Script* fallback = scripts_.find(kFallback)) {
    trace("choose-dialog", "no script fits: fallback");
    take_as("dialog", std::string(kFallback), 0, "no script fits");
    begin(*fallback, full_);
  } else {
    note_symptom(full_);
    to_person("no script fits");
  }
}

void Turn::offer(const std::vector<std::string>& names) {
  s().greeted = true;
  s().offered = names;
  std::vector<Choice> which;
  for (const std::string& name : names) which.push_back({std::string(kDialogTarget) + name, words(scripts_.find(name)->title)});
  which.push_back({"other", words("other_problem")});
  ask(words("which_dialog"), std::move(which));
}

// What was found for a first message that no script's own words fit. An article that one script shows leads into that script.
void Turn::found_for_choice(const ArticlesFound& e) {
  s().choosing = false;
  const std::string first_message = s().symptom;
  if (!e.articles.empty() && e.articles.front().confidence >= kLeadingArticle) {
    const FoundArticle& best = e.articles.front();
    const auto it = scripts_.by_article.find(best.id);
    const std::size_t scripts = it == scripts_.by_article.end() ? 0 : it->second.size();
    if (scripts == 1) {
      const Script& script = *scripts_.find(it->second.front());
      trace("choose-dialog", fmt::format("{} by its article '{}' ({:.2f})", script.name, best.id, best.confidence));
      begin(script, first_message);
      return;
    }
    if (scripts > 1 && scripts <= kGreetingDialogs) {
      trace("choose-dialog", fmt::format("several scripts show the article '{}' ({:.2f})", best.id, best.confidence));
      offer(it->second);
      return;
    }
  }
  const Script* fallback = scripts_.find(kFallback);
  if (fallback == nullptr) {
    note_symptom(first_message);
    to_person("no script fits");
    return;
  }
  trace("choose-dialog", "no script fits: fallback");
  begin(*fallback, first_message);
  // Its first step looks for the same: it has been found already.
  const Search* again = out_.effects.empty() ? nullptr : std::get_if<Search>(&out_.effects.back());
  if (again == nullptr || again->text != first_message) return;
  out_.effects.pop_back();
  found(e);
}

void Turn::note_symptom(std::string_view text) {
  if (s().symptom.empty()) s().symptom = text::cut(text, 1000);
  s().slots.emplace("symptom", s().symptom);
  if (s().slots["symptom"].empty()) s().slots.erase("symptom");
}

void Turn::begin(const Script& script, std::string_view first_message) {
  s().offered.clear();
  s().misunderstood = 0;
  s().greeted = true;
  s().calls.clear();
  note_symptom(first_message);
  prefill(script, s().symptom, "the first message");
  if (attachments_ > 0) note_photo(script);
  if (script.enter_midway && !s().symptom.empty()) {
    may_skip_ = kMaySkip;
    begun_ = script.name;
  }
  go(std::string(kDialogTarget) + script.name);
  may_skip_ = 0;
}

// Whether the first message answers this question. Never one that asks for a danger: those are asked aloud.
bool Turn::answered_already(const Script& script, const Step& step, const Choose& choose, std::string& next) {
  if (may_skip_ <= 0 || script.name != begun_) return false;
  --may_skip_;
  if (choose.kind != Choose::Kind::kChoose && choose.kind != Choose::Kind::kCheck) return false;
  if (std::ranges::any_of(choose.options, [&](const Option& o) { return is_emergency(script, o.next); })) return false;
  const Understood u = answered_by(s().symptom, choose.options, s().language, choose.text.in(s().language), lexicons());
  if (u.as != As::kOption || u.confidence < kAnsweredAlready) return false;
  const auto option = std::ranges::find(choose.options, u.value, &Option::id);
  if (option == choose.options.end()) return false;
  trace("answered-already", fmt::format("{}: “{}”: {} ({:.2f})", step.id, option->id, u.why, u.confidence));
  const Values before = s().slots;
  Past here{s().dialog, s().hash, s().step, s().calls, s().tried.size(), {}, {}, {}};
  auto told = std::move(s().foretold);
  next = take_option(step, choose, *option);
  told.emplace_back(step.id, option->id);
  s().foretold = std::move(told);
  remember(std::move(here), before);
  return true;
}

// After "resolved": true when the message is to be taken as if nothing had ended.
bool Turn::reopen() {
  const Understood u = text_.empty() ? Understood{} : understand_command(heard(), lexicons());
  if (u.as == As::kStatus) {
    tell_status(nullptr, nullptr);
    return false;
  }
  if (u.as == As::kBack && !s().history.empty()) {
    trace("reopened", "the customer takes the last answer back");
    take_as("command", "back", u.confidence, u.why);
    s().end.clear();
    if (!correct(true)) back();
    return false;
  }
  // Where the bot stopped waiting, "ok" may be the answer.
  if (courtesy(heard()) == Courtesy::kThanks || text_.empty() || (s().step.empty() && acknowledges(text_))) {
    trace("goodbye", "a courtesy after the end");
    if (!text_.empty()) take_as("courtesy", {}, 1, "thanks after the end");
    say(words("goodbye"));
    return false;
  }
  const std::string other = choose_dialog(text_, scripts_).dialog;
  if (!s().step.empty() && (other.empty() || other == s().dialog)) {
    // Closed because the customer was silent: what comes now is the answer that was waited for.
    trace("reopened", "the customer is back, and stands where the bot stopped waiting");
    s().end.clear();
    return true;
  }
  if (says_unsolved(text_) && other.empty() && !s().dialog.empty()) {
    trace("reopened", "the customer says it is not solved");
    take_as("command", "reopen", 1, "says it is not solved");
    s().end.clear();
    say(words("reopened"));
    to_person("the problem came back");
    return false;
  }
  trace("reopened", "a new message after the end is a new problem");
  keep_only_contact();
  return true;
}

}  // namespace usher::dialogs
