// How fast the troubleshoot block learns, and how long one call takes.
//   troubleshoot_sim [--seeds N] [--csv FILE]     FILE: scenario,cases,seed,ratio – what draw_troubleshoot.mjs draws
// A hidden truth and a script written with the wrong picture in mind (tests/support/troubleshoot_world.h). After every n cases
// the expected cost of the advice in the true world is computed exactly and divided by the exact optimum: 1.05 = 5 % above it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/troubleshoot_world.h"

namespace {

using namespace usher::dialogs::troubleshoot;

constexpr double kCasesPerDay = 5;
constexpr int kEvery = 25;

struct Scenario {
  std::string name;
  Learning learning;
  int cases = 500;
  int drift_at = 0;  // 0 = the truth stays
  world::People people = {};
};

using Ratios = std::map<int, std::vector<double>>;  // after so many cases → one ratio per seed

void run(const Scenario& scenario, std::uint64_t seed, Ratios& ratios) {
  world::Dice dice(seed);
  Model truth = world::random_model(dice, {});
  const Model written = world::misjudged(dice, truth);
  double optimum = world::optimum_of(truth);
  Counts counts;
  for (int n = 0;; ++n) {
    const double day = n / kCasesPerDay;
    if (scenario.drift_at > 0 && n == scenario.drift_at) {
      truth = world::drifted(truth);
      optimum = world::optimum_of(truth);
    }
    const Model believed = learned(written, scenario.learning, counts, counts, day);
    if (n % kEvery == 0) ratios[n].push_back(world::cost_of_advice(truth, believed) / optimum);
    if (n == scenario.cases) break;
    counts =
        observe(believed, scenario.learning, std::move(counts), world::live_through(dice, truth, believed, scenario.people), day);
  }
}

double median(std::vector<double> x) {
  std::ranges::sort(x);
  return x.size() % 2 == 1 ? x[x.size() / 2] : (x[x.size() / 2 - 1] + x[x.size() / 2]) / 2;
}

Ratios measure(const Scenario& scenario, int seeds) {
  Ratios ratios;
  for (int s = 1; s <= seeds; ++s) run(scenario, static_cast<std::uint64_t>(s), ratios);
  fmt::print("{:<28}", scenario.name);
  for (const int n : {0, 50, 100, 200, 500, 600, 700, 1000})
    if (const auto it = ratios.find(n); it != ratios.end())
      fmt::print("  {:>4}: {:.3f} ({:.3f})", n, median(it->second), std::ranges::max(it->second));
  fmt::print("\n");
  return ratios;
}

// What is left when nothing has to be learned: one step of look-ahead against the optimum.
void measure_look_ahead(int seeds) {
  std::vector<double> ratios;
  for (int s = 1; s <= seeds; ++s) {
    world::Dice dice(static_cast<std::uint64_t>(s));
    const Model truth = world::random_model(dice, {});
    ratios.push_back(world::cost_of_advice(truth, truth) / world::optimum_of(truth));
  }
  fmt::print("{:<28}        {:.3f} ({:.3f})\n", "truth known", median(ratios), std::ranges::max(ratios));
}

void measure_speed(std::string_view name, std::size_t shared) {
  world::Dice dice(1);
  const Model model = world::random_model(
      dice,
      {.causes = 20, .actions = 20, .questions = 10, .answers = 3, .shared = shared, .unsolvable = false, .escalation = 60});
  std::vector<double> took;
  double sum = 0;
  for (int round = 0; round < 5; ++round) {
    constexpr int kCalls = 2000;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i) sum += next(model, belief_of(model, {})).step.expected;
    const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - begin;
    took.push_back(time.count() / kCalls);
  }
  fmt::print("{:<44} {:.1f} us median, {:.1f} best of 5 x 2000 calls{}\n", name, median(took), std::ranges::min(took),
             sum > 0 ? "" : "?");
}

}  // namespace

int main(int argc, char** argv) {
  int seeds = 25;
  std::string csv;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string_view(argv[i]) == "--seeds") seeds = std::max(1, std::atoi(argv[i + 1]));
    if (std::string_view(argv[i]) == "--csv") csv = argv[i + 1];
  }
  fmt::print("cost / optimum after n cases, median (worst) of {} seeds; 8 causes, 8 actions, 2 questions, {:g} cases a day\n",
             seeds, kCasesPerDay);
  measure_look_ahead(seeds);
  const std::vector<Scenario> scenarios = {
      {.name = "as written", .learning = {.frozen = true}},
      {.name = "learning", .learning = {}},
      {.name = "no benefit of the doubt", .learning = {.doubt = 0}},
      {.name = "cause always told", .people = {.cause_told = 1}},
      {.name = "cause told of every tenth", .people = {.cause_told = 0.1}},
      {.name = "cause never told", .people = {.cause_told = 0}},
      {.name = "drift: never fades", .learning = {.half_life_days = 0}, .cases = 1000, .drift_at = 500},
      {.name = "drift: 90 days", .learning = {}, .cases = 1000, .drift_at = 500},
      {.name = "drift: 30 days", .learning = {.half_life_days = 30}, .cases = 1000, .drift_at = 500},
  };
  std::string rows = "scenario,cases,seed,ratio\n";
  for (const Scenario& scenario : scenarios)
    for (const auto& [n, ratios] : measure(scenario, seeds))
      for (std::size_t s = 0; s < ratios.size(); ++s)
        rows += fmt::format("{},{},{},{:.5f}\n", scenario.name, n, s + 1, ratios[s]);
  measure_speed("next(), 20 causes, 20 actions, 10 questions", 3);
  measure_speed("  the same, every action solves most causes", 40);
  if (csv.empty()) return 0;
  std::FILE* file = std::fopen(csv.c_str(), "w");
  if (file == nullptr || std::fwrite(rows.data(), 1, rows.size(), file) != rows.size() || std::fclose(file) != 0) {
    fmt::print(stderr, "troubleshoot_sim: cannot write {}\n", csv);
    return 1;
  }
  return 0;
}
