#include "dialogs/understand_range.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

bool digit(char c) {
  return c >= '0' && c <= '9';
}

struct Piece {
  enum class Kind : unsigned char { kNumber, kWord, kMark } kind;
  double number = 0;
  std::string word;
};

void number_pieces(const std::string& folded, std::vector<Piece>& out) {
  std::size_t i = 0;
  while (i < folded.size()) {
    std::size_t e = i;
    if (digit(folded[i])) {
      while (e < folded.size() && (digit(folded[e]) || (folded[e] == '.' && e + 1 < folded.size() && digit(folded[e + 1])))) ++e;
      out.push_back({Piece::Kind::kNumber, std::stod(folded.substr(i, std::min<std::size_t>(e - i, 12))), {}});
    } else {
      while (e < folded.size() && !digit(folded[e])) ++e;
      out.push_back({Piece::Kind::kWord, 0, folded.substr(i, e - i)});
    }
    i = e;
  }
}

// Words, numbers (also "two", 三, "half a") and the marks < > - +.
std::vector<Piece> pieces(std::string_view text) {
  std::vector<Piece> out;
  const std::string plain = text::fold(half_width(text.substr(0, 400)));
  std::string latin;
  auto flush = [&] {
    if (latin.empty()) return;
    if (digit(latin.front())) {
      number_pieces(latin, out);
    } else if (latin == "a" || latin == "an") {
      out.push_back({Piece::Kind::kWord, 0, latin});
    } else if (latin == "single" || latin == "once") {
      out.push_back({Piece::Kind::kNumber, 1, {}});
    } else if (const auto n = small_number(latin); n && latin != "second" && latin != "once" && latin != "first") {
      out.push_back({Piece::Kind::kNumber, static_cast<double>(*n), {}});
    } else {
      out.push_back({Piece::Kind::kWord, 0, latin});
    }
    latin.clear();
  };
  for (std::size_t i = 0; i < plain.size();) {
    const auto c = static_cast<unsigned char>(plain[i]);
    if (c >= 0x80) {
      flush();
      const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
      const std::string han = plain.substr(i, length);
      i += length;
      if (const auto n = small_number(han)) {
        const bool tens = !out.empty() && out.back().kind == Piece::Kind::kNumber && out.back().word == "十";
        if (tens) {
          out.back().number += *n;
        } else if (han == "十" && !out.empty() && out.back().kind == Piece::Kind::kNumber) {
          out.back().number *= 10;
        } else {
          out.push_back({Piece::Kind::kNumber, static_cast<double>(*n), han == "十" ? han : std::string()});
        }
        continue;
      }
      out.push_back({Piece::Kind::kWord, 0, han});
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || digit(static_cast<char>(c)) ||
                        (c == '.' && !latin.empty() && digit(latin.front()) && i + 1 < plain.size() && digit(plain[i + 1]));
    if (letter) {
      latin += static_cast<char>(c);
    } else {
      flush();
      if (std::string_view("<>-+~=").contains(static_cast<char>(c)))
        out.push_back({Piece::Kind::kMark, 0, std::string(1, static_cast<char>(c))});
    }
    ++i;
  }
  flush();
  return out;
}

struct UnitName {
  std::string_view name;
  double days;
};
double unit_days(std::string_view word) {
  static constexpr std::array<UnitName, 34> kUnits = {{{"minute", 1.0 / 1440},
                                                       {"minutes", 1.0 / 1440},
                                                       {"min", 1.0 / 1440},
                                                       {"mins", 1.0 / 1440},
                                                       {"second", 1.0 / 86400},
                                                       {"seconds", 1.0 / 86400},
                                                       {"secs", 1.0 / 86400},
                                                       {"hour", 1.0 / 24},
                                                       {"hours", 1.0 / 24},
                                                       {"hr", 1.0 / 24},
                                                       {"hrs", 1.0 / 24},
                                                       {"day", 1},
                                                       {"days", 1},
                                                       {"week", 7},
                                                       {"weeks", 7},
                                                       {"wk", 7},
                                                       {"wks", 7},
                                                       {"month", 30.4},
                                                       {"months", 30.4},
                                                       {"mths", 30.4},
                                                       {"year", 365},
                                                       {"years", 365},
                                                       {"yr", 365},
                                                       {"yrs", 365},
                                                       {"decade", 3650},
                                                       {"秒", 1.0 / 86400},
                                                       {"分", 1.0 / 1440},
                                                       {"时", 1.0 / 24},
                                                       {"天", 1},
                                                       {"日", 1},
                                                       {"周", 7},
                                                       {"期", 7},
                                                       {"月", 30.4},
                                                       {"年", 365}}};
  for (const UnitName& u : kUnits) {
    if (u.name == word) return u.days;
  }
  if (word == "拜") return 7;
  return 0;
}

bool is(const Piece& p, std::initializer_list<std::string_view> words) {
  return p.kind != Piece::Kind::kNumber && std::ranges::find(words, p.word) != words.end();
}

// "Yesterday", "last month", "brand new", 昨天: about how many days ago.
std::optional<std::pair<double, std::size_t>> days_ago(const std::vector<Piece>& in, std::size_t i) {
  auto at = [&](std::size_t k, std::initializer_list<std::string_view> words) { return k < in.size() && is(in[k], words); };
  if (at(i, {"yesterday"})) return std::pair(1.0, 1);
  if (at(i, {"today", "tonight", "now"})) return std::pair(0.1, 1);
  if (at(i, {"brand"}) && at(i + 1, {"new"})) return std::pair(10.0, 2);
  if (at(i, {"just", "recently"}) && at(i + 1, {"bought", "got", "purchased", "replaced", "changed"})) return std::pair(10.0, 2);
  if (at(i, {"recently"})) return std::pair(20.0, 1);
  if (at(i, {"this"})) {
    if (at(i + 1, {"morning", "afternoon", "evening"})) return std::pair(0.3, 2);
    if (at(i + 1, {"week"})) return std::pair(3.0, 2);
    if (at(i + 1, {"month"})) return std::pair(15.0, 2);
    if (at(i + 1, {"year", "summer", "spring", "winter", "autumn", "fall"})) return std::pair(120.0, 2);
  }
  if (at(i, {"last"})) {
    if (at(i + 1, {"night"})) return std::pair(0.5, 2);
    if (at(i + 1, {"week", "weekend", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}))
      return std::pair(7.0, 2);
    if (at(i + 1, {"month"})) return std::pair(35.0, 2);
    if (at(i + 1, {"summer", "spring", "winter", "autumn", "fall", "christmas"})) return std::pair(250.0, 2);
    if (at(i + 1, {"year"})) return std::pair(370.0, 2);
  }
  if (at(i, {"昨"}) && at(i + 1, {"天", "晚"})) return std::pair(1.0, 2);
  if (at(i, {"今"}) && at(i + 1, {"天", "早", "晚"})) return std::pair(0.1, 2);
  if (at(i, {"今"}) && at(i + 1, {"年"})) return std::pair(120.0, 2);
  if (at(i, {"前"}) && at(i + 1, {"天"})) return std::pair(2.0, 2);
  if (at(i, {"上"}) && at(i + 1, {"周", "星", "礼"})) return std::pair(7.0, at(i + 1, {"周"}) ? 2 : 3);
  if (at(i, {"上"}) && at(i + 1, {"个"}) && at(i + 2, {"月"})) return std::pair(35.0, 3);
  if (at(i, {"去"}) && at(i + 1, {"年"})) return std::pair(370.0, 2);
  if (at(i, {"前"}) && at(i + 1, {"年"})) return std::pair(740.0, 2);
  if (at(i, {"刚", "才"}) && at(i + 1, {"买", "换", "刚"})) return std::pair(10.0, 2);
  return std::nullopt;
}

// "A couple of", "half a", 半: numbers in words that no table of digits has.
std::vector<Piece> spelled(std::vector<Piece> in) {
  std::vector<Piece> out;
  // "Three years ago" outranks "last" and "today" beside it.
  const bool counted =
      std::ranges::any_of(in, [](const Piece& p) { return p.kind == Piece::Kind::kNumber; }) ||
      std::ranges::any_of(in, [](const Piece& p) { return is(p, {"half", "半", "few", "couple", "几", "several"}); });
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (const auto days = counted ? std::nullopt : days_ago(in, i)) {
      out.push_back({Piece::Kind::kNumber, days->first, {}});
      out.push_back({Piece::Kind::kWord, 0, "days"});
      i += days->second - 1;
      continue;
    }
    const bool next_unit = i + 1 < in.size() && unit_days(in[i + 1].word) > 0;
    if (is(in[i], {"half", "半"})) {
      // "a year and a half", 一年半; "half a year", 半年, 半个月
      if (!out.empty() && out.back().kind == Piece::Kind::kWord && unit_days(out.back().word) > 0 && out.size() >= 2 &&
          out[out.size() - 2].kind == Piece::Kind::kNumber) {
        out[out.size() - 2].number += 0.5;
        continue;
      }
      while (i + 1 < in.size() && is(in[i + 1], {"a", "an", "个"})) ++i;
      out.push_back({Piece::Kind::kNumber, 0.5, {}});
      continue;
    }
    if (is(in[i], {"couple"})) {
      out.push_back({Piece::Kind::kNumber, 2, {}});
      if (i + 1 < in.size() && is(in[i + 1], {"of"})) ++i;
      continue;
    }
    if (is(in[i], {"几", "few", "several"}) &&
        (next_unit || (i + 2 < in.size() && is(in[i + 1], {"个"}) && unit_days(in[i + 2].word) > 0))) {
      out.push_back({Piece::Kind::kNumber, 3, {}});
      continue;
    }
    if (is(in[i], {"a", "an"})) {
      if (next_unit) out.push_back({Piece::Kind::kNumber, 1, {}});
      continue;
    }
    if (is(in[i], {"and"}) && i + 2 < in.size() && (is(in[i + 1], {"a"}) || is(in[i + 1], {"half"}))) continue;
    if (is(in[i], {"个", "小", "星", "礼"})) continue;
    out.push_back(in[i]);
  }
  return out;
}

}  // namespace

bool is_unit(std::string_view folded) {
  return unit_days(folded) > 0 || folded == "yesterday" || folded == "today" || folded == "last" || folded == "brand" ||
         folded == "recently" || folded == "this" || folded == "am" || folded == "pm" || folded == "half" || folded == "couple" ||
         folded == "degrees" || folded == "volts" || folded == "volt" || folded == "oclock" || folded == "percent";
}

std::optional<Range> range_in(std::string_view text) {
  const std::vector<Piece> p = spelled(pieces(text));
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i].kind == Piece::Kind::kNumber) numbers.push_back(i);
  }
  if (numbers.empty() || numbers.size() > 2) return std::nullopt;
  Range r;
  auto value_at = [&](std::size_t at) {
    double v = p[at].number;
    // "two years", "9am"; a unit two words on is somebody else's
    for (std::size_t k = at + 1; k < p.size() && k <= at + 2; ++k) {
      if (p[k].kind == Piece::Kind::kNumber) break;
      if (const double days = unit_days(p[k].word); days > 0) {
        r.unit = Range::Unit::kTime;
        r.scale = days;
        return v * days;
      }
      if (is(p[k], {"am", "pm", "点", "oclock"})) {
        r.unit = Range::Unit::kClock;
        if (p[k].word == "pm" && v < 12) v += 12;
        return v;
      }
    }
    return v;
  };
  if (numbers.size() == 2) {
    bool joined = false;
    for (std::size_t i = numbers[0] + 1; i < numbers[1]; ++i)
      joined = joined || is(p[i], {"-", "~", "to", "and", "till", "until", "到", "至", "or"});
    joined = joined || numbers[1] == numbers[0] + 1;  // 两三天
    if (!joined) return std::nullopt;
    r.high = value_at(numbers[1]);
    const Range::Unit unit = r.unit;
    const double scale = r.scale;
    r.low = value_at(numbers[0]);
    if (unit == Range::Unit::kTime && r.low == p[numbers[0]].number) r.low *= scale;
    if (r.low > r.high) return std::nullopt;
    return r;
  }
  const std::size_t at = numbers[0];
  r.low = r.high = value_at(at);
  bool less = false, more = false, inclusive = false;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i].kind == Piece::Kind::kNumber) continue;
    const bool before = i < at;
    const bool negated = i > 0 && is(p[i - 1], {"not", "no"});
    if (before && is(p[i], {"<", "less", "under", "below", "within", "fewer", "shorter", "younger", "低", "少", "小"}))
      less = !negated, more = negated;
    if (before && i + 1 < p.size() && is(p[i], {"不"}) && is(p[i + 1], {"到", "足"})) less = true;
    if (before && is(p[i], {">", "more", "over", "above", "longer", "older", "exceeding", "past", "超", "大", "多", "高"}))
      more = !negated, less = negated;
    if (before && is(p[i], {"least", "after"})) more = inclusive = true;
    if (before && is(p[i], {"before"})) less = true;
    if (before && is(p[i], {"up", "most"}) && i + 1 < p.size()) less = inclusive = true;
    if (!before && is(p[i], {"+"})) more = inclusive = true;
    if (!before && is(p[i], {"more", "above", "over", "higher", "longer", "up"}) && i > 0 && is(p[i - 1], {"or", "and"}))
      more = inclusive = true;
    if (!before && is(p[i], {"less", "below", "under", "lower", "fewer"}) && i > 0 && is(p[i - 1], {"or", "and"}))
      less = inclusive = true;
    if (!before && i + 1 < p.size() && is(p[i], {"以"})) {
      if (is(p[i + 1], {"上"})) more = inclusive = true;
      if (is(p[i + 1], {"下", "内"})) less = inclusive = true;
    }
    // 一年多 is between one and two, 三年多 the same.
    if (!before && is(p[i], {"多"}) && r.unit == Range::Unit::kTime) r.low = r.high = r.low + 0.4 * r.scale;
  }
  if (less && more) return std::nullopt;
  if (less) {
    r.low = -kInfinite;
    r.open_high = !inclusive;
  }
  if (more) {
    r.high = kInfinite;
    r.open_low = !inclusive;
  }
  return r;
}

std::optional<Range> asked_range(std::string_view question) {
  const auto r = range_in(question);
  return r && (std::isinf(r->low) || std::isinf(r->high)) ? r : std::nullopt;
}

std::optional<std::size_t> range_of(std::string_view answer, const std::vector<std::optional<Range>>& labels) {
  auto said = range_in(answer);
  if (!said) return std::nullopt;
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!labels[i]) continue;
    const Range& l = *labels[i];
    Range s = *said;
    if (l.unit == Range::Unit::kTime && s.unit == Range::Unit::kNone) {
      s.low *= l.scale;
      s.high *= l.scale;
    } else if (s.unit == Range::Unit::kTime && l.unit != Range::Unit::kTime) {
      continue;
    }
    const bool low = s.low > l.low || (s.low == l.low && (!l.open_low || s.open_low));
    const bool high = s.high < l.high || (s.high == l.high && (!l.open_high || s.open_high));
    if (!low || !high) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

}  // namespace usher::dialogs
