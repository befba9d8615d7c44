// What changed between two texts, line by line: a longest common subsequence. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace usher::gateway::flow {

struct DiffLine {
  enum class Kind : std::uint8_t { kSame, kAdd, kRemove } kind = Kind::kSame;
  std::string text;  // without its line end
  bool operator==(const DiffLine&) const = default;
};
std::string_view name_of(DiffLine::Kind kind);  // same | add | remove

// All lines of both, removed ones before added ones. Texts whose differing middles have more than a few thousand lines each are
// told as one block removed and one added.
std::vector<DiffLine> diff_lines(std::string_view from, std::string_view to);

// For terminals: "  same", "+ added", "- removed"; of the same lines only those within `context` of a change.
std::string to_text(const std::vector<DiffLine>& lines, std::size_t context = 2);

}  // namespace usher::gateway::flow
