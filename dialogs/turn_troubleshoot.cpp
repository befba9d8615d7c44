// Troubleshoot blocks: the model says what comes next (troubleshoot.h), this asks it and tells the model what happened.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialogs/turn.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;
namespace ts = troubleshoot;

constexpr std::size_t kOfferPersonAfter = 3;  // checks and questions of one block

template <class Things>
auto by_id(const Things& things, std::string_view id) -> decltype(&things.front()) {
  const auto it = std::ranges::find_if(things, [&](const auto& t) { return t.id == id; });
  return it == things.end() ? nullptr : &*it;
}

}  // namespace

const ts::Model& Turn::model_of(const Script& script, const Step& step, const TroubleshootBlock& block) {
  if (!scripts_.learned) return block.model;
  const std::string key = script.name + "/" + step.id;
  if (const auto line = s().slots.find(block.line_slot); !block.line_slot.empty() && line != s().slots.end()) {
    if (const auto it = scripts_.learned->find(key + "/" + line->second); it != scripts_.learned->end()) return it->second;
  }
  const auto it = scripts_.learned->find(key);
  return it == scripts_.learned->end() ? block.model : it->second;
}

std::string Turn::enter_block(const Script& script, const Step& step, const TroubleshootBlock& block) {
  s().checked.clear();
  trace("step", step.id + ": looks for the cause");
  return next_check(script, step, block);
}

// Asks the best check or question, or leaves the block.
std::string Turn::next_check(const Script& script, const Step& step, const TroubleshootBlock& block) {
  const ts::Model& model = model_of(script, step, block);
  s().check.clear();
  s().shown_article.clear();
  s().misunderstood = 0;
  while (true) {
    const ts::Decision decision = ts::next(model, ts::belief_of(model, s().checked));
    trace("troubleshoot", ts::sentence(decision, "en"));
    if (decision.step.move == ts::Move::kNothing) {
      learn(script, step, block);
      return block.solved;
    }
    if (decision.step.move == ts::Move::kEscalate) {
      learn(script, step, block);
      return block.unsolved;
    }
    const std::string id(ts::id_of(model, decision.step));
    const auto* check = decision.step.move == ts::Move::kAct ? by_id(block.checks, id) : nullptr;
    const auto* question = decision.step.move == ts::Move::kAsk ? by_id(block.questions, id) : nullptr;
    if (check == nullptr && question == nullptr) {
      // A learned model that knows more than this version of the script.
      trace("troubleshoot", "'" + id + "' is not in the script");
      s().checked.emplace_back(id, ts::kNotPossible);
      if (s().checked.size() > block.checks.size() + block.questions.size() + 20) {
        learn(script, step, block);
        return block.unsolved;
      }
      continue;
    }
    s().check = id;
    trace("step", step.id + ": " + (check != nullptr ? "check " : "question ") + id);
    if (check != nullptr && decision.first) lead_ = words("check_first", {{"why", ts::sentence(decision, s().language)}});
    if (check != nullptr && !check->article.empty()) say(std::exchange(lead_, {}));
    ask_check_again(script, step, block);
    return {};
  }
}

std::vector<Choice> Turn::check_choices(const TroubleshootBlock::Check& check) {
  std::vector<Choice> out = choices(scripts_.did_it_help);
  if (check.can_fail_to_do) {
    if (std::string label = words("cannot_do"); !label.empty()) out.push_back({std::string(kCannot), std::move(label)});
  }
  if (s().checked.size() >= kOfferPersonAfter) offer_person(out);
  return out;
}

void Turn::ask_check_again(const Script& script, const Step& step, const TroubleshootBlock& block) {
  if (const auto* check = by_id(block.checks, s().check)) {
    if (!check->article.empty() && s().shown_article.empty()) {
      out_.effects.emplace_back(FetchArticle{check->article, s().language});
    } else if (!check->article.empty()) {
      ask(words("did_it_help"), check_choices(*check));
    } else {
      const std::string lead = std::exchange(lead_, {});
      ask(lead.empty() ? words(check->text) : lead + "\n\n" + words(check->text), check_choices(*check), {}, check->picture);
    }
  } else if (const auto* question = by_id(block.questions, s().check)) {
    ask(words(question->text), choices(question->options));
  } else {  // gone with an older version: what is best now
    std::string next = next_check(script, step, block);
    if (!next.empty()) go(std::move(next));
  }
}

void Turn::answer_block(const Script& script, const Step& step, const TroubleshootBlock& block, const Said& e) {
  if (const auto* check = by_id(block.checks, s().check)) {
    answer_check(script, step, block, *check, e);
  } else if (const auto* question = by_id(block.questions, s().check)) {
    answer_question(script, step, block, *question, e);
  } else {
    ask_check_again(script, step, block);
  }
}

void Turn::answer_check(const Script& script, const Step& step, const TroubleshootBlock& block,
                        const TroubleshootBlock::Check& check, const Said& e) {
  if (!check.article.empty() && s().shown_article.empty()) {  // the fetch was lost on the way
    ask_check_again(script, step, block);
    return;
  }
  std::string answer;
  if (e.choice == "yes" || e.choice == "no" || e.choice == kCannot) {
    answer = e.choice;
    trace("answer", "pressed “" + answer + "”");
    take_as("option", answer, 1, "pressed");
  } else {
    Understood u = understand_choice(text_, scripts_.did_it_help, s().language, words("did_it_help"), lexicons());
    // By number: entries of the list that are no options of "did it help?".
    const std::string by_number = numbered(check_choices(check));
    if (wants_person_by_number(check_choices(check))) return;
    if (by_number == kCannot || (u.confidence < 0.99 && says_cannot()))
      u = {As::kOption, std::string(kCannot), 0.9, "says it cannot be done"};
    if (u.as == As::kQuestion) {
      side_question(u.why);
      return;
    }
    if (u.as != As::kOption) {
      take_as(u.as == As::kDontKnow ? "dont_know" : "nothing", {}, u.confidence, u.why);
      out_.taken.ok = false;
      not_understood(check.article.empty() ? words(check.text) : words("did_it_help"), check_choices(check), u.why);
      return;
    }
    answer = u.value;
    trace("answer", fmt::format("“{}”: {} ({:.2f})", answer, u.why, u.confidence));
    take_as("option", answer, u.confidence, u.why);
  }
  std::string what = !check.tried.empty()  ? check.tried
                     : !check.text.empty() ? text::cut(check.text.in("en"), 160)
                                           : check.article;
  note_tried(std::move(what), answer == "yes" ? "solved it" : answer == "no" ? "did not help" : "could not be done");
  checked(script, step, block, answer == "yes" ? ts::kSolved : answer == "no" ? ts::kFailed : ts::kNotPossible);
}

void Turn::answer_question(const Script& script, const Step& step, const TroubleshootBlock& block,
                           const TroubleshootBlock::Question& question, const Said& e) {
  const Option* chosen = e.choice.empty() ? nullptr : by_id(question.options, e.choice);
  std::string_view result;
  if (chosen != nullptr) {
    trace("answer", "pressed “" + chosen->id + "”");
    take_as("option", chosen->id, 1, "pressed");
  } else {
    const Understood u = understand_choice(text_, question.options, s().language, question.text.in(s().language), lexicons());
    if (u.as == As::kQuestion) {
      side_question(u.why);
      return;
    }
    chosen = u.as == As::kOption ? by_id(question.options, u.value) : nullptr;
    if (chosen != nullptr) {
      trace("answer", fmt::format("“{}”: {} ({:.2f})", chosen->id, u.why, u.confidence));
      take_as("option", chosen->id, u.confidence, u.why);
    } else if (wants_person_by_number(choices(question.options))) {
      return;
    } else if (u.as == As::kDontKnow) {
      result = ts::kDontKnow;
      take_as("dont_know", {}, u.confidence, u.why);
    } else if (says_cannot()) {
      result = ts::kNotPossible;
      take_as("option", std::string(kCannot), 0.9, "says it cannot be done");
    } else {
      take_as("nothing", {}, u.confidence, u.why);
      not_understood(words(question.text), choices(question.options), u.why);
      return;
    }
    if (chosen == nullptr) trace("answer", std::string(result));
  }
  if (chosen != nullptr) {
    apply(chosen->set);
    result = chosen->id;
  }
  note_tried(text::cut(question.text.in("en"), 160), chosen != nullptr         ? chosen->label.in("en")
                                                     : result == ts::kDontKnow ? "not known"
                                                                               : "could not be done");
  checked(script, step, block, result);
}

void Turn::checked(const Script& script, const Step& step, const TroubleshootBlock& block, std::string_view answer) {
  s().checked.emplace_back(s().check, std::string(answer));
  answered_ = true;
  s().unanswered = 0;
  std::string next = next_check(script, step, block);
  if (!next.empty()) go(std::move(next));
}

void Turn::found_for_check(const Script& script, const Step& step, const TroubleshootBlock& block, const ArticlesFound& e) {
  const auto* check = by_id(block.checks, s().check);
  if (check == nullptr || check->article.empty()) {
    trace("article", "nobody waits for articles");
    return;
  }
  const auto article = std::ranges::find(e.articles, check->article, &FoundArticle::id);
  if (article == e.articles.end()) {
    trace("article", "the article '" + check->article + "' does not exist");
    if (++s().steps > kMaxSteps) {
      guard(fmt::format("{} steps without a word of the customer in '{}'", kMaxSteps, step.id));
      return;
    }
    s().checked.emplace_back(s().check, ts::kNotPossible);
    std::string next = next_check(script, step, block);
    if (!next.empty()) go(std::move(next));
    return;
  }
  trace("article", "shows '" + article->id + "'");
  show(*article, check->text.empty() ? std::string() : words(check->text));
  s().shown_article = article->id;
  s().misunderstood = 0;
  ask(words("did_it_help"), check_choices(*check));
}

// What was seen goes into the counts; a block that asked nothing has seen nothing.
void Turn::learn(const Script& script, const Step& step, const TroubleshootBlock& block) {
  if (s().checked.empty()) return;
  Learn seen{script.name, step.id, {}, s().checked};
  if (const auto line = s().slots.find(block.line_slot); !block.line_slot.empty() && line != s().slots.end())
    seen.line = line->second;
  out_.effects.emplace_back(std::move(seen));
}

}  // namespace usher::dialogs
