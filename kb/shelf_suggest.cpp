#include "kb/shelf_suggest.h"

#include <algorithm>

namespace usher::kb {
namespace {

constexpr std::size_t kTitlePlaces = 24;

std::string_view text_from(const Entry& entry, std::uint32_t at) {
  const std::string_view all = entry.phrases;
  return all.substr(at, all.find('\n', at) - at);
}

// The first bytes as a number that sorts like them.
std::uint64_t head_of(std::string_view text) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < 8; ++i) head = head << 8U | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
  return head;
}

struct Spot {
  std::uint32_t at;  // in Entry::phrases
  std::uint8_t phrase;
  bool is_beginning;
};

// Where a phrase can be entered.
std::vector<Spot> spots_of(const Entry& entry) {
  std::vector<Spot> spots;
  const std::string_view all = entry.phrases;
  const std::size_t title = std::min(all.find('\n'), all.size());
  for (std::size_t i = 0; i < title && spots.size() < kTitlePlaces; ++i) {
    const auto byte = static_cast<unsigned char>(all[i]);
    const bool is_joint = byte == ' ' || byte == '-' || byte == '(' || byte == '/' || byte == '"';
    const bool after_joint = i == 0 || std::string_view(" -(/\"").find(all[i - 1]) != std::string_view::npos;
    // Chinese has no spaces: every character may be where somebody begins.
    if ((after_joint && !is_joint) || byte >= 0xE3) spots.push_back({static_cast<std::uint32_t>(i), 0, i == 0});
  }
  std::uint8_t phrase = 1;
  for (std::size_t i = title; i + 1 < all.size() && phrase < 255; i = all.find('\n', i + 1), ++phrase) {
    if (all[i + 1] != '\n') spots.push_back({static_cast<std::uint32_t>(i + 1), phrase, true});
  }
  return spots;
}

}  // namespace

Suggestions::Suggestions(const Entries& entries) {
  struct Sorted {
    std::uint64_t head;
    Place place;
  };
  std::vector<Sorted> sorted;
  for (std::uint32_t doc = 0; doc < entries.size(); ++doc) {
    if (entries[doc]->needed_rank != kCustomer) continue;
    for (const Spot& spot : spots_of(*entries[doc]))
      sorted.push_back({head_of(text_from(*entries[doc], spot.at)), {doc, spot.at, spot.phrase, spot.is_beginning}});
  }
  std::ranges::sort(sorted, [&entries](const Sorted& a, const Sorted& b) {
    if (a.head != b.head) return a.head < b.head;
    const int order = text_from(*entries[a.place.doc], a.place.at).compare(text_from(*entries[b.place.doc], b.place.at));
    return order != 0 ? order < 0 : a.place.doc != b.place.doc ? a.place.doc < b.place.doc : a.place.at < b.place.at;
  });
  places_.reserve(sorted.size());
  for (const Sorted& s : sorted) places_.push_back(s.place);
}

void Suggestions::find(std::string_view typed, const Entries& entries, std::size_t limit, std::vector<Found>& found) const {
  const auto text = [&entries](const Place& place) { return text_from(*entries[place.doc], place.at); };
  const auto begin = std::ranges::lower_bound(places_, typed, {}, text);
  const auto end = std::partition_point(begin, places_.end(), [&](const Place& place) { return text(place).starts_with(typed); });
  for (auto at = begin; at != end && limit > 0; ++at, --limit) found.push_back({at->doc, at->phrase, at->is_beginning});
}

void Suggestions::scan(std::string_view typed, const Entries& entries, std::uint32_t first, std::vector<Found>& found) {
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = *entries[i];
    if (entry.needed_rank != kCustomer || entry.phrases.find(typed) == std::string::npos) continue;
    for (const Spot& spot : spots_of(entry)) {
      if (text_from(entry, spot.at).starts_with(typed)) found.push_back({first + i, spot.phrase, spot.is_beginning});
    }
  }
}

}  // namespace usher::kb
