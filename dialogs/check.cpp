// The prover's entry: runs the parts one after the other; findings, places and the list of codes.
#include "dialogs/check.h"

#include <algorithm>
#include <tuple>

#include "dialogs/check_parts.h"

namespace usher::dialogs {
namespace prove {

void Findings::add(std::string_view code, const std::string& file, Position at, std::string message, std::string hint,
                   bool is_warning) {
  problems_.push_back(
      {file, std::max(at.line, 1), std::max(at.column, 1), std::move(message), std::move(hint), std::string(code), is_warning});
}

std::vector<Problem> Findings::sorted() {
  const auto key = [](const Problem& p) { return std::tie(p.file, p.line, p.column, p.is_warning, p.message); };
  std::ranges::sort(problems_, [&](const Problem& a, const Problem& b) { return key(a) < key(b); });
  const auto same = std::ranges::unique(problems_, [&](const Problem& a, const Problem& b) { return key(a) == key(b); });
  problems_.erase(same.begin(), same.end());
  return std::move(problems_);
}

const YamlNode* Places::tree(const std::string& file) {
  if (sources_ == nullptr) return nullptr;
  if (const auto it = trees_.find(file); it != trees_.end()) return &it->second;
  const auto source = std::ranges::find(*sources_, file, &Source::file);
  if (source == sources_->end()) return nullptr;
  std::vector<Problem> ignored;  // parse has reported them
  auto root = read_yaml(*source, ignored);
  return &trees_.emplace(file, root ? std::move(*root) : YamlNode{}).first->second;
}

Position Places::of(const std::string& file, const std::vector<std::string>& path, std::string_view item) {
  const YamlNode* node = tree(file);
  Position at{1, 1};
  if (node == nullptr) return at;
  for (const std::string& key : path) {
    const YamlEntry* e = node->find(key);
    if (e == nullptr) return at;
    at = e->at;
    node = &e->value;
  }
  if (item.empty()) return at;
  if (node->kind == YamlNode::Kind::kScalar && node->scalar == item) return node->at;
  for (const YamlNode& n : node->items) {
    if (n.scalar == item) return n.at;
  }
  return at;
}

}  // namespace prove

std::vector<Problem> check(const ScriptSet& scripts, const World& world) {
  prove::Findings findings;
  prove::Places places(world.sources);
  const prove::Flow flow(scripts, world);
  prove::Task task{scripts, world, flow, findings, places};
  prove::check_flow(task);
  prove::check_slots(task);
  prove::check_branches(task);
  prove::check_texts(task);
  prove::check_triggers(task);
  prove::check_settings(task);
  return findings.sorted();
}

}  // namespace usher::dialogs
