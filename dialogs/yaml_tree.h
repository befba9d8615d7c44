// A YAML document as a plain tree in which every key and value knows its place. The only user of libyaml. Pure.
// (libyaml and not yaml-cpp, which the configuration is read with: it reads a thousand scripts five times as fast.)
//
// Duplicate keys, syntax errors, more than one document and oversized documents become problems; the tree is then still as
// complete as it can be. Anchors and aliases are resolved by copying, within the size limit. Column counts code points.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialogs/parse.h"

namespace usher::dialogs {

struct YamlNode;
struct YamlEntry;

struct YamlNode {
  enum class Kind : unsigned char { kNull, kScalar, kList, kMap } kind = Kind::kNull;
  std::string scalar;
  std::vector<YamlNode> items;
  std::vector<YamlEntry> entries;  // in the order written, each key once
  Position at;

  const YamlEntry* find(std::string_view key) const;
};

struct YamlEntry {
  std::string key;
  Position at;
  YamlNode value;
};

inline constexpr std::size_t kMaxYamlNodes = 200'000;

// nullopt when nothing could be read at all; `problems` says why.
std::optional<YamlNode> read_yaml(const Source& source, std::vector<Problem>& problems);

}  // namespace usher::dialogs
