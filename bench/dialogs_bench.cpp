// How long 1,000 scripts take to load, and how long the engine takes for a turn. Usage: dialogs_bench [config/dialogs]
//
// The scripts are copies of the shipped ones under other names, each with trigger patterns of its own, so that nothing compiled
// for one serves another. Turns are random conversations over the largest shipped script, once with buttons, once with the
// label's words typed; a turn is one call of step(), searches and look-ups answered by the bench.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "dialogs/engine.h"
#include "dialogs/parse.h"

namespace {

using namespace usher::dialogs;
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

std::vector<Source> read_folder(const std::filesystem::path& folder) {
  std::vector<Source> sources;
  for (const auto& e : std::filesystem::directory_iterator(folder)) {
    if (e.path().extension() != ".yaml" && e.path().extension() != ".csv") continue;
    std::ifstream in(e.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    sources.push_back({e.path().filename().string(), std::move(bytes).str()});
  }
  std::ranges::sort(sources, {}, &Source::file);
  return sources;
}

bool is_script(const Source& s) {
  return s.bytes.starts_with("dialog:") || s.bytes.contains("\ndialog:");
}

void replace_all(std::string& s, std::string_view from, const std::string& to) {
  for (auto at = s.find(from); at != std::string::npos; at = s.find(from, at + to.size())) s.replace(at, from.size(), to);
}

Source renamed(const Source& original, int number) {
  const std::string name = original.file.substr(0, original.file.size() - 5);
  Source copy{fmt::format("{}-{}.yaml", name, number), original.bytes};
  const auto at = copy.bytes.find("dialog: " + name);
  copy.bytes.replace(at, 8 + name.size(), fmt::format("dialog: {}-{}", name, number));
  replace_all(copy.bytes, "\n    - '", fmt::format("\n    - 'copy{}|", number));
  return copy;
}

void load(const std::vector<Source>& shipped) {
  std::vector<Source> sources = shipped, scripts;
  std::ranges::copy_if(shipped, std::back_inserter(scripts), is_script);
  // The small ones (email, fallback, …) are few in a real folder.
  std::erase_if(scripts, [](const Source& s) { return s.bytes.size() < 4000; });
  for (int i = 0; i < 1000; ++i) sources.push_back(renamed(scripts[static_cast<std::size_t>(i) % scripts.size()], i));
  std::size_t bytes = 0;
  for (const Source& s : sources) bytes += s.bytes.size();
  double best = 1e9;
  for (int run = 0; run < 3; ++run) {
    std::vector<Problem> problems;
    const auto begin = Clock::now();
    const auto set = parse(sources, problems);
    best = std::min(best, ms_since(begin));
    if (set) continue;
    fmt::print("the scripts do not load: {}:{}: {}\n", problems[0].file, problems[0].line, problems[0].message);
    return;
  }
  fmt::print("load: {} files, {:.1f} MB: {:.0f} ms (best of 3)\n", sources.size(), static_cast<double>(bytes) / 1e6, best);
}

// What the customer does next, given what the bot showed last.
Event next_event(const std::vector<Effect>& effects, bool typed, std::mt19937& random) {
  for (const Effect& e : effects) {
    if (std::holds_alternative<Search>(e) || std::holds_alternative<FetchArticle>(e))
      return ArticlesFound{{{"article", "An article", "1. Do this.\n2. Do that.", 0.9}}};
    if (std::holds_alternative<LookUp>(e)) return LookedUp{};
  }
  for (const Effect& e : effects) {
    const auto* p = std::get_if<Prompt>(&e);
    if (p == nullptr || p->choices.empty()) continue;
    const Choice& c = p->choices[random() % p->choices.size()];
    return typed ? Said{.text = c.label, .choice = {}, .language = "en"}
                 : Said{.text = c.label, .choice = c.id, .language = "en"};
  }
  return Said{.text = "I don't know", .choice = {}, .language = "en"};
}

void turns(const ScriptSet& set, const std::string& name, bool typed) {
  constexpr std::size_t kTurns = 200'000;
  std::mt19937 random(7);
  std::vector<std::uint32_t> nanoseconds;
  nanoseconds.reserve(kTurns);
  while (nanoseconds.size() < kTurns) {
    State state;
    Event event = Said{.text = "hello, it is broken", .choice = {}, .language = "en"};
    for (int turn = 0; turn < 40 && state.end.empty(); ++turn) {
      const auto begin = Clock::now();
      Outcome out = step(set, std::move(state), event, name);
      nanoseconds.push_back(static_cast<std::uint32_t>((Clock::now() - begin).count()));
      event = next_event(out.effects, typed, random);
      state = std::move(out.state);
    }
  }
  double sum = 0;
  for (const std::uint32_t n : nanoseconds) sum += n;
  std::ranges::sort(nanoseconds);
  auto at = [&](double share) {
    return nanoseconds[static_cast<std::size_t>(share * static_cast<double>(nanoseconds.size() - 1))] / 1000.0;
  };
  fmt::print("turns of {}, {}: p50 {:.1f} us, p99 {:.1f} us, p99.9 {:.1f} us; {:.0f} turns/s on one core\n", name,
             typed ? "labels typed" : "buttons", at(0.5), at(0.99), at(0.999),
             static_cast<double>(nanoseconds.size()) / (sum / 1e9));
}

}  // namespace

int main(int argc, char** argv) {
  const auto shipped = read_folder(argc > 1 ? argv[1] : "config/dialogs");
  std::vector<Problem> problems;
  const auto set = parse(shipped, problems);
  if (!set) {
    for (const Problem& p : problems) fmt::print("{}:{}:{}: {}\n", p.file, p.line, p.column, p.message);
    return 1;
  }
  load(shipped);
  const Source* largest = nullptr;
  for (const Source& s : shipped) {
    if (is_script(s) && (largest == nullptr || s.bytes.size() > largest->bytes.size())) largest = &s;
  }
  const std::string name = largest->file.substr(0, largest->file.size() - 5);
  turns(*set, name, false);
  turns(*set, name, true);
  return 0;
}
