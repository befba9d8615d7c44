#include "gateway/flow/revising.h"

#include <fmt/format.h>

#include "base/id.h"
#include "base/text.h"
#include "gateway/store/people.h"

namespace usher::gateway::flow {
namespace {

std::unexpected<Refusal> refuse(Error error) {
  return std::unexpected(Refusal{std::move(error), {}, {}});
}
std::unexpected<Refusal> refuse(ErrorCode code, std::string message) {
  return refuse(Error{code, std::move(message)});
}

std::string name_of(const kb::ArticleKey& key) {
  return key.id + "/" + key.language;
}

Result<void> note(sql::Tx& tx, const Act& act, const store::ArticleRow& row, std::int64_t revision, std::string_view outcome) {
  std::string detail =
      fmt::format("{{\"revision\":{},\"state\":\"{}\",\"audience\":\"{}\",\"outcome\":\"{}\",\"reason\":", revision, row.state,
                  row.audience, outcome);
  text::append_json_string(detail, act.reason);
  return store::insert_audit(tx, make_uuid_v7(act.at), act.at, act.by.name, act.what, name_of({row.id, row.language}),
                             detail + "}");
}

// What is served from now on, out of the draft.
void take(store::ArticleRow& row, const Draft& draft, std::int64_t revision, Timestamp now) {
  const kb::Article& a = draft.article;
  row.id = a.id;
  row.language = a.language;
  row.revision = revision;
  row.state = a.state;
  row.audience = a.audience;
  row.title = a.title;
  row.source = draft.source;
  row.products = a.products;
  row.tags = a.tags;
  row.review_by = a.review_by;
  row.updated_at = now;
}

Change change_of(const Draft& draft, std::int64_t revision) {
  Change c{draft.article.key(), revision, {}};
  if (draft.article.state != "archived") c.article = draft.article;
  return c;
}

std::unexpected<Refusal> conflict(sql::Tx& tx, const store::ArticleRow& row, std::string message) {
  Refusal refusal{Error{ErrorCode::kConflict, std::move(message)}, {}, {}};
  auto current = store::load_revision(tx, row.id, row.language, row.expected_base());
  if (!current) return refuse(std::move(current.error()));
  refusal.current = std::move(*current);
  return std::unexpected(std::move(refusal));
}

Curated<store::ArticleRow> find(sql::Tx& tx, const kb::ArticleKey& key) {
  auto row = store::load_article(tx, key.id, key.language);
  if (!row) return refuse(std::move(row.error()));
  if (!*row) return refuse(ErrorCode::kNotFound, "there is no article '" + name_of(key) + "'");
  return std::move(**row);
}

// Empty: allowed. `from`: the state it is served in, empty for a new article.
std::string not_allowed(const Curator& by, const std::string& from, const std::string& to) {
  if (by.may_publish()) return {};
  if (to == "published" && from != "published")
    return "only a publisher publishes; save it as 'validated' and ask for it to be published";
  if (to == "archived" && from != "archived") return "only a publisher archives an article";
  if (from == "published" && to != "published") return "only a publisher takes back what is published";
  return {};
}

// Writes a revision that is live at once.
Curated<Revised> make_live(sql::Tx& tx, const Act& act, store::ArticleRow row, const Draft& draft, const std::string& reviewer) {
  const std::int64_t revision = row.newest + 1;
  if (row.waiting > 0) {
    if (auto r = store::set_verdict(tx, row.id, row.language, row.waiting, "replaced", act.by.name, act.reason); !r)
      return refuse(std::move(r.error()));
    row.waiting = 0;
  }
  row.newest = revision;
  row.reviewer = reviewer;
  take(row, draft, revision, act.at);
  store::ArticleRevision r{row.id,   row.language, revision, row.source, row.state, act.by.name,
                           reviewer, act.reason,   act.at,   "live",     ""};
  if (auto done = store::insert_revision(tx, r); !done) return refuse(std::move(done.error()));
  if (auto done = store::save_article(tx, row); !done) return refuse(std::move(done.error()));
  if (auto done = note(tx, act, row, revision, "live"); !done) return refuse(std::move(done.error()));
  return Revised{revision, false, true, change_of(draft, revision), std::move(row)};
}

// Writes a revision that waits; what is served stays.
Curated<Revised> let_wait(sql::Tx& tx, const Act& act, store::ArticleRow row, const Draft& draft) {
  if (row.waiting > 0) {
    if (auto r = store::set_verdict(tx, row.id, row.language, row.waiting, "replaced", "", ""); !r)
      return refuse(std::move(r.error()));
  }
  row.waiting = ++row.newest;
  store::ArticleRevision r{row.id, row.language, row.waiting, draft.source, draft.article.state, act.by.name, "", act.reason,
                           act.at, "waiting",    ""};
  if (auto done = store::insert_revision(tx, r); !done) return refuse(std::move(done.error()));
  if (auto done = store::save_article(tx, row); !done) return refuse(std::move(done.error()));
  if (auto done = note(tx, act, row, row.waiting, "waits for a review"); !done) return refuse(std::move(done.error()));
  return Revised{row.waiting, true, true, {}, std::move(row)};
}

}  // namespace

Result<Draft> read_draft(std::string source, std::vector<kb::Problem>& problems) {
  auto article = kb::parse_article("article", source, problems);
  if (!article) return fail(ErrorCode::kInvalid, "the article has problems");
  return Draft{std::move(*article), std::move(source)};
}

Curated<Revised> revise(sql::Tx& tx, const Act& act, const Draft& draft, std::int64_t base) {
  const kb::Article& a = draft.article;
  auto known = store::load_article(tx, a.id, a.language);
  if (!known) return refuse(std::move(known.error()));
  if (!*known) {
    if (base != 0)
      return refuse(ErrorCode::kNotFound, "there is no article '" + name_of(a.key()) + "'; base_revision 0 makes one");
    if (auto why = not_allowed(act.by, "", a.state); !why.empty()) return refuse(ErrorCode::kDenied, std::move(why));
    store::ArticleRow row;
    row.author = act.by.name;
    return make_live(tx, act, std::move(row), draft, "");
  }
  store::ArticleRow row = std::move(**known);
  if (base != row.expected_base())
    return conflict(tx, row,
                    base == 0 ? "an article '" + name_of(a.key()) + "' exists already"
                              : fmt::format("somebody changed it meanwhile: revision {} is the newest", row.expected_base()));
  if (auto why = not_allowed(act.by, row.state, a.state); !why.empty()) return refuse(ErrorCode::kDenied, std::move(why));
  if (row.waiting == 0 && row.source == draft.source) return Revised{row.revision, false, false, {}, std::move(row)};
  if (row.state == "published" && !act.by.may_publish()) {
    if (a.audience != row.audience)
      return refuse(ErrorCode::kDenied, "only a publisher changes who may read a published article");
    return let_wait(tx, act, std::move(row), draft);
  }
  row.author = act.by.name;
  return make_live(tx, act, std::move(row), draft, "");
}

Curated<Revised> change_state(sql::Tx& tx, const Act& act, const kb::ArticleKey& key, const std::string& state,
                              const std::string& audience, std::int64_t base) {
  auto found = find(tx, key);
  if (!found) return std::unexpected(std::move(found.error()));
  store::ArticleRow row = std::move(*found);
  if (row.waiting > 0)
    return conflict(tx, row, fmt::format("revision {} waits for a review: accept or refuse it first", row.waiting));
  if (base != row.revision)
    return conflict(tx, row, fmt::format("somebody changed it meanwhile: revision {} is the newest", row.revision));
  if (auto why = not_allowed(act.by, row.state, state); !why.empty()) return refuse(ErrorCode::kDenied, std::move(why));
  std::vector<kb::Problem> problems;
  auto draft = read_draft(row.source, problems);
  if (!draft) return std::unexpected(Refusal{std::move(draft.error()), {}, std::move(problems)});
  const std::string readers = audience.empty() ? row.audience : audience;
  if (state == row.state && readers == row.audience) return Revised{row.revision, false, false, {}, std::move(row)};
  if (row.state == "published" && readers != row.audience && !act.by.may_publish())
    return refuse(ErrorCode::kDenied, "only a publisher changes who may read a published article");
  draft->article.state = state;
  draft->article.audience = readers;
  // Read again: a state may ask for more than the former did (a resolution), and words may be none of the states.
  draft = read_draft(kb::write_article(draft->article), problems);
  if (!draft) return std::unexpected(Refusal{std::move(draft.error()), {}, std::move(problems)});
  const bool is_checked = state == "validated" || state == "published";
  const std::string reviewer = is_checked && act.by.name != row.author ? act.by.name : "";
  return make_live(tx, act, std::move(row), *draft, reviewer);
}

Curated<Revised> review(sql::Tx& tx, const Act& act, const kb::ArticleKey& key, std::int64_t revision, bool accept) {
  auto found = find(tx, key);
  if (!found) return std::unexpected(std::move(found.error()));
  store::ArticleRow row = std::move(*found);
  if (row.waiting == 0) return refuse(ErrorCode::kConflict, "no revision waits for a review");
  if (row.waiting != revision) return conflict(tx, row, fmt::format("revision {} is the one that waits", row.waiting));
  auto waiting = store::load_revision(tx, row.id, row.language, revision);
  if (!waiting) return refuse(std::move(waiting.error()));
  if (!*waiting) return refuse(ErrorCode::kInternal, "the revision that waits is gone");
  const bool is_own = (*waiting)->author == act.by.name;
  if (accept && is_own) return refuse(ErrorCode::kDenied, "somebody else has to accept your revision");
  if (!act.by.may_publish() && (accept || !is_own)) return refuse(ErrorCode::kDenied, "only a publisher reviews");
  std::optional<Change> change;
  if (accept) {
    std::vector<kb::Problem> problems;
    auto draft = read_draft((*waiting)->source, problems);
    if (!draft) return std::unexpected(Refusal{std::move(draft.error()), {}, std::move(problems)});
    take(row, *draft, revision, act.at);
    row.author = (*waiting)->author;
    row.reviewer = act.by.name;
    change = change_of(*draft, revision);
  }
  row.waiting = 0;
  const char* verdict = accept ? "accepted" : "refused";
  if (auto r = store::set_verdict(tx, row.id, row.language, revision, verdict, act.by.name, act.reason); !r)
    return refuse(std::move(r.error()));
  if (auto r = store::save_article(tx, row); !r) return refuse(std::move(r.error()));
  if (auto r = note(tx, act, row, revision, verdict); !r) return refuse(std::move(r.error()));
  return Revised{revision, false, true, std::move(change), std::move(row)};
}

}  // namespace usher::gateway::flow
