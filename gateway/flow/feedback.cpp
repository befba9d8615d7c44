#include "gateway/flow/feedback.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"
#include "base/id.h"
#include "base/text.h"
#include "gateway/flow/masking.h"
#include "kb/private_data.h"

namespace usher::gateway::flow {
namespace {

constexpr std::size_t kMaxWaiting = 10'000;
constexpr std::size_t kMaxWords = 200;  // code points of a search that are kept

// Who a visitor is today.
class Today {
 public:
  static Result<Today> of(sql::Tx& tx, Timestamp now) {
    const std::int64_t day = store::day_of(now);
    auto salt = store::salt_of_day(tx, day, crypto::to_hex(crypto::random_bytes(16)));
    if (!salt) return fail(std::move(salt.error()));
    return Today(day, std::move(*salt));
  }
  std::int64_t day() const { return day_; }
  // Begins alike for all of one visitor, so that his notes lie on one page of the table.
  std::string hash(std::string_view visitor, std::string_view what) const {
    return half(visitor) + half(std::string(visitor) + "|" + std::string(what));
  }

 private:
  Today(std::int64_t day, std::string salt) : day_(day), salt_(std::move(salt)) {}
  std::string half(std::string_view of) const { return crypto::to_base64url(crypto::hmac_sha256(salt_, of)).substr(0, 11); }
  std::int64_t day_;
  std::string salt_;
};

std::string name_of(const kb::ArticleKey& article) {
  return article.id + "." + article.language;
}

// Counts one event of a visitor, once a day.
Result<void> count_once(sql::Tx& tx, const Today& today, const std::string& visitor, const kb::ArticleKey& article,
                        const std::string& place, const char* kind, store::ArticleCounts counts) {
  auto before = store::note_once(tx, today.day(), today.hash(visitor, name_of(article) + "|" + kind), kind);
  if (!before) return fail(std::move(before.error()));
  if (!before->empty()) return {};
  return store::add_feedback(tx, article, place, today.day(), counts);
}

// The last word of a visitor on an article counts.
Result<void> count_verdict(sql::Tx& tx, const Today& today, const std::string& visitor, const kb::ArticleKey& article,
                           const std::string& place, bool solved) {
  auto before = store::note_once(tx, today.day(), today.hash(visitor, name_of(article) + "|verdict"), solved ? "solved" : "not");
  if (!before) return fail(std::move(before.error()));
  if (*before == (solved ? "solved" : "not")) return {};
  store::ArticleCounts counts;
  (solved ? counts.solved : counts.not_solved) = 1;
  if (!before->empty()) (solved ? counts.not_solved : counts.solved) = -1;
  return store::add_feedback(tx, article, place, today.day(), counts);
}

std::string outcome_of(const SearchMade& search, const TurnResult& turn) {
  const bool shown = std::ranges::any_of(turn.article_events, [&](const ArticleEvent& e) {
    return e.kind == ArticleEvent::Kind::kShown && std::ranges::find(search.found, e.article.id) != search.found.end();
  });
  if (turn.resolved) return "solved";
  if (search.found.empty()) return "nothing";
  if (turn.ticket) return "gave_up";
  return shown ? "shown" : "found";
}

std::string slot_of(const TurnResult& turn, const char* name) {
  const auto it = turn.state.slots.find(name);
  return it == turn.state.slots.end() ? std::string() : text::cut(it->second, 60);
}

Result<void> note_searches(sql::Tx& tx, const Today& today, const std::string& visitor, const store::Conversation& row,
                           const TurnResult& turn, Timestamp now) {
  for (const SearchMade& made : turn.searches) {
    const std::string& words = made.words;
    if (words.empty()) continue;
    // The same words of the same visitor are one search, however often a script looks them up.
    auto before = store::note_once(tx, today.day(), today.hash(visitor, "search|" + words), "search");
    if (!before) return fail(std::move(before.error()));
    if (!before->empty()) continue;
    store::SearchRow search;
    search.id = make_uuid_v7(now);
    search.at = now;
    search.place = "chat";
    search.conversation = row.id.value;
    search.language = made.language;
    search.product = slot_of(turn, "product_model");
    search.text = words;
    search.article = made.found.empty() ? made.best : made.found.front();
    search.confidence = made.confidence;
    search.outcome = outcome_of(made, turn);
    if (auto r = store::insert_search(tx, search); !r) return r;
  }
  return {};
}

}  // namespace

std::string searched_words(std::string_view text) {
  return text::cut(text::collapse_spaces(kb::mask_private_data(mask_secrets(text::cut(text, 2 * kMaxWords)).text)), kMaxWords);
}

Result<void> count_turn(sql::Tx& tx, const store::Conversation& row, const TurnResult& turn, Timestamp now) {
  const bool is_first = row.version <= 1;
  const bool ends = turn.resolved || turn.ticket.has_value();
  if (turn.article_events.empty() && turn.searches.empty() && !(ends && !is_first)) return {};
  // What earlier turns looked for has an end now.
  if (turn.resolved && !is_first) {
    if (auto r = store::end_searches(tx, row.id.value, "solved", "nothing,found,shown,not_solved"); !r) return r;
  } else if (turn.ticket && !is_first) {
    if (auto r = store::end_searches(tx, row.id.value, "gave_up", "found,shown,not_solved"); !r) return r;
  }
  if (turn.article_events.empty() && turn.searches.empty()) return {};
  auto today = Today::of(tx, now);
  if (!today) return fail(std::move(today.error()));
  const std::string visitor = "contact:" + (row.contact_id.empty() ? row.id.value : row.contact_id);
  for (const ArticleEvent& e : turn.article_events) {
    if (e.kind == ArticleEvent::Kind::kShown) {
      if (auto r = count_once(tx, *today, visitor, e.article, e.place, "shown", {1, 0, 0, 0}); !r) return r;
      continue;
    }
    const bool solved = e.kind == ArticleEvent::Kind::kSolved;
    if (auto r = count_verdict(tx, *today, visitor, e.article, e.place, solved); !r) return r;
    if (auto r =
            store::end_searches(tx, row.id.value, solved ? "solved" : "not_solved", solved ? "nothing,found,shown" : "shown");
        !r)
      return r;
  }
  return note_searches(tx, *today, visitor, row, turn, now);
}

bool is_robot(std::string_view user_agent, std::string_view purpose) {
  if (user_agent.empty() || text::to_lower_ascii(purpose).contains("prefetch")) return true;
  const std::string ua = text::to_lower_ascii(user_agent);
  for (const std::string_view sign :
       {"bot", "crawl", "spider", "slurp", "headless", "preview", "monitor", "curl/", "wget/", "python", "java/", "go-http",
        "okhttp", "libwww", "scrapy", "lighthouse", "http-client", "axios", "node"}) {
    if (ua.contains(sign)) return true;
  }
  return !ua.starts_with("mozilla/") && !ua.starts_with("opera/");
}

std::string visitor_of(std::string_view address) {
  if (!address.contains(':')) return "address:" + std::string(address);
  // One household has a whole /64: its first four groups. "::" stands for zeroes, and the rest of it would be too.
  std::string out = "address:";
  int groups = 0;
  for (const auto& group : text::split(address, ':')) {
    if (group.empty() || groups == 4) break;
    out += group + ":";
    ++groups;
  }
  return out;
}

Feedback::Feedback(sql::Database& database, const Clock& clock, Apply apply)
    : database_(database), clock_(clock), apply_(std::move(apply)) {}

void Feedback::put(Event event) {
  event.at = clock_.now();
  const std::lock_guard lock(mutex_);
  if (waiting_.size() < kMaxWaiting) waiting_.push_back(std::move(event));
}

void Feedback::opened(std::string visitor, kb::ArticleKey article) {
  put({std::move(visitor), {}, std::move(article), {}, {}});
}

void Feedback::searched(std::string visitor, store::SearchRow search, std::vector<kb::ArticleKey> shown) {
  search.text = searched_words(search.text);
  if (!search.text.empty()) put({std::move(visitor), {}, {}, std::move(search), std::move(shown)});
}

boost::asio::awaitable<Result<void>> Feedback::said(std::string visitor, kb::ArticleKey article, bool solved) {
  const Timestamp now = clock_.now();
  co_return co_await database_.write([visitor, article, solved, now, before = take()](sql::Tx& tx) mutable -> Result<void> {
    if (auto r = write(tx, before); !r) return r;
    auto today = Today::of(tx, now);
    if (!today) return fail(std::move(today.error()));
    if (auto r = count_verdict(tx, *today, visitor, article, "help", solved); !r) return r;
    return store::end_visitor_search(tx, today->hash(visitor, "visitor"), solved ? "solved" : "not_solved",
                                     solved ? "found,shown,not_solved" : "shown");
  });
}

std::deque<Feedback::Event> Feedback::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

Result<void> Feedback::write(sql::Tx& tx, std::deque<Event>& events) {
  for (Event& e : events) {
    auto today = Today::of(tx, e.at);
    if (!today) return fail(std::move(today.error()));
    if (e.opened) {
      if (auto r = count_once(tx, *today, e.visitor, *e.opened, "help", "opened", {0, 1, 0, 0}); !r) return r;
    }
    for (const auto& article : e.shown) {
      if (auto r = count_once(tx, *today, e.visitor, article, "help", "shown", {1, 0, 0, 0}); !r) return r;
    }
    if (!e.search) continue;
    auto before = store::note_once(tx, today->day(), today->hash(e.visitor, "search|" + e.search->text), "search");
    if (!before) return fail(std::move(before.error()));
    if (!before->empty()) continue;
    e.search->id = make_uuid_v7(e.at);
    e.search->at = e.at;
    e.search->visitor = today->hash(e.visitor, "visitor");
    if (auto r = store::insert_search(tx, *e.search); !r) return r;
  }
  return {};
}

Result<void> Feedback::flush() {
  auto events = take();
  if (events.empty()) return {};
  return database_.write_sync([&](sql::Tx& tx) { return write(tx, events); });
}

Result<void> Feedback::refresh(bool anew) {
  const std::lock_guard lock(refreshing_);
  std::map<store::ArticleName, store::ArticleUsage> all;
  auto read = database_.read_sync([&](sql::Tx& tx) -> Result<void> {
    auto rows = store::all_usage(tx);
    if (!rows) return fail(std::move(rows.error()));
    all = std::move(*rows);
    return {};
  });
  if (!read) return read;
  const std::int64_t today = store::day_of(clock_.now());
  std::map<kb::ArticleKey, kb::Usage> usage;
  std::map<kb::ArticleKey, std::pair<double, double>> now;
  for (const auto& [name, known] : all) {
    const kb::ArticleKey article{name.id, name.language};
    const auto u = known.as_of(today);
    if (u.helped <= 0 && u.failed <= 0) continue;
    usage.emplace(article, kb::Usage{u.helped, u.failed});
    now.emplace(article, std::pair{u.helped, u.failed});
  }
  if (!anew && now == applied_) return {};
  applied_ = std::move(now);
  apply_(std::move(usage));
  return {};
}

Result<void> Feedback::purge() {
  return database_.write_sync([now = clock_.now()](sql::Tx& tx) -> Result<void> {
    auto done = store::purge_feedback(tx, now);
    if (!done) return fail(std::move(done.error()));
    return {};
  });
}

}  // namespace usher::gateway::flow
