#include "kb/passage.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace usher::kb {
namespace {

constexpr std::size_t kMaxSentence = 300;  // code points

// "1. " or "• " in front of a list item belongs to the list, not to the sentence.
std::string_view without_marker(std::string_view line) {
  while (line.starts_with(' ')) line.remove_prefix(1);
  if (line.starts_with("• ")) return line.substr(std::string_view("• ").size());
  const std::size_t digits = line.find_first_not_of("0123456789");
  if (digits != std::string_view::npos && digits > 0 && digits < 4 && line.substr(digits).starts_with(". "))
    return line.substr(digits + 2);
  return line;
}

}  // namespace

std::vector<std::string> sentences_of(std::string_view plain_text) {
  std::vector<std::string> sentences;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> breaks(icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), status));
  for (const std::string& raw : text::split(plain_text, '\n')) {
    const std::string_view line = without_marker(raw);
    const icu::UnicodeString units =
        icu::UnicodeString::fromUTF8(icu::StringPiece(line.data(), static_cast<std::int32_t>(line.size())));
    const auto add = [&](std::int32_t from, std::int32_t to) {
      std::string sentence;
      units.tempSubStringBetween(from, to).toUTF8String(sentence);
      sentence = text::trim(sentence);
      if (!sentence.empty()) sentences.push_back(text::cut(sentence, kMaxSentence));
    };
    if (U_FAILURE(status) != 0) {
      add(0, units.length());
      continue;
    }
    breaks->setText(units);
    std::int32_t from = breaks->first();
    for (std::int32_t to = breaks->next(); to != icu::BreakIterator::DONE; from = to, to = breaks->next()) add(from, to);
  }
  return sentences;
}

void Passages::add(std::string_view sentence, std::vector<std::uint32_t> terms) {
  std::ranges::sort(terms);
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  text_ += sentence;
  terms_.insert(terms_.end(), terms.begin(), terms.end());
  ends_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(terms_.size())});
}

void Passages::shrink() {
  text_.shrink_to_fit();
  terms_.shrink_to_fit();
  ends_.shrink_to_fit();
}

std::string_view Passages::sentence(std::size_t i) const {
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1].text;
  return std::string_view(text_).substr(begin, ends_[i].text - begin);
}

std::optional<std::size_t> Passages::best(std::span<const std::pair<std::uint32_t, double>> values) const {
  std::optional<std::size_t> best;
  double best_value = 0;
  std::uint64_t filter = 0;
  for (const auto& [term, value] : values) filter |= std::uint64_t{1} << (term % 64);
  std::size_t at = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    double sum = 0;
    for (; at < ends_[i].terms; ++at) {
      const std::uint32_t term = terms_[at];
      if ((filter >> (term % 64) & 1U) == 0) continue;
      const auto found = std::ranges::lower_bound(values, term, {}, &std::pair<std::uint32_t, double>::first);
      if (found != values.end() && found->first == term) sum += found->second;
    }
    if (sum > best_value) {
      best_value = sum;
      best = i;
    }
  }
  return best;
}

}  // namespace usher::kb
