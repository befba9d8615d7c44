// Learns the weights of dialogs/understand_weights.cpp from the labelled answers of tests/data. See README.md.
//   learn_understanding [--write dialogs/understand_weights.cpp] [--failures FILE] [--sure 0.8] | --explain FILE
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "dialogs/understand.h"
#include "dialogs/understand_weights.h"
#include "scripts.h"
#include "understanding_set.h"

using namespace usher::dialogs;
namespace set = usher::dialogs::understanding;

namespace {

constexpr std::size_t kFolds = 10;
constexpr double kRidge = 0.00015;      // keeps weights of rare signals small
constexpr double kRidgePairs = 0.002;   // pairs count only where they are found often
constexpr std::size_t kLeastPairs = 4;  // questions a pair must be found in
constexpr double kLeastPair = 0.02;     // a pair that counts less is not written
constexpr double kMostWrong = 2.0;      // per cent of all answers that may be taken for another than they are

struct Case {
  std::string set, question, text, label, got;  // got: decided without weights (a name, a number, a wish)
  Signals signals;
  std::vector<Option> options;
  std::size_t target = 0;  // the option; options.size() = ask again
  std::size_t fold = 0;
  double importance = 1;
  std::vector<std::vector<std::pair<std::size_t, double>>> terms;  // of each option and of asking again: number, value
};

std::uint32_t hash_of(std::string_view s) {
  std::uint32_t h = 2166136261U;
  for (const char c : s) h = (h ^ static_cast<unsigned char>(c)) * 16777619U;
  return h ^ (h >> 15);
}

std::string wish_of(const std::string& text, const std::vector<Option>& options, const std::string& language) {
  const Understood wish = understand_command(text);
  if (wish.as == Understood::As::kNothing || understand_choice(text, options, language).confidence >= 0.99) return {};
  switch (wish.as) {
    case Understood::As::kHuman:
      return "human";
    case Understood::As::kRestart:
      return "restart";
    case Understood::As::kBack:
      return "back";
    default:
      return "other wish";
  }
}

void add(std::vector<Case>& cases, const std::string& part, const std::string& language, const set::Question& q,
         const std::string& text, const std::string& label) {
  Case c{part, q.id, text, label, wish_of(text, q.options, language), {}, q.options, q.options.size()};
  const SaidWords said(text, Lexicons::built_in());
  const Understood u = understand_choice(text, q.options, language, q.text);
  if (c.got.empty() && u.as == Understood::As::kOption && taken_at_its_word(text, q.options, language, q.text)) c.got = u.value;
  c.signals = signals_of(text, said, q.options, language, q.text, Lexicons::built_in());
  for (std::size_t i = 0; i < q.options.size(); ++i) {
    if (q.options[i].id == label) c.target = i;
  }
  c.fold = hash_of(part + q.id) % kFolds;
  cases.push_back(std::move(c));
}

// The replies of tests/data/flowcharts/dev as answers: the right option is the one that leads to the next reply's question.
void add_flowcharts(std::vector<Case>& cases) {
  const std::filesystem::path folder = USHER_SOURCE_DIR "/tests/data/flowcharts/dev";
  std::vector<std::filesystem::path> files;
  for (const auto& f : std::filesystem::directory_iterator(folder)) {
    if (f.path().extension() == ".json") files.push_back(f.path());
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::ifstream in(file);
    const auto chart = nlohmann::ordered_json::parse(in);
    std::ifstream lines(std::filesystem::path(file).replace_extension(".jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const auto dialog = nlohmann::json::parse(line);
      const auto& turns = dialog["turns"];
      for (std::size_t i = 0; i < turns.size(); ++i) {
        if (turns[i]["node"].is_null()) continue;
        const std::string node = turns[i]["node"];
        const std::string target =
            i + 1 < turns.size() ? turns[i + 1]["node"].get<std::string>() : dialog["end"].get<std::string>();
        const auto& asked = chart["nodes"][node];
        set::Question q{chart["name"].get<std::string>() + "." + node, asked["prompt"], {}};
        const bool han = q.text.find_first_of("aeiou") == std::string::npos;
        std::string label = target == node ? "?" : "";
        for (const auto& [name, next] : asked["answers"].items()) {
          q.options.push_back(set::option(usher::text::fold(name), name, "", han ? "zh" : "en"));
          if (next == target) label = q.options.back().id;
        }
        prepare(q.options);
        if (!label.empty()) add(cases, "charts", han ? "zh" : "en", q, turns[i]["text"], label);
      }
    }
  }
}

// The answers of the shipped conversations: the right option is the one that leads to the next step.
void add_conversations(std::vector<Case>& cases) {
  const auto scripts = shipped_scripts();
  std::vector<std::filesystem::path> files;
  for (const auto& f : std::filesystem::directory_iterator(USHER_SOURCE_DIR "/config/dialogs/conversations")) {
    if (f.path().extension() == ".txt") files.push_back(f.path());
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::ifstream in(file);
    std::string language = file.stem().string().ends_with("zh") ? "zh" : "en", stands, text;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("customer: ")) text = line.substr(10), stands = stands.starts_with("=") ? stands.substr(1) : "";
      if (!line.starts_with("step: ")) continue;
      const std::string next = line.substr(6);
      const auto slash = stands.find('/');
      const Script* script = slash == std::string::npos ? nullptr : scripts->find(stands.substr(0, slash));
      const Step* step = script == nullptr ? nullptr : script->find(stands.substr(slash + 1));
      const Choose* choose = step == nullptr ? nullptr : std::get_if<Choose>(&step->kind);
      const std::string here = stands.substr(0, slash == std::string::npos ? 0 : slash + 1);
      stands = "=" + next;
      if (choose == nullptr || choose->kind == Choose::Kind::kConsent || choose->kind == Choose::Kind::kSurvey) continue;
      std::string label;
      for (const Option& o : choose->options) {
        const bool leads = here + o.next == next || (o.next.starts_with("dialog:") && next.starts_with(o.next.substr(7) + "/"));
        if (leads) label = label.empty() ? o.id : "two of them";
      }
      const bool known = std::ranges::any_of(choose->options, [&](const Option& o) { return o.id == label && o.id != "cannot"; });
      if (known) add(cases, "shipped", language, {here + step->id, choose->text.in(language), choose->options}, text, label);
    }
  }
}

using Weights = std::vector<double>;  // of the signals, then of the pairs
using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

// Numbers the pairs of signals that are found in enough questions, and writes every case as terms of a sum.
Pairs number_terms(std::vector<Case>& cases) {
  std::map<std::pair<std::size_t, std::size_t>, std::set<std::string>> found;
  auto each_pair = [](const std::vector<Evidence>& list, const auto& visit) {
    for (std::size_t a = 0; a < list.size(); ++a) {
      for (std::size_t b = a + 1; b < list.size(); ++b) {
        const auto one = static_cast<std::size_t>(list[a].signal), other = static_cast<std::size_t>(list[b].signal);
        if (one != other) visit(std::minmax(one, other), list[a].value * list[b].value);
      }
    }
  };
  for (const Case& c : cases) {
    for (const auto& list : c.signals.options)
      each_pair(list, [&](std::pair<std::size_t, std::size_t> p, double) {
        if (c.got.empty()) found[p].insert(c.set + c.question);
      });
  }
  Pairs pairs;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> number;
  for (const auto& [pair, questions] : found) {
    if (questions.size() < kLeastPairs) continue;
    number[pair] = kSignals + pairs.size();
    pairs.push_back(pair);
  }
  for (Case& c : cases) {
    for (std::size_t i = 0; i <= c.signals.options.size(); ++i) {
      const bool again = i == c.signals.options.size();
      const auto& list = again ? c.signals.again : c.signals.options[i];
      auto& terms = c.terms.emplace_back();
      for (const Evidence& e : list) terms.emplace_back(static_cast<std::size_t>(e.signal), e.value);
      if (again) continue;
      each_pair(list, [&](std::pair<std::size_t, std::size_t> p, double value) {
        if (const auto it = number.find(p); it != number.end()) terms.emplace_back(it->second, value);
      });
    }
  }
  return pairs;
}

std::vector<double> probabilities_of(const Case& c, const Weights& w) {
  std::vector<double> p;
  for (const auto& terms : c.terms) {
    double sum = 0;
    for (const auto& [k, value] : terms) sum += w[k] * value;
    p.push_back(sum);
  }
  const double most = *std::ranges::max_element(p);
  double sum = 0;
  for (double& x : p) sum += x = std::exp(x - most);
  for (double& x : p) x /= sum;
  return p;
}

// Maximum likelihood with a ridge towards 0, by Adam over all cases; `leave_out` is the fold that is not learned from.
Weights learn(const std::vector<Case>& cases, std::size_t leave_out, std::size_t pairs) {
  const std::size_t count = kSignals + pairs;
  Weights w(count), mean(count), square(count), gradient(count);
  constexpr int kRounds = 300;
  double all = 0;
  for (const Case& c : cases) all += c.fold != leave_out && c.got.empty() ? c.importance : 0;
  for (int round = 1; round <= kRounds; ++round) {
    std::ranges::fill(gradient, 0.0);
    for (const Case& c : cases) {
      if (c.fold == leave_out || !c.got.empty()) continue;
      const auto p = probabilities_of(c, w);
      for (std::size_t i = 0; i < p.size(); ++i) {
        const double d = c.importance * (p[i] - (i == c.target ? 1 : 0));
        for (const auto& [k, value] : c.terms[i]) gradient[k] += d * value;
      }
    }
    const double rate = 0.12 * (1 - 0.95 * round / kRounds);
    for (std::size_t k = 0; k < count; ++k) {
      const double g = gradient[k] / all + (k < kSignals ? kRidge : kRidgePairs) * w[k];
      mean[k] = 0.9 * mean[k] + 0.1 * g;
      square[k] = 0.99 * square[k] + 0.01 * g * g;
      w[k] -= rate * (mean[k] / (1 - std::pow(0.9, round))) / (std::sqrt(square[k] / (1 - std::pow(0.99, round))) + 1e-9);
    }
  }
  return w;
}

struct Tally {
  int right = 0, wrong = 0, again = 0;
  double percent(int n) const { return 100.0 * n / std::max(1, right + wrong + again); }
};

// What is taken at threshold `sure`: an option's id, or "".
std::string taken(const Case& c, const std::vector<double>& p, double sure) {
  if (!c.got.empty()) return c.got;
  const auto top = static_cast<std::size_t>(std::max_element(p.begin(), p.end() - 1) - p.begin());
  return p[top] >= sure && std::ranges::any_of(c.signals.options[top], speaks) ? c.options[top].id : std::string();
}
void judge(Tally& t, const Case& c, const std::string& got) {
  const bool none = c.label == "-" || c.label == "?" || c.label == "dont_know";
  if (got.empty()) {
    ++(none ? t.right : t.again);
  } else {
    ++(got == c.label ? t.right : t.wrong);
  }
}

std::string explained(const Case& c, const std::vector<double>& p, const Weights& w) {
  std::string why;
  for (std::size_t k = 0; k <= c.options.size(); ++k) {
    why += fmt::format(" | {} {:.2f}:", k < c.options.size() ? c.options[k].id : "again", p[k]);
    double together = 0;
    for (const auto& [i, value] : c.terms[k]) {
      if (i < kSignals) {
        why += fmt::format(" {} {:+.1f};", kWeights[i].name, w[i] * value);
      } else {
        together += w[i] * value;
      }
    }
    if (together != 0) why += fmt::format(" together {:+.1f};", together);
  }
  return why;
}

// Lines "en | question | label: words, words; label: words | answer": how each answer is weighed.
void explain(const std::string& path) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const auto f = set::split(line, " | ");
    if (f.size() != 4) continue;
    set::Question q{"asked", f[1], {}};
    for (const std::string& o : set::split(f[2], ";")) {
      const auto parts = set::split(o, ":", 2);
      const auto name = set::split(parts[0], "=", 2);  // "yes=Yes, smoke" where the id is not the label
      q.options.push_back(set::option(usher::text::fold(name.front()), name.back(), parts.size() > 1 ? parts[1] : "", f[0]));
    }
    prepare(q.options);
    std::vector<Case> one;
    add(one, "asked", f[0], q, f[3], "-");
    fmt::print("{}\n{}", line, one[0].got.empty() ? "" : "taken at its word: " + one[0].got);
    const auto p = probabilities(one[0].signals);
    for (std::size_t k = 0; k < p.size(); ++k) {
      const auto& list = k < q.options.size() ? one[0].signals.options[k] : one[0].signals.again;
      fmt::print("  {} {:.2f}:", k < q.options.size() ? q.options[k].id : "again", p[k]);
      for (const Evidence& e : list) fmt::print(" {} {:+.1f};", name_of(e.signal), weight_of(e.signal) * e.value);
      fmt::print("\n");
    }
    fmt::print("\n");
  }
}

void write(const std::string& path, const Weights& w, const Pairs& pairs, double sure) {
  std::ofstream out(path, std::ios::trunc);
  out << "// Written by tools/understanding (README.md there); the names may be changed by hand, the weights not.\n"
         "#include \"dialogs/understand_weights.h\"\n\nnamespace usher::dialogs {\n\n";
  out << fmt::format("const double kSure = {:.2f};\n\nconst std::array<SignalWeight, kSignals> kWeights = {{{{\n", sure);
  for (std::size_t k = 0; k < kSignals; ++k) out << fmt::format("    {{\"{}\", {:.2f}}},\n", kWeights[k].name, w[k]);
  out << "}};\n\nnamespace {\n// By their place in the table above.\n// clang-format off\nconstexpr PairWeight kPairs[] = {\n";
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    if (const double x = w[kSignals + k]; std::abs(x) >= kLeastPair)
      out << fmt::format("    {{{}, {}, {:.2f}F}},  // {} + {}\n", pairs[k].first, pairs[k].second, x,
                         kWeights[pairs[k].first].name, kWeights[pairs[k].second].name);
  }
  out << "};\n// clang-format on\n}  // namespace\n\nstd::span<const PairWeight> pair_weights() {\n  return kPairs;\n}\n\n"
         "}  // namespace usher::dialogs\n";
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> option;
  for (int i = 1; i + 1 < argc; i += 2) option[argv[i]] = argv[i + 1];
  if (option.contains("--explain")) {
    explain(option["--explain"]);
    return 0;
  }
  std::vector<Case> cases;
  for (const std::string prefix : {"", "flow-", "general-", "fresh-", "blind-"}) {
    for (const std::string language : {"en", "zh"}) {
      for (const auto& asked : set::load(prefix + language, "train")) {
        for (const auto& answer : asked.answers)
          add(cases, prefix + language, language, asked.question, answer.text, answer.label);
      }
    }
  }
  add_flowcharts(cases);
  add_conversations(cases);
  if (std::filesystem::exists(set::multidogo() / "train.tsv")) {
    std::vector<Option> options{set::option("yes", "Yes", "", "en"), set::option("no", "No", "", "en")};
    prepare(options);
    for (const auto& [intent, label, text] : {std::array<std::string, 3>{"confirmation", "yes", "Shall I go ahead?"},
                                              {"rejection", "no", "Is there anything else I can help you with?"}}) {
      for (const auto& answer : set::sentences(set::multidogo(), intent, label, "train"))
        add(cases, "multidogo", "en", {intent + std::to_string(hash_of(answer.text) % 10), text, options}, answer.text, label);
    }
  }
  for (Case& c : cases)
    c.importance = c.set == "shipped"                                                                ? 4
                   : c.set == "charts" || c.set.starts_with("general") || c.set.starts_with("fresh") ? 2
                   : c.set == "multidogo" || c.set.starts_with("blind")                              ? 0.5
                                                                                                     : 1;

  const Pairs pairs = number_terms(cases);
  std::vector<std::vector<double>> unseen(cases.size());
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    const Weights w = learn(cases, fold, pairs.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
      if (cases[i].fold == fold) unseen[i] = probabilities_of(cases[i], w);
    }
  }
  double sure = 0.9;
  fmt::print("sure   right  wrong  asked again (per cent of {} answers, each by weights that did not see its question)\n",
             cases.size());
  for (double s = 0.9; s > 0.39; s -= 0.05) {
    Tally t;
    for (std::size_t i = 0; i < cases.size(); ++i) judge(t, cases[i], taken(cases[i], unseen[i], s));
    fmt::print("{:.2f}  {:6.1f} {:6.2f} {:6.1f}\n", s, t.percent(t.right), t.percent(t.wrong), t.percent(t.again));
    if (t.percent(t.wrong) <= kMostWrong) sure = s;
  }
  if (option.contains("--sure")) sure = std::stod(option["--sure"]);
  const Weights w = learn(cases, kFolds, pairs.size());
  std::map<std::string, std::pair<Tally, Tally>> by_set;
  std::ofstream failures(option.contains("--failures") ? option["--failures"] : "/dev/null");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& c = cases[i];
    auto& [cross, own] = by_set[c.set];
    const std::string got = taken(c, unseen[i], sure);
    judge(cross, c, got);
    judge(own, c, taken(c, probabilities_of(c, w), sure));
    const bool none = c.label == "-" || c.label == "?" || c.label == "dont_know";
    if (got == c.label || (none && got.empty())) continue;
    failures << fmt::format("{}.{}\t{}\t[{}] got {}\t{}\n", c.set, c.question, c.text, c.label, got.empty() ? "-" : got,
                            explained(c, unseen[i], w));
  }
  fmt::print("\nat {:.2f}       unseen questions        learned from\n", sure);
  for (const auto& [name, t] : by_set) {
    const auto& [cross, own] = t;
    fmt::print("{:<12} {:5} right {:5.1f} wrong {:4.1f}   right {:5.1f} wrong {:4.1f}\n", name,
               cross.right + cross.wrong + cross.again, cross.percent(cross.right), cross.percent(cross.wrong),
               own.percent(own.right), own.percent(own.wrong));
  }
  if (option.contains("--write")) write(option["--write"], w, pairs, sure);
  return 0;
}
