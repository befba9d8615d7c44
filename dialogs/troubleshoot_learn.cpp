#include "dialogs/troubleshoot_learn.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dialogs/troubleshoot_number.h"

namespace usher::dialogs::troubleshoot {
namespace {

using Json = nlohmann::json;

// A written certainty would rule out that the cause can outlast the action, and then no failure could ever be held against it.
constexpr double kSurest = 0.99;

Counts fade(Counts counts, const Learning& learning, double day) {
  if (!(day > counts.day) || !std::isfinite(day)) return counts;
  const double keep = learning.half_life_days > 0 ? std::exp2((counts.day - day) / learning.half_life_days) : 1;
  counts.day = day;
  counts.cases *= keep;
  counts.unexplained *= keep;
  for (auto& [id, n] : counts.causes) n *= keep;
  for (auto& [id, by_cause] : counts.actions)
    for (auto& [cause, tally] : by_cause) tally.solved *= keep, tally.failed *= keep;
  return counts;
}

double count_of(const Counts& counts, const std::string& cause) {
  const auto it = counts.causes.find(cause);
  return it == counts.causes.end() ? 0 : it->second;
}

Tally tally_of(const Counts& counts, const std::string& action, const std::string& cause) {
  const auto a = counts.actions.find(action);
  if (a == counts.actions.end()) return {};
  const auto c = a->second.find(cause);
  return c == a->second.end() ? Tally{} : c->second;
}

// The mean of a Beta distribution that begins at `rate`, held as firmly as `weight` trials hold it.
double updated(double rate, double weight, const Tally& seen) {
  const double trials = weight + seen.solved + seen.failed;
  return trials > 0 ? (weight * rate + seen.solved) / trials : rate;
}

bool read_amount(const Json& object, const char* key, double& into) {
  const auto it = object.find(key);
  if (it == object.end()) return true;
  if (!it->is_number()) return false;
  into = it->get<double>();
  return std::isfinite(into) && into >= 0;
}

}  // namespace

Counts observe(const Model& believed, const Learning& learning, Counts counts, const ClosedCase& closed, double day) {
  counts = fade(std::move(counts), learning, day);
  if (closed.abandoned) return counts;
  const Belief belief = belief_of(believed, closed.history);
  std::vector<double> credit = belief.causes;
  bool explained = !belief.contradicted;
  const auto known = std::ranges::find(believed.causes, closed.cause, &Cause::id);
  const bool is_known = !closed.cause.empty() && known != believed.causes.end();
  if (is_known) {
    const auto which = static_cast<std::size_t>(known - believed.causes.begin());
    explained = explained && credit[which] > kNegligible;
    std::ranges::fill(credit, 0);
    credit[which] = 1;
  }
  counts.cases += 1;
  if (!explained) counts.unexplained += 1;
  if (!explained && !is_known) return counts;  // whom should it be credited to?

  for (std::size_t f = 0; f < credit.size(); ++f)
    if (credit[f] > kNegligible) counts.causes[believed.causes[f].id] += credit[f];
  for (const auto& [id, result] : closed.history) {
    if (result != kFailed && result != kSolved) continue;
    const auto action = std::ranges::find(believed.actions, id, &Action::id);
    if (action == believed.actions.end()) continue;
    for (std::size_t f = 0; f < credit.size(); ++f) {
      if (credit[f] <= kNegligible || chance_at(action->rates, f) == 0) continue;
      Tally& tally = counts.actions[id][believed.causes[f].id];
      (result == kSolved ? tally.solved : tally.failed) += credit[f];
    }
  }
  return counts;
}

Model learned(const Model& written, const Learning& learning, const Counts& all_lines, const Counts& line, double day) {
  Model model = written;
  if (learning.frozen) return model;
  const Counts all = fade(all_lines, learning, day), own = fade(line, learning, day);

  double sum = 0;
  for (Cause& c : model.causes) sum += c.weight = cost_of(c.weight) + count_of(all, c.id);
  for (Cause& c : model.causes) c.weight = (sum > 0 ? learning.line_weight * c.weight / sum : 0) + count_of(own, c.id);

  for (Action& a : model.actions) {
    a.doubt.assign(model.causes.size(), 0);
    for (std::size_t f = 0; f < std::min(a.rates.size(), model.causes.size()); ++f) {
      double& rate = a.rates[f];
      if (chance_of(rate) == 0) continue;
      const std::string& cause = model.causes[f].id;
      const Tally by_all = tally_of(all, a.id, cause), by_own = tally_of(own, a.id, cause);
      rate = updated(std::min(chance_of(rate), kSurest), learning.rate_weight, by_all);
      rate = updated(rate, learning.rate_weight, by_own);
      // All lines' trials have the own ones among them: the greater number, not the sum, is how often it was put to the test.
      const double trials = learning.rate_weight + std::max(by_all.solved + by_all.failed, by_own.solved + by_own.failed);
      a.doubt[f] = std::min(1 - rate, learning.doubt * std::sqrt(rate * (1 - rate) / (trials + 1)));
    }
  }
  return model;
}

std::string Counts::to_json() const {
  Json j{{"day", day}, {"cases", cases}, {"causes", causes}};
  if (unexplained > 0) j["unexplained"] = unexplained;
  j["actions"] = Json::object();
  for (const auto& [action, by_cause] : actions)
    for (const auto& [cause, tally] : by_cause) j["actions"][action][cause] = {tally.solved, tally.failed};
  return j.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Counts> Counts::from_json(std::string_view json) {
  const Json j = Json::parse(json, nullptr, false);
  if (!j.is_object()) return std::nullopt;
  Counts c;
  if (!read_amount(j, "day", c.day) || !read_amount(j, "cases", c.cases) || !read_amount(j, "unexplained", c.unexplained))
    return std::nullopt;
  const Json causes = j.value("causes", Json::object()), actions = j.value("actions", Json::object());
  if (!causes.is_object() || !actions.is_object()) return std::nullopt;
  for (const auto& [id, n] : causes.items())
    if (!read_amount(causes, id.c_str(), c.causes[id])) return std::nullopt;
  for (const auto& [action, by_cause] : actions.items()) {
    if (!by_cause.is_object()) return std::nullopt;
    for (const auto& [cause, pair] : by_cause.items()) {
      if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_number()) return std::nullopt;
      Tally& tally = c.actions[action][cause];
      tally = {pair[0].get<double>(), pair[1].get<double>()};
      if (!(tally.solved >= 0 && tally.failed >= 0 && std::isfinite(tally.solved + tally.failed))) return std::nullopt;
    }
  }
  return c;
}

}  // namespace usher::dialogs::troubleshoot
