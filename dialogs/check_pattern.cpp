#include "dialogs/check_pattern.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <memory>
#include <optional>
#include <vector>

namespace usher::dialogs::prove {
namespace {

struct Unknown {};  // syntax this reader does not know

constexpr std::size_t kBeyond = 128;  // stands for every character that is not ASCII
using Characters = std::bitset<kBeyond + 1>;

struct Part {
  enum class Kind : unsigned char { kCharacter, kBegin, kEnd, kNothing, kSequence, kAlternatives, kRepeat } kind = Kind::kNothing;
  Characters characters;
  std::vector<Part> parts;
  std::size_t least = 1, most = 1;  // kRepeat; kNoLimit = endless
};

bool is_digit(std::size_t c) {
  return c >= '0' && c <= '9';
}
bool is_lower(std::size_t c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(std::size_t c) {
  return c >= 'A' && c <= 'Z';
}

template <class Holds>
Characters characters_where(Holds holds) {
  Characters out;
  for (std::size_t c = 0; c < kBeyond; ++c) out[c] = holds(c);
  return out;
}

class Reader {
 public:
  Reader(std::string_view pattern, bool ignore_case) : p_(pattern), ignore_case_(ignore_case) {}

  Part read() {
    Part whole = alternatives();
    if (more()) throw Unknown();
    return whole;
  }

 private:
  bool more() const { return i_ < p_.size(); }
  bool at(std::string_view s) const { return p_.substr(i_).starts_with(s); }
  bool take(char c) {
    if (!more() || p_[i_] != c) return false;
    ++i_;
    return true;
  }

  Part alternatives() {
    if (++depth_ > 60) throw Unknown();
    Part out{.kind = Part::Kind::kAlternatives};
    do out.parts.push_back(sequence());
    while (take('|'));
    --depth_;
    return out;
  }

  Part sequence() {
    Part out{.kind = Part::Kind::kSequence};
    while (more() && p_[i_] != '|' && p_[i_] != ')') {
      Part part = atom();
      for (std::size_t least = 1, most = 1; more() && count(least, most);) {
        take('?');  // lazy: the same texts
        Part repeat{.kind = Part::Kind::kRepeat, .least = least, .most = most};
        repeat.parts.push_back(std::move(part));
        part = std::move(repeat);
      }
      out.parts.push_back(std::move(part));
    }
    return out;
  }

  std::optional<std::size_t> number() {
    if (!more() || !is_digit(static_cast<unsigned char>(p_[i_]))) return std::nullopt;
    std::size_t n = 0;
    while (more() && is_digit(static_cast<unsigned char>(p_[i_])) && n < 100'000)
      n = n * 10 + static_cast<std::size_t>(p_[i_++] - '0');
    return n;
  }

  bool count(std::size_t& least, std::size_t& most) {
    if (take('*')) return least = 0, most = kNoLimit, true;
    if (take('+')) return least = 1, most = kNoLimit, true;
    if (take('?')) return least = 0, most = 1, true;
    const std::size_t back = i_;
    if (!take('{')) return false;
    const auto low = number();
    auto high = low;
    if (low && take(',')) {
      high = number();
      if (!high) high = kNoLimit;
    }
    if (low && take('}')) return least = *low, most = *high, true;
    i_ = back;
    return false;
  }

  Part one_of(Characters characters) const {
    if (ignore_case_) {
      for (std::size_t c = 'a'; c <= 'z'; ++c) characters[c] = characters[c - 32] = characters[c] || characters[c - 32];
    }
    return {.kind = Part::Kind::kCharacter, .characters = characters};
  }

  std::size_t character() {
    const auto c = static_cast<unsigned char>(p_[i_++]);
    if (c < kBeyond) return c;
    while (more() && (static_cast<unsigned char>(p_[i_]) & 0xC0U) == 0x80U) ++i_;
    return kBeyond;
  }

  Part atom() {
    switch (p_[i_]) {
      case '(':
        return group();
      case '[':
        return one_of(set());
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
        throw Unknown();
      case '^':
        ++i_;
        return {.kind = Part::Kind::kBegin};
      case '$':
        ++i_;
        return {.kind = Part::Kind::kEnd};
      case '.':
        ++i_;
        return one_of(~Characters().set('\n'));
      default:
        break;
    }
    if (p_[i_] == '{' || p_[i_] == '}') {
      ++i_;
      return one_of(Characters().set('{'));
    }
    return one_of(Characters().set(character()));
  }

  Part group() {
    const bool outer = ignore_case_;
    ++i_;
    if (at("?P<") || at("?<")) {
      i_ = p_.find('>', i_);
      if (i_ == std::string_view::npos) throw Unknown();
      ++i_;
    } else if (take('?')) {
      while (take('i')) ignore_case_ = true;
      if (take(')')) return {};  // (?i): for the rest of the group it stands in
      if (!take(':')) throw Unknown();
    }
    Part inside = alternatives();
    if (!take(')')) throw Unknown();
    ignore_case_ = outer;
    return inside;
  }

  // \d \w \s and their opposites, or one character.
  Characters escaped() {
    if (i_ + 1 >= p_.size()) throw Unknown();
    ++i_;
    const std::size_t c = character();
    const auto word = [](std::size_t k) { return is_digit(k) || is_lower(k) || is_upper(k) || k == '_'; };
    const auto space = [](std::size_t k) { return k == ' ' || k == '\t' || k == '\n' || k == '\r' || k == '\f'; };
    switch (c) {
      case 'd':
        return characters_where(is_digit);
      case 'D':
        return ~characters_where(is_digit);
      case 'w':
        return characters_where(word);
      case 'W':
        return ~characters_where(word);
      case 's':
        return characters_where(space);
      case 'S':
        return ~characters_where(space);
      case 'n':
        return Characters().set('\n');
      case 't':
        return Characters().set('\t');
      case 'r':
        return Characters().set('\r');
      default:
        if (is_digit(c) || is_lower(c) || is_upper(c)) throw Unknown();
        return Characters().set(c);
    }
  }

  Part escape() {
    const char c = i_ + 1 < p_.size() ? p_[i_ + 1] : '\0';
    if (c == 'A' || c == 'z' || c == 'b' || c == 'B') {
      i_ += 2;
      return {.kind = c == 'A' ? Part::Kind::kBegin : c == 'z' ? Part::Kind::kEnd : Part::Kind::kNothing};
    }
    return one_of(escaped());
  }

  Characters set() {
    ++i_;
    const bool negated = take('^');
    Characters out;
    for (bool first = true; more() && (first || p_[i_] != ']'); first = false) {
      if (at("[:")) throw Unknown();
      if (p_[i_] == '\\') {
        out |= escaped();
        continue;
      }
      const std::size_t low = character();
      std::size_t high = low;
      if (i_ + 1 < p_.size() && p_[i_] == '-' && p_[i_ + 1] != ']') {
        ++i_;
        if (p_[i_] == '\\') throw Unknown();
        high = character();
      }
      for (std::size_t c = low; c <= high; ++c) out.set(c);
    }
    if (!take(']')) throw Unknown();
    if (!negated) return out;
    const bool open = out[kBeyond] && !out.all();  // some characters beyond ASCII are named, others are not
    out = ~out;
    if (open) out.set(kBeyond);
    return out;
  }

  std::string_view p_;
  std::size_t i_ = 0;
  bool ignore_case_;
  int depth_ = 0;
};

// What can have happened when a place of the pattern is reached: something was consumed ("^" cannot hold any more), the end was
// asserted (nothing can be consumed any more). For each of the four: how many characters the match has by then.
struct Range {
  std::size_t least = 0, most = 0;
};
using Reached = std::array<std::optional<Range>, 4>;
constexpr std::size_t kConsumed = 1, kEnded = 2;

void join(std::optional<Range>& into, const std::optional<Range>& more) {
  if (!more) return;
  into = into ? Range{std::min(into->least, more->least), std::max(into->most, more->most)} : *more;
}
void join(Reached& into, const Reached& more) {
  for (std::size_t i = 0; i < into.size(); ++i) join(into[i], more[i]);
}

class Walker {
 public:
  explicit Walker(Alphabet alphabet) : alphabet_(alphabet) {}

  Reached walk(const Part& part, const Reached& from) {
    if (++steps_ > 200'000) throw Unknown();
    Reached out;
    switch (part.kind) {
      case Part::Kind::kCharacter:
        if (!possible(part.characters)) return out;
        for (const std::size_t state : {std::size_t{0}, kConsumed}) {
          if (from[state]) join(out[kConsumed], Range{from[state]->least + 1, longer(from[state]->most)});
        }
        return out;
      case Part::Kind::kBegin:
        out[0] = from[0];
        out[kEnded] = from[kEnded];
        return out;
      case Part::Kind::kEnd:
        for (std::size_t state = 0; state < from.size(); ++state) join(out[state | kEnded], from[state]);
        return out;
      case Part::Kind::kNothing:
        return from;
      case Part::Kind::kSequence:
        out = from;
        for (const Part& p : part.parts) out = walk(p, out);
        return out;
      case Part::Kind::kAlternatives:
        for (const Part& p : part.parts) join(out, walk(p, from));
        return out;
      case Part::Kind::kRepeat:
        return repeat(part, from);
    }
    return from;
  }

 private:
  static std::size_t longer(std::size_t n) { return n == kNoLimit ? n : n + 1; }

  bool possible(const Characters& characters) const {
    if (alphabet_ == Alphabet::kAny) return characters.any();
    return (characters & characters_where([](std::size_t c) { return is_digit(c) || is_upper(c); })).any();
  }

  Reached repeat(const Part& part, const Reached& from) {
    Reached at = from;
    for (std::size_t i = 0; i < part.least; ++i) at = walk(part.parts[0], at);
    Reached out = at;
    // Each round only makes ranges wider: of an endless repetition three rounds tell everything but how long it gets.
    const std::size_t rounds = part.most == kNoLimit ? 3 : part.most - std::min(part.least, part.most);
    for (std::size_t i = 0; i < rounds; ++i) {
      const Reached before = at;
      at = walk(part.parts[0], at);
      for (std::size_t k = 0; k < at.size() && part.most == kNoLimit; ++k) {
        if (at[k] && (!before[k] || at[k]->most > before[k]->most)) at[k]->most = kNoLimit;
      }
      join(out, at);
    }
    return out;
  }

  Alphabet alphabet_;
  std::size_t steps_ = 0;
};

}  // namespace

PatternFacts facts_of(std::string_view pattern, bool whole, bool ignore_case, Alphabet alphabet) {
  try {
    const Part tree = Reader(pattern, ignore_case).read();
    Reached from;
    from[0] = Range{};
    if (!whole) from[kConsumed] = Range{};  // something may stand before the match
    std::optional<Range> all;
    for (const auto& range : Walker(alphabet).walk(tree, from)) join(all, range);
    if (!all) return {.can_match = false, .shortest = 0, .longest = 0};
    return {.can_match = true, .shortest = all->least, .longest = all->most};
  } catch (const Unknown&) {
    return {};
  }
}

std::string literal_of(std::string_view pattern) {
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  if (pattern.ends_with('$')) pattern.remove_suffix(1);
  return pattern.find_first_of("\\.+*?()[]{}|^$") == std::string_view::npos ? std::string(pattern) : std::string();
}

}  // namespace usher::dialogs::prove
