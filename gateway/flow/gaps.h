// The curators' work list: what customers looked for and did not get an answer to, put together (kb/gaps.h), with what staff
// decided about it. A gap closes by itself when its searches now find an article, and opens again when they no longer do or when
// it is searched for without success after it was closed. Blocking; from a pool's thread or the command line.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sql/database.h"
#include "gateway/store/feedback.h"
#include "kb/gaps.h"
#include "kb/library.h"

namespace usher::gateway::flow {

struct GapView {
  std::string id, language;
  std::string kind;                   // nothing_found | gave_up
  std::vector<std::string> words;     // what the searches have in common
  std::vector<std::string> examples;  // as searched, masked, newest first, at most 5
  std::int64_t count = 0;
  Timestamp last_at{};
  std::string state = "open";      // open | assigned | closed
  std::string article;             // the one that closed it or is to
  std::string note, who;           // who: "usher" when it closed by itself
  std::vector<std::string> tried;  // gave_up: articles that were found and did not help
};

struct GapList {
  std::vector<GapView> gaps;  // open ones first, by count
  store::SearchFigures searches;
};

// Of the last `days`. At most the newest 5,000 failed searches are looked at.
Result<GapList> list_gaps(sql::Database& database, const kb::Library& library, int days, Timestamp now);

// kInvalid: an unknown state. Leaves an audit row. Whether there is such a gap is the caller's to know.
Result<void> decide_gap(sql::Tx& tx, store::GapDecision decision);

}  // namespace usher::gateway::flow
