#include "dialogs/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/text.h"

namespace usher::dialogs {
namespace {

struct TooLarge {};

// yaml-cpp counts columns in bytes; people count characters.
class Columns {
 public:
  explicit Columns(std::string_view bytes) : bytes_(bytes) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] == '\n') starts_.push_back(i + 1);
    }
  }
  Position of(const YAML::Mark& mark) const {
    if (mark.is_null()) return {1, 1};
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
    Position p{static_cast<int>(line) + 1, static_cast<int>(column) + 1};
    if (line >= starts_.size()) return p;
    const std::string_view prefix = bytes_.substr(starts_[line], column);
    const auto continuation =
        std::ranges::count_if(prefix, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; });
    p.column -= static_cast<int>(continuation);
    return p;
  }

 private:
  std::string_view bytes_;
  std::vector<std::size_t> starts_;
};

std::size_t size_of(const YamlNode& node) {
  std::size_t n = 1;
  for (const YamlNode& item : node.items) n += size_of(item);
  for (const YamlEntry& e : node.entries) n += size_of(e.value);
  return n;
}

class Builder : public YAML::EventHandler {
 public:
  Builder(const Source& source, const Columns& columns, std::vector<Problem>& problems)
      : source_(source), columns_(columns), problems_(problems) {}

  YamlNode root;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf({.at = columns_.of(mark)}, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode copy = anchors_[anchor];
    count(size_of(copy));
    copy.at = columns_.of(mark);
    add(std::move(copy));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    const bool plain_null = tag == "?" && (value == "~" || value == "null");
    leaf({.kind = plain_null ? YamlNode::Kind::kNull : YamlNode::Kind::kScalar, .scalar = value, .at = columns_.of(mark)},
         anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::kList, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::kMap, mark, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    std::optional<YamlEntry> key;  // read, its value not yet
    std::map<std::string, Position> seen;
  };

  void count(std::size_t n) {
    nodes_ += n;
    if (nodes_ > kMaxYamlNodes || stack_.size() > 64) throw TooLarge{};
  }
  void leaf(YamlNode node, YAML::anchor_t anchor) {
    count(1);
    if (anchor != 0) anchors_[anchor] = node;
    add(std::move(node));
  }
  void open(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(1);
    stack_.push_back({.node = {.kind = kind, .at = columns_.of(mark)}, .anchor = anchor});
  }
  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    if (done.anchor != 0) anchors_[done.anchor] = done.node;
    add(std::move(done.node));
  }
  void add(YamlNode node) {
    if (stack_.empty()) {
      root = std::move(node);
      return;
    }
    Open& top = stack_.back();
    if (top.node.kind == YamlNode::Kind::kList) {
      top.node.items.push_back(std::move(node));
      return;
    }
    if (!top.key) {
      if (node.kind == YamlNode::Kind::kList || node.kind == YamlNode::Kind::kMap) {
        problems_.push_back({source_.file, node.at.line, node.at.column, "a list or mapping cannot be a key",
                             "quote the text if it holds { or ["});
      }
      top.key = YamlEntry{.key = node.scalar, .at = node.at, .value = {}};
      return;
    }
    YamlEntry entry = std::move(*top.key);
    top.key.reset();
    if (const auto [it, fresh] = top.seen.emplace(entry.key, entry.at); !fresh) {
      problems_.push_back({source_.file, entry.at.line, entry.at.column, "the key '" + entry.key + "' is written twice",
                           "it is already in line " + std::to_string(it->second.line) + "; remove one of them"});
      return;
    }
    entry.value = std::move(node);
    top.node.entries.push_back(std::move(entry));
  }

  const Source& source_;
  const Columns& columns_;
  std::vector<Problem>& problems_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t nodes_ = 0;
};

}  // namespace

const YamlEntry* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& e : entries) {
    if (e.key == key) return &e;
  }
  return nullptr;
}

std::optional<YamlNode> read_yaml(const Source& source, std::vector<Problem>& problems) {
  auto problem = [&](Position at, std::string message, std::string hint) {
    problems.push_back({source.file, at.line, at.column, std::move(message), std::move(hint)});
  };
  if (!text::is_valid_utf8(source.bytes)) {
    problem({1, 1}, "the file is not valid UTF-8", "save it as UTF-8");
    return std::nullopt;
  }
  const Columns columns(source.bytes);
  Builder builder(source, columns, problems);
  std::istringstream stream(source.bytes);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      problem({1, 1}, "the file is empty", "a script begins with 'dialog: <name>'");
      return std::nullopt;
    }
    YamlNode first = std::move(builder.root);
    if (Builder rest(source, columns, problems); parser.HandleNextDocument(rest)) {
      problem(rest.root.at, "there is a second document in the file", "remove the '---' line; one file holds one script");
    }
    return first;
  } catch (const YAML::Exception& e) {
    problem(columns.of(e.mark), "this is not YAML: " + e.msg, "check indentation, and put text with ':' or '{' into quotes");
  } catch (const TooLarge&) {
    problem({1, 1}, "the file is too large or too deeply nested", "at most 200,000 values and 64 levels");
  } catch (const std::exception& e) {
    problem({1, 1}, std::string("this is not YAML: ") + e.what(), "check indentation and quotes");
  }
  return std::nullopt;
}

}  // namespace usher::dialogs
