#include "kb/characters.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>
#include <SimpleConverter.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace usher::kb {
namespace {

void append_utf8(std::string& out, char32_t c) {
  std::array<char, 4> buffer;
  std::int32_t size = 0;
  UBool error = false;
  U8_APPEND(buffer.data(), size, 4, static_cast<UChar32>(c), error);
  if (error == 0) out.append(buffer.data(), static_cast<std::size_t>(size));
}

UChar32 next_point(std::string_view utf8, std::int32_t& at) {
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(utf8.data(), at, static_cast<std::int32_t>(utf8.size()), c);
  return c;
}

std::vector<char32_t> points_of(std::string_view utf8) {
  std::vector<char32_t> points;
  for (std::int32_t at = 0; at < static_cast<std::int32_t>(utf8.size());)
    points.push_back(static_cast<char32_t>(next_point(utf8, at)));
  return points;
}

const icu::Normalizer2& folding() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* instance = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status) != 0 || instance == nullptr) throw std::runtime_error("ICU has no NFKC data: is libicu72 installed?");
  return *instance;
}

}  // namespace

bool is_han(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3005 || c == 0x3007;
}

std::string Characters::utf8(std::size_t from, std::size_t to) const {
  std::string out;
  for (std::size_t i = from; i < to; ++i) append_utf8(out, points[i]);
  return out;
}

CharacterReader::CharacterReader() {
  folding();
  try {
    to_simplified_ = std::make_unique<opencc::SimpleConverter>("tw2sp.json");
    std::bitset<0x10000>
        simplified;  // what a conversion can end in: "么" is also an old form of "幺", but does not make a text traditional
    for (char32_t c = 0x3400; c <= 0x9FFF; ++c) {
      std::string one;
      append_utf8(one, c);
      const std::vector<char32_t> converted = points_of(to_simplified_->Convert(one));
      traditional_[c] = converted.size() != 1 || converted[0] != c;
      if (traditional_[c] && converted.size() == 1 && converted[0] < 0x10000) simplified.set(converted[0]);
    }
    traditional_ &= ~simplified;
  } catch (const std::exception& e) {
    throw std::runtime_error(std::string("OpenCC cannot load tw2sp.json (is libopencc-data installed?): ") + e.what());
  }
}

CharacterReader::~CharacterReader() = default;

bool CharacterReader::is_traditional(char32_t c) const {
  return c < 0x10000 ? traditional_[c] : is_han(c);
}

Characters CharacterReader::read(std::string_view utf8) const {
  const icu::Normalizer2& fold = folding();
  Characters text;
  text.points.reserve(utf8.size());
  text.begin.reserve(utf8.size());
  text.end.reserve(utf8.size());
  const auto add = [&text](UChar32 c, std::int32_t begin, std::int32_t end) {
    text.points.push_back(static_cast<char32_t>(c));
    text.begin.push_back(static_cast<std::uint32_t>(begin));
    text.end.push_back(static_cast<std::uint32_t>(end));
  };
  bool traditional = false;
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t at = 0; at < size;) {
    const std::int32_t begin = at;
    const auto byte = static_cast<unsigned char>(utf8[static_cast<std::size_t>(at)]);
    // ASCII before ASCII folds alone; anything else may compose with what follows.
    if (byte < 0x80 && (at + 1 == size || static_cast<unsigned char>(utf8[static_cast<std::size_t>(at) + 1]) < 0x80)) {
      ++at;
      add(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte, begin, at);
      continue;
    }
    icu::UnicodeString segment(next_point(utf8, at));
    for (std::int32_t next = at; next < size; at = next) {
      const UChar32 c = next_point(utf8, next);
      if (fold.hasBoundaryBefore(c) != 0) break;
      segment.append(c);
    }
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString folded = fold.normalize(segment, status);
    for (std::int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
      const UChar32 c = folded.char32At(i);
      add(c, begin, at);
      traditional = traditional || is_traditional(static_cast<char32_t>(c));
    }
  }
  if (traditional) simplify(text);
  return text;
}

// Run by run of Han, so that a phrase whose length changes blurs the byte ranges of its own run only.
void CharacterReader::simplify(Characters& text) const {
  Characters out;
  for (std::size_t i = 0; i < text.points.size();) {
    std::size_t end = i;
    bool traditional = false;
    for (; end < text.points.size() && is_han(text.points[end]); ++end)
      traditional = traditional || is_traditional(text.points[end]);
    const std::size_t size = std::max<std::size_t>(end - i, 1);
    std::vector<char32_t> run(text.points.begin() + static_cast<std::ptrdiff_t>(i),
                              text.points.begin() + static_cast<std::ptrdiff_t>(i + size));
    if (traditional) run = points_of(to_simplified_->Convert(text.utf8(i, end)));
    for (std::size_t n = 0; n < run.size(); ++n) {
      const std::size_t from = i + n * size / run.size();
      const std::size_t last = i + std::max(n * size / run.size(), ((n + 1) * size - 1) / run.size());
      out.points.push_back(run[n]);
      out.begin.push_back(text.begin[from]);
      out.end.push_back(text.end[last]);
    }
    i += size;
  }
  text = std::move(out);
}

}  // namespace usher::kb
