// One turn, read from top to bottom: an event comes in; it is a wish that holds anywhere, or the answer to the step that waits;
// then steps are entered until one waits for the customer or the conversation ends.
#include "dialogs/engine.h"

#include <algorithm>

#include "base/text.h"
#include "dialogs/turn.h"

namespace usher::dialogs {
namespace {

std::string language_tag(std::string_view language) {
  return text::to_lower_ascii(language.substr(0, language.find_first_of("-_")));
}

bool holds_no_sentence(SlotType type) {  // answers to it say nothing about the customer's language
  return type == SlotType::kName || type == SlotType::kEmail || type == SlotType::kPhone || type == SlotType::kContact ||
         type == SlotType::kModel || type == SlotType::kSerial || type == SlotType::kErrorCode;
}

}  // namespace

Outcome step(const ScriptSet& scripts, State state, const Event& event, std::string_view entry) {
  return Turn(scripts, std::move(state)).take(event, entry);
}

Outcome Turn::take(const Event& event, std::string_view entry) {
  const bool had_ended = !s().end.empty();
  std::visit(Match{[&](const Opened& e) { opened(e); }, [&](const Said& e) { said(e, entry); },
                   [&](const ArticlesFound& e) { found(e); }, [&](const LookedUp& e) { looked_up(e); },
                   [&](const TimePassed& e) { time_passed(e); }},
             event);
  await(had_ended);
  return std::move(out_);
}

std::string Turn::words(std::string_view key, Values more) {
  more.insert(s().slots.begin(), s().slots.end());
  return fill(scripts_.text(key, s().language), more);
}

void Turn::say(std::string text) {
  if (!text.empty()) out_.effects.emplace_back(Prompt{std::move(text), {}});
}

void Turn::ask(std::string question, std::vector<Choice> choices, std::string slot, std::string picture) {
  Prompt p{std::move(question), std::move(choices)};
  // Who asks twice for what the bot does not know is shown the way to somebody who does.
  if (s().unanswered >= kUseless) offer_person(p.choices);
  p.slot = std::move(slot);
  p.picture = std::move(picture);
  out_.effects.emplace_back(std::move(p));
}

void Turn::offer_person(std::vector<Choice>& choices) {
  if (std::ranges::find(choices, kEnough, &Choice::id) != choices.end()) return;
  if (std::string label = words("enough"); !label.empty()) choices.push_back({std::string(kEnough), std::move(label)});
}

std::vector<Choice> Turn::choices(const std::vector<Option>& options) {
  std::vector<Choice> out;
  out.reserve(options.size());
  for (const Option& o : options) out.push_back({o.id, words(o.label)});
  return out;
}

const Message& Turn::heard() {
  if (!heard_) heard_ = read_words(text_);
  return *heard_;
}

void Turn::take_as(std::string as, std::string value, double confidence, std::string why) {
  out_.taken = {true, as != "nothing", std::move(as), std::move(value), confidence, std::move(why)};
}

void Turn::note_tried(std::string what, std::string answer) {
  if (!what.empty() && s().tried.size() < kMaxTried) s().tried.emplace_back(std::move(what), std::move(answer));
}
void Turn::note_tried(const Step& step, std::string answer) {
  note_tried(step.tried, std::move(answer));
}

void Turn::apply(const Values& settings) {
  for (const auto& [name, value] : settings) {
    std::string v = fill(value, s().slots);
    if (v.empty()) {
      s().slots.erase(name);
    } else {
      s().slots[name] = std::move(v);
    }
  }
}

void Turn::opened(const Opened& e) {
  note_time(e.now);
  if (s().greeted || !s().dialog.empty() || !s().end.empty()) {
    trace("opened", "the conversation has begun already");
    return;
  }
  if (!e.language.empty()) s().language = language_tag(e.language);
  trace("opened", "greeting in " + s().language);
  greet(words("greeting"));
}

void Turn::said(const Said& e, std::string_view entry) {
  note_time(e.now);
  now_ = e.now;
  attachments_ = e.attachments;
  s().steps = 0;
  s().reminded = 0;
  s().side_question.clear();  // its search was lost on the way
  asked_in_ = s().language;
  full_ = text::trim(e.text);
  if (!text::is_valid_utf8(full_)) full_ = text::to_valid_utf8(full_);
  text_ = full_.size() > kMaxLooked && text::length(full_) > kMaxLooked ? text::cut(full_, kMaxLooked) : full_;
  if (!text_.empty() || !e.choice.empty()) take_as("nothing", {}, 0, {});
  if (s().end == "escalated") {
    if (e.choice.empty() && understand_command(heard(), lexicons()).as == Understood::As::kStatus) {
      tell_status(nullptr, nullptr);
      return;
    }
    out_.taken.is_answer = false;
    trace("follow-up", "a person has the conversation already");
    out_.effects.emplace_back(FollowUp{full_});
    return;
  }
  choose_language(e);
  if (s().end == "resolved" && !reopen()) return;
  if (s().dialog.empty()) {
    first_words(e, entry);
    return;
  }
  const Script* script = running_script();
  if (script == nullptr) return;
  const Step* step = script->find(s().step);
  if (e.choice.empty() && !text_.empty() && wish(script, step)) return;
  answer(*script, *step, e);
}

void Turn::answer(const Script& script, const Step& step, const Said& e) {
  const Values slots = s().slots;
  Past here = standing(step);
  const Ask* asks = std::get_if<Ask>(&step.kind);
  const auto slot = asks == nullptr ? script.slots.end() : script.slots.find(asks->slot);
  const bool takes_files =
      std::holds_alternative<Wait>(step.kind) || (slot != script.slots.end() && slot->second.type == SlotType::kPhoto);
  if (e.attachments > 0 && !takes_files) {
    note_photo(script);
    if (text_.empty() && e.choice.empty()) {
      trace("attachment", "no words in the message");
      say(words("attachment_received"));
    }
  }
  if (text_.empty() && e.choice.empty() && (e.attachments == 0 || !takes_files)) {
    ask_again(script, step);
    return;
  }
  const Choose* choose = std::get_if<Choose>(&step.kind);
  if (e.choice == kEnough &&
      (choose == nullptr || std::ranges::find(choose->options, kEnough, &Option::id) == choose->options.end())) {
    take_as("command", "person", 1, "pressed");
    asked_for_person("the customer has enough");
    return;
  }
  std::visit(Match{[&](const Choose& k) { answer_choose(step, k, e); }, [&](const Ask& k) { answer_ask(script, k, step, e); },
                   [&](const ShowArticle& k) { answer_article(step, k, e); },
                   [&](const Wait& k) {
                     trace("answer", "the customer is back");
                     take_as("value", text_, 1, "any words go on");
                     if (!text_.empty()) s().slots[std::string(kWaitAnswer)] = text::cut(text_, 1000);
                     note_tried(step, text::cut(text_, 200));
                     proceed(k.next);
                   },
                   [&](const TroubleshootBlock& k) { answer_block(script, step, k, e); },
                   [&](const auto&) { go(step.id); }},  // a look-up that was lost, or an edited script: it no longer waits
             step.kind);
  if (answered_) remember(std::move(here), slots);
}

void Turn::choose_language(const Said& e) {
  if (!e.choice.empty() || text_.empty()) return;
  const bool first = s().symptom.empty() && s().dialog.empty();
  std::string clear = clear_language(heard());
  if (const Script* script = s().dialog.empty() ? nullptr : scripts_.find(s().dialog, s().hash)) {
    if (const Step* step = script->find(s().step)) {
      if (const Ask* asks = std::get_if<Ask>(&step->kind)) {
        const auto slot = script->slots.find(asks->slot);
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

Past Turn::standing(const Step& step) {
  Past here{s().dialog, s().hash, s().step, s().calls, s().tried.size(), {}, s().check, {}};
  if (std::holds_alternative<TroubleshootBlock>(step.kind)) here.checked = s().checked;
  return here;
}

void Turn::remember(Past past, const Values& before) {
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

void Turn::ask_again(const Script& script, const Step& step) {
  std::visit(Match{[&](const Choose& k) { ask(words(k.text), choices(k.options), {}, k.picture); },
                   [&](const Ask& k) {
                     const auto it = script.slots.find(k.slot);
                     if (it == script.slots.end()) {
                       go(step.id);
                     } else {
                       ask_for(it->second);
                     }
                   },
                   [&](const ShowArticle&) {
                     if (s().shown_article.empty()) {
                       go(step.id);
                     } else {
                       ask(words("did_it_help"), choices(scripts_.did_it_help));
                     }
                   },
                   [&](const Wait& k) { say(words(k.text)); },
                   [&](const TroubleshootBlock& k) { ask_check_again(script, step, k); }, [&](const auto&) { go(step.id); }},
             step.kind);
}

}  // namespace usher::dialogs
