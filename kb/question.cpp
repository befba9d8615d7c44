#include "kb/question.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.h"
#include "kb/words.h"

namespace usher::kb {
namespace {

constexpr std::size_t kMaxQueryTerms = 64;
constexpr std::size_t kMaxCorrections = 20;  // each looks through the whole vocabulary
constexpr std::size_t kMaxJoined = 4;        // words written apart that are one code: "DS 2CD2143 G2 I"
constexpr std::size_t kMaxAdded = 32;        // readings beside the text's own; a page of numbers has no end of them
constexpr std::size_t kMaxPieces = 5;        // of "thinkpadx1carbongen9"
constexpr int kMaxCuts = 100;
constexpr std::size_t kMaxJoinedHex = 8;  // "0 x 7 b"
constexpr float kCorrectionWeight = 0.8F;
constexpr float kCodeSlipTrust = 0.75F;  // a code that is not known may well be another one
constexpr float kSplitTrust = 0.9F;
constexpr double kUnknownInformation = 0.55;
constexpr double kWeakInformation = 0.25;
constexpr std::size_t kSmallShelf = 200;  // below, a word in one document is known; above, it may be a typo of its own

// Punctuation that ends a clause, by the bytes it ends with; "3.5" or "x.y" is none because a space must follow the Latin ones.
bool ends_clause(std::string_view between) {
  for (const std::string_view mark : {"。", "，", "！", "？", "；", "、", "\n"}) {
    if (between.find(mark) != std::string_view::npos) return true;
  }
  const std::size_t mark = between.find_first_of(".,;!?");
  return mark != std::string_view::npos &&
         (mark + 1 == between.size() || between.find_first_of(" \t\r", mark) != std::string_view::npos);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_hex(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}
bool is_plain(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return is_digit(c) || is_letter(c); });
}
bool has_digit(std::string_view s) {
  return std::ranges::any_of(s, is_digit);
}
bool is_number(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, is_digit);
}

std::string hex_form(std::string_view digits) {
  return "0x" + std::string(digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1)));
}

// What may stand between the pieces of one code: a space or two, a hyphen of any kind, a dot, an underscore.
bool joins(std::string_view between) {
  static constexpr std::array<std::string_view, 9> kJoints = {"\u00a0", "\u2010", "\u2011", "\u2012", "\u2013",
                                                              "\u2014", "\u2212", "\uff0d", "\u3000"};
  std::size_t joints = 0;
  while (!between.empty() && ++joints <= 3) {
    const auto joint = std::ranges::find_if(kJoints, [&](std::string_view j) { return between.starts_with(j); });
    if (joint == kJoints.end() && !std::string_view(" -_.:/#").contains(between.front())) return false;
    between.remove_prefix(joint == kJoints.end() ? 1 : joint->size());
  }
  return between.empty();
}

bool speaks_of_codes(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kWords = {"error", "code", "stop", "err",  "fault", "bugcheck",
                                                              "bsod",  "错误", "代码", "报错", "蓝屏",  "故障"};
  return std::ranges::find(kWords, word) != kWords.end();
}

class Reader {
 public:
  Reader(std::string_view text, const Analyzer& analyzer, const Index& index, const Speller& speller)
      : text_(text), analyzer_(analyzer), index_(index), speller_(speller) {}

  ParsedQuery read(const Vocabulary* vocabulary, std::string_view language) {
    const std::vector<Term> terms = analyzer_.analyze(text_, true);
    add_terms(terms);
    add_joined(terms);
    correct();
    if (!added_.empty()) {
      // What is only another form of a known code says nothing itself.
      std::erase_if(query_.terms, [this](const QueryTerm& t) {
        return !t.id && std::ranges::any_of(added_, [&t](const QueryTerm& a) {
          return a.id && a.trust == 1 && a.term.begin == t.term.begin && a.term.end == t.term.end;
        });
      });
      for (QueryTerm& t : added_) query_.terms.push_back(std::move(t));
      std::ranges::sort(query_.terms, [](const QueryTerm& a, const QueryTerm& b) {
        return std::tuple(a.term.begin, b.term.end, -a.trust, a.term.kind, std::string_view(a.term.text)) <
               std::tuple(b.term.begin, a.term.end, -b.trust, b.term.kind, std::string_view(b.term.text));
      });
    }
    sequence();
    weigh();
    if (vocabulary != nullptr) add_wordings(vocabulary->expand(text_, terms, language));
    finish();
    return std::move(query_);
  }

 private:
  std::optional<Index::TermId> known(std::string_view key) const {
    const auto id = index_.id(key);
    return id && index_.document_frequency(*id) > 0 ? id : std::nullopt;
  }
  std::string surface(const Term& term) const { return text::to_lower_ascii(text_.substr(term.begin, term.end - term.begin)); }

  void add_terms(const std::vector<Term>& terms) {
    std::size_t clause = 0, end = 0;
    for (const Term& term : terms) {
      if (term.begin > end && ends_clause(text_.substr(end, term.begin - end))) ++clause;
      end = std::max(end, term.end);
      QueryTerm t;
      t.term = term;
      t.id = known(index_key(term));
      t.clause = clause;
      query_.terms.push_back(std::move(t));
    }
  }

  void add(const QueryTerm& place, std::string word, Index::TermId id, float trust, std::size_t end = 0) {
    QueryTerm t;
    t.term = {std::move(word), Term::Kind::kCode, place.term.begin, std::max(end, place.term.end)};
    t.id = id;
    t.clause = place.clause;
    t.trust = trust;
    added_.push_back(std::move(t));
  }

  // Neighbours that the index knows as one: "xps 13 9310" as "xps139310", "e 20 4" as "e204", "note book" as "notebook".
  void add_joined(const std::vector<Term>& terms) {
    std::vector<std::size_t> words;
    std::size_t end = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (terms[i].kind == Term::Kind::kPair || terms[i].begin < end) continue;
      words.push_back(i);
      end = terms[i].end;
    }
    std::vector<std::string> pieces;
    for (const std::size_t i : words) {
      std::string piece = surface(terms[i]);
      if (!is_plain(piece)) piece = is_plain(terms[i].text) ? terms[i].text : "";
      pieces.push_back(std::move(piece));
    }
    for (std::size_t i = 0; i < words.size() && added_.size() < kMaxAdded; ++i) {
      std::string whole = pieces[i];
      for (std::size_t n = i + 1; n < words.size() && n < i + kMaxJoinedHex && !pieces[n - 1].empty() && !pieces[n].empty();
           ++n) {
        const Term &before = terms[words[n - 1]], &last = terms[words[n]];
        if (!joins(text_.substr(before.end, last.begin - before.end)) || whole.size() > Speller::kMaxLength) break;
        whole += pieces[n];
        const bool code = has_digit(whole);
        if (n >= i + kMaxJoined && !is_hex(whole.starts_with("0x") ? std::string_view(whole).substr(2) : whole)) continue;
        const QueryTerm& place = query_.terms[words[i]];
        if (code) {
          join_code(place, whole, last.end);
        } else if (n == i + 1) {
          join_words(place, whole, last.end);
        }
      }
    }
  }

  void join_code(const QueryTerm& place, const std::string& whole, std::size_t end) {
    std::string form = whole;
    if (whole.starts_with("0x") && whole.size() > 2 && is_hex(std::string_view(whole).substr(2)))
      form = hex_form(whole.substr(2));
    if (whole.size() == 8 && is_hex(whole)) form = hex_form(whole);
    const auto same = [&](const QueryTerm& t) {
      return t.term.begin == place.term.begin && t.term.end == end && t.term.text == form;
    };
    const auto id = known(form);
    if (id && std::ranges::none_of(query_.terms, same)) add(place, std::move(form), *id, 1, end);
  }

  // Words are one or two as people like: the joined form counts beside the two, not above them.
  void join_words(const QueryTerm& place, const std::string& whole, std::size_t end) {
    const auto id = is_stop_word(whole) ? std::nullopt : known_piece(whole);
    if (!id) return;
    QueryTerm t;
    t.term = {analyzer_.stem(whole), Term::Kind::kWord, place.term.begin, end};
    t.correction = id;
    t.trust = kSplitTrust;
    t.clause = place.clause;
    added_.push_back(std::move(t));
  }

  void correct() {
    const bool about_codes = std::ranges::any_of(query_.terms, [](const QueryTerm& t) { return speaks_of_codes(t.term.text); });
    std::size_t corrections = 0;
    std::size_t covered = 0;  // up to here a longer term is known
    for (QueryTerm& t : query_.terms) {
      if (added_.size() >= kMaxAdded) return;
      if (t.term.kind == Term::Kind::kPair) continue;
      const bool part = t.term.end <= covered;
      if (t.id && t.term.kind == Term::Kind::kCode) covered = std::max(covered, t.term.end);
      if (std::ranges::any_of(added_, [&](const QueryTerm& a) {
            return a.id && a.term.begin <= t.term.begin && t.term.end <= a.term.end && a.term.kind == Term::Kind::kCode;
          }))
        continue;
      if (part) continue;
      if (has_digit(t.term.text) && is_plain(t.term.text)) {
        if (about_codes || !t.id) read_code(t, about_codes);
        if (!t.id && !t.correction && corrections < kMaxCorrections && t.term.kind == Term::Kind::kCode)
          correct_code(t, corrections);
        continue;
      }
      if (t.term.kind != Term::Kind::kWord || corrections >= kMaxCorrections) continue;
      // "stop code EF": letters that are a number.
      if (about_codes && !t.id && is_hex(t.term.text) && t.term.text.size() >= 2 && t.term.text.size() <= 8) {
        if (const auto id = known(hex_form(t.term.text))) {
          add(t, hex_form(t.term.text), *id, 1);
          continue;
        }
      }
      correct_word(t, corrections);
    }
  }

  // Other forms of the same code. Only for one the index does not know, except that "stop code 7B" is 0x7b whatever else has
  // "7b".
  void read_code(QueryTerm& t, bool about_codes) {
    const std::string& code = t.term.text;
    const auto take = [&](std::string form, float trust) {
      const auto id = known(form);
      if (id) add(t, std::move(form), *id, trust);
      return id.has_value();
    };
    const bool prefixed = code.starts_with("0x");
    if (!prefixed && is_hex(code) && code.size() >= 2 && code.size() <= 8 && (about_codes || !is_number(code)) &&
        (!t.id || (about_codes && code.size() <= 3)) && take(hex_form(code), t.id ? 0.6F : 1))
      return;
    if (t.id) return;
    if (prefixed && code.size() >= 4 && take(code.substr(2), 1)) return;
    if (about_codes && is_number(code)) {
      for (const char* prefix : {"e", "err", "error", "code"}) {
        if (take(prefix + code, kSplitTrust)) return;
      }
    }
    for (const std::string_view prefix : {"error", "code", "err", "e"}) {
      if (!code.starts_with(prefix) || !is_number(std::string_view(code).substr(prefix.size()))) continue;
      const std::string number = code.substr(prefix.size());
      for (const std::string_view other : {"e", "err", "error", "code"}) {
        if (other != prefix && take(std::string(other) + number, kSplitTrust)) return;
      }
      break;
    }
    split(t, code);
  }

  std::optional<Index::TermId> known_piece(const std::string& piece) const {
    return known(std::ranges::all_of(piece, is_letter) ? analyzer_.stem(piece) : piece);
  }

  // "xps139310", "thinkpadx1carbongen9": cut into known pieces of two characters and more, the longest first.
  void split(const QueryTerm& t, const std::string& code) {
    if (code.size() < 5 || code.size() > 2 * Speller::kMaxLength) return;
    std::vector<std::pair<std::string, Index::TermId>> pieces;
    int steps = 0;
    if (!cut(code, 0, pieces, steps) || pieces.size() < 2) return;
    for (auto& [piece, id] : pieces) add(t, std::move(piece), id, kSplitTrust);
  }
  bool cut(const std::string& code, std::size_t from, std::vector<std::pair<std::string, Index::TermId>>& pieces,
           int& steps) const {
    if (from == code.size()) return true;
    if (pieces.size() == kMaxPieces) return false;
    for (std::size_t end = code.size(); end >= from + 2; --end) {
      // Digits are a number as a whole: "5420" holds no "54".
      if (end < code.size() && is_digit(code[end - 1]) && is_digit(code[end]) && !(from == 0 && !is_digit(code[0]))) continue;
      if (++steps > kMaxCuts) return false;
      const std::string piece = code.substr(from, end - from);
      const auto id = known_piece(piece);
      if (!id) continue;
      pieces.emplace_back(piece, *id);
      if (cut(code, end, pieces, steps)) return true;
      pieces.pop_back();
    }
    return false;
  }

  void correct_code(QueryTerm& t, std::size_t& corrections) {
    ++corrections;
    const Speller::Word* near = speller_.nearest_code(t.term.text);
    if (near == nullptr) return;
    t.correction = near->term;
    t.corrected = near->text;
    t.trust = kCodeSlipTrust;
  }

  void correct_word(QueryTerm& t, std::size_t& corrections) {
    const std::uint32_t unsure = index_.size() < kSmallShelf ? 1 : 2;
    if (t.id && index_.document_frequency(*t.id) >= unsure) return;
    ++corrections;
    std::string typed = surface(t.term);
    if (typed.starts_with('\xEF')) typed = analyzer_.fold(typed);  // full-width letters
    const Speller::Word* near = speller_.nearest(typed);
    if (near != nullptr && near->term != t.id) {
      t.correction = near->term;
      t.corrected = near->text;
    } else if (near == nullptr && !t.id && std::ranges::all_of(typed, is_letter)) {
      split_word(t, typed);
    }
  }

  // "mylaptop", "printerdriver": a space was missed.
  void split_word(QueryTerm& t, const std::string& typed) {
    if (typed.size() < 6 || typed.size() > Speller::kMaxLength) return;
    std::uint32_t best = 0;
    std::size_t best_at = 0;
    for (std::size_t at = 2; at + 3 <= typed.size(); ++at) {
      const auto right = known_piece(typed.substr(at));
      if (!right) continue;
      const bool stop = is_stop_word(typed.substr(0, at));
      const auto left = stop ? std::nullopt : known_piece(typed.substr(0, at));
      if (!stop && !left) continue;
      const std::uint32_t frequency = std::min(index_.document_frequency(*right), left ? index_.document_frequency(*left) : ~0U);
      if (frequency > best) best = frequency, best_at = at;
    }
    if (best_at == 0) return;
    for (const std::string& word : {typed.substr(0, best_at), typed.substr(best_at)}) {
      const auto id = known_piece(word);
      if (!id || is_stop_word(word)) continue;
      add(t, analyzer_.stem(word), *id, kSplitTrust);
      added_.back().term.kind = Term::Kind::kWord;
    }
    t.corrected = typed.substr(0, best_at) + " " + typed.substr(best_at);
  }

  void sequence() {
    std::vector<Term> terms;
    std::vector<Index::TermId> ids;
    std::vector<Term> all;
    for (const QueryTerm& t : query_.terms) {
      all.push_back(t.term);
      if (!t.id && !t.correction) continue;
      if (!t.id && t.corrected.empty()) continue;  // two words read as one are still two
      terms.push_back(t.term);
      ids.push_back(t.id ? *t.id : *t.correction);
    }
    query_.bigrams = bigrams_of(sequence_of(terms, ids));
    for (const std::uint64_t bigram : query_.bigrams) query_.bigram_filter |= filter_bit(bigram);
    query_.grams = Grams(all);
    terms_ = std::move(all);
  }

  void weigh() {
    const double most = index_.idf_of_frequency(0);
    const std::vector<float> by_kind =
        term_weights(terms_, text_, [this](std::size_t i) { return query_.terms[i].id.has_value(); });
    for (std::size_t i = 0; i < query_.terms.size(); ++i) {
      QueryTerm& t = query_.terms[i];
      t.weight = by_kind[i] * t.trust;
      t.weak = is_weak(t.term, text_.substr(t.term.begin, t.term.end - t.term.begin));
      const std::optional<Index::TermId> meant = t.id ? t.id : t.correction;
      t.information = (meant ? index_.idf(*meant) / most : kUnknownInformation) * (t.weak ? kWeakInformation : 1.0);
      // One Chinese character alone is ambiguous.
      if (t.term.kind == Term::Kind::kWord && static_cast<unsigned char>(t.term.text[0]) >= 0xE3 && t.term.text.size() == 3)
        t.information *= 0.5;
      if (t.id) weights_[*t.id] = std::max(weights_[*t.id], t.weight);
      if (t.correction) weights_[*t.correction] = std::max(weights_[*t.correction], t.weight * kCorrectionWeight);
      const bool second_form = !t.id && t.correction && t.corrected.empty();
      if (t.term.kind != Term::Kind::kPair && !second_form) query_.weighted_idf += t.weight * (meant ? index_.idf(*meant) : most);
      if (!meant) query_.mass += 0.5 * t.weight * most;
    }
  }

  void add_wordings(const std::vector<Synonym>& synonyms) {
    for (const Synonym& synonym : synonyms) {
      OtherWording wording{synonym.begin, synonym.end, {}};
      bool all = true;
      const std::vector<float> by_kind = term_weights(synonym.terms, "", [](std::size_t) { return true; });
      for (std::size_t i = 0; i < synonym.terms.size(); ++i) {
        const Term& term = synonym.terms[i];
        const auto id = known(index_key(term));
        if (id) others_[*id] = std::max(others_[*id], by_kind[i] * synonym.weight);
        if (term.kind == Term::Kind::kPair) continue;
        all = all && id.has_value();
        if (id) wording.terms.push_back(*id);
      }
      if (all && !wording.terms.empty()) query_.wordings.push_back(std::move(wording));
    }
  }

  void finish() {
    for (const auto& [term, weight] : weights_) {
      query_.weighted.push_back({term, weight});
      query_.masses.emplace_back(term, static_cast<float>(weight * index_.idf(term)));
      query_.mass += query_.masses.back().second;
      query_.mass_filter |= filter_bit(term);
    }
    for (const auto& [term, weight] : others_) {
      if (!weights_.contains(term)) query_.weighted.push_back({term, weight});
    }
    if (query_.weighted.size() <= kMaxQueryTerms) return;
    std::ranges::sort(query_.weighted, std::greater<>(),
                      [this](const Index::Weighted& w) { return std::pair(w.weight * index_.idf(w.term), w.term); });
    query_.weighted.resize(kMaxQueryTerms);
  }

  std::string_view text_;
  const Analyzer& analyzer_;
  const Index& index_;
  const Speller& speller_;
  ParsedQuery query_;
  std::vector<QueryTerm> added_;
  std::vector<Term> terms_;
  std::map<Index::TermId, float> weights_, others_;
};

}  // namespace

ParsedQuery read_question(std::string_view text, const Analyzer& analyzer, const Index& index, const Speller& speller,
                          const Vocabulary* vocabulary, std::string_view language) {
  return Reader(text, analyzer, index, speller).read(vocabulary, language);
}

std::optional<std::string> corrected_text(std::string_view text, const ParsedQuery& query) {
  std::string corrected;
  std::size_t from = 0;
  for (const QueryTerm& t : query.terms) {
    if (t.corrected.empty() || t.term.begin < from) continue;
    // A word that is known is only doubted, not wrong.
    if (t.id) continue;
    corrected += text.substr(from, t.term.begin - from);
    corrected += t.corrected;
    from = t.term.end;
  }
  if (from == 0) return std::nullopt;
  return corrected + std::string(text.substr(from));
}

std::optional<Speller::Word> spelling_of(const Term& term, std::string_view source) {
  // The speller compares what people write, not stems.
  std::string text =
      term.kind == Term::Kind::kWord ? text::to_lower_ascii(source.substr(term.begin, term.end - term.begin)) : term.text;
  if (term.kind == Term::Kind::kPair || text.size() < 2 || text.size() > Speller::kMaxLength + 2 || !is_plain(text))
    return std::nullopt;
  return Speller::Word{std::move(text), 0, 0};
}

}  // namespace usher::kb
