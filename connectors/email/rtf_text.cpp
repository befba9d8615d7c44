#include "connectors/email/rtf_text.h"

#include <array>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "connectors/email/charset.h"
#include "connectors/email/plain_text.h"

namespace usher::connectors::email {
namespace {

// What every compressed document begins with in the window ([MS-OXRTFCP] 2.1.2.1).
constexpr std::string_view kWindow =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans "
    "SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(kWindow.size() == 207);

// Groups whose text is not the document's.
constexpr auto kDestinations = std::to_array<std::string_view>(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "footnote", "themedata", "datastore"});

std::uint32_t number_at(std::string_view s, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = (out << 8) | static_cast<unsigned char>(s[at + i]);
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  auto lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

struct Group {
  bool is_dropped = false;
  int skip_after_unicode = 1;
};

class Reader {
 public:
  Reader(std::string_view rtf, std::size_t max_bytes) : rtf_(rtf), max_bytes_(max_bytes) {}

  std::string read() {
    while (at_ < rtf_.size() && out_.size() < max_bytes_) {
      char c = rtf_[at_++];
      if (c == '{') {
        // Deeper ones share the last: what is nested that deep is no document.
        if (groups_.size() < 1'000) {
          groups_.push_back(groups_.back());
        } else {
          ++surplus_;
        }
      } else if (c == '}') {
        if (surplus_ > 0) {
          --surplus_;
        } else if (groups_.size() > 1) {
          groups_.pop_back();
        }
      } else if (c == '\\') {
        control();
      } else if (c != '\r' && c != '\n') {
        byte(c);
      }
    }
    flush();
    out_.resize(head_of(out_, max_bytes_).size());
    return std::move(out_);
  }

 private:
  void control() {
    if (at_ >= rtf_.size()) return;
    char c = rtf_[at_];
    if (c == '\'') {
      auto high = at_ + 2 < rtf_.size() ? hex_value(rtf_[at_ + 1]) : -1;
      auto low = high < 0 ? -1 : hex_value(rtf_[at_ + 2]);
      at_ = std::min(at_ + 3, rtf_.size());
      if (low >= 0) byte(static_cast<char>(high * 16 + low));
      return;
    }
    auto is_letter = [](char x) { return (x >= 'a' && x <= 'z') || (x >= 'A' && x <= 'Z'); };
    if (!is_letter(c)) {
      ++at_;
      if (c == '*') groups_.back().is_dropped = true;
      if (c == '\\' || c == '{' || c == '}') byte(c);
      if (c == '~') byte(' ');
      if (c == '\n' || c == '\r') line();
      return;
    }
    auto begin = at_;
    while (at_ < rtf_.size() && is_letter(rtf_[at_]) && at_ - begin < 32) ++at_;
    auto word = rtf_.substr(begin, at_ - begin);
    auto digits = at_;
    if (at_ < rtf_.size() && rtf_[at_] == '-') ++at_;
    while (at_ < rtf_.size() && rtf_[at_] >= '0' && rtf_[at_] <= '9' && at_ - digits < 12) ++at_;
    int value = -1;
    std::from_chars(rtf_.data() + digits, rtf_.data() + at_, value);
    bool has_value = at_ > digits;
    if (at_ < rtf_.size() && rtf_[at_] == ' ') ++at_;
    keyword(word, value, has_value);
  }

  void keyword(std::string_view word, int value, bool has_value) {
    if (std::find(kDestinations.begin(), kDestinations.end(), word) != kDestinations.end()) {
      groups_.back().is_dropped = true;
    } else if (word == "par" || word == "line" || word == "row" || word == "sect" || word == "page") {
      line();
    } else if (word == "tab" || word == "cell") {
      byte('\t');
    } else if (word == "htmlrtf") {
      is_only_rtf_ = !(has_value && value == 0);
    } else if (word == "ansicpg" && has_value && !has_charset_) {
      flush();
      has_charset_ = true;
      auto charset = value == 65001 ? "utf-8" : repair_charset("cp" + std::to_string(value));
      if (!charset.empty()) charset_ = std::move(charset);
    } else if (word == "uc" && has_value) {
      groups_.back().skip_after_unicode = std::clamp(value, 0, 16);
    } else if (word == "u" && has_value) {
      unicode(static_cast<std::uint16_t>(value));
    } else if (word == "bin" && value > 0) {
      at_ = std::min(rtf_.size(), at_ + static_cast<std::size_t>(value));
    } else if (word == "lquote" || word == "rquote") {
      byte('\'');
    } else if (word == "ldblquote" || word == "rdblquote") {
      byte('"');
    } else if (word == "emdash" || word == "endash") {
      byte('-');
    }
  }

  bool is_shown() const { return !groups_.back().is_dropped && !is_only_rtf_; }

  void byte(char c) {
    if (skip_ > 0) {
      --skip_;
      return;
    }
    if (is_shown() && c != '\0') bytes_ += c;
  }
  // Lines are breaks even where the words are of the RTF alone: the tags that make them in the HTML are not looked at.
  void line() {
    if (groups_.back().is_dropped) return;
    flush();
    out_ += '\n';
  }
  void unicode(std::uint16_t unit) {
    flush();
    skip_ = groups_.back().skip_after_unicode;
    if (!is_shown()) return;
    units_ += static_cast<char>(unit & 0xff);
    units_ += static_cast<char>(unit >> 8);
  }
  void flush() {
    if (!units_.empty() && (!bytes_.empty() || !is_high_surrogate())) out_ += to_utf8(std::exchange(units_, {}), "utf-16le");
    // Nothing is guessed here: a document is flushed thousands of times.
    const bool is_wrong = charset_ == "utf-8" && !text::is_valid_utf8(bytes_);
    if (!bytes_.empty()) out_ += to_utf8(std::exchange(bytes_, {}), is_wrong ? "cp1252" : charset_);
  }
  bool is_high_surrogate() const { return (static_cast<unsigned char>(units_.back()) & 0xFC) == 0xD8; }

  std::string_view rtf_;
  std::size_t max_bytes_;
  std::size_t at_ = 0;
  std::vector<Group> groups_{1};
  std::size_t surplus_ = 0;
  std::string out_, bytes_, units_;
  std::string charset_ = "cp1252";
  int skip_ = 0;
  bool has_charset_ = false;  // of the document: it is said once
  bool is_only_rtf_ = false;
};

}  // namespace

std::optional<std::string> decompress_rtf(std::string_view bytes, std::size_t max_bytes) {
  if (bytes.size() < 16) return std::nullopt;
  auto raw_size = std::min<std::size_t>(number_at(bytes, 4), max_bytes);
  auto form = number_at(bytes, 8);
  bytes.remove_prefix(16);
  if (form == 0x414c454d) return std::string(bytes.substr(0, raw_size));
  if (form != 0x75465a4c) return std::nullopt;
  std::string window(kWindow);
  window.resize(4096, ' ');
  std::size_t write = kWindow.size();
  std::string out;
  auto put = [&](char c) {
    out += c;
    window[write] = c;
    write = (write + 1) % window.size();
  };
  for (std::size_t at = 0; at < bytes.size() && out.size() < raw_size;) {
    auto control = static_cast<unsigned char>(bytes[at++]);
    for (int bit = 0; bit < 8 && at < bytes.size() && out.size() < raw_size; ++bit) {
      if ((control >> bit & 1) == 0) {
        put(bytes[at++]);
        continue;
      }
      if (at + 2 > bytes.size()) return out;
      auto reference =
          static_cast<unsigned>(static_cast<unsigned char>(bytes[at]) << 8 | static_cast<unsigned char>(bytes[at + 1]));
      at += 2;
      std::size_t from = reference >> 4;
      if (from == write) return out;
      for (unsigned n = 0; n < (reference & 15) + 2 && out.size() < raw_size; ++n) put(window[(from + n) % window.size()]);
    }
  }
  return out;
}

std::string rtf_to_text(std::string_view rtf, std::size_t max_bytes) {
  return Reader(rtf, max_bytes).read();
}

}  // namespace usher::connectors::email
