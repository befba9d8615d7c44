#include "dialogs/lexicon_implied.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>
#include <utility>

#include "dialogs/lexicon.h"
#include "dialogs/lexicon_data.h"
#include "dialogs/phrase_table.h"

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;

bool left_out(const Word& w) {
  static constexpr std::array<std::string_view, 16> kLatin = {"a",    "an",   "the",  "my",   "our",    "his",   "her", "their",
                                                              "this", "that", "very", "just", "really", "quite", "so",  "pretty"};
  static constexpr std::array<std::string_view, 14> kHan = {"的", "了", "个", "很", "太", "都", "也",
                                                            "就", "还", "又", "啊", "吧", "呢", "啦"};
  if (w.kind == Kind::kHan) return std::ranges::find(kHan, w.text) != kHan.end() || w.text == "嘛";
  return w.kind == Kind::kLatin && std::ranges::find(kLatin, w.folded) != kLatin.end();
}

// A message without the words that are left out, and where the others stand in it.
struct Core {
  Message message;
  std::vector<std::size_t> places;

  explicit Core(const Message& from) {
    for (std::size_t i = 0; i < from.words.size(); ++i) {
      if (left_out(from.words[i])) continue;
      message.words.push_back(from.words[i]);
      places.push_back(i);
    }
  }
};

Phrase core_of(std::string_view phrase) {
  Phrase out;
  for (Word& w : read_words(phrase).words) {
    if (w.kind != Kind::kBreak && !left_out(w)) out.push_back(std::move(w.text));
  }
  return out;
}

// "Needle is right on E" holds "needle on e".
bool is_light(const Word& w) {
  if (is_negator(w)) return false;
  return w.kind == Kind::kHan ? is_particle(w.text) : w.kind == Kind::kLatin && is_stop_word(w.text);
}

constexpr std::size_t kCounted = 64;  // words of a question that count for how surely it is about a fact

enum Role : std::uint8_t { kAbout = 1, kWith = 2, kAsksNot = 4 };

class Facts {
 public:
  Facts() {
    for (const LexiconBlock& block : lexicon_blocks()) {
      if (block.kind != "implied") continue;
      const auto fact = static_cast<std::uint16_t>(wants_with_.size());
      wants_with_.push_back(false);
      for (const LexiconLine& line : block.lines) {
        if (line.sign == "+" || line.sign == "-") {
          const auto pole = static_cast<std::int8_t>(line.sign == "+" ? 1 : -1);
          each_phrase(line.phrases, [&](std::string_view phrase) {
            if (auto* said = said_.at(core_of(phrase))) said->push_back({fact, pole});
          });
          continue;
        }
        const Role role = line.sign == "with" ? kWith : line.sign == "asks-not" ? kAsksNot : kAbout;
        if (role == kWith) wants_with_[fact] = true;
        each_phrase(line.phrases, [&](std::string_view phrase) {
          if (auto* asked = asked_.at(core_of(phrase))) asked->push_back({fact, role});
        });
      }
    }
  }

  // What a text holds of a fact.
  struct Held {
    std::uint16_t fact = 0;
    std::uint8_t roles = 0;
    std::uint64_t words = 0;  // which words, of the first kCounted
  };
  std::vector<Held> held(const Message& text) const {
    std::vector<Held> out;
    const Core core(text);
    asked_.scan_all(core.message, is_light,
                    [&](std::size_t b, std::size_t e, const std::vector<std::pair<std::uint16_t, Role>>& found) {
                      std::uint64_t words = 0;
                      for (std::size_t i = b; i < e && i < kCounted; ++i) words |= std::uint64_t{1} << i;
                      for (const auto& [fact, role] : found) out.push_back({fact, role, words});
                    });
    std::ranges::sort(out, {}, &Held::fact);
    std::size_t n = 0;
    for (const Held& one : out) {
      if (n > 0 && out[n - 1].fact == one.fact) {
        out[n - 1].roles |= one.roles;
        out[n - 1].words |= one.words;
      } else {
        out[n++] = one;
      }
    }
    out.resize(n);
    return out;
  }

  bool complete(std::uint16_t fact, std::uint8_t roles) const {
    // "Is it empty?" says with which thing by asking for the opposite.
    return (roles & kAbout) != 0 && (!wants_with_[fact] || (roles & (kWith | kAsksNot)) != 0);
  }

  std::vector<ImpliedWord> scan(const Message& said, std::span<const AskedFact> facts) const {
    std::vector<ImpliedWord> out;
    const Core core(said);
    said_.scan_all(core.message, is_light,
                   [&](std::size_t b, std::size_t e, const std::vector<std::pair<std::uint16_t, std::int8_t>>& all) {
                     for (const auto& [fact, pole] : all) {
                       if (std::ranges::find(facts, fact, &AskedFact::fact) == facts.end()) continue;
                       const ImpliedWord word{fact, pole, e - b > (core.message.words[b].kind == Kind::kHan ? 2U : 1U),
                                              core.places[b], core.places[e - 1] + 1};
                       const auto before = std::ranges::find(out.rbegin(), out.rend(), fact, &ImpliedWord::fact);
                       if (before == out.rend() || before->end <= word.begin) {
                         out.push_back(word);
                       } else if (before->begin == word.begin && before->end < word.end) {
                         *before = word;
                       }
                     }
                   });
    return out;
  }

 private:
  PhraseTable<std::vector<std::pair<std::uint16_t, Role>>> asked_;
  PhraseTable<std::vector<std::pair<std::uint16_t, std::int8_t>>> said_;
  std::vector<bool> wants_with_;
};

const Facts& facts() {
  static const Facts all;
  return all;
}

std::int8_t pole_of(std::uint8_t roles) {
  return (roles & kAsksNot) != 0 ? -1 : 1;
}

}  // namespace

std::vector<AskedFact> facts_asked(const Message& question) {
  std::vector<AskedFact> out;
  for (const Facts::Held& held : facts().held(question)) {
    if (!facts().complete(held.fact, held.roles)) continue;
    out.push_back({held.fact, pole_of(held.roles), static_cast<std::uint8_t>(std::popcount(held.words))});
  }
  return out;
}

std::vector<AskedFact> facts_said(const Message& label, const Message& question) {
  const auto own = facts().held(label);
  if (own.empty()) return {};
  const auto asked = facts().held(question);
  const bool denies = std::ranges::any_of(label.words, is_negator);
  std::vector<AskedFact> out;
  for (const Facts::Held& held : own) {
    const auto it = std::ranges::find(asked, held.fact, &Facts::Held::fact);
    const auto with = static_cast<std::uint8_t>(it == asked.end() ? held.roles : held.roles | (it->roles & ~kAsksNot));
    if ((held.roles & (kAbout | kAsksNot)) == 0 || !facts().complete(held.fact, with)) continue;
    const int words = std::popcount(held.words) + (it == asked.end() ? 0 : std::popcount(it->words));
    out.push_back({held.fact, static_cast<std::int8_t>(pole_of(with) * (denies ? -1 : 1)), static_cast<std::uint8_t>(words)});
  }
  return out;
}

std::vector<ImpliedWord> implied_in(const Message& said, std::span<const AskedFact> facts_of) {
  return facts_of.empty() ? std::vector<ImpliedWord>{} : facts().scan(said, facts_of);
}

}  // namespace usher::dialogs
