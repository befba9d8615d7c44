#include "gateway/flow/line_diff.h"

#include <algorithm>

namespace usher::gateway::flow {
namespace {

using Kind = DiffLine::Kind;
constexpr std::size_t kMaxCells = 8'000'000;  // of the table of lengths: 16 MB

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string_view name_of(Kind kind) {
  return kind == Kind::kSame ? "same" : kind == Kind::kAdd ? "add" : "remove";
}

std::vector<DiffLine> diff_lines(std::string_view from, std::string_view to) {
  const auto a = lines_of(from), b = lines_of(to);
  std::size_t begin = 0, a_end = a.size(), b_end = b.size();
  while (begin < a_end && begin < b_end && a[begin] == b[begin]) ++begin;
  while (a_end > begin && b_end > begin && a[a_end - 1] == b[b_end - 1]) --a_end, --b_end;

  std::vector<DiffLine> out;
  auto add = [&out](Kind kind, std::string_view text) { out.push_back({kind, std::string(text)}); };
  for (std::size_t i = 0; i < begin; ++i) add(Kind::kSame, a[i]);
  const std::size_t n = a_end - begin, m = b_end - begin, width = m + 1;
  std::size_t i = 0, j = 0;
  if (n * m <= kMaxCells && n < 60'000 && m < 60'000) {
    // longest[i][j]: length of the longest common subsequence of what is left of both.
    std::vector<std::uint16_t> longest((n + 1) * width, 0);
    for (std::size_t x = n; x-- > 0;) {
      for (std::size_t y = m; y-- > 0;) {
        longest[x * width + y] = a[begin + x] == b[begin + y]
                                     ? static_cast<std::uint16_t>(longest[(x + 1) * width + y + 1] + 1)
                                     : std::max(longest[(x + 1) * width + y], longest[x * width + y + 1]);
      }
    }
    while (i < n && j < m) {
      if (a[begin + i] == b[begin + j]) {
        add(Kind::kSame, a[begin + i]);
        ++i, ++j;
      } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
        add(Kind::kRemove, a[begin + i++]);
      } else {
        add(Kind::kAdd, b[begin + j++]);
      }
    }
  }
  for (; i < n; ++i) add(Kind::kRemove, a[begin + i]);
  for (; j < m; ++j) add(Kind::kAdd, b[begin + j]);
  for (std::size_t k = a_end; k < a.size(); ++k) add(Kind::kSame, a[k]);
  return out;
}

std::string to_text(const std::vector<DiffLine>& lines, std::size_t context) {
  std::vector<bool> shown(lines.size(), false);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].kind == Kind::kSame) continue;
    const std::size_t last = std::min(lines.size() - 1, i + context);
    for (std::size_t k = i - std::min(i, context); k <= last; ++k) shown[k] = true;
  }
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!shown[i]) {
      if (i == 0 || shown[i - 1]) out += "  …\n";
      continue;
    }
    out += lines[i].kind == Kind::kSame ? "  " : lines[i].kind == Kind::kAdd ? "+ " : "- ";
    out += lines[i].text + "\n";
  }
  return out;
}

}  // namespace usher::gateway::flow
