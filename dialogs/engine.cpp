// One turn, read from top to bottom: an event comes in; it is a wish that holds anywhere, or the answer to the step that waits;
// then steps are entered until one waits for the customer or the conversation ends.
#include "dialogs/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dialogs/understand.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

constexpr std::string_view kHandover = "handover";
constexpr std::string_view kFallback = "fallback";
constexpr std::string_view kDialogChoice = "dialog:";  // also the prefix of a step's target
constexpr std::size_t kGreetingDialogs = 4;
constexpr std::size_t kMaxWords = 4000;  // of one message looked at, in code points

template <class... F>
struct Match : F... {
  using F::operator()...;
};

bool is_contact(const std::string& name, const Slot* slot) {
  if (slot == nullptr) return name.starts_with("contact");
  return slot->type == SlotType::kName || slot->type == SlotType::kEmail || slot->type == SlotType::kPhone ||
         slot->type == SlotType::kContact;
}

bool holds_no_sentence(SlotType type) {  // answers to it say nothing about the customer's language
  return type == SlotType::kName || type == SlotType::kEmail || type == SlotType::kPhone || type == SlotType::kContact ||
         type == SlotType::kModel || type == SlotType::kSerial || type == SlotType::kErrorCode;
}

class Turn {
 public:
  Turn(const ScriptSet& scripts, State state) : scripts_(scripts) { out_.state = std::move(state); }

  Outcome take(const Event& event, std::string_view entry) {
    std::visit(Match{[&](const Opened& e) { opened(e); }, [&](const Said& e) { said(e, entry); },
                     [&](const ArticlesFound& e) { found(e); }, [&](const auto&) {}},
               event);
    return std::move(out_);
  }

 private:
  State& s() { return out_.state; }
  void trace(std::string rule, std::string why) { out_.trace.push_back({std::move(rule), std::move(why)}); }
  std::string words(std::string_view key) { return fill(scripts_.text(key, s().language), s().slots); }
  std::string words(const Text& text) { return fill(text.in(s().language), s().slots); }
  void say(std::string text) {
    if (!text.empty()) out_.effects.emplace_back(Prompt{std::move(text), {}, {}, {}});
  }

  // ── opening
  // ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
  void opened(const Opened& e) {
    if (s().greeted || !s().dialog.empty() || !s().end.empty()) {
      trace("opened", "the conversation has begun already");
      return;
    }
    if (!e.language.empty()) s().language = language_tag(e.language);
    trace("opened", "greeting in " + s().language);
    greet(words("greeting"));
  }

  static std::string language_tag(std::string_view language) {
    return text::to_lower_ascii(language.substr(0, language.find_first_of("-_")));
  }

  std::vector<Option> dialog_options() {
    std::vector<Option> options;
    for (const auto& [name, script] : scripts_.scripts) {
      if (script.trigger.empty() || options.size() == kGreetingDialogs) continue;
      Option& o = options.emplace_back();
      o.id = std::string(kDialogChoice) + name;
      o.label = script.title;
    }
    if (!options.empty()) {
      Option& o = options.emplace_back();
      o.id = "other";
      if (const auto it = scripts_.texts.find("other_problem"); it != scripts_.texts.end()) o.label = it->second;
    }
    return options;
  }

  std::vector<Choice> choices(const std::vector<Option>& options) {
    std::vector<Choice> out;
    out.reserve(options.size());
    for (const Option& o : options) out.push_back({o.id, words(o.label)});
    return out;
  }

  void greet(std::string text) {
    s().greeted = true;
    out_.effects.emplace_back(Prompt{std::move(text), choices(dialog_options()), {}, {}});
  }

  // ── the customer's words
  // ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  void said(const Said& e, std::string_view entry) {
    s().steps = 0;
    text_ = text::trim(e.text);
    if (!text::is_valid_utf8(text_)) text_ = text::to_valid_utf8(text_);
    if (text_.size() > kMaxWords && text::length(text_) > kMaxWords) text_ = text::cut(text_, kMaxWords);
    if (s().end == "escalated") {
      trace("follow-up", "a person has the conversation already");
      out_.effects.emplace_back(FollowUp{text_});
      return;
    }
    choose_language(e);
    if (s().end == "resolved" && !reopen(entry)) return;
    if (s().dialog.empty()) {
      first_words(e, entry);
      return;
    }
    const Script* script = running_script();
    if (script == nullptr) return;
    const Step* step = script->find(s().step);
    if (e.choice.empty() && wish(step)) return;
    const std::map<std::string, std::string> slots = s().slots;
    const Past here{s().dialog, s().hash, s().step, s().calls, s().tried.size(), {}};
    if (text_.empty() && e.choice.empty()) {
      trace("attachment", "no words in the message");
      if (e.attachments > 0) say(words("attachment_received"));
      ask_again(*script, *step);
      return;
    }
    answered_ = false;
    std::visit(Match{[&](const Choose& k) { answer_choose(*script, *step, k, e); },
                     [&](const Ask& k) { answer_ask(*script, *step, k, e); },
                     [&](const ShowArticle& k) { answer_article(*script, *step, k, e); },
                     [&](const auto&) { go(s().step); }},  // an edited script: the step no longer waits
               step->kind);
    if (answered_) remember(here, slots);
  }

  void choose_language(const Said& e) {
    if (!e.choice.empty() || text_.empty()) return;
    const bool first = s().symptom.empty() && s().dialog.empty();
    std::string clear = clear_language(text_);
    if (const Script* script = scripts_.find(s().dialog)) {
      if (const Step* step = script->find(s().step)) {
        if (const Ask* ask = std::get_if<Ask>(&step->kind)) {
          const auto slot = script->slots.find(ask->slot);
          if (slot != script->slots.end() && holds_no_sentence(slot->second.type)) return;
        }
      }
    }
    if (clear.empty() && first && !s().greeted) clear = language_tag(e.language);
    // clear_language tells Chinese from English; any other language is the gateway's guess.
    if (clear == "en" && !e.language.empty() && language_tag(e.language) != "zh" && first) clear = language_tag(e.language);
    if (clear.empty() || clear == s().language) return;
    trace("language", "the customer writes " + clear);
    s().language = clear;
  }

  // True when the wish was granted.
  bool wish(const Step* step) {
    const Understood u = understand_command(text_);
    if (u.as == As::kNothing) return false;
    if (const Choose* c = step == nullptr ? nullptr : std::get_if<Choose>(&step->kind)) {
      // "Go back" may be what an option of this very question is called.
      if (understand_choice(text_, c->options, s().language).confidence >= 0.99) return false;
    }
    trace("command", u.why);
    if (u.as == As::kHuman) to_person("the customer asks for a person");
    if (u.as == As::kRestart) start_over();
    if (u.as == As::kBack) back();
    return true;
  }

  void to_person(std::string why) {
    s().misunderstood = 0;
    s().shown_article.clear();
    if (scripts_.find(kHandover) != nullptr && s().dialog != kHandover) {
      trace("handover", std::move(why));
      go("dialog:" + std::string(kHandover));
      return;
    }
    // The customer insists while the handover asks its questions: a person now, with the priority the handover would have given.
    Escalate e;
    if (const Script* handover = scripts_.find(kHandover)) {
      for (const std::string& id : handover->order) {
        if (const Escalate* x = std::get_if<Escalate>(&handover->steps.at(id).kind)) {
          e = *x;
          break;
        }
      }
    }
    trace("escalate", std::move(why));
    escalate(e);
  }

  void keep_only_contact() {
    State fresh;
    fresh.language = s().language;
    for (auto& [name, value] : s().slots) {
      const Slot* slot = nullptr;
      for (const auto& [script_name, script] : scripts_.scripts) {
        if (const auto it = script.slots.find(name); it != script.slots.end()) {
          slot = &it->second;
          break;
        }
      }
      if (is_contact(name, slot)) fresh.slots.emplace(name, std::move(value));
    }
    s() = std::move(fresh);
  }

  void start_over() {
    keep_only_contact();
    greet(words("restarted"));
  }

  void back() {
    if (s().history.empty()) {
      say(words("nothing_to_go_back"));
      if (const Script* script = scripts_.find(s().dialog)) {
        if (const Step* step = script->find(s().step)) ask_again(*script, *step);
      }
      return;
    }
    Past past = std::move(s().history.back());
    s().history.pop_back();
    for (auto& [name, value] : past.undo) {
      if (value.empty()) {
        s().slots.erase(name);
      } else {
        s().slots[name] = value;
      }
    }
    s().tried.resize(std::min(s().tried.size(), past.tried));
    s().misunderstood = 0;
    if (!s().shown_article.empty()) {
      std::erase(s().articles_shown, s().shown_article);
      s().shown_article.clear();
    }
    const Script* script = scripts_.find(past.dialog);
    if (script == nullptr || script->find(past.step) == nullptr) {
      say(words("nothing_to_go_back"));
      go(s().step);
      return;
    }
    if (const Ask* ask = std::get_if<Ask>(&script->find(past.step)->kind)) std::erase(s().skipped, ask->slot);
    if (std::holds_alternative<ShowArticle>(script->find(past.step)->kind) && !s().articles_shown.empty())
      s().articles_shown.pop_back();
    s().dialog = past.dialog;
    s().hash = script->hash;
    go(past.step);
  }

  // After "resolved": false when nothing more is to do.
  bool reopen(std::string_view) {
    if (courtesy(text_) == Courtesy::kThanks || text_.empty()) {
      trace("goodbye", "a courtesy after the end");
      say(words("goodbye"));
      return false;
    }
    const bool again = says_unsolved(text_) && choose_dialog(text_, scripts_).dialog.empty();
    if (again && !s().dialog.empty()) {
      trace("reopened", "the customer says it is not solved");
      s().end.clear();
      say(words("reopened"));
      to_person("the problem came back");
      return false;
    }
    trace("reopened", "a new message after the end is a new problem");
    keep_only_contact();
    return true;
  }

  // ── no script runs yet
  // ───────────────────────────────────────────────────────────────────────────────────────────────────────────
  void first_words(const Said& e, std::string_view entry) {
    const std::vector<Option> options = dialog_options();
    if (!e.choice.empty() || s().greeted) {
      std::string chosen = e.choice;
      if (chosen.empty() && !text_.empty()) {
        const Understood u = understand_choice(text_, options, s().language);
        if (u.as == As::kOption && u.confidence >= 0.95) chosen = u.value;
      }
      if (chosen.starts_with(kDialogChoice)) {
        if (const Script* script = scripts_.find(chosen.substr(kDialogChoice.size()))) {
          trace("choose-dialog", "the customer picked it");
          begin(*script, text_.empty() ? script->title.in(s().language) : text_);
          return;
        }
      }
      if (chosen == "other") {
        trace("choose-dialog", "something else");
        s().greeted = true;
        say(words("tell_me"));
        return;
      }
    }
    if (e.choice.empty() && wish(nullptr)) return;
    const Script* script = entry.empty() ? nullptr : scripts_.find(entry);
    if (script != nullptr) {
      trace("choose-dialog", "the channel begins with it");
      begin(*script, text_);
      return;
    }
    if (!entry.empty()) trace("choose-dialog", fmt::format("there is no script '{}'", entry));
    // "Hello" alone is no problem yet; whoever says so twice gets on anyway.
    if ((text_.empty() || courtesy(text_) != Courtesy::kNone) && s().misunderstood < 2) {
      trace("greeting", "a courtesy, no problem told yet");
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
      trace("choose-dialog", "several scripts fit about equally: " + fmt::format("{}", fmt::join(choice.rivals, ", ")));
      s().symptom = text::cut(text_, 1000);
      s().greeted = true;
      std::vector<Choice> which;
      for (const std::string& name : choice.rivals)
        which.push_back({std::string(kDialogChoice) + name, words(scripts_.find(name)->title)});
      which.push_back({"other", words("other_problem")});
      out_.effects.emplace_back(Prompt{words("which_dialog"), std::move(which), {}, {}});
      return;
    }
    if (const Script* fits = scripts_.find(choice.dialog)) {
      trace("choose-dialog", choice.dialog + " by " + choice.why);
      begin(*fits, text_);
    } else if (const Script* fallback = scripts_.find(kFallback)) {
      trace("choose-dialog", "no script fits: fallback");
      begin(*fallback, text_);
    } else {
      note_symptom(text_);
      to_person("no script fits");
    }
  }

  void note_symptom(std::string_view text) {
    if (s().symptom.empty()) s().symptom = text::cut(text, 1000);
    s().slots.emplace("symptom", s().symptom);
    if (s().slots["symptom"].empty()) s().slots.erase("symptom");
  }

  void begin(const Script& script, std::string_view first_message) {
    s().misunderstood = 0;
    s().greeted = true;
    note_symptom(first_message);
    for (auto& [name, value] : values_in(s().symptom, script.slots, s().language)) {
      if (s().slots.emplace(name, value).second) trace("prefill", name + " was in the first message");
    }
    go("dialog:" + script.name);
  }

  // ── the script that runs
  // ───────────────────────────────────────────────────────────────────────────────────────────────────────── Null when the turn
  // is over already because script or step are gone.
  const Script* running_script() {
    const Script* script = scripts_.find(s().dialog);
    if (script == nullptr) {
      trace("version", "the script '" + s().dialog + "' is gone");
      say(words("script_changed"));
      s().dialog.clear();
      to_person("its script is gone");
      return nullptr;
    }
    if (script->find(s().step) == nullptr) {
      trace("version", "the step '" + s().step + "' is gone: the script begins again");
      say(words("script_changed"));
      s().shown_article.clear();
      s().misunderstood = 0;
      s().history.clear();
      go("dialog:" + script->name);
      return nullptr;
    }
    if (s().hash != script->hash) {
      trace("version", "the script was edited; its step '" + s().step + "' goes on");
      s().hash = script->hash;
    }
    return script;
  }

  void remember(Past past, const std::map<std::string, std::string>& before) {
    for (const auto& [name, value] : before) {
      const auto it = s().slots.find(name);
      if (it == s().slots.end() || it->second != value) past.undo.emplace(name, value);
    }
    for (const auto& [name, value] : s().slots) {
      if (!before.contains(name)) past.undo.emplace(name, "");
    }
    s().history.push_back(std::move(past));
    if (s().history.size() > kMaxHistory) s().history.erase(s().history.begin());
  }

  void note_tried(const Step& step, std::string answer) {
    if (!step.tried.empty() && s().tried.size() < kMaxTried) s().tried.emplace_back(step.tried, std::move(answer));
  }

  void apply(const std::map<std::string, std::string>& settings) {
    for (const auto& [name, value] : settings) {
      std::string v = fill(value, s().slots);
      if (v.empty()) {
        s().slots.erase(name);
      } else {
        s().slots[name] = std::move(v);
      }
    }
  }

  void answer_choose(const Script&, const Step& step, const Choose& choose, const Said& e) {
    const Option* chosen = nullptr;
    if (const auto it = std::ranges::find(choose.options, e.choice, &Option::id);
        !e.choice.empty() && it != choose.options.end()) {
      chosen = &*it;
      trace("answer", "pressed “" + chosen->id + "”");
    } else {
      const Understood u = understand_choice(text_, choose.options, s().language, choose.text.in(s().language));
      if (u.as == As::kOption) {
        chosen = &*std::ranges::find(choose.options, u.value, &Option::id);
        trace("answer", fmt::format("“{}”: {} ({:.2f})", chosen->id, u.why, u.confidence));
      } else {
        not_understood(words(choose.text), choices(choose.options), u.why);
        return;
      }
    }
    s().misunderstood = 0;
    answered_ = true;
    if (!choose.slot.empty()) s().slots[choose.slot] = chosen->id;
    apply(chosen->set);
    note_tried(step, chosen->label.in("en"));
    go(chosen->next);
  }

  void not_understood(const std::string& question, std::vector<Choice> options, const std::string& why) {
    ++s().misunderstood;
    trace("reask", fmt::format("not understood ({} in a row): {}", s().misunderstood, why));
    if (s().misunderstood >= 3) {
      say(words("handing_over"));
      to_person("three answers in a row were not understood");
      return;
    }
    std::string text = s().misunderstood == 1 ? words("not_understood") : words("not_understood_again") + "\n\n" + question;
    out_.effects.emplace_back(Prompt{std::move(text), std::move(options), {}, {}});
  }

  void answer_ask(const Script& script, const Step& step, const Ask& ask, const Said& e) {
    const auto declared = script.slots.find(ask.slot);
    if (declared == script.slots.end()) {
      go(ask.next);
      return;
    }
    const Slot& slot = declared->second;
    Understood u;
    if (!e.choice.empty() && is_choice_of(slot, e.choice)) {
      u = {As::kValue, e.choice, 1, "pressed"};
    } else {
      u = understand_value(text_.empty() ? std::string_view(e.choice) : text_, slot, s().language);
    }
    if (u.as == As::kValue) {
      trace("answer", slot.name + ": " + u.why);
      s().slots[slot.name] = std::move(u.value);
      s().slots.erase(slot.name + "_unverified");
      note_tried(step, s().slots[slot.name]);
      proceed(ask.next);
      return;
    }
    ++s().misunderstood;
    const bool unknown = u.as == As::kDontKnow;
    trace("reask", fmt::format("{} refused ({} in a row): {}", slot.name, s().misunderstood, u.why));
    if (!slot.required && (unknown || s().misunderstood >= 3)) {
      if (std::ranges::find(s().skipped, slot.name) == s().skipped.end()) s().skipped.push_back(slot.name);
      say(words("value_skipped"));
      note_tried(step, "not known");
      proceed(ask.next);
      return;
    }
    if (s().misunderstood >= 3) {
      // Never trap anybody: a person will make sense of it.
      s().slots[slot.name] = text::cut(text_, slot.max_length);
      s().slots[slot.name + "_unverified"] = "yes";
      trace("unverified", slot.name + " is kept as it was written");
      say(words("unverified"));
      proceed(ask.next);
      return;
    }
    std::map<std::string, std::string> values = s().slots;
    values["reason"] = unknown ? std::string() : u.why;
    std::string text = text::trim(fill(unknown              ? scripts_.text("value_needed", s().language)
                                       : slot.reask.empty() ? scripts_.text("value_refused", s().language)
                                                            : slot.reask.in(s().language),
                                       values));
    out_.effects.emplace_back(Prompt{std::move(text), slot_choices(slot), slot.name, {}});
  }

  static bool is_choice_of(const Slot& slot, std::string_view id) {
    if (slot.type == SlotType::kYesNo) return id == "yes" || id == "no";
    return slot.type == SlotType::kChoice && std::ranges::any_of(slot.options, [&](const Option& o) { return o.id == id; });
  }
  std::vector<Choice> slot_choices(const Slot& slot) {
    if (slot.type == SlotType::kYesNo) return {{"yes", words("yes")}, {"no", words("no")}};
    return choices(slot.options);
  }

  void proceed(const std::string& next) {
    s().misunderstood = 0;
    answered_ = true;
    go(next);
  }

  void answer_article(const Script&, const Step& step, const ShowArticle& article, const Said& e) {
    if (s().shown_article.empty()) {  // the search was lost on the way: look again
      go(step.id);
      return;
    }
    std::string answer = e.choice == "yes" || e.choice == "no" ? e.choice : std::string();
    if (answer.empty()) {
      const Understood u = understand_choice(text_, scripts_.did_it_help, s().language, words("did_it_help"));
      if (u.as != As::kOption) {
        not_understood(words("did_it_help"), choices(scripts_.did_it_help), u.why);
        return;
      }
      answer = u.value;
      trace("answer", fmt::format("“{}”: {} ({:.2f})", u.value, u.why, u.confidence));
    } else {
      trace("answer", "pressed “" + answer + "”");
    }
    note_tried(step, answer == "yes" ? "solved it" : "did not help");
    s().shown_article.clear();
    proceed(answer == "yes" ? article.solved : article.unsolved);
  }

  // The question that waits, once more.
  void ask_again(const Script& script, const Step& step) {
    std::visit(Match{[&](const Choose& k) { out_.effects.emplace_back(Prompt{words(k.text), choices(k.options), {}, {}}); },
                     [&](const Ask& k) {
                       if (const auto it = script.slots.find(k.slot); it != script.slots.end()) {
                         out_.effects.emplace_back(Prompt{words(it->second.ask), slot_choices(it->second), k.slot, {}});
                       }
                     },
                     [&](const ShowArticle&) {
                       if (s().shown_article.empty()) {
                         go(step.id);
                       } else {
                         out_.effects.emplace_back(Prompt{words("did_it_help"), choices(scripts_.did_it_help), {}, {}});
                       }
                     },
                     [&](const auto&) { go(step.id); }},
               step.kind);
  }

  // ── articles
  // ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
  void found(const ArticlesFound& e) {
    const Script* script = scripts_.find(s().dialog);
    const Step* step = script == nullptr ? nullptr : script->find(s().step);
    const ShowArticle* show = step == nullptr ? nullptr : std::get_if<ShowArticle>(&step->kind);
    if (show == nullptr || !s().shown_article.empty() || !s().end.empty()) {
      trace("article", "nobody waits for articles");
      return;
    }
    const bool search = show->id.empty();
    const FoundArticle* article = nullptr;
    for (const FoundArticle& a : e.articles) {
      const bool seen = std::ranges::find(s().articles_shown, a.id) != s().articles_shown.end();
      if (search ? !seen : a.id == show->id) {
        article = &a;
        break;
      }
    }
    if (article == nullptr) {
      trace("article", search ? "nothing new was found" : "the article '" + show->id + "' does not exist");
      say(words(show->nothing_found));
      note_tried(*step, "no article found");
      go(show->unsolved);
      return;
    }
    trace("article", fmt::format("shows '{}' ({:.2f})", article->id, article->confidence));
    const std::string intro = words(show->intro);
    out_.effects.emplace_back(Prompt{intro.empty() ? article->text : intro + "\n\n" + article->text, {}, {}, article->id});
    if (std::ranges::find(s().articles_shown, article->id) == s().articles_shown.end()) s().articles_shown.push_back(article->id);
    if (!show->ask_if_solved) {
      note_tried(*step, "shown");
      go(show->unsolved);
      return;
    }
    s().shown_article = article->id;
    s().misunderstood = 0;
    out_.effects.emplace_back(Prompt{words("did_it_help"), choices(scripts_.did_it_help), {}, {}});
  }

  // ── entering steps
  // ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
  void go(std::string target) {
    while (!target.empty()) {
      if (++s().steps > kMaxSteps) {
        trace("guard", fmt::format("{} steps without a word of the customer, last '{}' of '{}'", kMaxSteps, target, s().dialog));
        say(words("handing_over"));
        escalate({});
        return;
      }
      const Script* script = scripts_.find(s().dialog);
      if (target.starts_with(kDialogChoice)) {
        script = scripts_.find(std::string_view(target).substr(kDialogChoice.size()));
        if (script == nullptr) {
          trace("guard", "there is no '" + target + "'");
          escalate({});
          return;
        }
        s().dialog = script->name;
        s().hash = script->hash;
        target = script->start;
        trace("start", "script '" + script->name + "'");
      }
      const Step* step = script == nullptr ? nullptr : script->find(target);
      if (step == nullptr) {
        trace("guard", "there is no step '" + target + "'");
        escalate({});
        return;
      }
      s().step = step->id;
      s().shown_article.clear();
      apply(step->set);
      target = enter(*script, *step);
    }
  }

  // The next step, or "" when this one waits or ends.
  std::string enter(const Script& script, const Step& step) {
    return std::visit(Match{[&](const Say& k) {
                              trace("step", step.id + ": said");
                              say(words(k.text));
                              note_tried(step, "");
                              return k.next;
                            },
                            [&](const Ask& k) { return enter_ask(script, step, k); },
                            [&](const Choose& k) {
                              trace("step", step.id + ": asked");
                              out_.effects.emplace_back(Prompt{words(k.text), choices(k.options), {}, {}});
                              return std::string();
                            },
                            [&](const ShowArticle& k) {
                              trace("step", step.id + ": " + (k.id.empty() ? "searches" : "fetches " + k.id));
                              if (k.id.empty()) {
                                out_.effects.emplace_back(Search{s().symptom, s().language});
                              } else {
                                out_.effects.emplace_back(FetchArticle{k.id, s().language});
                              }
                              return std::string();
                            },
                            [&](const Goto& k) {
                              trace("goto", step.id + " → " + k.next);
                              return k.next;
                            },
                            [&](const Escalate& k) {
                              trace("escalate", step.id + ": " + k.priority);
                              escalate(k);
                              return std::string();
                            },
                            [&](const Resolve& k) {
                              trace("resolve", step.id);
                              say(words(k.text));
                              out_.effects.emplace_back(Resolved{});
                              s().end = "resolved";
                              s().step.clear();
                              return std::string();
                            },
                            [&](const auto&) { return std::string(); }},
                      step.kind);
  }

  std::string enter_ask(const Script& script, const Step& step, const Ask& ask) {
    const auto slot = script.slots.find(ask.slot);
    if (s().slots.contains(ask.slot)) {
      trace("ask-skipped", ask.slot + " is known");
      return ask.next;
    }
    if (std::ranges::find(s().skipped, ask.slot) != s().skipped.end()) {
      trace("ask-skipped", ask.slot + " could not be told before");
      return ask.next;
    }
    if (slot == script.slots.end()) {
      trace("ask-skipped", "the slot '" + ask.slot + "' is not declared");
      return ask.next;
    }
    trace("step", step.id + ": asked for " + ask.slot);
    out_.effects.emplace_back(Prompt{words(slot->second.ask), slot_choices(slot->second), ask.slot, {}});
    return {};
  }

  void escalate(const Escalate& e) {
    say(words(e.text));
    out_.effects.emplace_back(OpenTicket{e.priority, e.fault_class, e.queue});
    s().end = "escalated";
    s().step.clear();
    s().shown_article.clear();
    s().misunderstood = 0;
  }

  const ScriptSet& scripts_;
  Outcome out_;
  std::string text_;       // what the customer wrote, trimmed
  bool answered_ = false;  // the waiting step got its answer
};

}  // namespace

Outcome step(const ScriptSet& scripts, State state, const Event& event, std::string_view entry) {
  return Turn(scripts, std::move(state)).take(event, entry);
}

}  // namespace usher::dialogs
