#include "dialogs/lexicon_states.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "dialogs/lexicon_state_tables.h"

namespace usher::dialogs {
namespace {

class States {
 public:
  States() {
    std::uint8_t axis = 0;
    for (const StateAxis& a : state_axes()) {
      add(a.plus, {axis, 1, false});
      add(a.kinds, {axis, 1, true});
      add(a.minus, {axis, -1, false});
      ++axis;
    }
    for (const auto& set : exclusives()) {
      std::int8_t value = 0;
      for (const std::string_view names : set) add(names, {axis, ++value, false});
      ++axis;
    }
    add(things(), {});
    for (auto& [first, list] : by_first_word_) {
      std::ranges::sort(list, std::ranges::greater{}, [](const Known& k) { return k.phrase.size(); });
    }
  }

  std::vector<StateWord> scan(const Message& message) const {
    std::vector<StateWord> out;
    const auto& words = message.words;
    for (std::size_t i = 0; i < words.size();) {
      const Known* match = words[i].kind == Word::Kind::kBreak ? nullptr : longest(words, i);
      if (match != nullptr && !match->senses.empty() && means_state(words, i, match->phrase.size()))
        out.push_back({i, i + match->phrase.size(), match->senses});
      i += match == nullptr ? 1 : match->phrase.size();
    }
    return out;
  }

 private:
  struct Known {
    Phrase phrase;
    std::vector<Sense> senses;
  };

  // "On" says a state at the end of what is said ("the light is on now"), not before a thing ("the one on the adapter").
  static bool means_state(const std::vector<Word>& words, std::size_t at, std::size_t length) {
    static constexpr std::array<std::string_view, 3> kPlaces = {"on", "in", "out"};
    static constexpr std::array<std::string_view, 31> kAfter = {
        "right", "at",    "every", "today", "always", "for",  "with",  "because", "only",   "now", "again",
        "and",   "but",   "when",  "after", "before", "if",   "then",  "still",   "yet",    "too", "or",
        "all",   "since", "while", "as",    "not",    "fine", "there", "so",      "already"};
    const bool stop = words[at].text == "stop" || words[at].text == "quit";
    if (length != 1 || at + 1 >= words.size() || words[at + 1].kind != Word::Kind::kLatin) return true;
    if (stop) return !words[at + 1].folded.ends_with("ing");  // "stopped doing that" denies what follows
    if (std::ranges::find(kPlaces, words[at].text) == kPlaces.end()) return true;
    return std::ranges::find(kAfter, words[at + 1].folded) != kAfter.end();
  }

  const Known* longest(const std::vector<Word>& words, std::size_t at) const {
    const auto it = by_first_word_.find(words[at].text);
    if (it == by_first_word_.end()) return nullptr;
    for (const Known& k : it->second) {
      if (at + k.phrase.size() <= words.size() &&
          std::equal(k.phrase.begin(), k.phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(at),
                     [](const std::string& a, const Word& b) { return b.is(a); }))
        return &k;
    }
    return nullptr;
  }

  void add(std::string_view phrases, Sense sense) {
    while (!phrases.empty()) {
      const auto bar = phrases.find('|');
      Phrase phrase = to_phrase(phrases.substr(0, bar));
      phrases = bar == std::string_view::npos ? std::string_view{} : phrases.substr(bar + 1);
      if (phrase.empty()) continue;
      auto& list = by_first_word_[phrase.front()];
      auto known = std::ranges::find(list, phrase, &Known::phrase);
      if (known == list.end()) known = list.insert(list.end(), {std::move(phrase), {}});
      if (sense.pole == 0) continue;
      const bool there = std::ranges::any_of(known->senses, [&](const Sense& s) { return s.axis == sense.axis; });
      if (!there) known->senses.push_back(sense);
    }
  }

  std::unordered_map<std::string, std::vector<Known>> by_first_word_;
};

const States& table() {
  static const States states;
  return states;
}

}  // namespace

std::vector<StateWord> states_in(const Message& message) {
  return table().scan(message);
}

Comparison compare(const Sense& said, const Sense& asked) {
  if (said.axis != asked.axis) return {};
  if (said.axis >= state_axes().size()) {  // "not red" need not be green
    return {.sign = said.pole == asked.pole ? 1 : -1, .only_if_plain = said.pole != asked.pole};
  }
  if (said.kind && asked.kind) return {};
  Comparison c{.sign = said.pole == asked.pole ? 1 : -1};
  c.only_if_negated = asked.kind && c.sign > 0;
  c.only_if_plain = said.kind;
  return c;
}

int value_of(const Sense& sense) {
  return sense.axis < state_axes().size() ? state_axes()[sense.axis].good * sense.pole : 0;
}
bool is_general(const Sense& sense) {
  return sense.axis == 0;
}
bool is_amount(const Sense& sense) {
  return sense.axis == 2;
}
bool is_wavering(const Sense& sense) {
  return sense.axis == 1 && sense.pole > 0;
}

bool opposed(std::span<const Sense> a, std::span<const Sense> b) {
  return std::ranges::any_of(
      a, [&](const Sense& x) { return std::ranges::any_of(b, [&](const Sense& y) { return compare(x, y).sign < 0; }); });
}

bool same_thing(const std::string& a, const std::string& b) {
  static const std::unordered_multimap<std::string, int> kGroups = [] {
    std::unordered_multimap<std::string, int> out;
    int group = 0;
    for (std::string_view list : names()) {
      while (!list.empty()) {
        const auto bar = list.find('|');
        const Phrase p = to_phrase(list.substr(0, bar));
        if (p.size() == 1) out.emplace(p[0], group);
        list = bar == std::string_view::npos ? std::string_view{} : list.substr(bar + 1);
      }
      ++group;
    }
    return out;
  }();
  if (a == b) return true;
  const auto [b1, e1] = kGroups.equal_range(a);
  for (auto i = b1; i != e1; ++i) {
    if (i->second == 0) return true;
    const auto [b2, e2] = kGroups.equal_range(b);
    for (auto k = b2; k != e2; ++k) {
      if (i->second == k->second) return true;
    }
  }
  return false;
}

}  // namespace usher::dialogs
