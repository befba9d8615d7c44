#include "connectors/email/charset.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include "base/text.h"

namespace usher::connectors::email {
namespace {

struct Repair {
  std::string_view label, charset;
};
constexpr std::array kRepairs = {Repair{"gb2312", "gb18030"},
                                 Repair{"gbk", "gb18030"},
                                 Repair{"x-gbk", "gb18030"},
                                 Repair{"chinese", "gb18030"},
                                 Repair{"gb_2312-80", "gb18030"},
                                 Repair{"csgb2312", "gb18030"},
                                 Repair{"cp936", "gb18030"},
                                 Repair{"936", "gb18030"},
                                 Repair{"euc-cn", "gb18030"},
                                 Repair{"x-euc-cn", "gb18030"},
                                 Repair{"gb18030", "gb18030"},
                                 Repair{"hz-gb-2312", "HZ"},
                                 Repair{"ks_c_5601-1987", "windows-949"},
                                 Repair{"ksc5601", "windows-949"},
                                 Repair{"ks_c_5601", "windows-949"},
                                 Repair{"ks_c_5601-1989", "windows-949"},
                                 Repair{"euc-kr", "windows-949"},
                                 Repair{"cp949", "windows-949"},
                                 Repair{"949", "windows-949"},
                                 Repair{"iso-8859-1", "windows-1252"},
                                 Repair{"iso8859-1", "windows-1252"},
                                 Repair{"iso_8859-1", "windows-1252"},
                                 Repair{"latin1", "windows-1252"},
                                 Repair{"latin-1", "windows-1252"},
                                 Repair{"l1", "windows-1252"},
                                 Repair{"cp1252", "windows-1252"},
                                 Repair{"us-ascii", "windows-1252"},
                                 Repair{"ascii", "windows-1252"},
                                 Repair{"ansi_x3.4-1968", "windows-1252"},
                                 Repair{"iso-8859-9", "windows-1254"},
                                 Repair{"iso-8859-11", "windows-874"},
                                 Repair{"tis-620", "windows-874"},
                                 Repair{"shift_jis", "windows-932"},
                                 Repair{"shift-jis", "windows-932"},
                                 Repair{"sjis", "windows-932"},
                                 Repair{"x-sjis", "windows-932"},
                                 Repair{"ms_kanji", "windows-932"},
                                 Repair{"cp932", "windows-932"},
                                 Repair{"932", "windows-932"},
                                 Repair{"iso-2022-jp", "ISO-2022-JP-2"},
                                 Repair{"csiso2022jp", "ISO-2022-JP-2"},
                                 Repair{"cp50220", "ISO-2022-JP-2"},
                                 Repair{"cp50221", "ISO-2022-JP-2"},
                                 Repair{"iso-2022-jp-ms", "ISO-2022-JP-2"},
                                 Repair{"big5", "big5-hkscs"},
                                 Repair{"x-big5", "big5-hkscs"},
                                 Repair{"big5-hkscs", "big5-hkscs"},
                                 Repair{"cp950", "big5-hkscs"},
                                 Repair{"utf8", "utf-8"},
                                 Repair{"utf-8", "utf-8"},
                                 Repair{"unicode-1-1-utf-8", "utf-8"},
                                 Repair{"unknown-8bit", ""},
                                 Repair{"x-unknown", ""},
                                 Repair{"unknown", ""},
                                 Repair{"default", ""},
                                 Repair{"none", ""},
                                 Repair{"default_charset", ""},
                                 Repair{"_iso-2022-jp$esc", "ISO-2022-JP-2"},
                                 Repair{"x-user-defined", ""},
                                 Repair{"8bit", ""},
                                 Repair{"binary", ""},
                                 Repair{"136", "big5-hkscs"},
                                 Repair{"134", "gb18030"},
                                 Repair{"128", "windows-932"},
                                 Repair{"129", "windows-949"}};

using Converter = std::unique_ptr<UConverter, decltype(&ucnv_close)>;

Converter open_converter(const std::string& charset) {
  UErrorCode status = U_ZERO_ERROR;
  return {charset.empty() ? nullptr : ucnv_open(charset.c_str(), &status), &ucnv_close};
}

// nullopt when the charset is unknown. Invalid bytes become U+FFFD (ICU's default for to-Unicode).
std::optional<std::string> convert(std::string_view bytes, const std::string& charset) {
  auto converter = open_converter(charset);
  if (!converter) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  std::string out(bytes.size() * 2 + 16, '\0');
  auto length = ucnv_toAlgorithmic(UCNV_UTF8, converter.get(), out.data(), static_cast<int32_t>(out.size()), bytes.data(),
                                   static_cast<int32_t>(bytes.size()), &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) {
    status = U_ZERO_ERROR;
    out.resize(static_cast<std::size_t>(length));
    length = ucnv_toAlgorithmic(UCNV_UTF8, converter.get(), out.data(), static_cast<int32_t>(out.size()), bytes.data(),
                                static_cast<int32_t>(bytes.size()), &status);
  }
  if (U_FAILURE(status)) return std::nullopt;
  out.resize(static_cast<std::size_t>(length));
  return out;
}

bool has_damage(std::string_view utf8) {
  return utf8.find("\xEF\xBF\xBD") != std::string_view::npos;
}

std::string detect(std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&status), &ucsdet_close);
  if (U_FAILURE(status)) return {};
  auto sample = bytes.substr(0, 16 * 1024);
  ucsdet_setText(detector.get(), sample.data(), static_cast<int32_t>(sample.size()), &status);
  const auto* match = ucsdet_detect(detector.get(), &status);
  if (U_FAILURE(status) || match == nullptr) return {};
  // A few words of Latin text look like anything; below this ICU is guessing.
  if (ucsdet_getConfidence(match, &status) < 30) return {};
  const char* name = ucsdet_getName(match, &status);
  return U_FAILURE(status) || name == nullptr ? std::string{} : repair_charset(name);
}

bool is_escape_text(std::string_view bytes) {
  return bytes.find("\x1b$") != std::string_view::npos || bytes.find("\x1b(") != std::string_view::npos;
}

bool is_mostly_utf8(std::string_view bytes) {
  auto repaired = text::to_valid_utf8(bytes);
  std::size_t damaged = 0;
  for (auto at = repaired.find("\xEF\xBF\xBD"); at != std::string::npos; at = repaired.find("\xEF\xBF\xBD", at + 3)) ++damaged;
  auto beyond = std::count_if(repaired.begin(), repaired.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xC0; });
  return static_cast<std::size_t>(beyond) >= 2 * damaged;
}

// UTF-8 under another label: valid as UTF-8, and with more characters than chance explains. What is meant by a label of one byte
// a character ("Ã¼", "Ð¿") nobody writes; of two bytes a short word may look like UTF-8 ("通" in GB 2312 does).
bool is_utf8_mislabelled(std::string_view bytes, const std::string& charset) {
  static constexpr auto kTwoBytes =
      std::to_array<std::string_view>({"gb", "big5", "windows-9", "euc", "shift", "sjis", "x-sjis", "cp9", "hz", "johab", "ksc"});
  if (!text::is_valid_utf8(bytes)) return false;
  std::size_t pairs = 0;
  std::size_t triples = 0;
  for (char c : bytes) {
    const auto u = static_cast<unsigned char>(c);
    if (u == 0 || u == 0x1B) return false;  // UTF-16, ISO-2022
    pairs += u >= 0xC2 && u <= 0xDF ? 1 : 0;
    triples += u >= 0xE0 ? 1 : 0;
  }
  const auto name = text::to_lower_ascii(charset);
  const bool is_wide =
      std::any_of(kTwoBytes.begin(), kTwoBytes.end(), [&](std::string_view start) { return name.starts_with(start); });
  return triples >= 3 || (is_wide ? pairs >= 6 : pairs + triples >= 2);
}

std::string clean(std::string utf8) {
  if (utf8.starts_with("\xEF\xBB\xBF")) utf8.erase(0, 3);
  bool is_plain = std::none_of(utf8.begin(), utf8.end(), [](char c) {
    auto u = static_cast<unsigned char>(c);
    return u < ' ' && c != '\t' && c != '\n' && c != '\r';
  });
  return is_plain && text::is_valid_utf8(utf8) ? utf8 : text::to_valid_utf8(utf8);
}

}  // namespace

std::string repair_charset(std::string_view label) {
  auto name = text::to_lower_ascii(label);
  while (!name.empty() && (name.front() == ' ' || name.front() == '"' || name.front() == '\'')) name.erase(0, 1);
  while (!name.empty() && (name.back() == ' ' || name.back() == '"' || name.back() == '\'' || name.back() == ';'))
    name.pop_back();
  if (auto star = name.find('*'); star != std::string::npos) name.resize(star);  // RFC 2231 language suffix
  for (const auto& repair : kRepairs) {
    if (repair.label == name) return std::string(repair.charset);
  }
  if (name.starts_with("cp-")) name.erase(2, 1);
  return open_converter(name) ? name : std::string{};
}

std::string to_utf8(std::string_view bytes, std::string_view label, std::string_view hint) {
  if (bytes.size() > 0x3fffffff) bytes = bytes.substr(0, 0x3fffffff);
  auto charset = repair_charset(label);
  bool is_ascii = std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
  if (is_ascii && (charset.empty() || charset == "utf-8" || charset == "windows-1252")) {
    // Seven bits with no useful label: either plain ASCII or Japanese by escape sequences.
    if (!is_escape_text(bytes)) return clean(std::string(bytes));
    if (auto text = convert(bytes, "ISO-2022-JP-2"); text && !has_damage(*text)) return clean(std::move(*text));
    return clean(std::string(bytes));
  }
  bool is_weak = charset.empty() || charset == "utf-8" ||
                 (charset == "windows-1252" && text::to_lower_ascii(label).find("ascii") != std::string::npos);
  if (is_weak && text::is_valid_utf8(bytes)) return clean(std::string(bytes));
  if (!is_weak) {
    if (is_utf8_mislabelled(bytes, charset)) return clean(std::string(bytes));
    if (auto text = convert(bytes, charset)) return clean(std::move(*text));
  }
  auto as = [&](const std::string& candidate) -> std::optional<std::string> {
    if (candidate.empty() || candidate == "utf-8") return std::nullopt;
    auto text = convert(bytes, candidate);
    return text && !has_damage(*text) ? text : std::nullopt;
  };
  if (auto text = as(repair_charset(hint))) return clean(std::move(*text));
  // Mostly UTF-8 with a damaged place is still UTF-8.
  if (charset == "utf-8" && is_mostly_utf8(bytes)) return clean(std::string(bytes));
  if (auto text = as(detect(bytes))) return clean(std::move(*text));  // the costly one: 100 µs and more
  // Anything else was written on some Western Windows.
  if (auto text = convert(bytes, "windows-1252")) return clean(std::move(*text));
  return clean(std::string(bytes));
}

}  // namespace usher::connectors::email
