// What became of articles and searches: how often an article was shown, opened, solved it or not, day by day and place by place;
// what was searched for and whether that helped; what staff decided about gaps. No names, addresses or sessions: a visitor is a
// hash that nobody can lead back once the day's salt is gone (purge_feedback). Functions run inside the caller's transaction.
#pragma once
#include <compare>
#include <concepts>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

// What names an article; made of whatever has an id and a language.
struct ArticleName {
  std::string id, language;

  ArticleName(std::string of_id, std::string of_language) : id(std::move(of_id)), language(std::move(of_language)) {}
  template <class Key>
    requires(!std::same_as<Key, ArticleName> &&
             requires(const Key& k) {
               k.id;
               k.language;
             })
  ArticleName(const Key& key) : id(key.id), language(key.language) {}
  friend auto operator<=>(const ArticleName&, const ArticleName&) = default;
};

struct ArticleCounts {
  std::int64_t shown = 0, opened = 0, solved = 0, not_solved = 0;
};
struct ArticleDay {
  std::int64_t day = 0;  // days since 1970
  std::string place;     // "help": the public pages; "dialog/step": a conversation
  ArticleCounts counts;
};
struct ArticleUsage {
  ArticleCounts counts;           // since the beginning
  double helped = 0, failed = 0;  // solved and not solved, each halved every 90 days, as of `day`
  std::int64_t day = 0;

  ArticleUsage as_of(std::int64_t later) const;  // decayed to a later day
};

std::int64_t day_of(Timestamp t);

// Adds to the day's row and to the sums. Counts may be negative: a changed mind.
Result<void> add_feedback(sql::Tx& tx, const ArticleName& article, const std::string& place, std::int64_t day,
                          const ArticleCounts& counts);
Result<std::map<ArticleName, ArticleUsage>> all_usage(sql::Tx& tx);
Result<ArticleUsage> usage_of(sql::Tx& tx, const ArticleName& article);  // zeroes when there is none
// Newest day first.
Result<std::vector<ArticleDay>> feedback_of(sql::Tx& tx, const ArticleName& article, std::int64_t since_day);

// The day's secret; made of `fresh` when there is none yet.
Result<std::string> salt_of_day(sql::Tx& tx, std::int64_t day, const std::string& fresh);
// Notes `value` (not empty) under the key for that day; gives what stood there before, empty when nothing did.
Result<std::string> note_once(sql::Tx& tx, std::int64_t day, const std::string& key, const std::string& value);

struct SearchRow {
  std::string id;
  Timestamp at{};
  std::string place;         // "chat" | "help"
  std::string conversation;  // id; empty for pages and after purge
  std::string visitor;       // hash of the day, pages only
  std::string language, product;
  std::string text;       // masked
  std::string article;    // the best one found, or empty
  double confidence = 0;  // of that one
  std::string outcome;    // nothing | found (not shown) | shown | solved | not_solved | gave_up (a ticket followed)
};
Result<void> insert_search(sql::Tx& tx, const SearchRow& row);
// `outcome` for those searches of the conversation whose outcome is one of `from` ("shown,found" …).
Result<void> end_searches(sql::Tx& tx, const std::string& conversation, const std::string& outcome, const std::string& from);
// The same for the last search of a visitor's day.
Result<void> end_visitor_search(sql::Tx& tx, const std::string& visitor, const std::string& outcome, const std::string& from);
// Those that ended with nothing, gave_up or not_solved since then; newest first.
Result<std::vector<SearchRow>> failed_searches(sql::Tx& tx, Timestamp since, std::int64_t limit);
struct SearchFigures {
  std::int64_t all = 0, nothing = 0, solved = 0, failed = 0;  // failed: not_solved and gave_up
};
Result<SearchFigures> search_figures(sql::Tx& tx, Timestamp since);

struct GapDecision {
  std::string id;       // kb::Gap::id
  std::string state;    // open | assigned | closed
  std::string article;  // that answers it, or empty
  std::string note, who;
  Timestamp at{};
};
Result<std::map<std::string, GapDecision>> gap_decisions(sql::Tx& tx);
Result<void> save_gap_decision(sql::Tx& tx, const GapDecision& decision);

// Salts and hashes of other days than today and yesterday, conversations named by searches of more than 30 days ago, searches of
// more than 400 days ago. True when anything was removed.
Result<bool> purge_feedback(sql::Tx& tx, Timestamp now);

}  // namespace usher::gateway::store
