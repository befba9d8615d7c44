#include "dialogs/lexicon_states.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "dialogs/lexicon.h"
#include "dialogs/lexicon_data.h"
#include "dialogs/lexicon_things.h"
#include "dialogs/phrase_table.h"

namespace usher::dialogs {
namespace {

// The axes is_general(), is_wavering() and is_amount() speak of come first, whatever file they stand in.
constexpr std::array<std::string_view, 3> kRoles = {"general", "wavering", "amount"};

class States {
 public:
  States() {
    values_.resize(kRoles.size(), 0);
    for (const LexiconBlock& block : lexicon_blocks()) {
      if (block.kind == "axis") add_axis(block);
    }
    axes_ = values_.size();
    std::size_t axis = axes_;
    for (const LexiconBlock& block : lexicon_blocks()) {
      if (block.kind == "set") add_set(block, static_cast<std::uint8_t>(axis++));
    }
    for (const LexiconBlock& block : lexicon_blocks()) {
      if (block.kind != "not-states") continue;
      for (const LexiconLine& line : block.lines) add(line.phrases, {});
    }
    inherit();
  }

  std::vector<StateWord> scan(const Message& message) const {
    std::vector<StateWord> out;
    words_.scan(message, [&](std::size_t begin, std::size_t end, const std::vector<Sense>& senses) {
      if (!senses.empty() && means_state(message.words, begin, end - begin)) out.push_back({begin, end, senses});
    });
    return out;
  }
  bool is_axis(std::uint8_t axis) const { return axis < axes_; }  // else a set
  std::size_t breadth(std::uint8_t axis) const { return axis < breadths_.size() ? breadths_[axis] : 0; }
  int value(std::uint8_t axis) const { return axis < axes_ ? values_[axis] : 0; }

 private:
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

  void add_axis(const LexiconBlock& block) {
    const auto role = std::ranges::find(kRoles, block.attribute("role"));
    std::size_t axis = static_cast<std::size_t>(role - kRoles.begin());
    if (role == kRoles.end()) {
      axis = values_.size();
      values_.push_back(0);
    }
    const std::string_view good = block.attribute("good");
    values_[axis] = good == "+" ? 1 : good == "-" ? -1 : 0;
    const auto a = static_cast<std::uint8_t>(axis);
    for (const LexiconLine& line : block.lines) {
      add(line.phrases, {a, static_cast<std::int8_t>(line.sign == "-" ? -1 : 1), line.sign == "~"});
    }
  }
  void add_set(const LexiconBlock& block, std::uint8_t axis) {
    std::vector<std::string_view> values;
    for (const LexiconLine& line : block.lines) {
      auto it = std::ranges::find(values, line.sign);
      if (it == values.end()) it = values.insert(it, line.sign);
      add(line.phrases, {axis, static_cast<std::int8_t>(it - values.begin() + 1), false});
    }
  }
  void add(std::string_view phrases, Sense sense) {
    each_phrase(phrases, [&](std::string_view phrase) {
      std::vector<Sense>* senses = words_.at(to_phrase(phrase));
      if (senses == nullptr || sense.pole == 0) return;
      if (std::ranges::any_of(*senses, [&](const Sense& s) { return s.axis == sense.axis; })) return;
      if (breadths_.size() <= sense.axis) breadths_.resize(sense.axis + 1U, 0);
      ++breadths_[sense.axis];
      senses->insert(std::ranges::upper_bound(*senses, sense.axis, {}, &Sense::axis), sense);
    });
  }

  // A phrase hides the states within it, so it takes them over: "completely frozen up" is frozen as well. Not what it denies, nor
  // verbs and particles whose meaning the phrase decides ("running low" does not run).
  void inherit() {
    static constexpr std::array<std::string_view, 22> kLight = {"run",   "go",  "com", "turn", "get", "keep", "stay", "look",
                                                                "on",    "off", "in",  "out",  "up",  "down", "over", "of",
                                                                "start", "see", "too", "show", "at",  "back"};
    const auto light = [](const std::string& w) { return std::ranges::find(kLight, w) != kLight.end(); };
    words_.each([&](const Phrase& phrase, std::vector<Sense>& senses) {
      if (senses.empty()) return;
      const bool han = static_cast<unsigned char>(phrase.front().front()) >= 0xE0;
      if (han && std::ranges::any_of(phrase, denies)) return;  // 开不了 denies what comes before
      for (std::size_t begin = 0; begin < phrase.size() && !denies(phrase[begin]); ++begin) {
        for (std::size_t end = begin + 1; end <= phrase.size(); ++end) {
          if (end - begin == phrase.size()) continue;
          if (std::all_of(phrase.begin() + static_cast<std::ptrdiff_t>(begin), phrase.begin() + static_cast<std::ptrdiff_t>(end),
                          light))
            continue;
          if (han && end - begin == 1 && !(begin == 0 && is_particle(phrase[1]) && phrase.size() == 2)) continue;
          const std::vector<Sense>* inner = words_.find(
              Phrase(phrase.begin() + static_cast<std::ptrdiff_t>(begin), phrase.begin() + static_cast<std::ptrdiff_t>(end)));
          if (inner == nullptr) continue;
          for (const Sense& sense : *inner) {
            if (std::ranges::none_of(senses, [&](const Sense& s) { return s.axis == sense.axis; })) senses.push_back(sense);
          }
        }
      }
      std::ranges::sort(senses, {}, &Sense::axis);
    });
  }
  static bool denies(const std::string& word) { return is_negator({word, word}); }

  std::vector<std::int8_t> values_;  // of an axis: the pole that is good
  std::size_t axes_ = 0;
  std::vector<std::size_t> breadths_;
  PhraseTable<std::vector<Sense>> words_;
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
  if (!table().is_axis(said.axis)) {  // "not red" need not be green
    return {.sign = said.pole == asked.pole ? 1 : -1, .only_if_plain = said.pole != asked.pole};
  }
  if (said.kind && asked.kind) return {};
  Comparison c{.sign = said.pole == asked.pole ? 1 : -1};
  c.only_if_negated = asked.kind && c.sign > 0;
  c.only_if_plain = said.kind;
  return c;
}

int value_of(const Sense& sense) {
  return table().value(sense.axis) * sense.pole;
}
bool is_general(const Sense& sense) {
  return sense.axis == 0;
}
std::size_t breadth(const Sense& sense) {
  return table().breadth(sense.axis);
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
  static const std::unordered_multimap<std::string, std::string_view> kGroups = [] {
    std::unordered_multimap<std::string, std::string_view> out;
    for (const LexiconBlock& block : lexicon_blocks()) {
      if (block.kind != "names") continue;
      for (const LexiconLine& line : block.lines) {
        each_phrase(line.phrases, [&](std::string_view phrase) {
          if (const Phrase p = to_phrase(phrase); p.size() == 1) out.emplace(p[0], line.sign);
        });
      }
    }
    return out;
  }();
  if (a == b) return true;
  const auto [b1, e1] = kGroups.equal_range(a);
  for (auto i = b1; i != e1; ++i) {
    if (i->second == "anything") return true;
    const auto [b2, e2] = kGroups.equal_range(b);
    for (auto k = b2; k != e2; ++k) {
      if (i->second == k->second) return true;
    }
  }
  const auto what = things_of({a});
  if (what.empty()) return false;
  const Kin k = kin(what, things_of({b}));
  return k == Kin::kSame || k == Kin::kKind;
}

}  // namespace usher::dialogs
