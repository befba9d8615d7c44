// The troubleshoot block: what is shown (texts, options) and what is reckoned with (troubleshoot::Model), side by side.
#include <fmt/format.h>

#include <algorithm>

#include "dialogs/parse_reader.h"

namespace usher::dialogs {
namespace {

using Kind = YamlNode::Kind;
namespace ts = troubleshoot;

constexpr double kMostMinutes = 10'000;

class Block {
 public:
  Block(Reader& r, const YamlNode& map) : r_(r), map_(map) {}

  TroubleshootBlock read(Position at) {
    const std::size_t before = r_.problem_count();
    r_.only(map_, {"escalate_cost", "max_steps", "learn", "line", "causes", "checks", "questions"}, "'troubleshoot'");
    model().escalation = r_.number(map_, "escalate_cost", 0.1, kMostMinutes).value_or(model().escalation);
    if (const auto steps = r_.count(map_, "max_steps", 1, 50)) model().max_steps = static_cast<int>(*steps);
    block_.learning.frozen = !r_.flag(map_, "learn", true);
    if (map_.find("line") != nullptr) {
      block_.line_slot = r_.scalar(map_, "line", "name the slot that holds the product line");
      r_.uses.insert("slot " + block_.line_slot);
    }
    each("causes", true, at, [&](const YamlNode& node) { cause(node); });
    each("checks", true, at, [&](const YamlNode& node) { check(node); });
    each("questions", false, at, [&](const YamlNode& node) { question(node); });
    if (r_.problem_count() == before) {  // else it would say the same once more, in other words
      for (const std::string& p : ts::problems_of(model()))
        r_.problem(at, "the numbers of the troubleshoot block do not fit: " + p, "see docs/troubleshooting.md");
    }
    return std::move(block_);
  }

 private:
  ts::Model& model() { return block_.model; }

  template <class F>
  void each(std::string_view key, bool required, Position at, F&& read_one) {
    const YamlEntry* e = map_.find(key);
    if (e == nullptr) {
      if (required) r_.problem(at, fmt::format("'troubleshoot' has no '{}'", key), fmt::format("add {}: with a list", key));
      return;
    }
    if (!r_.is(e->value, Kind::kList, fmt::format("'{}'", key), "write one entry for each, beginning with '- '")) return;
    for (const YamlNode& node : e->value.items) {
      if (r_.is(node, Kind::kMap, fmt::format("each of '{}'", key), "write - { id: …, … }")) read_one(node);
    }
  }

  std::string id(const YamlNode& node, std::string_view what) {
    std::string id = r_.required_scalar(node, "id", node.at, what);
    if (!id.empty() && !is_name(id, true))
      r_.problem(node.find("id")->value.at, fmt::format("'{}' is not an id", id), "use small letters, digits and -");
    return id;
  }

  void cause(const YamlNode& node) {
    r_.only(node, {"id", "label", "weight"}, "a cause");
    ts::Cause c;
    c.id = id(node, "a cause");
    c.weight = r_.number(node, "weight", 0, 1e9).value_or(c.weight);
    if (!block_.causes.emplace(c.id, r_.required_text(node, "label", node.at, fmt::format("the cause '{}'", c.id))).second)
      r_.problem(node.at, fmt::format("two causes have the id '{}'", c.id), "give each its own");
    model().causes.push_back(std::move(c));
  }

  // `fixes:` or `given:`: cause → chance. What is not written stays nullopt.
  std::vector<std::optional<double>> per_cause(const YamlNode& node, std::string_view key) {
    std::vector<std::optional<double>> out(model().causes.size());
    const YamlEntry* e = node.find(key);
    if (e == nullptr || !r_.is(e->value, Kind::kMap, fmt::format("'{}'", key), fmt::format("write {}: {{ cause: 0.5 }}", key)))
      return out;
    for (const YamlEntry& c : e->value.entries) {
      const auto known = std::ranges::find(model().causes, c.key, &ts::Cause::id);
      const auto chance = r_.number_of(c.value, fmt::format("the chance of '{}'", c.key), 0, 1);
      if (known != model().causes.end()) {
        out[static_cast<std::size_t>(known - model().causes.begin())] = chance.value_or(0);
        continue;
      }
      std::vector<std::string> names;
      for (const ts::Cause& cause : model().causes) names.push_back(cause.id);
      r_.problem(c.at, fmt::format("there is no cause '{}'", c.key), nearest_hint(c.key, names, "add it under causes:"));
    }
    return out;
  }

  void check(const YamlNode& node) {
    r_.only(node, {"id", "check", "article", "picture", "cost", "fixes", "tried", "safety", "risk", "cannot"}, "a check");
    TroubleshootBlock::Check shown;
    ts::Action action;
    shown.at = node.at;
    shown.id = action.id = id(node, "a check");
    const std::string where = fmt::format("the check '{}'", shown.id);
    unique(shown.id, node);
    shown.text = r_.text(node, "check");
    shown.article = r_.scalar(node, "article", "an article id");
    if (node.find("check") == nullptr && node.find("article") == nullptr)
      r_.problem(node.at, fmt::format("{} says nothing", where), "add check: { en: \"…\" } or article: <id>");
    if (node.find("check") != nullptr && node.find("article") != nullptr)
      r_.problem(node.find("article")->at, fmt::format("{} has both 'check' and 'article'", where), "keep one of them");
    shown.picture = r_.picture(node);
    shown.tried = r_.scalar(node, "tried");
    if (shown.tried.empty()) shown.tried = shown.article.empty() ? shown.text.in("en") : "Article " + shown.article;
    shown.can_fail_to_do = r_.flag(node, "cannot", true);
    action.minutes = r_.number(node, "cost", 0, kMostMinutes).value_or(action.minutes);
    action.risk = r_.number(node, "risk", 0, kMostMinutes).value_or(action.risk);
    if (r_.flag(node, "safety", false)) action.pinned = ++pinned_checks_;
    for (const auto& rate : per_cause(node, "fixes")) action.rates.push_back(rate.value_or(0));
    block_.checks.push_back(std::move(shown));
    model().actions.push_back(std::move(action));
  }

  void question(const YamlNode& node) {
    r_.only(node, {"id", "ask", "cost", "options", "safety"}, "a question");
    TroubleshootBlock::Question shown;
    ts::Question asked;
    shown.at = node.at;
    shown.id = asked.id = id(node, "a question");
    unique(shown.id, node);
    const std::string where = fmt::format("the question '{}'", shown.id);
    shown.text = r_.required_text(node, "ask", node.at, where);
    asked.minutes = r_.number(node, "cost", 0, kMostMinutes).value_or(asked.minutes);
    if (r_.flag(node, "safety", false)) asked.pinned = ++pinned_questions_;
    shown.options = r_.options(node, false, node.at, 2, {"given"});
    for (const Option& o : shown.options) asked.answers.push_back({o.id, likelihood(node, o)});
    prepare(shown.options);
    block_.questions.push_back(std::move(shown));
    model().questions.push_back(std::move(asked));
  }

  std::vector<double> likelihood(const YamlNode& question, const Option& option) {
    std::vector<double> out(model().causes.size());
    for (const YamlNode& node : question.find("options")->value.items) {
      if (node.at.line != option.at.line || node.at.column != option.at.column) continue;
      const auto given = per_cause(node, "given");
      std::string missing;
      for (std::size_t i = 0; i < given.size(); ++i) {
        out[i] = given[i].value_or(0);
        if (!given[i]) missing += (missing.empty() ? "" : ", ") + model().causes[i].id;
      }
      if (!missing.empty())
        r_.problem(node.at, fmt::format("the option '{}' does not say how likely it is given: {}", option.id, missing),
                   "add given: { cause: chance } for every cause; the options' chances sum to 1 for each cause");
    }
    return out;
  }

  void unique(const std::string& id, const YamlNode& node) {
    if (!id.empty() && !ids_.insert(id).second)
      r_.problem(node.at, fmt::format("two checks or questions have the id '{}'", id), "give each its own");
  }

  Reader& r_;
  const YamlNode& map_;
  TroubleshootBlock block_;
  std::set<std::string> ids_;
  int pinned_checks_ = 0, pinned_questions_ = 0;
};

}  // namespace

TroubleshootBlock read_troubleshoot(Reader& r, const YamlNode& map, Position at, const std::string& where) {
  TroubleshootBlock block;
  const YamlEntry* e = map.find("troubleshoot");
  if (r.is(e->value, Kind::kMap, "'troubleshoot'", "write causes:, checks: and questions: below it"))
    block = Block(r, e->value).read(e->at);
  block.solved = r.target(map, "solved", true, at, where);
  block.unsolved = r.target(map, "unsolved", true, at, where);
  return block;
}

}  // namespace usher::dialogs
