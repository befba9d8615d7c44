#include "kb/analyzer.h"

#include <libstemmer.h>
#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "kb/characters.h"
#include "kb/words.h"

namespace usher::kb {
namespace {

constexpr std::size_t kMaxIdleWorkers = 32;
constexpr std::size_t kMaxWordLength = 64;  // code points; longer "words" are data (base64, hashes) nobody searches for
constexpr std::size_t kMaxChain = 4;        // words joined by hyphens: "wi-fi", "xps-13", "kb-50-34"

bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char32_t c) {
  return c >= 'a' && c <= 'z';
}
bool is_hex(char32_t c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}
bool is_digit_char(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex_digits(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return is_hex(static_cast<unsigned char>(c)); });
}
bool is_hyphen(char32_t c) {
  return c == '-' || c == 0x2010 || c == 0x2012 || c == 0x2013 || c == 0x2212;
}
bool is_apostrophe(char32_t c) {
  return c == '\'' || c == 0x2019 || c == 0x02BC;
}

// One thread's tools: a break iterator and a stemmer keep state while they work.
struct Worker {
  std::unique_ptr<icu::BreakIterator> breaks;
  std::unique_ptr<sb_stemmer, decltype(&sb_stemmer_delete)> stemmer{sb_stemmer_new("english", "UTF_8"), &sb_stemmer_delete};

  const std::string& stem(const std::string& word) {
    if (word.size() < 3 || !std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; })) return word;
    auto& [known, stemmed] = stems[std::hash<std::string>()(word) % stems.size()];
    if (known == word) return stemmed;
    const auto* symbols =
        sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
    if (symbols == nullptr) return word;
    known = word;
    stemmed.assign(reinterpret_cast<const char*>(symbols), static_cast<std::size_t>(sb_stemmer_length(stemmer.get())));
    return stemmed;
  }

 private:
  // The words everybody uses are stemmed once. One place a word: the newer takes it over.
  std::array<std::pair<std::string, std::string>, 1024> stems;
};

struct Token {
  std::size_t begin, end;  // code points
  bool cjk;
  bool letters, digits;  // all a–z; all 0–9
};

}  // namespace

struct Analyzer::Impl {
  CharacterReader reader;
  std::unique_ptr<icu::BreakIterator> prototype;
  mutable std::mutex mutex;
  mutable std::vector<std::unique_ptr<Worker>> idle;

  Impl() {
    UErrorCode status = U_ZERO_ERROR;
    prototype.reset(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    if (U_FAILURE(status) != 0) throw std::runtime_error("ICU has no word break data: is libicu72 installed?");
  }
  std::unique_ptr<Worker> take() const {
    const std::lock_guard lock(mutex);
    if (idle.empty()) {
      auto worker = std::make_unique<Worker>();
      worker->breaks.reset(prototype->clone());
      return worker;
    }
    auto worker = std::move(idle.back());
    idle.pop_back();
    return worker;
  }
  void give_back(std::unique_ptr<Worker> worker) const {
    const std::lock_guard lock(mutex);
    if (idle.size() < kMaxIdleWorkers) idle.push_back(std::move(worker));
  }
};

namespace {

class Run {
 public:
  Run(const Characters& text, Worker& worker, bool is_query) : text_(text), worker_(worker), is_query_(is_query) {}

  std::vector<Term> terms() {
    cut();
    for (std::size_t i = 0; i < tokens_.size();) i = tokens_[i].cjk ? cjk_run(i) : chain(i);
    // Kind and text only make the order total: one place can hold a word, its code and a pair.
    std::ranges::sort(terms_, [](const Term& a, const Term& b) {
      return std::tuple(a.begin, b.end, a.kind, std::string_view(a.text)) <
             std::tuple(b.begin, a.end, b.kind, std::string_view(b.text));
    });
    return std::move(terms_);
  }

 private:
  char32_t at(std::size_t i) const { return text_.points[i]; }

  void cut() {
    static_assert(sizeof(UChar32) == sizeof(char32_t));
    const auto units = icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text_.points.data()),
                                                     static_cast<std::int32_t>(text_.points.size()));
    worker_.breaks->setText(units);
    std::int32_t from = worker_.breaks->first();
    std::size_t point = 0;
    for (std::int32_t to = worker_.breaks->next(); to != icu::BreakIterator::DONE; from = to, to = worker_.breaks->next()) {
      const std::size_t begin = point;
      point += static_cast<std::size_t>(units.countChar32(from, to - from));
      const std::int32_t status = worker_.breaks->getRuleStatus();
      if (status < UBRK_WORD_NUMBER || point - begin > kMaxWordLength) continue;
      Token token{begin, point, status >= UBRK_WORD_KANA && status < UBRK_WORD_IDEO_LIMIT, true, true};
      for (std::size_t i = begin; i < point; ++i) {
        token.letters = token.letters && is_letter(at(i));
        token.digits = token.digits && is_digit(at(i));
        token.cjk = token.cjk || is_han(at(i));
      }
      tokens_.push_back(token);
    }
  }

  void emit(std::string word, std::size_t begin, std::size_t end, Term::Kind kind) {
    if (!word.empty()) terms_.push_back({std::move(word), kind, text_.begin[begin], text_.end[end - 1]});
  }
  void emit_word(std::string word, std::size_t begin, std::size_t end) {
    if (is_query_ && is_stop_word(word)) return;
    emit(worker_.stem(word), begin, end, Term::Kind::kWord);
  }

  // "0x0000007b" and the bare "0000007b" are both "0x7b".
  static std::string canonical_hex(std::string_view digits) {
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return "0x" + std::string(digits.substr(zeros));
  }

  std::size_t chain(std::size_t first) {
    std::size_t last = first;
    bool has_digit = false, plain = true;
    const auto consider = [&](const Token& token) {
      for (std::size_t i = token.begin; i < token.end; ++i) {
        has_digit = has_digit || is_digit(at(i));
        plain = plain && (is_letter(at(i)) || is_digit(at(i)));
      }
    };
    consider(tokens_[first]);
    while (last + 1 < tokens_.size() && !tokens_[last + 1].cjk && tokens_[last + 1].begin == tokens_[last].end + 1 &&
           is_hyphen(at(tokens_[last].end))) {
      consider(tokens_[++last]);
    }
    const bool joined = last > first && last - first < kMaxChain && plain;
    if (joined) join(first, last, has_digit ? Term::Kind::kCode : Term::Kind::kWord);
    const bool spaced = last == first && joins_next(first);
    if (spaced) join(first, first + 1, Term::Kind::kCode);
    if (last == first) no_something(first);
    for (std::size_t i = first; i <= last; ++i) {
      // The "e" of "e-204" or "e 204" says nothing alone.
      const bool part_of_code = (joined && has_digit) || spaced;
      if (part_of_code && tokens_[i].letters && tokens_[i].end - tokens_[i].begin == 1) continue;
      single(tokens_[i]);
    }
    return last + 1;
  }

  // "no sound", "without sound": the two together say more than each alone.
  void no_something(std::size_t i) {
    if (i + 1 >= tokens_.size() || !tokens_[i].letters || !tokens_[i + 1].letters || tokens_[i + 1].begin != tokens_[i].end + 1)
      return;
    const std::string word = text_.utf8(tokens_[i].begin, tokens_[i].end);
    if (word != "no" && word != "without") return;
    const std::string what = text_.utf8(tokens_[i + 1].begin, tokens_[i + 1].end);
    if (at(tokens_[i].end) == ' ' && !is_stop_word(what))
      emit("no " + worker_.stem(what), tokens_[i].begin, tokens_[i + 1].end, Term::Kind::kWord);
  }

  // "xps 13", "e 204", "usb 3.0", "e.204", "e - 204": a short word and a number after it are also one code.
  bool joins_next(std::size_t i) const {
    if (i + 1 >= tokens_.size() || !tokens_[i].letters) return false;
    const Token& next = tokens_[i + 1];
    const std::size_t letters = tokens_[i].end - tokens_[i].begin, gap = next.begin - tokens_[i].end;
    if (next.cjk || letters > 10 || gap == 0 || gap > 3 || next.end - next.begin > 8 || !is_digit(at(next.begin))) return false;
    std::size_t spaces = 0, hyphens = 0, marks = 0;
    for (std::size_t c = tokens_[i].end; c < next.begin; ++c) {
      (at(c) == ' ' ? spaces : is_hyphen(at(c)) || at(c) == 0x2014 ? hyphens : marks) += 1;
      if (at(c) != ' ' && !is_hyphen(at(c)) && at(c) != 0x2014 && at(c) != '.' && at(c) != '#' && at(c) != ':' && at(c) != '/')
        return false;
    }
    if (marks + hyphens > 1 || (marks > 0 && (spaces > 0 || letters > 4)) || (hyphens > 0 && letters > 3)) return false;
    for (std::size_t c = next.begin; c < next.end; ++c) {
      if (!is_digit(at(c)) && at(c) != '.') return false;
    }
    return !is_stop_word(text_.utf8(tokens_[i].begin, tokens_[i].end));
  }

  void join(std::size_t first, std::size_t last, Term::Kind kind) {
    std::string all;
    for (std::size_t i = first; i <= last; ++i) all += text_.utf8(tokens_[i].begin, tokens_[i].end);
    if (kind == Term::Kind::kWord) return emit_word(std::move(all), tokens_[first].begin, tokens_[last].end);
    emit_code(std::move(all), tokens_[first].begin, tokens_[last].end);
  }

  // A code of plain letters and digits, in the form it is compared in: "0x8007-0643" and "80070643" are "0x80070643".
  // Whether it is a number of base 16: its parts say nothing.
  bool emit_code(std::string all, std::size_t begin, std::size_t end) {
    const std::string_view rest = std::string_view(all).substr(std::min<std::size_t>(2, all.size()));
    // A hurried hand writes "Ox7B".
    const bool prefixed = all.starts_with("0x") || (all.starts_with("ox") && std::ranges::any_of(rest, is_digit_char));
    if (prefixed && is_hex_digits(rest)) {
      emit(canonical_hex(rest), begin, end, Term::Kind::kCode);
      return true;
    }
    const bool bare = all.size() == 8 && is_hex_digits(all) && std::ranges::any_of(all, is_digit_char);
    if (bare) emit(canonical_hex(all), begin, end, Term::Kind::kCode);
    emit(std::move(all), begin, end, Term::Kind::kCode);
    return bare;
  }

  void single(const Token& token) {
    if (token.letters || token.digits) {
      std::string word = text_.utf8(token.begin, token.end);
      if (token.digits && word.size() == 8) emit(canonical_hex(word), token.begin, token.end, Term::Kind::kCode);
      return emit_word(std::move(word), token.begin, token.end);
    }
    std::size_t letters = 0, digits = 0, dots = 0, others = 0;
    for (std::size_t i = token.begin; i < token.end; ++i) {
      const char32_t c = at(i);
      (is_digit(c) ? digits : is_apostrophe(c) || c > 0x7F || is_letter(c) ? letters : c == '.' || c == ',' ? dots : others) += 1;
    }
    if (digits > 0 && letters == 0 && others == 0) return number(token);
    if (dots + others > 0) return compound(token);
    if (digits > 0) return code(token);
    contraction(token);
  }

  // "10.0.0.1", "1,000", "3.5"
  void number(const Token& token) {
    const std::string whole = text_.utf8(token.begin, token.end);
    std::string word = whole;
    std::erase(word, ',');
    emit(std::move(word), token.begin, token.end, Term::Kind::kCode);
    if (whole.find(',') == std::string::npos) return;
    // "204,205" may also be two.
    for (std::size_t i = token.begin, end = i; i < token.end; i = end + 1) {
      for (end = i; end < token.end && at(end) != ',';) ++end;
      if (end > i) emit(text_.utf8(i, end), i, end, Term::Kind::kWord);
    }
  }

  // "don't" is "dont"; "printer's" is "printer".
  void contraction(const Token& token) {
    std::size_t end = token.end;
    if (end - token.begin > 2 && at(end - 1) == 's' && is_apostrophe(at(end - 2))) end -= 2;
    std::string word;
    for (std::size_t i = token.begin; i < end; ++i) {
      if (!is_apostrophe(at(i))) word += text_.utf8(i, i + 1);
    }
    emit_word(std::move(word), token.begin, token.end);
  }

  // "err_connection_refused", "ntoskrnl.exe": the whole is a code, its parts are words.
  void compound(const Token& token) {
    const std::string whole = text_.utf8(token.begin, token.end);
    emit(whole, token.begin, token.end, Term::Kind::kCode);
    // "e_204" is "e204"; "0x0000_007b" is "0x7b".
    if (std::string plain = whole; whole.find('_') != std::string::npos && std::ranges::any_of(whole, is_digit_char)) {
      std::erase(plain, '_');
      if (std::ranges::all_of(plain, [](char c) { return is_digit_char(c) || (c >= 'a' && c <= 'z'); }))
        emit_code(std::move(plain), token.begin, token.end);
    }
    const auto is_joint = [](char32_t c) {
      return c == '.' || c == ',' || c == '_' || c == ':' || c == ';' || c == 0xB7 || c == 0x2024;
    };
    for (std::size_t i = token.begin; i < token.end;) {
      std::size_t end = i;
      while (end < token.end && !is_joint(at(end))) ++end;
      if (end > i && (i > token.begin || end < token.end)) {
        Token part{i, end, false, true, true};
        for (std::size_t c = i; c < end; ++c)
          part.letters = part.letters && is_letter(at(c)), part.digits = part.digits && is_digit(at(c));
        if (end - i > 1 || part.digits) single(part);
      }
      i = end + 1;
    }
  }

  // Letters and digits together: "0x7b", "e204", "xps13", "5cg1234abc".
  void code(const Token& token) {
    if (token.end - token.begin > 2 && at(token.end - 1) == 's' && is_apostrophe(at(token.end - 2)))
      return code({token.begin, token.end - 2, false, false, false});
    const std::string word = text_.utf8(token.begin, token.end);
    if (emit_code(word, token.begin, token.end)) return;
    std::vector<std::size_t> borders = {token.begin};
    for (std::size_t i = token.begin + 1; i < token.end; ++i) {
      if (is_digit(at(i)) != is_digit(at(i - 1))) borders.push_back(i);
    }
    borders.push_back(token.end);
    if (borders.size() > 4) return;  // a serial number: its parts are noise
    for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
      if (borders[i + 1] - borders[i] > 1 && token.end - token.begin > borders[i + 1] - borders[i]) {
        emit_word(text_.utf8(borders[i], borders[i + 1]), borders[i], borders[i + 1]);
      }
    }
  }

  // Chinese: ICU's words, and every two neighbouring characters as a pair.
  std::size_t cjk_run(std::size_t first) {
    std::size_t last = first;
    while (last + 1 < tokens_.size() && tokens_[last + 1].cjk && tokens_[last + 1].begin == tokens_[last].end) ++last;
    const std::size_t origin = tokens_[first].begin;
    // In a query: 1 for a character that is a stop word, n > 1 for one inside the n-th stop word of several characters.
    std::vector<std::size_t> filler(tokens_[last].end - origin, 0);
    for (std::size_t i = first; i <= last; ++i) {
      const Token& token = tokens_[i];
      std::string word = text_.utf8(token.begin, token.end);
      if (is_query_ && is_stop_word(word)) {
        for (std::size_t c = token.begin; c < token.end; ++c) filler[c - origin] = token.end - token.begin == 1 ? 1 : i + 2;
      }
      emit_word(std::move(word), token.begin, token.end);
      if (i < last) impossible(token, tokens_[i + 1]);
    }
    for (std::size_t i = origin; i + 1 < tokens_[last].end; ++i) {
      const std::size_t a = filler[i - origin], b = filler[i + 1 - origin];
      if (a != 1 && b != 1 && (a == 0 || a != b)) emit(text_.utf8(i, i + 2), i, i + 2, Term::Kind::kPair);
      separable(i, tokens_[last].end);
    }
    return last + 1;
  }

  // "无法开机", "不能开机", "开机不了" all become "不开机", as "开不了机" does; "没有声音", "无声音" are "没声音".
  void impossible(const Token& a, const Token& b) {
    const std::string first = text_.utf8(a.begin, a.end), second = text_.utf8(b.begin, b.end);
    if ((first == "无法" || first == "不能" || first == "没法" || first == "不会") && b.end - b.begin == 2) {
      emit("不" + second, a.begin, b.end, Term::Kind::kWord);
    } else if (second == "不了" && a.end - a.begin == 2) {
      emit("不" + first, a.begin, b.end, Term::Kind::kWord);
    } else if (first == "没有" || first == "没" || first == "无") {
      emit("没" + second, a.begin, b.end, Term::Kind::kWord);
    }
  }

  // "开不了机", "连不上网": a verb and its object with "cannot" in between are also the verb they come from ("开机", "连网").
  void separable(std::size_t i, std::size_t end) {
    static constexpr std::u32string_view kResults = U"了上出到进起开着动";
    if (i + 3 >= end || at(i + 1) != U'不' || kResults.find(at(i + 2)) == std::u32string_view::npos) return;
    const std::string verb = text_.utf8(i, i + 1) + text_.utf8(i + 3, i + 4);
    emit("不" + verb, i, i + 4, Term::Kind::kWord);
    emit(verb, i, i + 4, Term::Kind::kWord);
  }

  const Characters& text_;
  Worker& worker_;
  bool is_query_;
  std::vector<Token> tokens_;
  std::vector<Term> terms_;
};

}  // namespace

Analyzer::Analyzer() : impl_(std::make_unique<Impl>()) {}
Analyzer::~Analyzer() = default;

std::vector<Term> Analyzer::analyze(std::string_view text, bool is_query) const {
  const Characters characters = impl_->reader.read(text);
  std::unique_ptr<Worker> worker = impl_->take();
  std::vector<Term> terms = Run(characters, *worker, is_query).terms();
  if (is_query && std::ranges::none_of(terms, [](const Term& t) { return t.kind != Term::Kind::kPair; })) {
    std::vector<Term> all = Run(characters, *worker, false).terms();
    if (!all.empty()) terms = std::move(all);
  }
  impl_->give_back(std::move(worker));
  return terms;
}

std::string Analyzer::stem(const std::string& word) const {
  std::unique_ptr<Worker> worker = impl_->take();
  std::string stem = worker->stem(word);
  impl_->give_back(std::move(worker));
  return stem;
}

std::string Analyzer::fold(std::string_view text) const {
  const Characters characters = impl_->reader.read(text);
  return characters.utf8(0, characters.points.size());
}

const Analyzer& Analyzer::shared() {
  static const Analyzer kAnalyzer;
  return kAnalyzer;
}

}  // namespace usher::kb
