#include "gateway/flow/curation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "base/log.h"

namespace usher::gateway::flow {
namespace {

constexpr std::size_t kShownLost = 20;  // of the questions an edit loses

std::unexpected<Refusal> refuse(Error error, std::vector<kb::Problem> problems = {}) {
  return std::unexpected(Refusal{std::move(error), {}, std::move(problems)});
}

bool is_for_customers(const std::string& state, const std::string& audience) {
  return state == "published" && audience == "customer";
}

template <class T>
struct Kept {
  std::optional<T> value;
  std::optional<Refusal> refusal;
};

// Runs `work` in a transaction of its own; a refusal rolls it back.
template <class T, class F>
boost::asio::awaitable<Curated<T>> in_transaction(sql::Database* database, F work) {
  auto kept = std::make_shared<Kept<T>>();
  auto done = co_await database->write([kept, work = std::move(work)](sql::Tx& tx) mutable -> Result<void> {
    auto outcome = work(tx);
    if (outcome) {
      kept->value.emplace(std::move(*outcome));
      return {};
    }
    kept->refusal = std::move(outcome.error());
    return fail(kept->refusal->error);
  });
  if (done) co_return std::move(*kept->value);
  if (kept->refusal) co_return std::unexpected(std::move(*kept->refusal));
  co_return refuse(std::move(done.error()));
}

}  // namespace

std::vector<std::string> steps_showing(const dialogs::ScriptSet& scripts, std::string_view article_id) {
  std::vector<std::string> out;
  for (const auto& [name, script] : scripts.scripts) {
    for (const auto& [step_id, step] : script.steps) {
      bool shows = false;
      if (const auto* show = std::get_if<dialogs::ShowArticle>(&step.kind)) shows = show->id == article_id;
      if (const auto* block = std::get_if<dialogs::TroubleshootBlock>(&step.kind))
        shows = std::ranges::any_of(block->checks, [&](const auto& check) { return check.article == article_id; });
      if (shows) out.push_back(name + "/" + step_id);
    }
  }
  return out;
}

Result<LiveLibrary::Built> build_from_store(sql::Database& database, std::shared_ptr<const kb::Vocabulary> vocabulary) {
  std::vector<store::ArticleRow> rows;
  auto read = database.read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = store::served_articles(tx);
    if (!found) return fail(std::move(found.error()));
    rows = std::move(*found);
    return {};
  });
  if (!read) return fail(std::move(read.error()));
  LiveLibrary::Built built;
  std::vector<kb::Article> articles;
  articles.reserve(rows.size());
  for (auto& row : rows) {
    std::vector<kb::Problem> problems;
    auto article = kb::parse_article("article", row.source, problems);
    if (!article) {
      log::error("an article of the store cannot be read and is not served",
                 {{"article", row.id + "/" + row.language}, {"detail", problems.empty() ? "" : problems[0].message}});
      continue;
    }
    built.revisions.emplace(article->key(), row.revision);
    articles.push_back(std::move(*article));
  }
  try {
    built.library = kb::Library::build(std::move(articles), std::move(vocabulary));
  } catch (const std::runtime_error& e) {  // the machine lacks ICU's or OpenCC's data
    return fail(ErrorCode::kInternal,
                std::string("the search index cannot be built: ") + e.what() + "; install libopencc-data and ICU's data");
  }
  return built;
}

Curated<Imported> import_articles(sql::Tx& tx, const Act& act, const std::vector<ImportItem>& items,
                                  std::vector<Change>& changes) {
  Imported out;
  changes.clear();
  for (const auto& item : items) {
    const auto& a = item.draft.article;
    auto row = store::load_article(tx, a.id, a.language);
    if (!row) return refuse(std::move(row.error()));
    const bool is_known = row->has_value();
    if (is_known && (*row)->waiting == 0 && (*row)->source == item.draft.source) {
      ++out.unchanged;
      continue;
    }
    const std::int64_t base = item.base.value_or(is_known ? (*row)->expected_base() : 0);
    auto done = revise(tx, act, item.draft, base);
    if (!done) {
      done.error().error.message = item.origin + ": " + a.id + "/" + a.language + ": " + done.error().error.message;
      return std::unexpected(std::move(done.error()));
    }
    if (done->change) changes.push_back(std::move(*done->change));
    ++(!done->is_new ? out.unchanged : done->waits ? out.waiting : is_known ? out.changed : out.created);
  }
  return out;
}

Curation::Curation(sql::Database& database, const Clock& clock, std::filesystem::path folder)
    : database_(database),
      clock_(clock),
      folder_(std::move(folder)),
      regression_(std::make_shared<const std::vector<RegressionQuery>>()) {}

Result<LiveLibrary::Pointer> Curation::load(std::vector<ContentProblem>& problems) {
  std::vector<ContentProblem> found;
  auto folder = read_article_folder(folder_, found);
  const bool is_usable = std::ranges::all_of(found, &ContentProblem::is_warning);
  problems.insert(problems.end(), found.begin(), found.end());
  if (!is_usable) return LiveLibrary::Pointer{};
  return live_.rebuild([&]() -> Result<LiveLibrary::Built> {
    Comparison compared;
    auto taken = database_.write_sync([&](sql::Tx& tx) -> Result<void> {
      auto done = take_from_folder(tx, folder, clock_.now());
      if (!done) return fail(std::move(done.error()));
      compared = std::move(*done);
      return {};
    });
    if (!taken) return fail(std::move(taken.error()));
    if (compared.is_doubtful)
      problems.push_back({folder_.string(), 1, 1, "most article files are gone: their articles stay as they are",
                          "check content.kb in usher.yaml; to retire articles, archive them", true});
    for (const auto& item : compared.items) {
      if (item.what != SyncItem::What::kConflict) continue;
      problems.push_back(
          {(folder_ / item.file_name).string(), 1, 1,
           fmt::format("'{}' in '{}' was changed here and in the store; the store's is served", item.key.id, item.key.language),
           "see `usher kb sync --dry-run`, then `usher kb sync --take file` or `--take store`", true});
    }
    {
      const std::lock_guard lock(mutex_);
      regression_ = std::make_shared<const std::vector<RegressionQuery>>(std::move(folder.regression));
    }
    return build_from_store(database_, folder.vocabulary);
  });
}

void Curation::serve(CurrentContent& content, const Content& loaded) {
  live_.serve(content, loaded);
  const std::lock_guard lock(mutex_);
  content_ = &content;
}

std::optional<Refusal> Curation::still_shown(const kb::ArticleKey& key, const std::string& state,
                                             const std::string& audience) const {
  const CurrentContent* content = nullptr;
  {
    const std::lock_guard lock(mutex_);
    content = content_;
  }
  if (content == nullptr || is_for_customers(state, audience)) return std::nullopt;
  const auto now = content->get();
  const kb::Article* served = now->library->find(key);
  if (served == nullptr || !is_for_customers(served->state, served->audience)) return std::nullopt;
  const auto steps = steps_showing(*now->scripts, key.id);
  if (steps.empty()) return std::nullopt;
  return Refusal{Error{ErrorCode::kConflict,
                       fmt::format("scripts show this article to customers: {}; change them first", fmt::join(steps, ", "))},
                 {},
                 {}};
}

std::vector<std::string> Curation::apply(const std::vector<Change>& changes) {
  const auto swap = live_.apply(changes);
  if (wants_merge_ && live_.wants_merge()) wants_merge_();
  std::shared_ptr<const std::vector<RegressionQuery>> queries;
  {
    const std::lock_guard lock(mutex_);
    queries = regression_;
  }
  std::vector<std::string> out;
  if (!swap.before || swap.before == swap.after || queries->empty()) return out;
  std::set<std::string> languages;
  for (const Change& change : changes) languages.insert(change.key.language);
  const auto after = lost_queries(*swap.after, *queries, languages);
  if (after.empty()) return out;
  for (const std::size_t i : after) {
    const auto& q = (*queries)[i];
    const auto before = first_found(*swap.before, q);
    if (!is_right(q, before)) continue;  // was lost already
    const auto now = first_found(*swap.after, q);
    out.push_back(fmt::format("{} ({}): {} instead of {}", q.text, q.language, now.empty() ? "nothing" : now,
                              before.empty() ? "nothing" : before));
    if (out.size() == kShownLost) break;
  }
  return out;
}

boost::asio::awaitable<std::vector<std::string>> Curation::take_up(std::vector<Change> changes) {
  if (changes.empty()) co_return std::vector<std::string>{};
  auto lost = co_await async::offload<std::vector<std::string>>(*pool_, [this, changes] { return apply(changes); });
  // The pool is full: what is committed is served all the same, a little slower for this thread.
  if (!lost) co_return apply(changes);
  co_return std::move(*lost);
}

boost::asio::awaitable<Curated<Edited>> Curation::run(Work work) {
  auto revised = co_await in_transaction<Revised>(&database_, std::move(work));
  if (!revised) co_return std::unexpected(std::move(revised.error()));
  Edited out{std::move(*revised), {}};
  std::vector<Change> changes;
  if (out.revised.change) changes.push_back(*out.revised.change);
  out.lost = co_await take_up(std::move(changes));
  co_return out;
}

boost::asio::awaitable<Curated<Edited>> Curation::edit(Curator by, std::string source, std::int64_t base, std::string reason,
                                                       kb::ArticleKey key) {
  struct Read {
    Result<Draft> draft = fail(ErrorCode::kInternal, "");
    std::vector<kb::Problem> problems;
  };
  auto read = co_await async::offload<Read>(*pool_, [source = std::move(source)]() mutable {
    Read r;
    r.draft = read_draft(std::move(source), r.problems);
    return r;
  });
  if (!read) co_return refuse(std::move(read.error()));
  if (!read->draft) co_return refuse(std::move(read->draft.error()), std::move(read->problems));
  const kb::Article& a = read->draft->article;
  if (a.key() != key)
    co_return refuse({ErrorCode::kInvalid, fmt::format("the text is of '{}' in '{}', the address of '{}' in '{}'", a.id,
                                                       a.language, key.id, key.language)});
  if (auto shown = still_shown(key, a.state, a.audience)) co_return std::unexpected(std::move(*shown));
  const Act act{std::move(by), clock_.now(), std::move(reason), "article.edit"};
  co_return co_await run([act, draft = std::move(*read->draft), base](sql::Tx& tx) { return revise(tx, act, draft, base); });
}

boost::asio::awaitable<Curated<Edited>> Curation::set_state(Curator by, kb::ArticleKey key, std::string state,
                                                            std::string audience, std::int64_t base, std::string reason) {
  auto readers = audience;
  if (readers.empty()) {
    const auto library = live_.get();
    const kb::Article* served = library ? library->find(key) : nullptr;
    if (served != nullptr) readers = served->audience;
  }
  if (auto shown = still_shown(key, state, readers)) co_return std::unexpected(std::move(*shown));
  const Act act{std::move(by), clock_.now(), std::move(reason), "article.state"};
  co_return co_await run([act, key = std::move(key), state = std::move(state), audience = std::move(audience),
                          base](sql::Tx& tx) { return change_state(tx, act, key, state, audience, base); });
}

boost::asio::awaitable<Curated<Edited>> Curation::review(Curator by, kb::ArticleKey key, std::int64_t revision, bool accept,
                                                         std::string reason) {
  const Act act{std::move(by), clock_.now(), std::move(reason), "article.review"};
  co_return co_await run(
      [act, key = std::move(key), revision, accept](sql::Tx& tx) { return flow::review(tx, act, key, revision, accept); });
}

boost::asio::awaitable<Curated<Imported>> Curation::import(Curator by, std::vector<ImportItem> items, std::string reason) {
  for (const auto& item : items) {
    const auto& a = item.draft.article;
    if (auto shown = still_shown(a.key(), a.state, a.audience)) co_return std::unexpected(std::move(*shown));
  }
  const Act act{std::move(by), clock_.now(), std::move(reason), "article.import"};
  auto changes = std::make_shared<std::vector<Change>>();
  auto done = co_await in_transaction<Imported>(
      &database_, [act, items = std::move(items), changes](sql::Tx& tx) { return import_articles(tx, act, items, *changes); });
  if (!done) co_return std::unexpected(std::move(done.error()));
  done->lost = co_await take_up(std::move(*changes));
  co_return std::move(*done);
}

}  // namespace usher::gateway::flow
