#include "gateway/flow/learning.h"

#include "gateway/store/learning.h"

namespace usher::gateway::flow {
namespace {

namespace ts = dialogs::troubleshoot;

double day_of(Timestamp t) {
  return static_cast<double>(to_millis(t)) / 86'400'000.0;
}

const ts::Model& believed(const dialogs::ScriptSet& scripts, const dialogs::TroubleshootBlock& block, const std::string& name,
                          const std::string& line) {
  if (scripts.learned == nullptr) return block.model;
  for (const std::string& key : {name + "/" + line, name}) {
    if (const auto it = scripts.learned->find(key); it != scripts.learned->end()) return it->second;
  }
  return block.model;
}

}  // namespace

const dialogs::TroubleshootBlock* find_block(const dialogs::ScriptSet& scripts, const std::string& dialog,
                                             const std::string& step) {
  const dialogs::Script* script = scripts.find(dialog);
  const dialogs::Step* found = script == nullptr ? nullptr : script->find(step);
  return found == nullptr ? nullptr : std::get_if<dialogs::TroubleshootBlock>(&found->kind);
}

Result<void> count_outcome(sql::Tx& tx, const dialogs::ScriptSet& scripts, const dialogs::Learn& outcome, Timestamp now) {
  const auto* block = find_block(scripts, outcome.dialog, outcome.step);
  if (block == nullptr) return {};
  const std::string name = outcome.dialog + "/" + outcome.step;
  std::vector<std::string> lines = {""};
  if (!outcome.line.empty()) lines.push_back(outcome.line);
  for (const auto& line : lines) {
    auto counts = store::load_counts(tx, name, line);
    if (!counts) return fail(std::move(counts.error()));
    auto known = ts::Counts::from_json(*counts).value_or(ts::Counts{});
    const auto next = ts::observe(believed(scripts, *block, name, outcome.line), block->learning, std::move(known),
                                  {outcome.checked, {}, false}, day_of(now));
    if (auto r = store::save_counts(tx, name, line, next.to_json()); !r) return r;
  }
  return {};
}

Result<AllCounts> read_counts(sql::Database& database) {
  AllCounts counts;
  auto read = database.read_sync([&](sql::Tx& tx) -> Result<void> {
    auto rows = store::all_counts(tx);
    if (!rows) return fail(std::move(rows.error()));
    for (const auto& [where, text] : *rows) {
      if (auto known = ts::Counts::from_json(text)) counts.emplace(where, std::move(*known));
    }
    return {};
  });
  if (!read) return fail(std::move(read.error()));
  return counts;
}

std::map<std::string, ts::Model> learned_models(const dialogs::ScriptSet& scripts, const AllCounts& counts, Timestamp now) {
  std::map<std::string, ts::Model> out;
  for (const auto& [where, own] : counts) {
    const auto& [name, line] = where;
    const auto slash = name.find('/');
    if (slash == std::string::npos) continue;
    const auto* block = find_block(scripts, name.substr(0, slash), name.substr(slash + 1));
    if (block == nullptr) continue;
    const auto all = counts.find({name, ""});
    const ts::Counts none;
    const ts::Counts& everywhere = all == counts.end() ? none : all->second;
    out.emplace(line.empty() ? name : name + "/" + line,
                ts::learned(block->model, block->learning, everywhere, line.empty() ? none : own, day_of(now)));
  }
  return out;
}

Result<void> refresh_learned(sql::Database& database, CurrentContent& content, Timestamp now) {
  auto counts = read_counts(database);
  if (!counts) return fail(std::move(counts.error()));
  content.change([&](const Content& old) -> std::shared_ptr<const Content> {
    auto models = learned_models(*old.scripts, *counts, now);
    if (models.empty() && old.scripts->learned == nullptr) return nullptr;
    auto scripts = std::make_shared<dialogs::ScriptSet>(*old.scripts);
    scripts->learned = std::make_shared<const std::map<std::string, ts::Model>>(std::move(models));
    auto next = std::make_shared<Content>(old);
    next->scripts = std::move(scripts);
    return next;
  });
  return {};
}

}  // namespace usher::gateway::flow
