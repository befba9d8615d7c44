#include "dialogs/rehearsal_lines.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "dialogs/rehearsal.h"

namespace usher::dialogs {
namespace {

using Kind = ConversationLine::Kind;

struct Word {
  std::string_view word;
  Kind kind;
};
constexpr std::array kWords = {Word{"language", Kind::kLanguage},  Word{"entry", Kind::kEntry},
                               Word{"date", Kind::kDate},          Word{"customer", Kind::kCustomer},
                               Word{"press", Kind::kPress},        Word{"photo", Kind::kPhoto},
                               Word{"clock", Kind::kClock},        Word{"finds", Kind::kFinds},
                               Word{"lookup", Kind::kLookup},      Word{"bot", Kind::kBot},
                               Word{"bot not", Kind::kBotNot},     Word{"buttons", Kind::kButtons},
                               Word{"step", Kind::kStep},          Word{"slot", Kind::kSlot},
                               Word{"ticket", Kind::kTicket},      Word{"ticket has", Kind::kTicketHas},
                               Word{"follow-up", Kind::kFollowUp}, Word{"end", Kind::kEnd}};

std::string nearest_word(std::string_view word) {
  std::vector<std::string> all;
  for (const Word& w : kWords) all.emplace_back(w.word);
  return text::nearest(word, all);
}

// "slot serial" → kSlot and its name.
const Word* word_of(std::string_view before_colon, std::string& name) {
  for (const Word& w : kWords) {
    if (w.word == before_colon) return &w;
    if ((w.kind == Kind::kSlot || w.kind == Kind::kLookup) && before_colon.starts_with(w.word) &&
        before_colon.substr(w.word.size()).starts_with(' ')) {
      name = text::trim(before_colon.substr(w.word.size()));
      return &w;
    }
  }
  return nullptr;
}

}  // namespace

ConversationFile read_conversation(const Source& source, std::vector<Problem>& problems) {
  ConversationFile out;
  int number = 0;
  bool may_continue = false;
  for (const std::string& raw : text::split(source.bytes, '\n')) {
    ++number;
    const std::string line = text::trim(raw);
    if (line.empty()) {
      may_continue = false;
      continue;
    }
    if (line.starts_with('#')) {
      if (out.remark.empty()) out.remark = text::trim(line.substr(1));
      continue;
    }
    if (may_continue && (raw.starts_with(' ') || raw.starts_with('\t'))) {
      out.lines.back().value += "\n" + line;
      continue;
    }
    const auto colon = line.find(':');
    const std::string before = text::trim(std::string_view(line).substr(0, colon));
    ConversationLine next;
    const Word* word = colon == std::string::npos ? nullptr : word_of(before, next.name);
    may_continue = word != nullptr;
    if (word == nullptr) {
      const std::string meant = colon == std::string::npos ? "" : nearest_word(before);
      problems.push_back({source.file, number, 1, "not a line of a conversation: " + text::cut(line, 80),
                          meant.empty() ? "lines begin with customer:, press:, bot:, ticket: … (docs/rehearsal.md)"
                                        : "did you mean '" + meant + ":'?"});
      continue;
    }
    next.kind = word->kind;
    next.value = text::trim(std::string_view(line).substr(colon + 1));
    next.line = number;
    if (next.name.empty() && (word->kind == Kind::kSlot || word->kind == Kind::kLookup)) {
      problems.push_back({source.file, number, 1, "'" + std::string(word->word) + "' names nothing",
                          word->kind == Kind::kSlot ? "slot serial: ABC12345" : "lookup warranty: state=in"});
    }
    out.lines.push_back(std::move(next));
  }
  return out;
}

std::vector<std::string> list_of(std::string_view list) {
  std::vector<std::string> out;
  for (const std::string& part : text::split(list, ',')) {
    if (std::string trimmed = text::trim(part); !trimmed.empty()) out.push_back(std::move(trimmed));
  }
  return out;
}

std::optional<std::chrono::seconds> duration_of(std::string_view words) {
  std::string trimmed = text::trim(words);
  std::string_view rest = trimmed;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  if (rest.empty()) return std::nullopt;
  std::chrono::seconds total{0};
  while (!rest.empty()) {
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), n);
    if (error != std::errc() || n < 0 || n > 1'000'000 || end == rest.data() + rest.size()) return std::nullopt;
    const char unit = *end;
    if (unit == 's') {
      total += std::chrono::seconds{n};
    } else if (unit == 'm') {
      total += std::chrono::minutes{n};
    } else if (unit == 'h') {
      total += std::chrono::hours{n};
    } else if (unit == 'd') {
      total += std::chrono::days{n};
    } else {
      return std::nullopt;
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  return total;
}

std::optional<Timestamp> morning_of(std::string_view date) {
  int year = 0;
  unsigned month = 0, day = 0;
  auto number = [&](std::size_t at, std::size_t size, auto& into) {
    const auto [end, error] = std::from_chars(date.data() + at, date.data() + at + size, into);
    return error == std::errc() && end == date.data() + at + size;
  };
  if (date.size() != 10 || date[4] != '-' || date[7] != '-' || !number(0, 4, year) || !number(5, 2, month) ||
      !number(8, 2, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day d{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!d.ok()) return std::nullopt;
  return Timestamp{std::chrono::sys_days{d}} + std::chrono::hours{9};
}

}  // namespace usher::dialogs
