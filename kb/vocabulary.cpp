#include "kb/vocabulary.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace usher::kb {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kMaxLines = 20'000;
constexpr std::size_t kMaxPhrases = 32;
constexpr std::size_t kMaxPhrase = 64;
constexpr std::size_t kMaxSynonyms = 16;
constexpr std::size_t kMaxProblems = 100;
constexpr int kMaxLevels = 3;  // model, family, kind of device

bool has_han(std::string_view folded) {
  return std::ranges::any_of(folded, [](char c) { return static_cast<unsigned char>(c) >= 0xE3; });
}

// The words of a phrase as a question has them: without pairs and without what lies inside a longer term.
std::vector<const Term*> words_of(const std::vector<Term>& terms) {
  std::vector<const Term*> words;
  std::size_t end = 0;
  for (const Term& term : terms) {
    if (term.kind == Term::Kind::kPair || term.begin < end) continue;
    words.push_back(&term);
    end = term.end;
  }
  return words;
}

// The words of a product's name however it is written: "XPS 13 9310" is "XPS-13 9310".
std::string product_key(std::string_view product) {
  std::vector<std::string> words;
  for (Term& term : Analyzer::shared().analyze(product, false)) {
    if (term.kind != Term::Kind::kPair) words.push_back(std::move(term.text));
  }
  std::ranges::sort(words);
  std::string key;
  for (const std::string& word : words) key += word + " ";
  return key;
}

bool is_year(std::string_view text) {
  return text.size() == 4 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "(2020-2022)", "(2022-)" or "(-2019)" at the end of a model: taken off and read. "(2024)" is part of a name.
std::optional<Vocabulary::Years> take_years(std::string& phrase) {
  const std::size_t open = phrase.rfind('(');
  if (open == std::string::npos || open == 0 || !phrase.ends_with(')')) return std::nullopt;
  std::string inside = phrase.substr(open + 1, phrase.size() - open - 2);
  for (const std::string_view dash : {"–", "—"}) {
    if (const std::size_t at = inside.find(dash); at != std::string::npos) inside.replace(at, dash.size(), "-");
  }
  const std::size_t dash = inside.find('-');
  if (dash == std::string::npos) return std::nullopt;
  const std::string since = text::trim(std::string_view(inside).substr(0, dash));
  const std::string until = text::trim(std::string_view(inside).substr(dash + 1));
  if ((since.empty() && until.empty()) || (!since.empty() && !is_year(since)) || (!until.empty() && !is_year(until)))
    return std::nullopt;
  phrase = text::trim(std::string_view(phrase).substr(0, open));
  return Vocabulary::Years{since.empty() ? 0 : std::stoi(since), until.empty() ? 0 : std::stoi(until)};
}

}  // namespace

struct Vocabulary::Compiled {
  struct Phrase {
    std::size_t group, number;
    std::vector<std::string> words;  // what a text must hold in this order
    std::vector<Term> terms;         // what is searched for instead
    std::string folded;              // Chinese: the characters, because words are cut by what stands around them
  };
  std::vector<Phrase> phrases;
  std::unordered_map<std::string, std::vector<std::size_t>> by_word;   // first word → phrases
  std::unordered_map<std::string, std::vector<std::size_t>> by_start;  // first two characters of a Chinese phrase
  std::vector<std::vector<std::size_t>> members;                       // by group
  std::unordered_map<std::string, std::vector<std::string>> related;   // folded product → names
  std::unordered_map<std::string, std::vector<std::string>> families;  // folded model → families
  std::unordered_set<std::string> whole;                               // folded phrases
  std::unordered_map<std::string, int> gone;                           // product_key → years_gone, where not 0
};

Vocabulary::Vocabulary(std::vector<Group> groups) : groups_(std::move(groups)) {
  const Analyzer& analyzer = Analyzer::shared();
  auto compiled = std::make_unique<Compiled>();
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const Group& group = groups_[g];
    compiled->members.emplace_back();
    for (std::size_t n = 0; n < group.phrases.size(); ++n) {
      Compiled::Phrase phrase{g, n, {}, analyzer.analyze(group.phrases[n], true), analyzer.fold(group.phrases[n])};
      for (const Term* word : words_of(phrase.terms)) phrase.words.push_back(word->text);
      compiled->whole.insert(phrase.folded);
      if (phrase.words.empty()) continue;
      const std::size_t index = compiled->phrases.size();
      // Two characters take six bytes.
      if (has_han(phrase.folded) && phrase.folded.size() >= 6) {
        compiled->by_start[phrase.folded.substr(0, 6)].push_back(index);
      } else {
        phrase.folded.clear();
        compiled->by_word[phrase.words[0]].push_back(index);
      }
      compiled->members[g].push_back(index);
      compiled->phrases.push_back(std::move(phrase));
      if (!group.is_family) continue;
      if (n != 0) compiled->families[analyzer.fold(group.phrases[n])].push_back(group.phrases[0]);
      std::vector<std::string>& names = compiled->related[analyzer.fold(group.phrases[n])];
      for (std::size_t other = n == 0 ? 1 : 0; other < (n == 0 ? group.phrases.size() : 1); ++other)
        names.push_back(group.phrases[other]);
    }
  }
  int newest = 0;
  for (const Group& group : groups_) {
    for (const Years& years : group.years) newest = std::max({newest, years.since, years.until});
  }
  for (const Group& group : groups_) {
    for (std::size_t n = 0; n < std::min(group.years.size(), group.phrases.size()); ++n) {
      const int until = group.years[n].until;
      if (until != 0) compiled->gone[product_key(group.phrases[n])] = std::clamp(newest - until, 1, kOldest);
    }
  }
  compiled_ = std::move(compiled);
}

Vocabulary::~Vocabulary() = default;

bool Vocabulary::has_phrase(std::string_view folded) const {
  return compiled_->whole.contains(std::string(folded));
}

int Vocabulary::years_gone(std::string_view product) const {
  if (compiled_->gone.empty()) return 0;
  const auto found = compiled_->gone.find(product_key(product));
  return found == compiled_->gone.end() ? 0 : found->second;
}

std::vector<Synonym> Vocabulary::expand(std::string_view text, const std::vector<Term>& terms, std::string_view language) const {
  struct Match {
    std::size_t begin, end, phrase;
  };
  std::vector<Match> matches;
  const auto speaks = [&](std::size_t phrase) {
    const Group& group = groups_[compiled_->phrases[phrase].group];
    return group.language.empty() || language.empty() || group.language == language;
  };
  const std::vector<const Term*> words = words_of(terms);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto found = compiled_->by_word.find(words[i]->text);
    if (found == compiled_->by_word.end()) continue;
    for (const std::size_t p : found->second) {
      const std::vector<std::string>& wanted = compiled_->phrases[p].words;
      if (!speaks(p) || i + wanted.size() > words.size()) continue;
      bool same = true;
      for (std::size_t n = 1; n < wanted.size() && same; ++n) same = words[i + n]->text == wanted[n];
      if (same) matches.push_back({words[i]->begin, words[i + wanted.size() - 1]->end, p});
    }
  }
  // Only text that is its own folded form keeps its byte positions; elsewhere whole words stand in for them.
  if (!compiled_->by_start.empty() && has_han(text)) {
    const std::string folded = Analyzer::shared().fold(text);
    const bool exact = folded.size() == text.size();
    for (std::size_t at = 0; at + 6 <= folded.size(); ++at) {
      if (static_cast<unsigned char>(folded[at]) < 0xE3) continue;
      const auto found = compiled_->by_start.find(folded.substr(at, 6));
      if (found == compiled_->by_start.end()) continue;
      for (const std::size_t p : found->second) {
        const std::string& wanted = compiled_->phrases[p].folded;
        if (!speaks(p) || folded.compare(at, wanted.size(), wanted) != 0) continue;
        matches.push_back({exact ? at : 0, exact ? at + wanted.size() : text.size(), p});
      }
    }
  }
  // A longer phrase says more exactly what is meant than one inside it.
  std::ranges::sort(matches, {}, [](const Match& m) { return std::tuple(~(m.end - m.begin), m.begin, m.phrase); });
  std::vector<Synonym> synonyms;
  std::vector<std::pair<std::size_t, std::size_t>> taken;
  for (const Match& match : matches) {
    const bool inside = std::ranges::any_of(taken, [&](const auto& range) {
      return range.first <= match.begin && match.end <= range.second && range.second - range.first > match.end - match.begin;
    });
    if (inside) continue;
    taken.emplace_back(match.begin, match.end);
    const Compiled::Phrase& phrase = compiled_->phrases[match.phrase];
    const Group& group = groups_[phrase.group];
    for (const std::size_t other : compiled_->members[phrase.group]) {
      const Compiled::Phrase& instead = compiled_->phrases[other];
      if (other == match.phrase || instead.words == phrase.words) continue;
      if (group.is_family && phrase.number != 0 && instead.number != 0) continue;  // a sister model is another product
      if (synonyms.size() == kMaxSynonyms) return synonyms;
      synonyms.push_back(
          {match.begin, match.end, instead.terms, group.is_family && phrase.number == 0 ? kModelWeight : kSynonymWeight});
    }
  }
  return synonyms;
}

std::vector<std::string> Vocabulary::related_products(std::string_view product) const {
  const Analyzer& analyzer = Analyzer::shared();
  const auto found = compiled_->related.find(analyzer.fold(text::trim(product)));
  if (found == compiled_->related.end()) return {};
  std::vector<std::string> names = found->second;
  // Upwards from there, level by level: "iPhone 12" is an "iPhone" is a "phone".
  std::vector<std::string> level{std::string(text::trim(product))};
  for (int n = 0; n < kMaxLevels && !level.empty(); ++n) {
    std::vector<std::string> above;
    for (const std::string& name : level) {
      const auto families = compiled_->families.find(analyzer.fold(name));
      if (families != compiled_->families.end()) above.insert(above.end(), families->second.begin(), families->second.end());
    }
    for (const std::string& name : above) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    level = std::move(above);
  }
  return names;
}

std::shared_ptr<const Vocabulary> parse_vocabulary(std::string_view file_name, std::string_view bytes,
                                                   std::vector<Problem>& problems) {
  std::vector<Vocabulary::Group> groups;
  const auto finish = [&] { return std::make_shared<const Vocabulary>(std::move(groups)); };
  int line = 0;
  std::size_t found = 0;
  const auto problem = [&](std::size_t column, std::string message, std::string hint) {
    if (found++ < kMaxProblems)
      problems.push_back(
          {std::string(file_name), std::max(line, 1), static_cast<int>(column), std::move(message), std::move(hint)});
  };
  if (bytes.size() > kMaxBytes) {
    problem(1, "the file is larger than 1 MiB", "keep wordings customers use, not a dictionary");
    return finish();
  }
  if (!text::is_valid_utf8(bytes)) {
    problem(1, "the file is not UTF-8", "save it as UTF-8");
    return finish();
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::map<std::pair<std::string, std::string>, int> seen;  // language and phrase → line
  for (const std::string& raw : text::split(bytes, '\n')) {
    if (static_cast<std::size_t>(++line) > kMaxLines) {
      problem(1, "more than 20,000 lines", "the rest is not read");
      break;
    }
    const std::string content = text::trim(std::string_view(raw).substr(0, raw.find('#')));
    if (content.empty()) continue;
    const std::size_t colon = content.find(':');
    const std::string kind = colon == std::string::npos ? "" : text::trim(std::string_view(content).substr(0, colon));
    if (kind != "en" && kind != "zh" && kind != "product") {
      problem(1, "the line begins with neither \"en:\", \"zh:\" nor \"product:\"", "en: turn on = power on = start up");
      continue;
    }
    const std::string_view rest = std::string_view(content).substr(colon + 1);
    Vocabulary::Group group{kind == "product" ? "" : kind, {}, kind == "product", {}};
    const auto add = [&](std::string_view raw_phrase) {
      std::string phrase = text::collapse_spaces(raw_phrase);
      const auto years = group.is_family ? take_years(phrase) : std::nullopt;
      if (years && years->since != 0 && years->until != 0 && years->until < years->since)
        problem(1, "\"" + phrase + "\" was sold until before it was sold", "write the first year first: (2020-2022)");
      if (phrase.empty() || text::length(phrase) > kMaxPhrase) {
        problem(1, phrase.empty() ? "a phrase is missing" : "\"" + text::cut(phrase, 30) + "\" is longer than 64 characters",
                kind == "product" ? "product: FAMILY > MODEL, MODEL" : kind + ": one wording = another");
        return;
      }
      const auto [entry, is_new] =
          seen.try_emplace({group.is_family && group.phrases.empty() ? ">" : kind, text::fold(phrase)}, line);
      if (!is_new) {
        problem(1, "\"" + phrase + "\" is already in line " + std::to_string(entry->second),
                "write everything that means the same in one line");
        return;
      }
      group.phrases.push_back(std::move(phrase));
      if (!years) return;
      group.years.resize(group.phrases.size());
      group.years.back() = *years;
    };
    std::string_view members = rest;
    if (group.is_family) {
      const std::size_t sign = rest.find('>');
      if (sign == std::string_view::npos) {
        problem(1, "a product line needs \">\" between the family and its models", "product: XPS 13 > XPS-13 9310, XPS-13 9315");
        continue;
      }
      add(rest.substr(0, sign));
      if (group.phrases.empty()) continue;
      members = rest.substr(sign + 1);
    }
    for (const std::string& phrase : text::split(members, group.is_family ? ',' : '=')) add(phrase);
    if (group.phrases.size() > kMaxPhrases) {
      problem(1, "more than 32 phrases in one line", "the rest is left out");
      group.phrases.resize(kMaxPhrases);
    }
    if (group.phrases.size() < 2) {
      problem(1, "one phrase alone means nothing else",
              group.is_family ? "name its models after \">\"" : "add another wording after \"=\"");
      continue;
    }
    groups.push_back(std::move(group));
  }
  return finish();
}

}  // namespace usher::kb
