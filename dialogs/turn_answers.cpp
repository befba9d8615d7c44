// Answers to a question with a fixed set of options: choose, check, consent, survey.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "dialogs/turn.h"
#include "dialogs/understand_claim.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

constexpr int kMaxIdle = 3;  // thanks and the like in a row; more of them are not understood
constexpr double kByNumber = 0.95;

const Option* find_option(const std::vector<Option>& options, std::string_view id) {
  const auto it = id.empty() ? options.end() : std::ranges::find(options, id, &Option::id);
  return it == options.end() ? nullptr : &*it;
}

// What people say instead of doing what a check asks for. Anything an answer could hold as well ("I can't see a light") is not
// here: those are for the options.
constexpr std::array kCannotSay = {"can't do that",
                                   "cannot do that",
                                   "can't do this",
                                   "can't do it",
                                   "cannot do it",
                                   "cannot do this",
                                   "unable to do",
                                   "not able to do",
                                   "not possible",
                                   "impossible",
                                   "no access",
                                   "don't have access",
                                   "have no access",
                                   "can't get to it",
                                   "can't reach it",
                                   "don't have the tool",
                                   "have no tool",
                                   "no screwdriver",
                                   "not allowed to",
                                   "am not allowed",
                                   "don't know how to do",
                                   "don't dare",
                                   "做不到",
                                   "做不了",
                                   "做不来",
                                   "没办法做",
                                   "没办法操作",
                                   "没法操作",
                                   "没法做",
                                   "没法弄",
                                   "没法试",
                                   "无法操作",
                                   "无法做到",
                                   "操作不了",
                                   "弄不了",
                                   "够不到",
                                   "够不着",
                                   "没有权限",
                                   "没权限",
                                   "没有工具",
                                   "没工具",
                                   "不会弄",
                                   "不会操作",
                                   "不会做",
                                   "没有条件",
                                   "没条件",
                                   "不敢拆",
                                   "不敢弄",
                                   "试不了",
                                   "没法拆"};
constexpr std::array kCannotBare = {"can't",     "cannot", "i can't", "i cannot", "i can not",
                                    "no can do", "不方便", "没办法",  "没法"};

}  // namespace

bool Turn::says_cannot() const {
  if (text_.size() > 300) return false;
  std::string folded = text::fold(half_width(text_));
  if (folded == text::fold(scripts_.text("cannot_do", out_.state.language))) return true;
  while (!folded.empty() && std::string_view(".!,; ").contains(folded.back())) folded.pop_back();
  return std::ranges::any_of(kCannotSay, [&](const char* phrase) { return folded.contains(phrase); }) ||
         std::ranges::find(kCannotBare, folded) != kCannotBare.end();
}

// "One moment, I will have a look": neither an answer nor something not understood.
bool Turn::asks_for_time() const {
  const SaidWords said(text_, lexicons());
  if (!said.has(Tag::kWait)) return false;
  for (std::size_t i = 0; i < said.light.size(); ++i) {
    const auto covers = [i](const Tagged& t) { return t.begin <= i && i < t.end; };
    if (!said.light[i] && std::ranges::none_of(said.tags, covers) && std::ranges::none_of(said.polite, covers)) return false;
  }
  return true;
}

// Thanks are no misunderstanding, but the same again and again gets nobody on.
bool Turn::may_idle() {
  return ++s().idle <= kMaxIdle;
}

std::string Turn::numbered(const std::vector<Choice>& shown) const {
  std::string number = text::fold(text_);
  while (!number.empty() && (number.back() == '.' || number.back() == ')')) number.pop_back();
  std::size_t n = 0;
  const auto r = std::from_chars(number.data(), number.data() + number.size(), n);
  if (r.ec != std::errc() || r.ptr != number.data() + number.size() || n < 1 || n > shown.size()) return {};
  return shown[n - 1].id;
}

// The number under which a person was offered beside the answers `shown`. True when the turn is over.
bool Turn::wants_person_by_number(std::vector<Choice> shown) {
  if (s().unanswered >= kUseless) offer_person(shown);
  if (numbered(shown) != kEnough) return false;
  trace("command", "the number of “I'd rather talk to a person”");
  take_as("command", "person", 1, "its number");
  to_person("the customer has enough");
  return true;
}

void Turn::answer_choose(const Step& step, const Choose& choose, const Said& e) {
  using Kind = Choose::Kind;
  const Option* chosen = find_option(choose.options, e.choice);
  if (chosen != nullptr) {
    trace("answer", "pressed “" + chosen->id + "”");
    take_as("option", chosen->id, 1, "pressed");
  } else {
    const std::string& question = choose.text.in(s().language);
    Understood u = choose.kind == Kind::kConsent ? understand_consent(text_, s().language, lexicons())
                                                 : understand_choice(text_, choose.options, s().language, question, lexicons());
    if (choose.kind == Kind::kCheck && u.confidence < 0.99 && says_cannot()) {
      if (find_option(choose.options, kCannot) != nullptr) u = {As::kOption, std::string(kCannot), 0.9, "says it cannot be done"};
    }
    if (u.as == As::kQuestion) {
      side_question(u.why);
      return;
    }
    if (u.as == As::kNothing && wants_person_by_number(choices(choose.options))) return;
    if (u.as == As::kNothing && choose.kind != Kind::kConsent && (asks_for_time() || courtesy(heard()) != Courtesy::kNone) &&
        may_idle()) {
      trace("waits", "the customer asks for time, or is only polite");
      take_as("nothing", {}, 0, "no answer yet");
      ask(words(choose.text), choices(choose.options), {}, choose.picture);
      return;
    }
    if (says_again(choose) && may_idle()) {
      trace("known-already", "says again what the first message told");
      take_as("nothing", {}, 0, "says again what was told already");
      ask(words(choose.text), choices(choose.options), {}, choose.picture);
      return;
    }
    // After "which of these?" a number is a place in the list, also where it could be an amount.
    if (u.as == As::kNothing && s().misunderstood > 0 && choose.kind != Kind::kConsent) {
      if (std::string id = numbered(choices(choose.options)); !id.empty())
        u = {As::kOption, std::move(id), kByNumber, "its number in the list that was put again"};
    }
    weigh_together(step, choose, u);
    chosen = u.as == As::kOption || u.as == As::kValue ? find_option(choose.options, u.value) : nullptr;
    if (chosen != nullptr) {
      trace("answer", fmt::format("“{}”: {} ({:.2f})", chosen->id, u.why, u.confidence));
      take_as("option", chosen->id, u.confidence, u.why);
    } else if (choose.kind == Kind::kConsent) {
      take_as(u.as == As::kDontKnow ? "dont_know" : "nothing", {}, u.confidence, u.why);
      if (s().misunderstood + 1 < kPatient) {
        ++s().misunderstood;
        trace("reask", fmt::format("not a clear consent ({} in a row): {}", s().misunderstood, u.why));
        const std::string first = words("consent_explicit");
        ask(first.empty() ? words(choose.text) : first + "\n\n" + words(choose.text), choices(choose.options));
        return;
      }
      // Whoever does not say yes has not agreed.
      chosen = find_option(choose.options, "decline");
      if (chosen != nullptr) trace("answer", "no clear consent after three questions: taken as declined");
    }
    if (chosen == nullptr) {
      take_as(u.as == As::kDontKnow ? "dont_know" : "nothing", {}, u.confidence, u.why);
      out_.taken.ok = false;
      not_understood(words(choose.text), choices(choose.options), u.why);
      return;
    }
  }
  answered_ = true;
  if (assumed_) say(words("assumed", {{"answer", words(chosen->label)}}));
  std::string next = take_option(step, choose, *chosen);
  if (!text_.empty()) {
    if (const Script* script = scripts_.find(s().dialog, s().hash)) prefill(*script, text_, "the answer");
  }
  go(std::move(next));
}

// Records what the choice means; the step to go on with.
std::string Turn::take_option(const Step& step, const Choose& choose, const Option& option) {
  s().misunderstood = 0;
  s().unread.clear();
  s().foretold.clear();
  s().unanswered = 0;
  s().idle = 0;
  if (choose.kind == Choose::Kind::kConsent) {
    // Word for word as it was asked: in the language of the question, before this answer changed anything.
    const std::string& language = asked_in_.empty() ? s().language : asked_in_;
    if (s().consents.size() >= kMaxConsents) s().consents.erase(s().consents.begin());
    s().consents.push_back({step.id, fill(choose.text.in(language), s().slots), language, option.id, now_});
    trace("consent", step.id + ": " + option.id);
  }
  if (choose.kind == Choose::Kind::kSurvey) {
    int score = 0;
    std::from_chars(option.id.data(), option.id.data() + option.id.size(), score);
    out_.effects.emplace_back(Rated{score});
    s().slots[choose.slot.empty() ? "satisfaction" : choose.slot] = option.id;
  } else if (!choose.slot.empty()) {
    s().slots[choose.slot] = option.id;
  }
  apply(option.set);
  note_tried(step, option.label.in("en"));
  return option.next;
}

void Turn::not_understood(const std::string& question, std::vector<Choice> options, const std::string& why) {
  if (++s().misunderstood == 1) s().unread.clear();
  s().unread.push_back(text::cut(text_, kMaxUnread));
  trace("reask", fmt::format("not understood ({} in a row): {}", s().misunderstood, why));
  if (s().misunderstood >= kPatient) {
    s().unread.clear();
    say(words("handing_over"));
    to_person("three answers in a row were not understood");
    return;
  }
  ask(s().misunderstood == 1 ? words("not_understood") : words("not_understood_again") + "\n\n" + question, std::move(options));
}

void Turn::proceed(const std::string& next) {
  s().misunderstood = 0;
  s().unanswered = 0;
  s().idle = 0;
  answered_ = true;
  go(next);
}

}  // namespace usher::dialogs
