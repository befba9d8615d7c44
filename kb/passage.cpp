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

namespace {

// Whether a term is among a few, by one bit first: nearly always it is not.
class Worth {
 public:
  explicit Worth(Passages::Values values) : values_(values) {
    for (const auto& [term, value] : values) filter_ |= std::uint64_t{1} << (term % 64);
  }
  double of(std::uint32_t term) const {
    if ((filter_ >> (term % 64) & 1U) == 0) return 0;
    const auto found = std::ranges::lower_bound(values_, term, {}, &std::pair<std::uint32_t, double>::first);
    return found != values_.end() && found->first == term ? found->second : 0;
  }

 private:
  Passages::Values values_;
  std::uint64_t filter_ = 0;
};

}  // namespace

void Passages::add(std::string_view sentence, std::vector<Place> places) {
  std::ranges::sort(places);
  text_ += sentence;
  places_.insert(places_.end(), places.begin(), places.end());
  ends_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(places_.size())});
}

void Passages::shrink() {
  text_.shrink_to_fit();
  places_.shrink_to_fit();
  ends_.shrink_to_fit();
}

std::string_view Passages::sentence(std::size_t i) const {
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1].text;
  return std::string_view(text_).substr(begin, ends_[i].text - begin);
}

std::optional<std::size_t> Passages::best(Values values) const {
  const Worth worth(values);
  std::optional<std::size_t> best;
  double best_value = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    double sum = 0;
    for (const std::size_t first = at; at < ends_[i].places; ++at) {
      if (at == first || places_[at].term != places_[at - 1].term) sum += worth.of(places_[at].term);
    }
    if (sum > best_value) {
      best_value = sum;
      best = i;
    }
  }
  return best;
}

std::vector<std::pair<std::size_t, std::size_t>> Passages::marks(std::size_t i, Values values) const {
  const Worth worth(values);
  std::vector<std::pair<std::size_t, std::size_t>> found, joined;
  for (std::size_t at = i == 0 ? 0 : ends_[i - 1].places; at < ends_[i].places; ++at) {
    if (worth.of(places_[at].term) > 0) found.emplace_back(places_[at].begin, places_[at].end);
  }
  std::ranges::sort(found);
  for (const auto& range : found) {
    if (!joined.empty() && range.first <= joined.back().second) {
      joined.back().second = std::max(joined.back().second, range.second);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

}  // namespace usher::kb
