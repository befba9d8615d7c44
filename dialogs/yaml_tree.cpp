#include "dialogs/yaml_tree.h"

#include <yaml.h>

#include <map>

#include "base/text.h"

namespace usher::dialogs {
namespace {

struct TooLarge {};

Position position_of(const yaml_mark_t& mark) {  // libyaml counts from 0, columns in characters
  return {static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1};
}

std::string string_of(const yaml_char_t* s) {
  return s == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(s));
}

std::size_t size_of(const YamlNode& node) {
  std::size_t n = 1;
  for (const YamlNode& item : node.items) n += size_of(item);
  for (const YamlEntry& e : node.entries) n += size_of(e.value);
  return n;
}

// Builds the tree of one document from the parser's events.
class Builder {
 public:
  Builder(const Source& source, std::vector<Problem>& problems) : source_(source), problems_(problems) {}

  YamlNode root;

  void take(const yaml_event_t& event) {
    const Position at = position_of(event.start_mark);
    switch (event.type) {
      case YAML_SCALAR_EVENT: {
        const auto& s = event.data.scalar;
        std::string value(reinterpret_cast<const char*>(s.value), s.length);
        const bool is_null = s.style == YAML_PLAIN_SCALAR_STYLE && (value.empty() || value == "~" || value == "null");
        leaf({.kind = is_null ? YamlNode::Kind::kNull : YamlNode::Kind::kScalar, .scalar = std::move(value), .at = at},
             string_of(s.anchor));
        break;
      }
      case YAML_ALIAS_EVENT:
        alias(string_of(event.data.alias.anchor), at);
        break;
      case YAML_SEQUENCE_START_EVENT:
        open(YamlNode::Kind::kList, at, string_of(event.data.sequence_start.anchor));
        break;
      case YAML_MAPPING_START_EVENT:
        open(YamlNode::Kind::kMap, at, string_of(event.data.mapping_start.anchor));
        break;
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        break;
      default:
        break;
    }
  }

 private:
  struct Open {
    YamlNode node;
    std::string anchor;
    std::optional<YamlEntry> key;  // read, its value not yet
    std::map<std::string, Position> seen;
  };

  void problem(Position at, std::string message, std::string hint) {
    problems_.push_back({source_.file, at.line, at.column, std::move(message), std::move(hint)});
  }
  void count(std::size_t n) {
    nodes_ += n;
    if (nodes_ > kMaxYamlNodes || stack_.size() > 64) throw TooLarge{};
  }
  void leaf(YamlNode node, const std::string& anchor) {
    count(1);
    if (!anchor.empty()) anchors_[anchor] = node;
    add(std::move(node));
  }
  void alias(const std::string& name, Position at) {
    const auto known = anchors_.find(name);
    if (known == anchors_.end()) problem(at, "there is no '&" + name + "' before this", "quote the text if it begins with *");
    YamlNode copy = known == anchors_.end() ? YamlNode{} : known->second;
    count(size_of(copy));
    copy.at = at;
    add(std::move(copy));
  }
  void open(YamlNode::Kind kind, Position at, std::string anchor) {
    count(1);
    stack_.push_back({.node = {.kind = kind, .at = at}, .anchor = std::move(anchor)});
  }
  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    if (!done.anchor.empty()) anchors_[done.anchor] = done.node;
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
        problem(node.at, "a list or mapping cannot be a key", "quote the text if it holds { or [");
      }
      top.key = YamlEntry{.key = node.scalar, .at = node.at, .value = {}};
      return;
    }
    YamlEntry entry = std::move(*top.key);
    top.key.reset();
    if (const auto [it, fresh] = top.seen.emplace(entry.key, entry.at); !fresh) {
      problem(entry.at, "the key '" + entry.key + "' is written twice",
              "it is already in line " + std::to_string(it->second.line) + "; remove one of them");
      return;
    }
    entry.value = std::move(node);
    top.node.entries.push_back(std::move(entry));
  }

  const Source& source_;
  std::vector<Problem>& problems_;
  std::vector<Open> stack_;
  std::map<std::string, YamlNode> anchors_;
  std::size_t nodes_ = 0;
};

// The parser and its current event, freed whatever happens.
class Events {
 public:
  explicit Events(std::string_view bytes) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  ~Events() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  // Null when the bytes are not YAML.
  const yaml_event_t* next() {
    yaml_event_delete(&event_);
    return yaml_parser_parse(&parser_, &event_) == 0 ? nullptr : &event_;
  }
  std::string what() const { return parser_.problem == nullptr ? "cannot be read" : parser_.problem; }
  Position where() const { return position_of(parser_.problem_mark); }

 private:
  yaml_parser_t parser_{};
  yaml_event_t event_{};
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
  Builder builder(source, problems);
  Events events(source.bytes);
  int documents = 0;
  try {
    while (const yaml_event_t* event = events.next()) {
      if (event->type == YAML_STREAM_END_EVENT) {
        if (documents > 0) return std::move(builder.root);
        problem({1, 1}, "the file is empty", "a script begins with 'dialog: <name>'");
        return std::nullopt;
      }
      if (event->type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
        problem(position_of(event->start_mark), "there is a second document in the file",
                "remove the '---' line; one file holds one script");
        return std::move(builder.root);
      }
      builder.take(*event);
    }
    problem(events.where(), "this is not YAML: " + events.what(), "check indentation, and put text with ':' or '{' into quotes");
  } catch (const TooLarge&) {
    problem({1, 1}, "the file is too large or too deeply nested", "at most 200,000 values and 64 levels");
  }
  return std::nullopt;
}

}  // namespace usher::dialogs
