// What the knowledge base lacks: searches nobody could answer, what is wrong with articles, and how customers took them.
#include <map>

#include "gateway/api/api.h"
#include "gateway/api/json.h"
#include "gateway/flow/curation.h"
#include "gateway/flow/feedback.h"
#include "gateway/flow/gaps.h"
#include "gateway/flow/linting.h"

namespace usher::gateway::api {
namespace {

constexpr int kMaxDays = 366;
constexpr std::size_t kMaxNote = 2000;

int days_of(const net::HttpRequest& request, int otherwise) {
  const auto days = request.query_param("days");
  return days ? static_cast<int>(std::clamp<long long>(std::atoll(days->c_str()), 1, kMaxDays)) : otherwise;
}

json gap_json(const flow::GapView& g) {
  return {{"id", g.id},
          {"language", g.language},
          {"kind", g.kind},
          {"words", g.words},
          {"examples", g.examples},
          {"count", g.count},
          {"last_at", to_rfc3339(g.last_at)},
          {"state", g.state},
          {"article", g.article.empty() ? json(nullptr) : json(g.article)},
          {"note", g.note},
          {"who", g.who},
          {"tried", g.tried}};
}

json counts_json(const store::ArticleCounts& c) {
  return {{"shown", c.shown}, {"opened", c.opened}, {"solved", c.solved}, {"not_solved", c.not_solved}};
}

boost::asio::awaitable<Result<flow::GapList>> gaps_of(const Parts* parts, int days) {
  auto done = co_await async::offload<Result<flow::GapList>>(*parts->pool, [parts, days] {
    return flow::list_gaps(*parts->database, *parts->content->get()->library, days, parts->clock->now());
  });
  if (!done) co_return fail(std::move(done.error()));
  co_return std::move(*done);
}

std::string member(const json& body, const char* name) {
  return body.contains(name) && body[name].is_string() ? body[name].get<std::string>() : std::string();
}

std::string date_of(std::int64_t day) {
  return to_rfc3339(from_millis(day * 86'400'000)).substr(0, 10);
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> list_gaps(Call call) {
  auto list = co_await gaps_of(call.parts, days_of(call.request, 30));
  if (!list) co_return problem(list.error());
  json gaps = json::array();
  for (const auto& g : list->gaps) gaps.push_back(gap_json(g));
  const auto& s = list->searches;
  co_return answer({{"gaps", std::move(gaps)},
                    {"searches", {{"all", s.all}, {"nothing_found", s.nothing}, {"solved", s.solved}, {"failed", s.failed}}}});
}

boost::asio::awaitable<net::HttpResponse> decide_gap(Call call) {
  auto body = parse_object(call.request.body);
  if (!body) co_return problem(400, "invalid", "send {\"state\":\"open|assigned|closed\",\"article\":…,\"note\":…}");
  auto list = co_await gaps_of(call.parts, kMaxDays);
  if (!list) co_return problem(list.error());
  const auto gap = std::ranges::find(list->gaps, call.params.at(0), &flow::GapView::id);
  if (gap == list->gaps.end()) co_return problem(404, "not_found", "there is no such gap any more");
  store::GapDecision decision{gap->id,         member(*body, "state"),  member(*body, "article"), member(*body, "note"),
                              call.user->name, call.parts->clock->now()};
  if (decision.note.size() > kMaxNote) co_return problem(400, "invalid", "the note is too long");
  if (!decision.article.empty() && call.parts->content->get()->library->find(decision.article, gap->language) == nullptr)
    co_return problem(400, "invalid", "there is no article '" + decision.article + "'");
  auto done = co_await call.parts->database->write([decision](sql::Tx& tx) { return flow::decide_gap(tx, decision); });
  if (!done) co_return problem(done.error());
  gap->state = decision.state;
  gap->article = decision.article;
  gap->note = decision.note;
  gap->who = decision.who;
  co_return answer(gap_json(*gap));
}

boost::asio::awaitable<net::HttpResponse> lint_articles(Call call) {
  const Parts* parts = call.parts;
  auto done = co_await async::offload<Result<std::vector<kb::Finding>>>(*parts->pool, [parts] {
    const auto own = parts->email != nullptr ? parts->email->addresses : std::vector<std::string>{};
    return flow::lint_library(parts->database, *parts->content->get()->library, parts->kb_folder, own, parts->clock->now());
  });
  if (!done) co_return problem(done.error());
  if (!*done) co_return problem(done->error());
  json findings = json::array();
  for (const auto& f : **done) {
    findings.push_back({{"id", f.article.id},
                        {"language", f.article.language},
                        {"rule", f.rule},
                        {"message", f.message},
                        {"hint", f.hint},
                        {"is_warning", f.is_warning}});
  }
  co_return answer({{"findings", std::move(findings)}});
}

boost::asio::awaitable<net::HttpResponse> show_feedback(Call call) {
  const kb::ArticleKey key{call.params.at(0), call.params.at(1)};
  const std::int64_t since = store::day_of(call.parts->clock->now()) - days_of(call.request, 90) + 1;
  struct Read {
    std::vector<store::ArticleDay> days;
    store::ArticleUsage usage;
  };
  auto read = co_await sql::read_returning<Read>(*call.parts->database, [key, since](sql::Tx& tx) -> Result<Read> {
    auto days = store::feedback_of(tx, key, since);
    if (!days) return fail(std::move(days.error()));
    auto usage = store::usage_of(tx, key);
    if (!usage) return fail(std::move(usage.error()));
    return Read{std::move(*days), *usage};
  });
  if (!read) co_return problem(read.error());
  json days = json::array();
  std::map<std::int64_t, store::ArticleCounts, std::greater<>> by_day;
  std::map<std::string, store::ArticleCounts> by_step;
  auto add = [](store::ArticleCounts& sum, const store::ArticleCounts& c) {
    sum.shown += c.shown;
    sum.opened += c.opened;
    sum.solved += c.solved;
    sum.not_solved += c.not_solved;
  };
  for (const auto& d : read->days) {
    add(by_day[d.day], d.counts);
    add(by_step[d.place], d.counts);
  }
  for (const auto& [day, counts] : by_day) {
    json one = counts_json(counts);
    one["day"] = date_of(day);
    days.push_back(std::move(one));
  }
  json steps = json::array();
  for (const auto& [place, counts] : by_step) {
    json one = counts_json(counts);
    one["place"] = place;
    steps.push_back(std::move(one));
  }
  const auto now = read->usage.as_of(store::day_of(call.parts->clock->now()));
  co_return answer({{"id", key.id},
                    {"language", key.language},
                    {"all", counts_json(read->usage.counts)},
                    {"ranking", {{"helped", now.helped}, {"failed", now.failed}}},
                    {"days", std::move(days)},
                    {"places", std::move(steps)}});
}

}  // namespace usher::gateway::api
