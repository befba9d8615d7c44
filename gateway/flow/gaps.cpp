#include "gateway/flow/gaps.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/id.h"
#include "gateway/store/people.h"

namespace usher::gateway::flow {
namespace {

constexpr std::int64_t kMaxSearches = 5000;
constexpr std::size_t kMaxExamples = 5;
constexpr std::string_view kNothing = "nothing_found", kGaveUp = "gave_up";

using Rows = std::vector<store::SearchRow>;

GapView view_of(const kb::Gap& gap, const Rows& rows, std::string_view kind) {
  GapView view;
  view.id = gap.id;
  view.language = gap.language;
  view.kind = kind;
  view.words = gap.words;
  view.count = static_cast<std::int64_t>(gap.members.size());
  std::map<std::string, int> tried;
  for (auto m = gap.members.rbegin(); m != gap.members.rend(); ++m) {
    const auto& row = rows[*m];
    view.last_at = std::max(view.last_at, row.at);
    if (view.examples.size() < kMaxExamples && std::ranges::find(view.examples, row.text) == view.examples.end())
      view.examples.push_back(row.text);
    if (kind == kGaveUp && !row.article.empty()) ++tried[row.article];
  }
  for (const auto& [article, times] : tried) view.tried.push_back(article);
  std::ranges::sort(view.tried, std::greater{}, [&](const std::string& a) { return std::pair(tried[a], a); });
  return view;
}

// The article that most of the examples find now, above the confidence a customer should see; empty when there is none.
std::string answered_by(const kb::Library& library, const GapView& gap) {
  std::map<std::string, std::size_t> found;
  for (const auto& example : gap.examples) {
    kb::Query query;
    query.text = example;
    query.language = gap.language;
    query.limit = 1;
    for (const auto& hit : library.search(query)) {
      if (hit.confidence >= kb::kMinConfidence) ++found[hit.article->id];
    }
  }
  const auto best = std::ranges::max_element(found, {}, [](const auto& f) { return f.second; });
  if (best == found.end() || 2 * best->second <= gap.examples.size()) return {};
  // That it is found says nothing when it was found before and did not help.
  return std::ranges::find(gap.tried, best->first) == gap.tried.end() ? best->first : std::string();
}

void apply_decision(GapView& gap, const std::map<std::string, store::GapDecision>& decisions, const kb::Library& library) {
  const auto it = decisions.find(gap.id);
  if (it != decisions.end()) {
    gap.state = it->second.state;
    gap.article = it->second.article;
    gap.note = it->second.note;
    gap.who = it->second.who;
    if (gap.state == "closed" && gap.last_at > it->second.at) {
      gap.state = "open";
      gap.note = "asked again after it was closed";
    }
  }
  if (gap.state == "closed") return;
  if (const std::string article = answered_by(library, gap); !article.empty()) {
    gap.state = "closed";
    gap.article = article;
    gap.note = "answered now by " + article;
    gap.who = "usher";
  }
}

}  // namespace

Result<GapList> list_gaps(sql::Database& database, const kb::Library& library, int days, Timestamp now) {
  const Timestamp since = now - std::chrono::hours{24} * days;
  Rows all;
  std::map<std::string, store::GapDecision> decisions;
  GapList out;
  auto read = database.read_sync([&](sql::Tx& tx) -> Result<void> {
    auto rows = store::failed_searches(tx, since, kMaxSearches);
    if (!rows) return fail(std::move(rows.error()));
    all = std::move(*rows);
    auto known = store::gap_decisions(tx);
    if (!known) return fail(std::move(known.error()));
    decisions = std::move(*known);
    auto figures = store::search_figures(tx, since);
    if (!figures) return fail(std::move(figures.error()));
    out.searches = *figures;
    return {};
  });
  if (!read) return fail(std::move(read.error()));
  if (all.empty()) return out;
  const kb::Rarity rarity(library);
  for (const std::string_view kind : {kNothing, kGaveUp}) {
    Rows rows;
    std::vector<kb::Asked> asked;
    for (const auto& row : all) {
      if ((row.outcome == "nothing") != (kind == kNothing)) continue;
      rows.push_back(row);
      asked.push_back({row.text, row.language, to_millis(row.at)});
    }
    for (const kb::Gap& gap : kb::find_gaps(asked, rarity, kind)) {
      out.gaps.push_back(view_of(gap, rows, kind));
      apply_decision(out.gaps.back(), decisions, library);
    }
  }
  std::ranges::sort(out.gaps, {},
                    [](const GapView& g) { return std::tuple(g.state == "closed", -g.count, -to_millis(g.last_at), g.id); });
  return out;
}

Result<void> decide_gap(sql::Tx& tx, store::GapDecision decision) {
  if (decision.state != "open" && decision.state != "assigned" && decision.state != "closed")
    return fail(ErrorCode::kInvalid, "the state of a gap is open, assigned or closed");
  if (auto r = store::save_gap_decision(tx, decision); !r) return r;
  return store::insert_audit(tx, make_uuid_v7(decision.at), decision.at, decision.who, "kb.gap", decision.id,
                             decision.state + (decision.article.empty() ? "" : " " + decision.article));
}

}  // namespace usher::gateway::flow
