#include "gateway/flow/editions.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/log.h"
#include "dialogs/parse.h"
#include "gateway/store/people.h"

namespace usher::gateway::flow {
namespace {

constexpr const char* kFolderSeen = "scripts_folder";  // hash of the folder's scripts when they were published last
constexpr std::int64_t kLogLooked = 1000;              // entries of the log a roll-back looks at

std::map<std::string, std::string> hashes_of(const dialogs::ScriptSet& set) {
  std::map<std::string, std::string> out;
  for (const auto& [name, script] : set.scripts) out.emplace(name, script.hash);
  return out;
}

}  // namespace

std::string edition_hash(const ScriptSources& sources) {
  std::string all;
  for (const auto& [name, bytes] : sources) all += fmt::format("{}:{}{}:{}", name.size(), name, bytes.size(), bytes);
  return crypto::to_hex(crypto::sha256(all));
}

std::vector<Touched> touched_by(const dialogs::ScriptSet& next, const std::vector<store::Standing>& standing) {
  std::vector<Touched> out;
  for (const auto& s : standing) {
    Touched t{s.dialog, s.step, s.conversations, Touched::What::kStays, {}};
    const dialogs::Script* script = next.find(s.dialog);
    if (script != nullptr && script->hash == s.script_hash) {
      t.what = Touched::What::kSame;
    } else if (script != nullptr && script->moves_running) {
      const auto renamed = script->renamed.find(s.step);
      t.to = renamed == script->renamed.end() ? s.step : renamed->second;
      t.what = script->find(t.to) == nullptr ? Touched::What::kStartsAgain : Touched::What::kMoves;
    }
    out.push_back(std::move(t));
  }
  return out;
}

Editions::Editions(sql::Database& database, const Clock& clock, ContentFolders folders, dialogs::World world)
    : database_(database), clock_(clock), folders_(std::move(folders)), world_(std::move(world)) {}

Result<std::shared_ptr<const Content>> Editions::load(std::vector<ContentProblem>& problems,
                                                      std::shared_ptr<const kb::Library> library) {
  const ScriptSources folder = read_script_sources(folders_.dialogs, problems);
  const std::string hash = edition_hash(folder);
  std::string seen, current;
  std::optional<store::Sources> published;
  auto known = database_.read_sync([&](sql::Tx& tx) -> Result<void> {
    auto last = store::get_instance(tx, kFolderSeen);
    if (!last) return fail(std::move(last.error()));
    seen = last->value_or("");
    auto now = store::current_edition(tx);
    if (!now) return fail(std::move(now.error()));
    current = std::move(*now);
    if (seen != hash || current.empty() || current == hash) return {};
    auto sources = store::edition_sources(tx, current);
    if (!sources) return fail(std::move(sources.error()));
    published = std::move(*sources);
    return {};
  });
  if (!known) return fail(std::move(known.error()));
  auto content = load_content(folders_, problems, world_, published ? &*published : nullptr, std::move(library));
  if (!content || (seen == hash && !current.empty())) return content;
  auto kept = database_.write_sync([&](sql::Tx& tx) -> Result<void> {
    if (auto r = store::keep_edition(tx, hash, folder, hashes_of(*content->scripts), clock_.now()); !r) return r;
    if (current != hash) {
      if (auto r = store::make_current(tx, {0, hash, clock_.now(), "folder", folders_.dialogs.string(), "publish"}); !r) return r;
    }
    return store::set_instance(tx, kFolderSeen, hash);
  });
  if (!kept) return fail(std::move(kept.error()));
  return content;
}

Result<std::string> Editions::publish(const ScriptSources& scripts, const std::string& who, const std::string& note,
                                      std::vector<ContentProblem>& problems, std::shared_ptr<const kb::Library> library) {
  auto content = load_content(folders_, problems, world_, &scripts, std::move(library));
  if (!content) return fail(ErrorCode::kInvalid, "the scripts have problems: nothing was published");
  const std::string hash = edition_hash(scripts);
  auto kept = database_.write_sync([&](sql::Tx& tx) -> Result<void> {
    if (auto r = store::keep_edition(tx, hash, scripts, hashes_of(*content->scripts), clock_.now()); !r) return r;
    auto current = store::current_edition(tx);
    if (!current) return fail(std::move(current.error()));
    if (*current == hash) return {};
    return store::make_current(tx, {0, hash, clock_.now(), who, note, "publish"});
  });
  if (!kept) return fail(std::move(kept.error()));
  return hash;
}

Result<std::string> Editions::roll_back(const std::string& hash, const std::string& who, const std::string& note) {
  std::string chosen;
  auto done = database_.write_sync([&](sql::Tx& tx) -> Result<void> {
    chosen.clear();
    auto log = store::edition_log(tx, kLogLooked);
    if (!log) return fail(std::move(log.error()));
    if (log->empty()) return fail(ErrorCode::kNotFound, "nothing was published yet");
    const std::string current = log->front().hash;
    for (const auto& entry : *log) {
      const bool fits = hash.empty() ? entry.hash != current : entry.hash.starts_with(hash);
      if (!fits || entry.hash == chosen) continue;
      if (!chosen.empty()) return fail(ErrorCode::kConflict, "several editions begin with '" + hash + "'; name more of it");
      chosen = entry.hash;
      if (hash.empty()) break;
    }
    if (chosen.empty())
      return fail(ErrorCode::kNotFound, hash.empty() ? std::string("there is no edition before the current one")
                                                     : "no edition begins with '" + hash + "'; see `usher dialog editions`");
    if (chosen == current) return {};
    return store::make_current(tx, {0, chosen, clock_.now(), who, note, "rollback"});
  });
  if (!done) return fail(std::move(done.error()));
  return chosen;
}

boost::asio::awaitable<void> Editions::bring(std::vector<std::string> hashes, CurrentContent& content, async::Pool& pool) {
  for (const auto& hash : hashes) {
    const auto now = content.get();
    const bool is_here = now->scripts->earlier.contains(hash) ||
                         std::ranges::any_of(now->scripts->scripts, [&](const auto& s) { return s.second.hash == hash; });
    if (is_here || hash.empty()) continue;
    {
      const std::lock_guard lock(mutex_);
      if (unknown_.contains(hash)) continue;
    }
    auto sources = co_await sql::read_returning<std::optional<store::Sources>>(
        database_, [hash](sql::Tx& tx) -> Result<std::optional<store::Sources>> {
          auto edition = store::edition_with_script(tx, hash);
          if (!edition) return fail(std::move(edition.error()));
          if (!*edition) return std::optional<store::Sources>{};
          return store::edition_sources(tx, **edition);
        });
    if (!sources) {
      log::warn("an earlier version of a script could not be read", {{"script", hash}, {"detail", sources.error().detail}});
      continue;
    }
    std::shared_ptr<const dialogs::Script> found;
    if (*sources) {
      auto parsed = co_await async::offload<std::shared_ptr<const dialogs::ScriptSet>>(pool, [files = std::move(**sources)] {
        std::vector<dialogs::Source> list;
        for (const auto& [name, bytes] : files) list.push_back({name, bytes});
        std::vector<dialogs::Problem> problems;
        return dialogs::parse(list, problems);
      });
      if (parsed && *parsed) {
        for (const auto& [name, script] : (*parsed)->scripts) {
          if (script.hash == hash) found = std::shared_ptr<const dialogs::Script>(*parsed, &script);
        }
      }
    }
    if (!found) {
      log::warn("no edition holds this version of a script; its conversations go on with the current one", {{"script", hash}});
      const std::lock_guard lock(mutex_);
      unknown_.insert(hash);
      continue;
    }
    content.change([&](const Content& old) -> std::shared_ptr<const Content> {
      auto scripts = std::make_shared<dialogs::ScriptSet>(*old.scripts);
      scripts->earlier.emplace(hash, found);
      auto next = std::make_shared<Content>(old);
      next->scripts = std::move(scripts);
      return next;
    });
  }
}

}  // namespace usher::gateway::flow
