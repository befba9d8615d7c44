#include "connectors/email/imap_wire.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxDepth = 50;
constexpr std::size_t kMaxLiterals = 64;  // of one response

template <class N>
bool read_number(std::string_view text, N& out) {
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  return problem == std::errc{} && end == text.data() + text.size();
}

std::string_view take_word(std::string_view& rest) {
  auto end = std::min(rest.find(' '), rest.size());
  auto word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

// "{12}" or "{12+}" at the end of a line.
std::optional<std::uint64_t> literal_size(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  auto digits = line.substr(open + 1, line.size() - open - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  std::uint64_t size = 0;
  return read_number(digits, size) ? size : UINT64_MAX;
}

// Walks the parenthesized list of a FETCH.
class ListReader {
 public:
  ListReader(std::string_view text, std::vector<std::string> literals) : text_(text), literals_(std::move(literals)) {}

  std::optional<ImapFetched> fetch() {
    ImapFetched out;
    if (!skip('(')) return std::nullopt;
    while (!skip(')')) {
      auto name = item_name();
      if (name.empty()) return std::nullopt;
      auto value = read_value();
      if (!value) return std::nullopt;
      if (text::iequals_ascii(name, "UID")) {
        std::uint32_t uid = 0;
        if (!read_number(value->text, uid) || uid == 0) return std::nullopt;
        out.uid = uid;
      } else if (text::iequals_ascii(name, "RFC822.SIZE")) {
        std::uint64_t size = 0;
        if (!read_number(value->text, size)) return std::nullopt;
        out.size = size;
      } else if (name.size() > 5 && text::iequals_ascii(name.substr(0, 5), "BODY[") && !value->is_nil) {
        out.body = std::move(value->text);
      }
    }
    return at_ == text_.size() ? std::optional(std::move(out)) : std::nullopt;
  }

 private:
  struct Value {
    std::string text;
    bool is_nil = false;
  };

  bool skip(char c) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // "UID", "BODY[HEADER.FIELDS (TO)]<0>": blanks inside brackets belong to it.
  std::string_view item_name() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    auto begin = at_;
    bool is_inside = false;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '[') is_inside = true;
      if (c == ']') is_inside = false;
      if (!is_inside && (c == ' ' || c == '(' || c == ')' || c == '"' || c == '\0')) break;
    }
    return text_.substr(begin, at_ - begin);
  }
  std::optional<Value> read_value() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ == text_.size()) return std::nullopt;
    switch (text_[at_]) {
      case '"':
        return quoted();
      case '\0':
        ++at_;
        if (next_literal_ == literals_.size()) return std::nullopt;
        return Value{std::move(literals_[next_literal_++])};
      case '(':
        return list();
      default: {
        auto end = std::min(text_.find_first_of(std::string_view(" ()\"\0", 5), at_), text_.size());
        Value out{std::string(text_.substr(at_, end - at_))};
        at_ = end;
        out.is_nil = text::iequals_ascii(out.text, "NIL");
        return out.text.empty() ? std::nullopt : std::optional(std::move(out));
      }
    }
  }
  std::optional<Value> quoted() {
    Value out;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return out;
      }
      if (text_[at_] == '\\' && ++at_ == text_.size()) return std::nullopt;
      out.text += text_[at_];
    }
    return std::nullopt;
  }
  // Of no interest (flags, envelopes): only its end is found.
  std::optional<Value> list() {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '(') {
        if (++depth > kMaxDepth) return std::nullopt;
        ++at_;
      } else if (c == ')') {
        ++at_;
        if (--depth == 0) return Value{};
      } else if (c == ' ') {
        ++at_;
      } else if (!read_atom_or_string(c)) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }
  bool read_atom_or_string(char first) {
    if (first == '"') return quoted().has_value();
    if (first == '\0') {
      ++at_;
      return next_literal_++ < literals_.size();
    }
    at_ = std::min(text_.find_first_of(std::string_view(" ()\"\0", 5), at_), text_.size());
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> literals_;
  std::size_t next_literal_ = 0;
};

}  // namespace

void ImapReader::clear() {
  pending_.clear();
  at_ = scanned_ = 0;
  now_ = {};
  literal_left_ = literal_bytes_ = 0;
}

void ImapReader::feed(std::string_view bytes) {
  if (!failed_.empty()) return;
  // What a literal still lacks goes where it belongs at once: nothing large is moved twice.
  if (literal_left_ > 0 && at_ == pending_.size()) {
    auto n = std::min(literal_left_, bytes.size());
    now_.literals.back().append(bytes.substr(0, n));
    literal_left_ -= n;
    bytes.remove_prefix(n);
  }
  if (at_ > 0) {
    pending_.erase(0, at_);
    scanned_ -= at_;
    at_ = 0;
  }
  pending_.append(bytes);
}

// True: a whole response lies in now_.
bool ImapReader::take_line() {
  if (literal_left_ > 0) {
    auto n = std::min(literal_left_, pending_.size() - at_);
    now_.literals.back().append(pending_, at_, n);
    literal_left_ -= n;
    at_ += n;
    scanned_ = at_;
    if (literal_left_ > 0) return false;
  }
  auto lf = pending_.find('\n', std::max(at_, scanned_));
  const auto end = lf == std::string::npos ? pending_.size() : lf + 1;
  scanned_ = end;
  if (now_.line.size() + (end - at_) > max_line_) {
    failed_ = "a line longer than " + std::to_string(max_line_) + " bytes";
    return false;
  }
  if (lf == std::string::npos) return false;
  std::string_view line = std::string_view(pending_).substr(at_, end - at_);
  if (!line.ends_with("\r\n") || line.find('\r') != line.size() - 2 || line.find('\0') != std::string_view::npos) {
    failed_ = "a line that does not end with CRLF, or holds CR or NUL";
    return false;
  }
  line.remove_suffix(2);
  at_ = end;
  auto size = literal_size(line);
  if (!size) {
    now_.line += line;
    return true;
  }
  // All literals of a response together: a thousand small ones are as bad as a large one.
  if (*size > max_literal_ || literal_bytes_ + *size > max_literal_ || now_.literals.size() >= kMaxLiterals) {
    failed_ = "a literal over the limit of " + std::to_string(max_literal_) + " bytes";
    return false;
  }
  now_.line += line.substr(0, line.rfind('{'));
  now_.line += '\0';
  now_.literals.emplace_back();
  literal_left_ = static_cast<std::size_t>(*size);
  literal_bytes_ += literal_left_;
  return take_line();
}

std::optional<ImapResponse> ImapReader::next() {
  if (!failed_.empty() || !take_line()) return std::nullopt;
  literal_bytes_ = 0;
  return std::exchange(now_, {});
}

std::optional<ImapUntagged> read_untagged(std::string_view line) {
  if (!line.starts_with("* ")) return std::nullopt;
  line.remove_prefix(2);
  ImapUntagged out;
  auto word = take_word(line);
  std::uint32_t number = 0;
  if (read_number(word, number)) {
    out.number = number;
    word = take_word(line);
  }
  out.name = word;
  out.rest = line;
  return out;
}

ImapText read_text(std::string_view rest) {
  ImapText out;
  if (rest.starts_with('[')) {
    auto close = std::min(rest.find(']'), rest.size());
    auto code = rest.substr(1, close - 1);
    out.code = take_word(code);
    std::transform(out.code.begin(), out.code.end(), out.code.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    out.argument = code;
    rest.remove_prefix(std::min(close + 1, rest.size()));
  }
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  out.words = text::cut(text::to_valid_utf8(rest), 300);
  return out;
}

std::optional<ImapFetched> read_fetch(std::string_view list, std::vector<std::string> literals) {
  return ListReader(list, std::move(literals)).fetch();
}

std::optional<std::vector<std::uint32_t>> read_set(std::string_view text, char separator, std::size_t max, bool& is_cut) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  while (!text.empty()) {
    auto end = std::min(text.find(separator), text.size());
    auto item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty() && separator == ' ') continue;
    auto colon = item.find(':');
    std::uint32_t from = 0, to = 0;
    if (!read_number(item.substr(0, colon), from) || from == 0) return std::nullopt;
    if (colon == std::string_view::npos) {
      to = from;
    } else if (!read_number(item.substr(colon + 1), to) || to == 0) {
      return std::nullopt;
    }
    ranges.emplace_back(std::min(from, to), std::max(from, to));
  }
  std::sort(ranges.begin(), ranges.end());
  std::vector<std::uint32_t> out;
  for (auto [from, to] : ranges) {
    // A number is visited once, however many ranges name it.
    for (std::uint64_t uid = out.empty() ? from : std::max<std::uint64_t>(from, std::uint64_t{out.back()} + 1); uid <= to;
         ++uid) {
      if (out.size() == max) {
        is_cut = true;
        return out;
      }
      out.push_back(static_cast<std::uint32_t>(uid));
    }
  }
  return out;
}

std::string write_set(const std::vector<std::uint32_t>& sorted) {
  std::string out;
  for (std::size_t i = 0; i < sorted.size();) {
    auto j = i;
    while (j + 1 < sorted.size() && sorted[j + 1] == sorted[j] + 1) ++j;
    out += (out.empty() ? "" : ",") + std::to_string(sorted[i]);
    if (j > i) out += ":" + std::to_string(sorted[j]);
    i = j + 1;
  }
  return out;
}

std::optional<std::string> imap_quoted(std::string_view value) {
  std::string out = "\"";
  for (char c : value) {
    auto u = static_cast<unsigned char>(c);
    if (u < ' ' || u >= 127) return std::nullopt;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::optional<std::string> imap_mailbox(std::string_view utf8) {
  if (utf8.empty() || !text::is_valid_utf8(utf8)) return std::nullopt;
  UErrorCode problem = U_ZERO_ERROR;
  UConverter* converter = ucnv_open("IMAP-mailbox-name", &problem);
  if (U_FAILURE(problem) != 0) return std::nullopt;
  auto wide = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  std::string out(utf8.size() * 4 + 16, '\0');
  auto n = ucnv_fromUChars(converter, out.data(), static_cast<int32_t>(out.size()), wide.getBuffer(), wide.length(), &problem);
  ucnv_close(converter);
  if (U_FAILURE(problem) != 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(n));
  return imap_quoted(out);
}

}  // namespace usher::connectors::email
