#include "dialogs/words.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/word_table.h"

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;

// ASCII is asked for first: a long English mail would spend a third of its turn in ICU's tables.
bool is_han(UChar32 c) {
  return c >= 0x80 && ((c >= 0x4E00 && c <= 0x9FFF) || u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) != 0);
}
bool is_letter_or_digit(UChar32 c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  return u_isalnum(c) != 0;
}
bool is_ascii_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_ascii(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Words that carry an inverted "not" without an apostrophe are written like that on phones.
constexpr WordTable kNotWords(std::array<std::string_view, 31>{
    "not",    "dont",    "doesnt", "didnt",  "isnt",   "arent",    "wasnt", "werent", "wont",   "wouldnt", "cant",
    "cannot", "couldnt", "hasnt",  "havent", "hadnt",  "shouldnt", "aint",  "dosnt",  "doesn",  "didn",    "isn",
    "aren",   "wasn",    "weren",  "wouldn", "couldn", "hasn",     "haven", "hadn",   "doesent"});
constexpr WordTable kAuxiliaries(std::array<std::string_view, 17>{"do", "does", "did", "is", "are", "was", "were", "will",
                                                                  "would", "can", "could", "has", "have", "had", "should", "am",
                                                                  "be"});

// Forms no rule reaches; the canonical word on the right is what the rules make of the plain verb.
constexpr std::array<std::pair<std::string_view, std::string_view>, 35> kIrregular = {
    {{"went", "go"},     {"gone", "gone"},   {"came", "com"},    {"heard", "hear"},  {"saw", "see"},     {"seen", "see"},
     {"kept", "keep"},   {"felt", "feel"},   {"made", "mak"},    {"took", "tak"},    {"taken", "tak"},   {"gave", "giv"},
     {"got", "get"},     {"gotten", "get"},  {"spun", "spin"},   {"began", "begin"}, {"fell", "fall"},   {"fallen", "fall"},
     {"held", "hold"},   {"shown", "show"},  {"said", "say"},    {"told", "tell"},   {"bought", "buy"},  {"put", "put"},
     {"tryed", "try"},   {"burnt", "burn"},  {"smelt", "smell"}, {"leaves", "leav"}, {"froze", "freez"}, {"frozen", "freez"},
     {"noting", "noth"}, {"thing", "thing"}, {"ones", "ones"},   {"found", "find"},  {"quite", "quite"}}};

constexpr WordTable kIrregularForms([] {
  std::array<std::string_view, kIrregular.size()> forms;
  for (std::size_t i = 0; i < forms.size(); ++i) forms[i] = kIrregular[i].first;
  return forms;
}());

std::string stem(std::string_view w) {
  if (const std::size_t i = kIrregularForms.find(w); i < kIrregular.size()) return std::string(kIrregular[i].second);
  auto ends = [&](std::string_view suffix) { return w.ends_with(suffix); };
  if (!is_ascii(w) || w.size() < 4 || std::ranges::any_of(w, [](char c) { return c >= '0' && c <= '9'; })) return std::string(w);
  if (w.size() >= 7 && ends("ings")) w.remove_suffix(1);
  if (w.size() >= 6 && ends("ly")) w.remove_suffix(2);  // "slowly" says "slow"
  if (w.size() >= 6 && ends("ing")) {
    w.remove_suffix(3);
  } else if (w.size() >= 5 && ends("ied")) {
    return std::string(w.substr(0, w.size() - 3)) + "y";
  } else if (w.size() >= 5 && ends("ies")) {
    return std::string(w.substr(0, w.size() - 3)) + "y";
  } else if (w.size() >= 5 && ends("ed") && !ends("eed")) {
    w.remove_suffix(2);
  } else if (ends("es") && w.size() >= 6 && (ends("shes") || ends("ches") || ends("xes") || ends("sses"))) {
    w.remove_suffix(2);
  } else if (ends("s") && !ends("ss") && !ends("us") && !ends("is")) {
    w.remove_suffix(1);
  }
  // "plugged" → "plug", "charge"/"charging" → "charg": one form for all inflections, not a dictionary word.
  if (w.size() >= 4 && w[w.size() - 1] == w[w.size() - 2] && std::string_view("bdgmnprt").contains(w.back())) w.remove_suffix(1);
  if (w.size() >= 4 && w.back() == 'e' && w != "note") w.remove_suffix(1);
  return std::string(w);
}

// Chinese answers written in Latin letters; only what is no English word.
constexpr std::array<std::pair<std::string_view, std::array<std::string_view, 3>>, 12> kPinyin = {
    {{"meiyou", {"没", "有"}},
     {"meiyoude", {"没", "有", "的"}},
     {"youde", {"有", "的"}},
     {"shide", {"是", "的"}},
     {"shi", {"是"}},
     {"bushi", {"不", "是"}},
     {"bushide", {"不", "是", "的"}},
     {"buxing", {"不", "行"}},
     {"haode", {"好", "的"}},
     {"haole", {"好", "了"}},
     {"keyi", {"可", "以"}},
     {"buzhidao", {"不", "知", "道"}}}};

constexpr WordTable kPinyinWords([] {
  std::array<std::string_view, kPinyin.size()> words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = kPinyin[i].first;
  return words;
}());

void add_latin(Message& m, std::string raw) {
  m.has_latin = true;
  std::string plain;
  for (const char c : raw) {
    if (c != '\'') plain += c;
  }
  if (plain.empty()) return;
  if (const std::size_t i = kPinyinWords.find(plain); i < kPinyin.size()) {
    m.has_han = true;
    for (const std::string_view character : kPinyin[i].second) {
      if (!character.empty()) m.words.push_back({std::string(character), std::string(character), Kind::kHan});
    }
    return;
  }
  const bool negative = kNotWords.contains(plain) || raw.ends_with("n't");
  if (negative) {
    // "does not", "is not": the auxiliary says nothing once the negation is known.
    if (plain == "not" && !m.words.empty() && m.words.back().kind == Kind::kLatin &&
        kAuxiliaries.contains(m.words.back().folded)) {
      m.words.pop_back();
    }
    m.words.push_back({"not", std::move(plain), Kind::kLatin});
    return;
  }
  if (plain == "t" && !m.words.empty() && m.words.back().is("not")) return;  // "don t"
  for (const std::string_view suffix : {"'s", "'re", "'m", "'ve", "'ll", "'d"}) {
    if (raw.size() > suffix.size() && raw.ends_with(suffix)) {
      std::string head = raw.substr(0, raw.size() - suffix.size());
      std::string canonical = stem(head);
      m.words.push_back({std::move(canonical), std::move(head), Kind::kLatin});
      return;
    }
  }
  std::string canonical = stem(plain);
  m.words.push_back({std::move(canonical), std::move(plain), Kind::kLatin});
}

void add_break(Message& m, std::string_view mark = ",") {
  if (m.words.empty()) return;
  if (m.words.back().kind != Kind::kBreak) m.words.push_back({std::string(mark), std::string(mark), Kind::kBreak});
  if (mark != ",") m.words.back().text = mark;
}

bool blocks_gap(const Word& w) {
  return w.kind == Kind::kBreak || w.kind == Kind::kHan || w.text == "not" || w.text == "no" || w.text == "never" ||
         w.text == "without" || w.text == "but";
}

}  // namespace

bool same_word(const Word& word, const std::string& wanted, bool fuzzy, bool& typo) {
  if (word.kind == Kind::kBreak) return false;
  if (word.text == wanted) return true;
  if (wanted.front() >= '0' && wanted.front() <= '9' && wanted.size() <= 2) {
    const auto number = small_number(wanted);                        // none: "5g", "4k"
    if (number && small_number(word.folded) == number) return true;  // "two short beeps" is "2 short"
  }
  // Cheap tests first: this runs for every word of every option.
  if (!fuzzy || word.kind != Kind::kLatin || wanted.size() < 3 || word.text.front() != wanted.front()) return false;
  if (word.text.starts_with(wanted) && word.text.size() <= wanted.size() + 3 &&
      std::all_of(word.text.begin() + static_cast<std::ptrdiff_t>(wanted.size()), word.text.end(),
                  [](char c) { return c >= '0' && c <= '9'; }))
    return true;  // "win10", "windows11"
  if (wanted.size() < 4 || word.folded.size() < 5 || word.text == "not") return false;
  if (word.text.size() > wanted.size() + 3 || word.text.size() + 1 < wanted.size()) return false;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (std::ranges::any_of(wanted, digit) || std::ranges::any_of(word.text, digit)) return false;
  if (word.text.starts_with(wanted) && word.text.size() > wanted.size() + 1) {  // an ending with a slip: "flashng", "blinkin"
    static constexpr std::array<std::string_view, 4> kSlips = {"in", "ng", "ign", "nig"};
    if (std::ranges::find(kSlips, std::string_view(word.text).substr(wanted.size())) == kSlips.end()) return false;
  } else if (text::edit_distance(word.text, wanted, 1) > 1) {
    return false;
  }
  typo = true;
  return true;
}

std::string half_width(std::string_view utf8) {
  if (is_ascii(utf8)) return std::string(utf8);
  std::string out;
  out.reserve(utf8.size());
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t i = 0; i < size;) {
    const std::int32_t begin = i;
    while (i < size && static_cast<unsigned char>(utf8[static_cast<std::size_t>(i)]) < 0x80) ++i;
    if (i > begin) {
      out.append(utf8.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(i - begin)));
      continue;
    }
    UChar32 c = 0;
    U8_NEXT(utf8.data(), i, size, c);
    if (c >= 0xFF01 && c <= 0xFF5E) {
      out += static_cast<char>(c - 0xFF01 + 0x21);
    } else if (c == 0x3000 || c == 0xA0) {
      out += ' ';
    } else if (c == 0x2019 || c == 0x2018 || c == 0x2B9) {
      out += '\'';
    } else if (c >= 0x2010 && c <= 0x2015) {
      out += '-';
    } else {
      out.append(utf8.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(i - begin)));
    }
  }
  return out;
}

namespace {

// Traditional characters → simplified ones: 沒有 is 没有 to whoever compares words. ICU's own table, read once.
class Simplified {
 public:
  Simplified() {
    UErrorCode error = U_ZERO_ERROR;
    const std::u16string_view id = u"Traditional-Simplified";
    UTransliterator* both =
        utrans_openU(id.data(), static_cast<std::int32_t>(id.size()), UTRANS_FORWARD, nullptr, 0, nullptr, &error);
    for (char16_t c = kFirst; c <= kLast; ++c) table_[c - kFirst] = c;
    if (U_FAILURE(error)) return;
    std::u16string text;  // a break after each: the rules look at neighbours
    for (const char16_t c : table_) {
      text += c;
      text += u'\n';
    }
    const auto size = static_cast<std::int32_t>(text.size());
    std::int32_t length = size, limit = size;
    utrans_transUChars(both, text.data(), &length, size, 0, &limit, &error);
    utrans_close(both);
    if (U_FAILURE(error) || length != size) return;
    for (std::size_t i = 0; i < table_.size(); ++i) table_[i] = text[i * 2];
  }
  UChar32 operator()(UChar32 c) const { return c >= kFirst && c <= kLast ? table_[static_cast<std::size_t>(c - kFirst)] : c; }

 private:
  static constexpr char16_t kFirst = 0x4E00, kLast = 0x9FFF;
  std::array<char16_t, kLast - kFirst + 1> table_{};
};

// Cantonese as it is written: 冇亮 is 没有亮.
constexpr std::pair<std::string_view, std::string_view> kCantonese[] = {
    {"冇", "没有"}, {"唔", "不"}, {"係", "是"}, {"喺", "在"}, {"嘅", "的"}, {"咗", "了"}, {"佢", "他"},
    {"啲", "些"},   {"睇", "看"}, {"咁", "这"}, {"噉", "这"}, {"嚟", "来"}, {"畀", "给"}};
constexpr std::size_t kHanBytes = 3;

std::string simplified(UChar32 c, std::string_view bytes) {
  static const auto table = std::make_unique<const Simplified>();
  const UChar32 plain = (*table)(c);
  if (plain == c) return std::string(bytes);
  std::array<char, U8_MAX_LENGTH> out{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(out.data(), size, plain);
  return {out.data(), static_cast<std::size_t>(size)};
}

}  // namespace

Message read_words(std::string_view utf8) {
  Message m;
  const std::string folded = text::fold(half_width(utf8));
  const auto size = static_cast<std::int32_t>(folded.size());
  m.words.reserve(std::min<std::size_t>(folded.size() / 4 + 2, 2048));
  std::string latin;
  auto flush = [&] {
    if (!latin.empty()) add_latin(m, std::move(latin));
    latin.clear();
  };
  for (std::int32_t i = 0; i < size;) {
    const std::int32_t begin = i;
    // A run of ASCII letters and digits at once: most of what is read here.
    while (i < size && is_ascii_word(folded[static_cast<std::size_t>(i)])) ++i;
    if (i > begin) {
      latin.append(folded, static_cast<std::size_t>(begin), static_cast<std::size_t>(i - begin));
      continue;
    }
    UChar32 c = 0;
    U8_NEXT(folded.data(), i, size, c);
    if (c < 0) continue;
    const auto bytes = std::string_view(folded).substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(i - begin));
    if (is_han(c)) {
      flush();
      m.has_han = true;
      if (bytes == "有" && !m.words.empty() && m.words.back().text == "木") m.words.back().text = "没";  // 木有
      const auto* spoken = std::ranges::find(kCantonese, bytes, &std::pair<std::string_view, std::string_view>::first);
      if (spoken != std::end(kCantonese)) {
        for (std::size_t k = 0; k < spoken->second.size(); k += kHanBytes)
          m.words.push_back({std::string(spoken->second.substr(k, kHanBytes)), std::string(bytes), Kind::kHan});
        continue;
      }
      m.words.push_back({simplified(c, bytes), std::string(bytes), Kind::kHan});
    } else if (is_letter_or_digit(c) || c == '_') {
      latin += bytes;
    } else if (c == '\'' && !latin.empty()) {
      latin += '\'';
    } else if (c == '?') {
      flush();
      m.asks = true;
      add_break(m, "?");
    } else if (c == ',' || c == ';' || c == '!' || c == '.' || c == ':' || c == '\n' || c == 0x3002) {
      const bool inside_number = c != '\n' && !latin.empty() && i < size && folded[static_cast<std::size_t>(i)] >= '0' &&
                                 folded[static_cast<std::size_t>(i)] <= '9' && (c == '.' || c == ',');
      if (inside_number) {
        latin += bytes;
      } else {
        flush();
        add_break(m, c == ',' || c == ';' || c == ':' ? "," : ".");
      }
    } else {
      flush();
      const bool modifier = (c >= 0x1F3FB && c <= 0x1F3FF) || c == 0xFE0F || c == 0x200D;
      if (c == '+' || (c >= 0x80 && !modifier && u_charType(c) == U_OTHER_SYMBOL))
        m.words.push_back({std::string(bytes), std::string(bytes), Kind::kSymbol});
    }
  }
  flush();
  while (!m.words.empty() && m.words.back().kind == Kind::kBreak) {
    m.ends_asking = m.ends_asking || m.words.back().text == "?";
    m.words.pop_back();
  }
  return m;
}

Phrase to_phrase(std::string_view utf8) {
  Phrase phrase;
  for (Word& w : read_words(utf8).words) {
    if (w.kind != Kind::kBreak) phrase.push_back(std::move(w.text));
  }
  return phrase;
}

std::optional<Found> phrase_at(const Message& message, std::size_t begin, const Phrase& phrase, bool fuzzy, std::size_t max_gap) {
  const auto& words = message.words;
  double quality = 1;
  std::size_t at = begin;
  std::size_t matched = 0;
  bool typo = false;
  while (matched < phrase.size()) {
    std::size_t gap = 0;
    while (at + gap < words.size() && !same_word(words[at + gap], phrase[matched], fuzzy, typo)) {
      if (matched == 0 || gap == max_gap || blocks_gap(words[at + gap]) || words[at - 1].kind != Kind::kLatin)
        return std::nullopt;
      ++gap;
    }
    if (at + gap >= words.size()) return std::nullopt;
    if (gap > 0) quality = std::min(quality, 0.9 - 0.05 * static_cast<double>(gap));
    at += gap + 1;
    ++matched;
  }
  if (typo) quality = std::min(quality, 0.82);
  return Found{begin, at, quality};
}

std::vector<Found> find_phrase(const Message& message, const Phrase& phrase, bool fuzzy, std::size_t max_gap) {
  std::vector<Found> found;
  if (phrase.empty()) return found;
  for (std::size_t begin = 0; begin < message.words.size(); ++begin) {
    if (const auto f = phrase_at(message, begin, phrase, fuzzy, max_gap)) found.push_back(*f);
  }
  return found;
}

bool is_stop_word(std::string_view w) {
  static constexpr WordTable kStop(std::array<std::string_view, 85>{
      "som",    "don",   "mor",   "thes", "thos",  "wher",   "lik", "a",     "an",   "and",   "am",   "any",   "are",
      "as",     "at",    "be",    "been", "but",   "by",     "can", "could", "did",  "do",    "doe",  "does",  "done",
      "for",    "from",  "had",   "has",  "have",  "hav",    "he",  "her",   "here", "how",   "i",    "if",    "in",
      "is",     "it",    "its",   "just", "me",    "my",     "now", "of",    "on",   "one",   "or",   "our",   "out",
      "please", "pleas", "so",    "some", "still", "that",   "the", "them",  "then", "there", "ther", "these", "they",
      "thi",    "this",  "to",    "too",  "up",    "very",   "was", "we",    "were", "wer",   "what", "when",  "which",
      "with",   "will",  "would", "you",  "your",  "really", "also"});
  return kStop.contains(w);
}

bool is_particle(std::string_view han) {
  static constexpr WordTable kParticles(std::array<std::string_view, 26>{"啊", "呀", "呢", "吧", "了", "的", "哦", "嘛", "哈",
                                                                         "啦", "喔", "噢", "诶", "呃", "嗯", "着", "也", "还",
                                                                         "是", "就", "我", "它", "这", "那", "都", "很"});
  return kParticles.contains(han);
}

}  // namespace usher::dialogs
