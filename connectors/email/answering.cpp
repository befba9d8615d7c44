#include "connectors/email/answering.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kShort = 40;  // code points: what a person types in a moment
constexpr std::size_t kMaxTopic = 120;

// "re", "回复": length of the prefix with its colon, 0 when there is none. "Re[2]:" counts.
std::size_t reply_prefix(std::string_view s) {
  static constexpr auto kPrefixes = std::to_array<std::string_view>(
      {"re", "aw",  "antw", "sv",   "vs",   "ref",  "rif",  "odp",  "ynt",  "fwd",  "fw",   "wg",  "tr",
       "rv", "enc", "auto", "回复", "回覆", "答复", "答覆", "返信", "답장", "转发", "轉寄", "転送"});
  for (auto prefix : kPrefixes) {
    if (s.size() <= prefix.size() || !text::iequals_ascii(s.substr(0, prefix.size()), prefix)) continue;
    std::size_t i = prefix.size();
    if (s[i] == '[') {
      while (i < s.size() && s[i] != ']') ++i;
      ++i;
    }
    while (i < s.size() && s[i] == ' ') ++i;
    if (i < s.size() && s[i] == ':') return i + 1;
    if (s.substr(std::min(i, s.size())).starts_with("：")) return i + std::string_view("：").size();
  }
  return 0;
}

bool has_tag(std::string_view subject) {
  auto at = subject.find("[#");
  return at != std::string_view::npos && subject.find(']', at) != std::string_view::npos;
}

// Lower case, without what is in brackets, digits, blanks and ASCII punctuation; a word with a digit in it goes as a whole.
std::string bones(std::string_view utf8) {
  const auto folded = text::fold(utf8);
  std::string out, word;
  bool has_digit = false;
  int depth = 0;
  auto end_word = [&] {
    if (!has_digit) out += word;
    word.clear();
    has_digit = false;
  };
  for (char c : folded) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '[') ++depth;
    if (c == ']' && depth > 0) {
      --depth;
      continue;
    }
    if (depth > 0) continue;
    if (u >= 128 || (c >= 'a' && c <= 'z')) {
      word += c;
    } else if (c >= '0' && c <= '9') {
      has_digit = true;
    } else if (c != '-' && c != '.' && c != '_') {
      end_word();
    }
  }
  end_word();
  return out;
}

}  // namespace

std::string_view without_reply_prefixes(std::string_view subject) {
  for (;;) {
    while (subject.starts_with(' ')) subject.remove_prefix(1);
    const auto n = reply_prefix(subject);
    if (n == 0) return subject;
    subject.remove_prefix(n);
  }
}

std::string topic_of(std::string_view subject) {
  auto topic = text::cut(bones(without_reply_prefixes(subject)), kMaxTopic);
  return topic.empty() ? "-" : topic;
}

std::string repeated_form(std::string_view text) {
  return text::length(text) <= kShort ? std::string{} : bones(text);
}

Looks looks_of(const Inbound& m, bool is_reply) {
  if (is_reply && !m.proven_keys.empty()) {
    const bool quotes = std::any_of(m.facts.begin(), m.facts.end(), [](const auto& f) { return f.first == "quoted_bytes"; });
    return quotes || text::length(m.text) <= kShort ? Looks::kPerson : Looks::kDoubtful;
  }
  const std::string_view subject = m.subject;
  const bool is_answer = is_reply || !m.thread_keys.empty() || has_tag(subject) ||
                         without_reply_prefixes(subject).size() < text::trim(subject).size();
  return is_answer ? Looks::kAnswer : Looks::kMail;
}

}  // namespace usher::connectors::email
