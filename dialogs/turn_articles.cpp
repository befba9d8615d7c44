// Articles that a step shows, and questions of the customer's that are answered from the knowledge base before the step goes on.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialogs/turn.h"

namespace usher::dialogs {

using As = Understood::As;

namespace {

// Slots that name the product, the more exact first (docs/dialog-language.md), and the one with the kind of device.
constexpr std::array kProductSlots = {"product_model", "model", "product"};
constexpr const char* kDeviceSlot = "device";

Search search_of(std::string text, const State& state) {
  Search search{std::move(text), state.language};
  const auto known = [&state](const char* name) {
    const auto slot = state.slots.find(name);
    return slot == state.slots.end() ? std::string() : slot->second;
  };
  for (const char* name : kProductSlots) {
    if (search.product.empty()) search.product = known(name);
  }
  search.device = known(kDeviceSlot);
  return search;
}

}  // namespace

void Turn::search_for(const ShowArticle& show) {
  if (!show.id.empty()) {
    out_.effects.emplace_back(FetchArticle{show.id, s().language});
    return;
  }
  std::string query = show.query.empty() ? std::string() : text::collapse_spaces(fill(show.query, s().slots));
  if (query.empty()) query = s().symptom;
  out_.effects.emplace_back(search_of(std::move(query), s()));
}

void Turn::answer_article(const Step& step, const ShowArticle& article, const Said& e) {
  if (s().shown_article.empty()) {  // the search was lost on the way: look again
    go(step.id);
    return;
  }
  std::string answer = e.choice == "yes" || e.choice == "no" ? e.choice : std::string();
  if (answer.empty()) {
    const Understood u = understand_choice(text_, scripts_.did_it_help, s().language, words("did_it_help"), lexicons());
    if (u.as == As::kQuestion) {
      side_question(u.why);
      return;
    }
    if (u.as == As::kNothing && wants_person_by_number(choices(scripts_.did_it_help))) return;
    // Who cannot do what the article says has not been helped by it.
    if (u.as != As::kOption && says_cannot()) {
      answer = "no";
      trace("answer", "says it cannot be done: not solved");
      take_as("option", answer, 0.9, "says it cannot be done");
    } else if (u.as != As::kOption) {
      take_as(u.as == As::kDontKnow ? "dont_know" : "nothing", {}, u.confidence, u.why);
      out_.taken.ok = false;
      not_understood(words("did_it_help"), choices(scripts_.did_it_help), u.why);
      return;
    } else {
      answer = u.value;
      trace("answer", fmt::format("“{}”: {} ({:.2f})", u.value, u.why, u.confidence));
      take_as("option", answer, u.confidence, u.why);
    }
  } else {
    trace("answer", "pressed “" + answer + "”");
    take_as("option", answer, 1, "pressed");
  }
  note_tried(step, answer == "yes" ? "solved it" : "did not help");
  s().shown_article.clear();
  proceed(answer == "yes" ? article.solved : article.unsolved);
}

void Turn::found(const ArticlesFound& e) {
  if (s().choosing) {
    found_for_choice(e);
    return;
  }
  const Script* script = s().dialog.empty() || !s().end.empty() ? nullptr : scripts_.find(s().dialog, s().hash);
  const Step* step = script == nullptr ? nullptr : script->find(s().step);
  if (step != nullptr && !s().side_question.empty()) {
    found_for_side(e, *script, *step);
    return;
  }
  if (step != nullptr && s().shown_article.empty()) {
    if (const ShowArticle* k = std::get_if<ShowArticle>(&step->kind)) {
      found_for_step(*step, *k, e);
      return;
    }
    const TroubleshootBlock* block = std::get_if<TroubleshootBlock>(&step->kind);
    if (block != nullptr && !s().check.empty()) {
      found_for_check(*script, *step, *block, e);
      return;
    }
  }
  trace("article", "nobody waits for articles");
}

void Turn::show(const FoundArticle& article, std::string intro) {
  Prompt p{intro.empty() ? article.text : std::move(intro) + "\n\n" + article.text, {}};
  p.article = article.id;
  out_.effects.emplace_back(std::move(p));
  auto& shown = s().articles_shown;
  if (std::ranges::find(shown, article.id) != shown.end()) return;
  if (shown.size() >= kMaxArticles) shown.erase(shown.begin());
  shown.push_back(article.id);
}

void Turn::found_for_step(const Step& step, const ShowArticle& wanted, const ArticlesFound& e) {
  const bool search = wanted.id.empty();
  const auto article = std::ranges::find_if(e.articles, [&](const FoundArticle& a) {
    return search ? std::ranges::find(s().articles_shown, a.id) == s().articles_shown.end() : a.id == wanted.id;
  });
  if (article == e.articles.end()) {
    trace("article", search ? "nothing new was found" : "the article '" + wanted.id + "' does not exist");
    say(words(wanted.nothing_found));
    note_tried(step, "no article found");
    go(wanted.unsolved);
    return;
  }
  trace("article", fmt::format("shows '{}' ({:.2f})", article->id, article->confidence));
  show(*article, words(wanted.intro));
  if (!wanted.ask_if_solved) {
    note_tried(step, "shown");
    go(wanted.unsolved);
    return;
  }
  s().shown_article = article->id;
  s().misunderstood = 0;
  ask(words("did_it_help"), choices(scripts_.did_it_help));
}

// The step is not lost and its answer not missed: the search is carried out, then the step asks again.
void Turn::side_question(const std::string& why) {
  trace("question", why.empty() ? "the customer asks something back" : why);
  take_as("question", {}, 1, why);
  s().side_question = text::cut(text_, 500);
  out_.effects.emplace_back(search_of(s().side_question, s()));
}

void Turn::found_for_side(const ArticlesFound& e, const Script& script, const Step& step) {
  s().side_question.clear();
  const auto best = std::ranges::max_element(e.articles, {}, &FoundArticle::confidence);
  if (best != e.articles.end() && best->confidence >= kGoodSideAnswer) {
    trace("question", fmt::format("answered by '{}' ({:.2f})", best->id, best->confidence));
    // The same question again: the answer did not help.
    const bool again = std::ranges::find(s().articles_shown, best->id) != s().articles_shown.end();
    s().unanswered = again ? s().unanswered + 1 : 0;
    FoundArticle answer = *best;
    if (std::string text = words("side_answer", {{"answer", best->text}}); !text.empty()) answer.text = std::move(text);
    show(answer, {});
  } else {
    ++s().unanswered;
    trace("question", fmt::format("nothing was found for it ({} in a row)", s().unanswered));
    if (s().unanswered < kHopeless) say(words("side_not_found"));
  }
  if (s().unanswered >= kHopeless) {
    say(words("handing_over"));
    to_person("one question after the other without an answer");
    return;
  }
  ask_again(script, step);
}

}  // namespace usher::dialogs
