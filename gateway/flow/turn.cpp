#include "gateway/flow/turn.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "connectors/email/answering.h"
#include "connectors/json_input.h"
#include "dialogs/render.h"
#include "gateway/flow/feedback.h"

namespace usher::gateway::flow {
namespace {

using nlohmann::json;

// An engine that keeps asking for searches or look-ups is a bug of a script; the engine's own guard is per event.
constexpr int kMaxRounds = 12;

// Bytes of a customer's words that are looked up: what is wrong stands near the beginning of a mail, and the politeness, history
// and promises behind it lead astray (bench/results.md, "What is looked up of a mail").
constexpr std::size_t kSearched = 300;

std::string_view searched_part(std::string_view words) {
  if (words.size() <= kSearched) return words;
  std::size_t end = kSearched;
  while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xc0) == 0x80) --end;
  // Not half a word: it would be taken for a typo. Chinese has no spaces to end at.
  constexpr std::size_t kLongWord = 40;
  const auto space = words.substr(0, end).find_last_of(" \n");
  return words.substr(0, space != std::string_view::npos && end - space < kLongWord ? space : end);
}

dialogs::FoundArticle found(const Content& content, const kb::Article& a, double confidence) {
  return {a.id, a.title, content.shown->of(a)->text, confidence};
}

dialogs::ArticlesFound search(const Content& content, const dialogs::Search& wish, std::string_view subject, SearchMade& made) {
  dialogs::ArticlesFound answer;
  std::string text(searched_part(wish.text));
  if (!subject.empty()) text.insert(0, std::string(searched_part(subject)) + "\n");
  made.words = searched_words(wish.text);
  made.language = wish.language;
  kb::Query query;
  query.text = std::move(text);
  query.language = wish.language;
  query.product = wish.product;
  query.kind = wish.device;
  query.limit = 3;
  query.other_languages = kb::Query::OtherLanguages::kWhenUnsure;  // one found in the other language stands for its translation
  query.brief = true;
  for (const auto& hit : content.library->search(query)) {
    if (made.best.empty()) {
      made.best = hit.article->id;
      made.confidence = hit.confidence;
    }
    if (hit.confidence < kb::kMinConfidence || hit.article->audience != "customer") continue;
    if (!wish.language.empty() && hit.article->language != wish.language) continue;  // the customer could not read it
    answer.articles.push_back(found(content, *hit.article, hit.confidence));
    made.found.push_back(hit.article->id);
  }
  return answer;
}

dialogs::ArticlesFound fetch(const Content& content, const dialogs::FetchArticle& wish) {
  const kb::Article* a = for_customers(*content.library, wish.id, wish.language);
  return a == nullptr ? dialogs::ArticlesFound{} : dialogs::ArticlesFound{{found(content, *a, 1.0)}};
}

BotMessage to_message(const dialogs::Prompt& prompt, const Content& content, const std::string& language,
                      const connectors::Capabilities& can) {
  auto rendered = dialogs::render(prompt, {can.buttons, can.max_buttons, can.max_text}, language);
  BotMessage m;
  m.text = std::move(rendered.text);
  for (auto& c : rendered.choices) m.choices.push_back({std::move(c.id), std::move(c.label)});
  m.slot = prompt.slot;
  m.article = prompt.article;
  m.picture = prompt.picture;
  if (const kb::Article* a = m.article.empty() || !can.html ? nullptr : for_customers(*content.library, m.article, language)) {
    // The intro is what stands before the article's own text; it may hold a customer's words, so it is escaped.
    const auto shown = content.shown->of(*a);
    auto at = prompt.text.find(shown->text);
    std::string intro = at == std::string::npos ? std::string{} : text::trim(prompt.text.substr(0, at));
    m.html = (intro.empty() ? std::string{} : "<p>" + text::html_escape(intro) + "</p>") + "<h3>" + text::html_escape(a->title) +
             "</h3>" + shown->html;
  }
  return m;
}

// The customer has answered "did it help?" about an article; going back or asking for a person is no answer.
void note_verdict(const Content& content, TurnResult& result, const dialogs::Outcome& outcome, const std::string& article,
                  const std::string& place) {
  const bool solved = outcome.taken.value == "yes";
  const kb::Article* a = content.library->find(article, result.state.language);
  if (a == nullptr || outcome.taken.as != "option" || (!solved && outcome.taken.value != "no")) return;
  result.article_events.push_back({solved ? ArticleEvent::Kind::kSolved : ArticleEvent::Kind::kNotSolved, a->key(), place});
}

// Steps the engine until it waits for the customer or for a look-up.
void run(const Content& content, TurnResult& result, std::optional<dialogs::Event> next, const connectors::Capabilities& can,
         const std::string& entry) {
  json trace = result.trace_json.empty() ? json::array() : json::parse(result.trace_json, nullptr, false);
  while (next && result.rounds++ < kMaxRounds && !result.look_up) {
    const std::string asked_about = result.state.shown_article, place = result.state.dialog + "/" + result.state.step;
    auto outcome = dialogs::step(*content.scripts, std::move(result.state), *next, entry);
    result.state = std::move(outcome.state);
    if (!asked_about.empty() && result.state.shown_article != asked_about)
      note_verdict(content, result, outcome, asked_about, place);
    for (auto& line : outcome.trace) trace.push_back({{"rule", std::move(line.rule)}, {"why", std::move(line.why)}});
    next.reset();
    for (auto& effect : outcome.effects) {
      if (auto* prompt = std::get_if<dialogs::Prompt>(&effect)) {
        result.messages.push_back(to_message(*prompt, content, result.state.language, can));
        if (const kb::Article* a =
                prompt->article.empty() ? nullptr : content.library->find(prompt->article, result.state.language))
          result.article_events.push_back({ArticleEvent::Kind::kShown, a->key(), result.state.dialog + "/" + result.state.step});
      } else if (auto* wish = std::get_if<dialogs::Search>(&effect)) {
        auto answer = search(content, *wish, result.subject, result.searches.emplace_back());
        trace.push_back({{"rule", "search"},
                         {"why", answer.articles.empty()
                                     ? std::string("nothing above the confidence a customer should see")
                                     : answer.articles.front().id + fmt::format(" {:.2f}", answer.articles.front().confidence)}});
        next = std::move(answer);
      } else if (auto* article = std::get_if<dialogs::FetchArticle>(&effect)) {
        next = fetch(content, *article);
      } else if (auto* look_up = std::get_if<dialogs::LookUp>(&effect)) {
        result.look_up = std::move(*look_up);
      } else if (auto* ticket = std::get_if<dialogs::OpenTicket>(&effect)) {
        result.ticket = std::move(*ticket);
      } else if (auto* follow_up = std::get_if<dialogs::FollowUp>(&effect)) {
        result.follow_ups.push_back(std::move(follow_up->text));
      } else if (std::holds_alternative<dialogs::Resolved>(effect)) {
        result.resolved = true;
      } else if (std::holds_alternative<dialogs::TellStatus>(effect)) {
        result.status_at = result.messages.size();
      } else if (const auto* await = std::get_if<dialogs::Await>(&effect)) {
        result.wake_after = await->after;
      } else if (auto* learn = std::get_if<dialogs::Learn>(&effect)) {
        result.outcomes.push_back(std::move(*learn));
      } else if (const auto* rated = std::get_if<dialogs::Rated>(&effect)) {
        result.rating = rated->score;
      }
    }
  }
  result.trace_json = connectors::to_json_text(trace);
}

}  // namespace

// By hand: once per line of the bot, inside the transaction.
std::string BotMessage::extra_json() const {
  std::string out;
  auto member = [&](const char* name) { out.append(out.empty() ? "{\"" : ",\"").append(name).append("\":"); };
  if (!choices.empty()) {
    member("choices");
    for (const auto& c : choices) {
      out += &c == choices.data() ? "[{\"id\":" : ",{\"id\":";
      text::append_json_string(out, c.id);
      out += ",\"label\":";
      text::append_json_string(out, c.label);
      out += '}';
    }
    out += ']';
  }
  if (!slot.empty()) {
    member("slot");
    text::append_json_string(out, slot);
  }
  if (!article.empty()) {
    member("article");
    text::append_json_string(out, article);
  }
  if (!picture.empty()) {
    member("picture");
    text::append_json_string(out, picture);
  }
  return out.empty() ? out : out + '}';
}

TurnResult run_turn(const Content& content, dialogs::State state, const dialogs::Event& event,
                    const connectors::Capabilities& can, const std::string& entry, std::string_view subject) {
  TurnResult result;
  result.state = std::move(state);
  result.subject = connectors::email::without_reply_prefixes(subject);
  run(content, result, event, can, entry);
  return result;
}

TurnResult resume_turn(const Content& content, TurnResult so_far, dialogs::LookedUp answer, const connectors::Capabilities& can) {
  so_far.look_up.reset();
  run(content, so_far, std::move(answer), can, {});
  return so_far;
}

}  // namespace usher::gateway::flow
