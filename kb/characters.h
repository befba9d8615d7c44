// A text as the analyzer reads it: folded (ICU NFKC_Casefold), traditional Chinese in simplified characters and mainland
// words (OpenCC tw2sp: 印表機 → 打印机), one code point
// after the other, each with the byte range of the input it came from. Used by analyzer.cpp only; thread-safe after construction.
#pragma once
#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace opencc {
class SimpleConverter;
}

namespace usher::kb {

struct Characters {
  std::vector<char32_t> points;
  std::vector<std::uint32_t> begin, end;  // byte range in the input, same size as points

  std::string utf8(std::size_t from, std::size_t to) const;  // points [from, to)
};

bool is_han(char32_t c);

class CharacterReader {
 public:
  // Throws std::runtime_error when ICU's or OpenCC's data files are not installed: nothing could be searched without them.
  CharacterReader();
  ~CharacterReader();
  Characters read(std::string_view utf8) const;  // invalid bytes become U+FFFD

 private:
  void simplify(Characters& text) const;
  bool is_traditional(char32_t c) const;

  std::unique_ptr<opencc::SimpleConverter> to_simplified_;
  std::bitset<0x10000> traditional_;  // characters only traditional text has; without any, nothing is converted
};

}  // namespace usher::kb
