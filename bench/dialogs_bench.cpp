// How long 1,000 scripts take to load, and how long the engine takes for a turn. Usage: dialogs_bench [config/dialogs] [PART …]
// with the parts load, turns, words (all without any).
//
// The scripts are copies of the shipped ones under other names, each with trigger patterns of its own, so that nothing compiled
// for one serves another. "turns" are random conversations over the largest shipped script, once with buttons, once with the
// label's words typed; searches and look-ups are answered by the bench. "words" are the customers' messages of the shipped
// conversations and others at the same places (dialogs_samples.h). A turn is one call of step().
//
// Both clocks are printed: elapsed time says what a customer waits for on an idle machine, the thread's CPU time holds on a busy
// one. What reading the CPU clock costs (a system call) is measured and taken off.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>

#include "base/text.h"
#include "dialogs/engine.h"
#include "dialogs/parse.h"
#include "dialogs_samples.h"

namespace {

using namespace usher::dialogs;

std::int64_t now_ns(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

// What the second of two readings of the CPU clock in a row shows.
std::int64_t reading_costs() {
  static const std::int64_t cost = [] {
    std::vector<std::int64_t> all(10'001);
    for (std::int64_t& one : all) {
      const std::int64_t begin = now_ns(CLOCK_THREAD_CPUTIME_ID);
      one = now_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
    }
    std::ranges::nth_element(all, all.begin() + 5'000);
    return all[5'000];
  }();
  return cost;
}

class Times {
 public:
  template <typename F>
  void measure(F&& f) {
    const std::int64_t wall = now_ns(CLOCK_MONOTONIC), cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
    f();
    const std::int64_t cpu_end = now_ns(CLOCK_THREAD_CPUTIME_ID), wall_end = now_ns(CLOCK_MONOTONIC);
    cpu_.push_back(std::max<std::int64_t>(0, cpu_end - cpu - reading_costs()));
    wall_.push_back(std::max<std::int64_t>(0, wall_end - wall - 2 * reading_costs()));
  }
  std::size_t size() const { return cpu_.size(); }
  void print(const std::string& what) {
    if (cpu_.empty()) return;
    std::ranges::sort(cpu_);
    std::ranges::sort(wall_);
    double sum = 0;
    for (const std::int64_t n : cpu_) sum += static_cast<double>(n);
    fmt::print(
        "{:<44} CPU p50 {:6.1f} p99 {:6.1f} p99.9 {:6.1f} us, {:7.0f}/s on a core; elapsed p50 {:6.1f} p99 {:6.1f} us; {}\n",
        what, at(cpu_, 0.5), at(cpu_, 0.99), at(cpu_, 0.999), static_cast<double>(cpu_.size()) / (sum / 1e9), at(wall_, 0.5),
        at(wall_, 0.99), cpu_.size());
  }

 private:
  static double at(const std::vector<std::int64_t>& sorted, double share) {
    return static_cast<double>(sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))]) / 1000.0;
  }
  std::vector<std::int64_t> cpu_, wall_;
};

std::vector<Source> read_folder(const std::filesystem::path& folder) {
  std::vector<Source> sources;
  for (const auto& e : std::filesystem::directory_iterator(folder)) {
    if (e.path().extension() != ".yaml" && e.path().extension() != ".csv") continue;
    sources.push_back({e.path().filename().string(), bytes_of(e.path())});
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
  std::int64_t best = INT64_MAX, best_cpu = INT64_MAX;
  for (int run = 0; run < 3; ++run) {
    std::vector<Problem> problems;
    const std::int64_t wall = now_ns(CLOCK_MONOTONIC), cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    const auto set = parse(sources, problems);
    best_cpu = std::min(best_cpu, now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    best = std::min(best, now_ns(CLOCK_MONOTONIC) - wall);
    if (set) continue;
    fmt::print("the scripts do not load: {}:{}: {}\n", problems[0].file, problems[0].line, problems[0].message);
    return;
  }
  fmt::print("load: {} files, {:.1f} MB: {} ms elapsed, {} ms CPU (best of 3)\n", sources.size(),
             static_cast<double>(bytes) / 1e6, best / 1'000'000, best_cpu / 1'000'000);
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
  constexpr std::size_t kTurns = 100'000;
  std::mt19937 random(7);
  Times times;
  while (times.size() < kTurns) {
    State state;
    Event event = Said{.text = "hello, it is broken", .choice = {}, .language = "en"};
    for (int turn = 0; turn < 40 && state.end.empty(); ++turn) {
      Outcome out;
      times.measure([&] { out = step(set, std::move(state), event, name); });
      event = next_event(out.effects, typed, random);
      state = std::move(out.state);
    }
  }
  times.print(name + (typed ? ", labels typed" : ", buttons"));
}

void words(const ScriptSet& set, const std::vector<Sample>& samples) {
  constexpr int kRounds = 5;
  Times openings, english, chinese, anything;
  auto take = [&](Times& times, State state, const Said& said, const std::string& entry) {
    times.measure([&] { step(set, std::move(state), said, entry); });
  };
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Sample& s = samples[i];
      const bool opening = s.state.dialog.empty();
      const bool zh = usher::text::guess_language(s.said.text) == "zh";
      take(opening ? openings : zh ? chinese : english, s.state, s.said, s.entry);
      if (opening || !s.state.end.empty()) continue;
      const Said said{.text = std::string(kAnything[(i + static_cast<std::size_t>(round) * 7) % kAnything.size()]),
                      .choice = {},
                      .language = {}};
      take(anything, s.state, said, s.entry);
    }
  }
  openings.print("conversations: openings");
  english.print("conversations: replies, English");
  chinese.print("conversations: replies, Chinese");
  anything.print("the same places, anything else");
}

// A long letter as the first message, and as the answer to a question.
void letters(const ScriptSet& set, const std::vector<Sample>& samples) {
  for (const bool zh : {false, true}) {
    std::string text;
    for (std::size_t i = 0; text.size() < 10'000; ++i) {
      const std::string_view line = kAnything[i % kAnything.size()];
      if ((usher::text::guess_language(line) == "zh") == zh) text += std::string(line) + (zh ? "。" : ". ");
    }
    Times opening, by_mail, reply;
    for (int round = 0; round < 500; ++round) {
      const Said said{.text = text, .choice = {}, .language = {}};
      opening.measure([&] { step(set, State{}, said); });
      by_mail.measure([&] { step(set, State{}, said, "email"); });
      const Sample& at = samples[static_cast<std::size_t>(round) % samples.size()];
      if (!at.state.dialog.empty() && at.state.end.empty()) {
        State state = at.state;
        reply.measure([&] { step(set, std::move(state), said, at.entry); });
      }
    }
    const std::string language = zh ? ", Chinese" : ", English";
    opening.print("10 KB as an opening" + language);
    by_mail.print("10 KB as a mail" + language);
    reply.print("10 KB as a reply" + language);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool has_folder = !arguments.empty() && std::filesystem::is_directory(arguments[0]);
  const std::filesystem::path folder = has_folder ? arguments[0] : "config/dialogs";
  const auto wants = [&](std::string_view part) {
    return arguments.size() == (has_folder ? 1U : 0U) || std::ranges::find(arguments, part) != arguments.end();
  };
  const auto shipped = read_folder(folder);
  std::vector<Problem> problems;
  const auto set = parse(shipped, problems);
  if (!set) {
    for (const Problem& p : problems) fmt::print("{}:{}:{}: {}\n", p.file, p.line, p.column, p.message);
    return 1;
  }
  if (wants("load")) load(shipped);
  if (wants("turns")) {
    const Source* largest = nullptr;
    for (const Source& s : shipped) {
      if (is_script(s) && (largest == nullptr || s.bytes.size() > largest->bytes.size())) largest = &s;
    }
    const std::string name = largest->file.substr(0, largest->file.size() - 5);
    turns(*set, name, false);
    turns(*set, name, true);
  }
  if (wants("words")) {
    const auto samples = conversation_samples(folder / "conversations", *set);
    if (samples.empty()) return 0;
    words(*set, samples);
    letters(*set, samples);
  }
  return 0;
}
