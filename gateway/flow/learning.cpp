#include "gateway/flow/learning.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/json_input.h"
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

struct Where {
  std::string dialog, step;
};
Where where_of(const std::string& block) {
  const auto slash = block.find('/');
  return slash == std::string::npos ? Where{} : Where{block.substr(0, slash), block.substr(slash + 1)};
}

ts::History history_of(const store::WaitingOutcome& outcome) {
  const auto j = nlohmann::json::parse(outcome.history, nullptr, false);
  return j.is_array() ? j.get<ts::History>() : ts::History{};
}

Result<void> count(sql::Tx& tx, const dialogs::ScriptSet& scripts, const Where& where, const std::string& line,
                   const ts::ClosedCase& closed, Timestamp now) {
  const auto* block = find_block(scripts, where.dialog, where.step);
  if (block == nullptr) return {};
  const std::string name = where.dialog + "/" + where.step;
  std::vector<std::string> lines = {""};
  if (!line.empty()) lines.push_back(line);
  for (const auto& one : lines) {
    auto counts = store::load_counts(tx, name, one);
    if (!counts) return fail(std::move(counts.error()));
    auto known = ts::Counts::from_json(*counts).value_or(ts::Counts{});
    const auto next = ts::observe(believed(scripts, *block, name, line), block->learning, std::move(known), closed, day_of(now));
    if (auto r = store::save_counts(tx, name, one, next.to_json()); !r) return r;
  }
  return {};
}

}  // namespace

const dialogs::TroubleshootBlock* find_block(const dialogs::ScriptSet& scripts, const std::string& dialog,
                                             const std::string& step) {
  const dialogs::Script* script = scripts.find(dialog);
  const dialogs::Step* found = script == nullptr ? nullptr : script->find(step);
  return found == nullptr ? nullptr : std::get_if<dialogs::TroubleshootBlock>(&found->kind);
}

Result<void> note_outcome(sql::Tx& tx, const dialogs::ScriptSet& scripts, const ConversationId& conversation,
                          const dialogs::Learn& outcome, Timestamp now) {
  if (find_block(scripts, outcome.dialog, outcome.step) == nullptr) return {};
  const bool solved = std::ranges::any_of(outcome.checked, [](const auto& entry) { return entry.second == ts::kSolved; });
  if (solved) return count(tx, scripts, {outcome.dialog, outcome.step}, outcome.line, {outcome.checked, {}, false}, now);
  return store::keep_outcome(tx,
                             {conversation.value, outcome.dialog + "/" + outcome.step, outcome.line,
                              connectors::to_json_text(nlohmann::json(outcome.checked))},
                             to_millis(now));
}

Result<int> tell_cause(sql::Tx& tx, const dialogs::ScriptSet& scripts, const ConversationId& conversation,
                       const std::string& cause, Timestamp now) {
  auto waiting = store::outcomes_of(tx, conversation.value);
  if (!waiting) return fail(std::move(waiting.error()));
  if (waiting->empty())
    return fail(ErrorCode::kNotFound, "no troubleshooting of this conversation waits for its cause",
                "it was solved, told before, or counted without a cause after 30 days");
  int counted = 0;
  std::string known;
  for (const auto& outcome : *waiting) {
    const Where where = where_of(outcome.block);
    const auto* block = find_block(scripts, where.dialog, where.step);
    if (block == nullptr) continue;
    for (const auto& c : block->model.causes) known += (known.empty() ? "" : ", ") + c.id;
    if (std::ranges::find(block->model.causes, cause, &ts::Cause::id) == block->model.causes.end()) continue;
    if (auto r = count(tx, scripts, where, outcome.line, {history_of(outcome), cause, false}, now); !r)
      return fail(std::move(r.error()));
    if (auto r = store::drop_outcome(tx, outcome.conversation, outcome.block); !r) return fail(std::move(r.error()));
    ++counted;
  }
  if (counted == 0) return fail(ErrorCode::kInvalid, "the cause '" + cause + "' is none of its script's: " + known);
  return counted;
}

Result<std::map<std::string, std::vector<std::string>>> causes_to_tell(sql::Tx& tx, const dialogs::ScriptSet& scripts,
                                                                       const ConversationId& conversation) {
  std::map<std::string, std::vector<std::string>> out;
  auto waiting = store::outcomes_of(tx, conversation.value);
  if (!waiting) return fail(std::move(waiting.error()));
  for (const auto& outcome : *waiting) {
    const Where where = where_of(outcome.block);
    const auto* block = find_block(scripts, where.dialog, where.step);
    if (block == nullptr) continue;
    for (const auto& c : block->model.causes) out[outcome.block].push_back(c.id);
  }
  return out;
}

Result<void> count_untold(sql::Tx& tx, const dialogs::ScriptSet& scripts, Timestamp now) {
  auto waiting = store::outcomes_before(tx, to_millis(now - kCauseMayCome), 1000);
  if (!waiting) return fail(std::move(waiting.error()));
  for (const auto& outcome : *waiting) {
    if (auto r = count(tx, scripts, where_of(outcome.block), outcome.line, {history_of(outcome), {}, false}, now); !r) return r;
    if (auto r = store::drop_outcome(tx, outcome.conversation, outcome.block); !r) return r;
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
    const Where place = where_of(name);
    const auto* block = find_block(scripts, place.dialog, place.step);
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
  auto untold = database.write_sync([&](sql::Tx& tx) { return count_untold(tx, *content.get()->scripts, now); });
  if (!untold) return untold;
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
