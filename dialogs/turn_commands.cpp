// Wishes that hold anywhere: a person, start over, back, correct an answer, status, another language.
#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "dialogs/turn.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

bool is_contact(const std::string& name, const Slot* slot) {
  if (slot == nullptr) return name.starts_with("contact");
  return slot->type == SlotType::kName || slot->type == SlotType::kEmail || slot->type == SlotType::kPhone ||
         slot->type == SlotType::kContact;
}

std::string_view name_of(As as) {
  switch (as) {
    case As::kHuman:
      return "person";
    case As::kRestart:
      return "restart";
    case As::kBack:
      return "back";
    case As::kStatus:
      return "status";
    case As::kLanguage:
      return "language";
    default:
      return "";
  }
}

constexpr std::array kWrong = {"wrong", "incorrect", "not right", "not correct", "correct", "change", "mistyped", "misspelled",
                               "typo",  "mistake",   "fix",       "错了",        "写错",    "输错",   "填错",     "打错",
                               "说错",  "不对",      "有误",      "改一下",      "更正",    "修改",   "改正",     "更改"};
// What else may stand in such a message. Anything beyond it makes it an answer: "the printer says wrong paper".
constexpr std::array kBeside = {"the",   "my",      "is",       "was",  "a",     "an",     "i",       "gave",   "you",   "typed",
                                "wrote", "entered", "told",     "that", "to",    "made",   "in",      "please", "sorry", "oops",
                                "no",    "wait",    "actually", "it",   "of",    "need",   "want",    "would",  "like",  "let",
                                "me",    "can",     "have",     "had",  "think", "s",      "go",      "back",   "and",   "our",
                                "your",  "for",     "got",      "one",  "about", "number", "address", "code"};
constexpr std::array kBesideHan = {"我的", "刚才", "刚刚", "前面", "那个", "这个", "好像", "不好意思", "等等", "等一下",
                                   "需要", "我想", "我要", "一下", "信息", "返回", "回到", "我",       "的",   "是",
                                   "了",   "把",   "请",   "想",   "要",   "，",   "。",   "！",       "、",   "啊",
                                   "吧",   "填",   "写",   "输",   "入",   "有",   "点",   "抱歉",     "那",   "这"};

bool erase_all(std::string& text, std::string_view part) {
  bool found = false;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part)) {
    text.replace(at, part.size(), " ");
    found = true;
  }
  return found;
}

// The words a label is known by: "E-mail or phone" → e-mail, phone; 邮箱或电话 → 邮箱, 电话.
std::vector<std::string> names_in(const std::string& label) {
  std::string folded = text::fold(label);
  erase_all(folded, "或");
  erase_all(folded, "/");
  std::vector<std::string> names;
  for (std::string& word : text::split(folded, ' ')) {
    if (word.size() >= 4 && word != "number" && word != "code" && word != "address") names.push_back(std::move(word));
  }
  return names;
}

// Nothing but the names, a word for "wrong" and small talk.
bool only_corrects(std::string text, const std::vector<std::string>& names) {
  bool named = false, wrong = false;
  for (const std::string& n : names) named = erase_all(text, n) || named;
  for (const char* w : kWrong) wrong = erase_all(text, w) || wrong;
  if (!named || !wrong) return false;
  for (const char* w : kBesideHan) erase_all(text, w);
  for (char& c : text) {
    if (std::string_view(".,!;:'\"-()").contains(c)) c = ' ';
  }
  return std::ranges::all_of(text::split(text, ' '), [](const std::string& word) {
    return word.empty() || std::ranges::find(kBeside, word) != kBeside.end();
  });
}

}  // namespace

bool Turn::wish(const Script* script, const Step* step) {
  const Understood u = understand_command(heard(), lexicons());
  if (u.as == As::kNothing) return script != nullptr && correct(false);
  if (const Choose* c = step == nullptr ? nullptr : std::get_if<Choose>(&step->kind)) {
    // "Go back" may be what an option of this very question is called.
    if (understand_choice(text_, c->options, s().language, {}, lexicons()).confidence >= 0.99) return false;
  }
  trace("command", u.why);
  take_as("command", std::string(name_of(u.as)), u.confidence, u.why);
  switch (u.as) {
    case As::kHuman:
      asked_for_person("the customer asks for a person");
      return true;
    case As::kRestart:
      start_over();
      return true;
    case As::kBack:
      if (!correct(true)) back();
      return true;
    case As::kStatus:
      tell_status(script, step);
      return true;
    case As::kLanguage:
      switch_language(u.value, script, step);
      return true;
    default:
      return false;
  }
}

// How the handover would have passed it on: the way it has for the priority that is known, else its first one.
Escalate Turn::handover_escalate() const {
  const Script* handover = scripts_.find(kHandover);
  if (handover == nullptr) return {};
  const auto known = out_.state.slots.find("priority");
  const Escalate* first = nullptr;
  for (const std::string& id : handover->order) {
    const auto it = handover->steps.find(id);
    const Escalate* e = it == handover->steps.end() ? nullptr : std::get_if<Escalate>(&it->second.kind);
    if (e == nullptr) continue;
    if (known != out_.state.slots.end() && e->priority == known->second) return *e;
    if (first == nullptr) first = e;
  }
  return first == nullptr ? Escalate{} : *first;
}

void Turn::asked_for_person(std::string why) {
  const Script* script = s().dialog.empty() ? nullptr : scripts_.find(s().dialog, s().hash);
  const Step* step = script == nullptr ? nullptr : script->find(s().step);
  const Values slots = s().slots;
  std::optional<Past> here;
  if (step != nullptr) here = standing(*step);
  to_person(std::move(why));
  if (here && s().end.empty()) remember(std::move(*here), slots);
}

void Turn::to_person(std::string why) {
  s().misunderstood = 0;
  s().unanswered = 0;
  s().idle = 0;
  s().shown_article.clear();
  const bool insists = s().dialog == kHandover || std::ranges::find(s().calls, kHandover, &Frame::dialog) != s().calls.end();
  s().calls.clear();
  if (const Script* script = s().dialog.empty() ? nullptr : scripts_.find(s().dialog, s().hash)) {
    // A block that is left for a person has not found it: that is worth counting as well.
    const Step* step = script->find(s().step);
    const auto* block = step == nullptr ? nullptr : std::get_if<TroubleshootBlock>(&step->kind);
    if (block != nullptr) learn(*script, *step, *block);
  }
  if (scripts_.find(kHandover) != nullptr && !insists) {
    trace("handover", std::move(why));
    go(std::string(kDialogTarget) + std::string(kHandover));
    return;
  }
  // The customer insists while the handover asks its questions: a person now, with the priority the handover would have given.
  trace("escalate", std::move(why));
  escalate(handover_escalate());
}

void Turn::keep_only_contact() {
  State fresh;
  fresh.language = s().language;
  fresh.heard = s().heard;
  fresh.today = s().today;
  const Script* running = scripts_.find(s().dialog, s().hash);
  for (auto& [name, value] : s().slots) {
    const Slot* slot = nullptr;
    auto look = [&](const Script& script) {
      const auto it = script.slots.find(name);
      if (slot == nullptr && it != script.slots.end()) slot = &it->second;
    };
    if (running != nullptr) look(*running);
    for (auto it = scripts_.scripts.begin(); slot == nullptr && it != scripts_.scripts.end(); ++it) look(it->second);
    if (is_contact(name, slot)) fresh.slots.emplace(name, std::move(value));
  }
  s() = std::move(fresh);
}

void Turn::start_over() {
  keep_only_contact();
  restarted_ = true;
  greet(words("restarted"));
}

void Turn::back() {
  if (s().history.empty()) {
    say(words("nothing_to_go_back"));
    if (const Script* script = scripts_.find(s().dialog, s().hash)) {
      if (const Step* step = script->find(s().step)) ask_again(*script, *step);
    }
    return;
  }
  if (!s().shown_article.empty()) std::erase(s().articles_shown, s().shown_article);
  Past past = std::move(s().history.back());
  s().history.pop_back();
  back_to(std::move(past));
}

void Turn::undo(const Past& past) {
  for (const auto& [name, value] : past.undo) {
    if (value.empty()) {
      s().slots.erase(name);
    } else {
      s().slots[name] = value;
    }
  }
}

// Returns to a question and takes its answer back.
void Turn::back_to(Past past) {
  undo(past);
  s().tried.resize(std::min(s().tried.size(), past.tried));
  s().misunderstood = 0;
  s().unanswered = 0;
  s().idle = 0;
  const Place at = place(past.dialog, past.hash, past.step);
  if (at.script == nullptr || at.step == nullptr) {
    say(words("nothing_to_go_back"));
    go(s().step);
    return;
  }
  if (const Ask* asks = std::get_if<Ask>(&at.step->kind)) {
    std::erase(s().skipped, asks->slot);
    s().slots.erase(asks->slot);
  }
  if (std::holds_alternative<ShowArticle>(at.step->kind) && !s().articles_shown.empty()) s().articles_shown.pop_back();
  s().dialog = at.script->name;
  s().hash = at.script->hash;
  s().calls = std::move(past.calls);
  if (const TroubleshootBlock* block = std::get_if<TroubleshootBlock>(&at.step->kind); block != nullptr && !past.check.empty()) {
    // Not to the beginning of the block: to the check whose answer is taken back.
    s().step = s().last_step = at.step->id;
    s().shown_article.clear();
    s().to_confirm.clear();
    s().as_written.clear();
    s().checked = std::move(past.checked);
    s().check = std::move(past.check);
    ask_check_again(*at.script, *at.step, *block);
    return;
  }
  go(at.step->id);
}

// "The serial number is wrong": back to that question. Answers given since are kept where they were values; choices are asked
// again, because the way may be another one now.
bool Turn::correct(bool asked_for) {
  if (text_.size() > 160) return false;
  const std::string folded = text::fold(half_width(text_));
  if (!asked_for && std::ranges::none_of(kWrong, [&](const char* w) { return folded.contains(w); })) return false;
  auto is_named = [&](const Script& script, const Step* step) {
    const Ask* asks = step == nullptr ? nullptr : std::get_if<Ask>(&step->kind);
    const auto slot = asks == nullptr ? script.slots.end() : script.slots.find(asks->slot);
    if (slot == script.slots.end()) return false;
    std::vector<std::string> names;
    for (const auto& [language, label] : slot->second.label.by_language) {
      for (std::string& n : names_in(label)) names.push_back(std::move(n));
    }
    return asked_for ? std::ranges::any_of(names, [&](const std::string& n) { return folded.contains(n); })
                     : only_corrects(folded, names);
  };
  auto noted = [&](const Step& step) {
    trace("correct", "back to the question at " + step.id);
    if (!asked_for) take_as("command", "back", 0.9, "names what " + step.id + " asks for as wrong");
  };
  for (std::size_t i = s().history.size(); i-- > 0;) {
    const Place at = place(s().history[i].dialog, s().history[i].hash, s().history[i].step);
    if (at.script == nullptr || !is_named(*at.script, at.step)) continue;
    noted(*at.step);
    while (s().history.size() > i + 1) {
      const Past& later = s().history.back();
      const Place was = place(later.dialog, later.hash, later.step);
      if (was.step == nullptr || !std::holds_alternative<Ask>(was.step->kind)) undo(later);
      s().history.pop_back();
    }
    Past past = std::move(s().history.back());
    s().history.pop_back();
    back_to(std::move(past));
    return true;
  }
  // A value that was never asked for, because a message held it: its question in the script that runs.
  const Script* script = scripts_.find(s().dialog, s().hash);
  if (script == nullptr) return false;
  for (const auto& [id, step] : script->steps) {
    const Ask* asks = std::get_if<Ask>(&step.kind);
    if (asks == nullptr || id == s().step || !s().slots.contains(asks->slot) || !is_named(*script, &step)) continue;
    noted(step);
    s().slots.erase(asks->slot);
    s().misunderstood = 0;
    go(id);
    return true;
  }
  return false;
}

void Turn::tell_status(const Script* script, const Step* step) {
  if (out_.taken.as != "command") {
    trace("command", "asks how the case stands");
    take_as("command", "status", 1, "asks how the case stands");
  }
  out_.effects.emplace_back(TellStatus{});
  if (script != nullptr && step != nullptr) ask_again(*script, *step);
}

void Turn::switch_language(const std::string& language, const Script* script, const Step* step) {
  const auto known = scripts_.texts.find("not_understood");
  const bool speaks = known == scripts_.texts.end() || known->second.by_language.contains(language);
  if (speaks && !language.empty()) {
    trace("language", "the customer wants " + language);
    s().language = language;
    say(words("language_switched"));
  } else {
    trace("language", "the bot does not speak '" + language + "'");
  }
  if (script != nullptr && step != nullptr) {
    ask_again(*script, *step);
  } else if (s().greeted) {
    say(words("tell_me"));
  } else {
    greet(words("greeting"));
  }
}

}  // namespace usher::dialogs
