// What articles did for customers, counted: in the transaction of a conversation's turn, and from the public help pages. From the
// counts comes the usage the ranking looks at, once a minute, off the I/O threads.
//
// A visitor counts once a day for each article and kind of event; who changes his mind is counted anew and no longer as before.
// The visitor is the contact of a conversation, or a network address (IPv6: its /64), kept only as a hash under a salt that is
// thrown away after a day. Robots are told by what they call themselves and do not count.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/sql/database.h"
#include "gateway/flow/turn.h"
#include "gateway/store/conversations.h"
#include "gateway/store/feedback.h"
#include "kb/library.h"

namespace usher::gateway::flow {

// Counts what a turn did with articles and searches. `row` is the conversation as it shall be.
Result<void> count_turn(sql::Tx& tx, const store::Conversation& row, const TurnResult& turn, Timestamp now);

// The words of a search as they may be kept: secrets and private data masked, one line, at most 200 code points.
std::string searched_words(std::string_view text);

// What a request says about who sends it: crawlers, monitors, link previews, prefetching browsers.
bool is_robot(std::string_view user_agent, std::string_view purpose);
// The part of an address that stands for one visitor.
std::string visitor_of(std::string_view address);

class Feedback {
 public:
  using Apply = std::function<void(std::map<kb::ArticleKey, kb::Usage>)>;

  // `apply`: gives the library its usage.
  Feedback(sql::Database& database, const Clock& clock, Apply apply);

  // From the help pages; written down a moment later by `flush`. More than 10,000 in waiting are dropped.
  void opened(std::string visitor, kb::ArticleKey article);
  void searched(std::string visitor, store::SearchRow search, std::vector<kb::ArticleKey> shown);
  // "Did this solve it?": written before it returns, after what waits: it is an answer to the search before it. kBusy, kIo.
  boost::asio::awaitable<Result<void>> said(std::string visitor, kb::ArticleKey article, bool solved);

  // From a thread that may wait, now and then and when everything ends: writes what waits.
  Result<void> flush();
  // Reads the counts and hands the usage on when it is another than before. At start, after a reload (`anew`) and every minute.
  Result<void> refresh(bool anew);
  Result<void> purge();  // once a day

 private:
  struct Event {
    std::string visitor;
    Timestamp at{};
    std::optional<kb::ArticleKey> opened;
    std::optional<store::SearchRow> search;
    std::vector<kb::ArticleKey> shown;
  };
  void put(Event event);
  std::deque<Event> take();
  static Result<void> write(sql::Tx& tx, std::deque<Event>& events);

  sql::Database& database_;
  const Clock& clock_;
  Apply apply_;
  std::mutex mutex_;
  std::deque<Event> waiting_;
  std::mutex refreshing_;
  std::map<kb::ArticleKey, std::pair<double, double>> applied_;  // under refreshing_
};

}  // namespace usher::gateway::flow
