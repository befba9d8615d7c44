#include "dialogs/lexicon_things.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "dialogs/lexicon_data.h"
#include "dialogs/phrase_table.h"

namespace usher::dialogs {
namespace {

constexpr int kDeepest = 8;  // classes above a class; a loop in the files must not hang us

class Things {
 public:
  Things() {
    for (const LexiconBlock& block : lexicon_blocks()) {
      if (block.kind == "class") classes_.push_back({block.name, kNoClass, {}});
    }
    std::size_t i = 0;
    for (const LexiconBlock& block : lexicon_blocks()) {
      if (block.kind != "class") continue;
      const auto own = static_cast<ThingClass>(i++);
      classes_[own].above = class_of(block.attribute("<"));
      std::unordered_map<std::string_view, std::uint16_t> numbers;  // names of one kind share a number
      for (const LexiconLine& line : block.lines) {
        if (line.sign == "of") {
          each_phrase(line.phrases, [&](std::string_view name) { classes_[own].part_of.push_back(class_of(name)); });
          continue;
        }
        const bool each_its_own = line.sign == "+";
        each_phrase(line.phrases, [&](std::string_view phrase) {
          std::uint16_t& number = each_its_own ? ++word_ : numbers[line.sign];
          if (number == 0) number = ++word_;
          add(phrase, {own, line.sign == "=", number});
        });
      }
    }
  }

  const PhraseTable<std::vector<ThingSense>>& words() const { return table_; }
  std::string_view name(ThingClass c) const { return c < classes_.size() ? classes_[c].name : std::string_view{}; }
  ThingClass class_of(std::string_view name) const {
    const auto it = std::ranges::find(classes_, name, &Class::name);
    return name.empty() || it == classes_.end() ? kNoClass : static_cast<ThingClass>(it - classes_.begin());
  }
  ThingClass above(ThingClass c) const { return c < classes_.size() ? classes_[c].above : kNoClass; }
  bool within(ThingClass c, ThingClass wider) const {
    for (int i = 0; i < kDeepest && c != kNoClass; ++i, c = above(c)) {
      if (c == wider) return true;
    }
    return false;
  }
  // Of `whole`, of something that is a kind of it, or of what it is a kind of.
  bool part(ThingClass c, ThingClass whole) const {
    for (int i = 0; i < kDeepest && c != kNoClass; ++i, c = above(c)) {
      for (const ThingClass of : classes_[c].part_of) {
        if (within(whole, of) || within(of, whole)) return true;
      }
    }
    return false;
  }

 private:
  struct Class {
    std::string_view name;
    ThingClass above;
    std::vector<ThingClass> part_of;
  };
  void add(std::string_view phrase, ThingSense sense) {
    if (std::vector<ThingSense>* senses = table_.at(to_phrase(phrase))) {
      if (std::ranges::none_of(*senses, [&](const ThingSense& s) { return s.in == sense.in; })) senses->push_back(sense);
    }
  }
  std::vector<Class> classes_;
  std::uint16_t word_ = 0;
  PhraseTable<std::vector<ThingSense>> table_;
};

const Things& things() {
  static const Things all;
  return all;
}

Kin kin_of(const ThingSense& a, const ThingSense& b) {
  const Things& t = things();
  if (a.word == b.word) return Kin::kSame;
  if (a.in == b.in && a.name != b.name) return a.name ? Kin::kWider : Kin::kKind;
  if (b.name && t.within(a.in, b.in)) return Kin::kKind;
  if (a.name && t.within(b.in, a.in)) return Kin::kWider;
  if (t.part(a.in, b.in)) return Kin::kPart;
  if (t.part(b.in, a.in)) return Kin::kWhole;
  const bool beside = a.name && b.name && a.in != b.in && t.above(a.in) != kNoClass && t.above(a.in) == t.above(b.in);
  if (beside || (a.in == b.in && !a.name)) return Kin::kSibling;
  return t.above(a.in) != kNoClass && t.above(a.in) == t.above(b.in) ? Kin::kSibling : Kin::kNone;
}

}  // namespace

std::vector<ThingWord> things_in(const Message& message) {
  std::vector<ThingWord> out;
  things().words().scan(message, [&](std::size_t begin, std::size_t end, const std::vector<ThingSense>& senses) {
    if (!senses.empty()) out.push_back({begin, end, senses});
  });
  return out;
}

std::span<const ThingSense> things_of(const Phrase& phrase) {
  const std::vector<ThingSense>* senses = things().words().find(phrase);
  return senses == nullptr ? std::span<const ThingSense>{} : *senses;
}

std::string_view class_name(ThingClass c) {
  return things().name(c);
}
ThingClass class_of(std::string_view name) {
  return things().class_of(name);
}
bool is_within(ThingClass c, ThingClass above) {
  return above != kNoClass && things().within(c, above);
}
bool is_within(std::span<const ThingSense> word, ThingClass above) {
  return std::ranges::any_of(word, [&](const ThingSense& s) { return is_within(s.in, above); });
}

Kin kin(std::span<const ThingSense> a, std::span<const ThingSense> b) {
  Kin nearest = Kin::kNone;
  for (const ThingSense& x : a) {
    for (const ThingSense& y : b) {
      const Kin k = kin_of(x, y);
      if (k != Kin::kNone && (nearest == Kin::kNone || k < nearest)) nearest = k;
    }
  }
  return nearest;
}

}  // namespace usher::dialogs
