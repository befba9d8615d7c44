#include "dialogs/pattern_words.h"

#include <algorithm>
#include <utility>

namespace usher::dialogs {
namespace {

using Pieces = std::vector<std::string>;  // one of them must be there; empty: not known

class Reader {
 public:
  explicit Reader(std::string_view pattern) : rest_(pattern) {}
  Pieces read() {
    Pieces all = alternatives();
    return known_ && rest_.empty() ? all : Pieces{};
  }

 private:
  bool at(char c) const { return rest_.starts_with(c); }
  bool take(char c) {
    if (!at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void unknown() {
    known_ = false;
    rest_ = {};
  }

  Pieces alternatives() {
    Pieces all = sequence();
    bool sure = !all.empty();
    while (take('|')) {
      Pieces other = sequence();
      sure = sure && !other.empty();
      std::ranges::move(other, std::back_inserter(all));
    }
    return sure ? all : Pieces{};
  }

  // Of all parts that must be there the one that tells most: its shortest piece is the longest, then the fewest pieces.
  static void keep_better(Pieces& best, Pieces other) {
    const auto shortest = [](const Pieces& p) { return p.empty() ? 0 : std::ranges::min(p, {}, &std::string::size).size(); };
    const std::size_t a = shortest(best), b = shortest(other);
    if (b >= 2 && (b > a || (b == a && other.size() < best.size()))) best = std::move(other);
  }

  Pieces sequence() {
    Pieces best;
    std::string run;
    auto end_run = [&] {
      if (!run.empty()) keep_better(best, {std::exchange(run, {})});
    };
    while (!rest_.empty() && !at('|') && !at(')')) {
      if (at('(')) {
        Pieces inner = group();
        end_run();
        if (!is_optional()) keep_better(best, std::move(inner));
      } else if (at('[')) {
        skip_class();
        end_run();
        is_optional();
      } else if (take('^') || take('$')) {
        continue;
      } else if (take('.')) {
        end_run();
        is_optional();
      } else if (at('\\')) {
        escape(run, end_run);
      } else if (at('*') || at('+') || at('?') || at('{')) {
        unknown();
      } else {
        character(run, end_run);
      }
    }
    end_run();
    return best;
  }

  Pieces group() {
    take('(');
    if (take('?') && !take(':')) {  // flags and names
      unknown();
      return {};
    }
    Pieces inner = alternatives();
    if (!take(')')) unknown();
    return inner;
  }

  void skip_class() {
    take('[');
    take('^');
    bool first = true;
    while (!rest_.empty() && (first || !at(']'))) {
      if (rest_.starts_with("[:")) {
        const auto end = rest_.find(":]");
        if (end == std::string_view::npos) return unknown();
        rest_.remove_prefix(end + 1);
      } else if (at('\\')) {
        rest_.remove_prefix(1);
      }
      if (!rest_.empty()) rest_.remove_prefix(1);
      first = false;
    }
    if (!take(']')) unknown();
  }

  template <typename EndRun>
  void escape(std::string& run, EndRun& end_run) {
    rest_.remove_prefix(1);
    if (rest_.empty()) return unknown();
    const char c = rest_.front();
    if (std::string_view("bBAz").contains(c)) {
      rest_.remove_prefix(1);  // a place, no character
    } else if (std::string_view("dDwWsS").contains(c)) {
      rest_.remove_prefix(1);
      end_run();
      is_optional();
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      unknown();
    } else {
      character(run, end_run);
    }
  }

  template <typename EndRun>
  void character(std::string& run, EndRun& end_run) {
    const auto lead = static_cast<unsigned char>(rest_.front());
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::string c(rest_.substr(0, size));
    rest_.remove_prefix(std::min(size, rest_.size()));
    if (c.size() == 1 && c[0] >= 'A' && c[0] <= 'Z') c[0] = static_cast<char>(c[0] - 'A' + 'a');
    // Beyond ASCII folding may change a character, but not a Han one.
    const bool folds = lead >= 0x80 && (lead < 0xE4 || lead > 0xE9);
    bool more = false;
    if (is_optional(&more) || folds) return end_run();
    run += c;
    if (more) end_run();
  }

  // Takes what says how often. `more`: more than once is possible.
  bool is_optional(bool* more = nullptr) {
    bool optional = false, several = false;
    if (take('*')) {
      optional = several = true;
    } else if (take('+')) {
      several = true;
    } else if (take('?')) {
      optional = true;
    } else if (at('{')) {
      const auto end = rest_.find('}');
      if (end == std::string_view::npos || end < 2 || rest_[1] < '0' || rest_[1] > '9') {
        unknown();
        return true;
      }
      optional = rest_[1] == '0';
      several = true;
      rest_.remove_prefix(end + 1);
    }
    take('?');  // as few as possible
    if (more != nullptr) *more = several;
    return optional;
  }

  std::string_view rest_;
  bool known_ = true;
};

}  // namespace

std::vector<std::string> words_needed(std::string_view pattern) {
  return Reader(pattern).read();
}

}  // namespace usher::dialogs
