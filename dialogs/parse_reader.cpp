#include "dialogs/parse_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using Kind = YamlNode::Kind;

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "a text";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a mapping";
  }
  return "nothing";
}

// "en", "zh", "zh-Hant".
bool is_language(std::string_view s) {
  const std::size_t dash = std::min(s.find('-'), s.size());
  const std::string_view first = s.substr(0, dash);
  if (first.size() < 2 || first.size() > 3) return false;
  if (!std::ranges::all_of(first, [](char c) { return c >= 'a' && c <= 'z'; })) return false;
  if (dash == s.size()) return true;
  const std::string_view rest = s.substr(dash + 1);
  return rest.size() >= 2 && rest.size() <= 8 &&
         std::ranges::all_of(rest, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

template <class T>
std::optional<T> whole(std::string_view s) {
  T value{};
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return value;
}

}  // namespace

bool is_name(std::string_view s, bool underscore) {
  return !s.empty() && std::ranges::all_of(s, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (underscore && c == '_');
  });
}

std::string nearest_hint(std::string_view word, const std::vector<std::string>& valid, std::string_view otherwise) {
  const std::string near = text::nearest(word, valid);
  return near.empty() ? std::string(otherwise) : "did you mean '" + near + "'?";
}

std::string file_stem(std::string_view file) {
  file.remove_prefix(file.find_last_of('/') + 1);
  return std::string(file.substr(0, file.find_last_of('.')));
}

std::shared_ptr<const re2::RE2> Shared::compiled(const std::string& pattern, bool case_sensitive) {
  std::shared_ptr<const re2::RE2>& known = compiled_[(case_sensitive ? "c" : "i") + pattern];
  if (known == nullptr) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(case_sensitive);
    options.set_max_mem(1 << 20);
    known = std::make_shared<const RE2>(pattern, options);
  }
  return known;
}

void Reader::problem(Position at, std::string message, std::string hint) {
  problems_.push_back({source.file, at.line, at.column, std::move(message), std::move(hint)});
}

bool Reader::is(const YamlNode& node, Kind kind, std::string_view what, std::string_view hint) {
  if (node.kind == kind) return true;
  problem(node.at, fmt::format("{} must be {}, but is {}", what, kind_name(kind), kind_name(node.kind)), std::string(hint));
  return false;
}

void Reader::only(const YamlNode& map, const std::vector<std::string>& valid, std::string_view where) {
  for (const YamlEntry& e : map.entries) {
    if (std::ranges::find(valid, e.key) != valid.end()) continue;
    problem(e.at, fmt::format("{} has no key '{}'", where, e.key),
            nearest_hint(e.key, valid, fmt::format("valid keys: {}", fmt::join(valid, ", "))));
  }
}

std::string Reader::scalar(const YamlNode& map, std::string_view key, std::string_view hint) {
  const YamlEntry* e = map.find(key);
  if (e == nullptr || !is(e->value, Kind::kScalar, fmt::format("'{}'", key), hint)) return {};
  if (text::trim(e->value.scalar).empty())
    problem(e->value.at, fmt::format("'{}' is empty", key), "write a value or remove the line");
  return e->value.scalar;
}

std::string Reader::required_scalar(const YamlNode& map, std::string_view key, Position at, std::string_view where) {
  if (map.find(key) == nullptr) problem(at, fmt::format("{} needs '{}'", where, key), fmt::format("add {}: <word>", key));
  return scalar(map, key);
}

std::string Reader::one_of(const YamlNode& map, std::string_view key, const std::vector<std::string>& valid,
                           std::string otherwise) {
  const YamlEntry* e = map.find(key);
  if (e == nullptr || !is(e->value, Kind::kScalar, fmt::format("'{}'", key), fmt::format("{}", fmt::join(valid, " or "))))
    return otherwise;
  if (std::ranges::find(valid, e->value.scalar) != valid.end()) return e->value.scalar;
  problem(e->value.at, fmt::format("'{}' cannot be '{}'", key, e->value.scalar),
          nearest_hint(e->value.scalar, valid, fmt::format("write one of: {}", fmt::join(valid, ", "))));
  return otherwise;
}

bool Reader::flag(const YamlNode& map, std::string_view key, bool otherwise) {
  const YamlEntry* e = map.find(key);
  if (e == nullptr) return otherwise;
  const std::string v = e->value.kind == Kind::kScalar ? text::to_lower_ascii(e->value.scalar) : std::string();
  if (v == "true" || v == "yes") return true;
  if (v == "false" || v == "no") return false;
  problem(e->value.at, fmt::format("'{}' must be true or false", key), "write true or false");
  return otherwise;
}

std::optional<double> Reader::number_of(const YamlNode& node, std::string_view what, double least, double most) {
  const auto value = node.kind == Kind::kScalar ? whole<double>(node.scalar) : std::nullopt;
  if (value && std::isfinite(*value) && *value >= least && *value <= most) return value;
  const bool bounded = most < kAnyNumber;
  problem(node.at, fmt::format("{} must be a number{}", what, bounded ? fmt::format(" from {} to {}", least, most) : ""),
          node.kind == Kind::kScalar ? fmt::format("it is '{}'; write digits, with a point for decimals", node.scalar)
                                     : "write one number");
  return std::nullopt;
}

std::optional<double> Reader::number(const YamlNode& map, std::string_view key, double least, double most) {
  const YamlEntry* e = map.find(key);
  return e == nullptr ? std::nullopt : number_of(e->value, fmt::format("'{}'", key), least, most);
}

std::optional<std::size_t> Reader::count(const YamlNode& map, std::string_view key, std::size_t least, std::size_t most) {
  const YamlEntry* e = map.find(key);
  if (e == nullptr) return std::nullopt;
  const auto value = e->value.kind == Kind::kScalar ? whole<std::size_t>(e->value.scalar) : std::nullopt;
  if (value && *value >= least && *value <= most) return value;
  problem(e->value.at, fmt::format("'{}' must be a number from {} to {}", key, least, most), fmt::format("write {}: 40", key));
  return std::nullopt;
}

std::optional<std::chrono::seconds> Reader::duration(const YamlNode& map, std::string_view key) {
  const YamlEntry* e = map.find(key);
  if (e == nullptr) return std::nullopt;
  const std::string s = e->value.kind == Kind::kScalar ? e->value.scalar : std::string();
  if (s == "never") return std::chrono::seconds(0);
  static constexpr std::string_view kUnits = "smhdw";
  static constexpr std::array<std::int64_t, 5> kSeconds = {1, 60, 3600, 86'400, 604'800};
  const std::size_t unit = s.empty() ? std::string_view::npos : kUnits.find(s.back());
  const auto amount =
      unit == std::string_view::npos ? std::nullopt : whole<std::int64_t>(std::string_view(s).substr(0, s.size() - 1));
  if (amount && *amount > 0 && *amount <= 100'000'000 && *amount * kSeconds[unit] <= 366 * 86'400)
    return std::chrono::seconds(*amount * kSeconds[unit]);
  problem(e->value.at, fmt::format("'{}' must be a time up to a year", key), "write it like 90s, 10m, 2h, 1d or 1w, or never");
  return std::nullopt;
}

std::string Reader::language_key(const YamlEntry& e) {
  if (!is_language(e.key)) problem(e.at, fmt::format("'{}' is not a language", e.key), "use en, zh, …");
  return e.key;
}

std::string Reader::expand(const std::string& text, const std::string& language, Position at) {
  if (text.find("{{") == std::string::npos) return text;
  std::string out;
  std::string_view rest = text;
  while (true) {
    const auto open = rest.find("{{");
    if (open == std::string_view::npos) break;
    const auto close = rest.find("}}", open);
    if (close == std::string_view::npos) {
      problem(at, "'{{' is not closed", "write {{name}}");
      break;
    }
    std::string_view inner = rest.substr(open + 2, close - open - 2);
    if (inner.starts_with('>')) {
      const std::string name = text::trim(inner.substr(1));
      out += rest.substr(0, open);
      if (const auto it = shared.fragments.find(name); it == shared.fragments.end()) {
        std::vector<std::string> names;
        for (const auto& [known, value] : shared.fragments) names.push_back(known);
        problem(at, fmt::format("there is no fragment '{}'", name), nearest_hint(name, names, "declare it under fragments:"));
      } else {
        if (!it->second.empty() && !it->second.by_language.contains(language))
          problem(at, fmt::format("the fragment '{}' has no '{}' text", name, language), "add it to the fragment");
        out += it->second.in(language);
        uses.insert(fmt::format("fragment {} {}: {}", name, language, it->second.in(language)));
      }
    } else {
      out += rest.substr(0, close + 2);
    }
    rest.remove_prefix(close + 2);
  }
  out += rest;
  return out;
}

Text Reader::text_of(const YamlNode& node, std::string_view what) {
  Text t;
  t.at = node.at;
  if (!is(node, Kind::kMap, what, "write { en: \"…\", zh: \"…\" }")) return t;
  for (const YamlEntry& e : node.entries) {
    const std::string language = language_key(e);
    if (e.value.kind != Kind::kScalar) {
      is(e.value, Kind::kScalar, fmt::format("the '{}' text of {}", language, what), "put the text into quotes");
      continue;
    }
    if (text::trim(e.value.scalar).empty()) {
      problem(e.value.at, fmt::format("the '{}' text of {} is empty", language, what), "write the text");
      continue;
    }
    t.by_language.emplace(language, expand(e.value.scalar, language, e.value.at));
  }
  if (node.find("en") == nullptr) problem(node.at, fmt::format("{} has no English text", what), "add en: \"…\"");
  return t;
}

Text Reader::text(const YamlNode& map, std::string_view key) {
  const YamlEntry* e = map.find(key);
  return e == nullptr ? Text{} : text_of(e->value, fmt::format("'{}'", key));
}

Text Reader::required_text(const YamlNode& map, std::string_view key, Position at, std::string_view where) {
  if (map.find(key) == nullptr)
    problem(at, fmt::format("{} has no '{}'", where, key), fmt::format("add {}: {{ en: \"…\", zh: \"…\" }}", key));
  return text(map, key);
}

std::vector<std::string> Reader::strings(const YamlNode& node, std::string_view what) {
  std::vector<std::string> out;
  if (node.kind == Kind::kScalar) return {node.scalar};  // one word needs no brackets
  if (!is(node, Kind::kList, what, "write a list: [one, two]")) return out;
  for (const YamlNode& item : node.items) {
    if (item.kind == Kind::kScalar || is(item, Kind::kScalar, fmt::format("each entry of {}", what), "put the text into quotes"))
      out.push_back(item.scalar);
  }
  return out;
}

std::map<std::string, std::vector<std::string>> Reader::strings_by_language(const YamlNode& map, std::string_view key) {
  std::map<std::string, std::vector<std::string>> out;
  const YamlEntry* e = map.find(key);
  if (e == nullptr || !is(e->value, Kind::kMap, fmt::format("'{}'", key), "write { en: [one, two], zh: [一, 二] }")) return out;
  for (const YamlEntry& l : e->value.entries) {
    const std::string language = language_key(l);
    for (std::string& s : strings(l.value, fmt::format("'{}: {}'", key, language))) {
      if (to_phrase(s).empty()) {
        problem(l.value.at, fmt::format("'{}' under '{}' holds no word", s, key), "remove it");
      } else {
        out[language].push_back(std::move(s));
      }
    }
  }
  return out;
}

std::map<std::string, std::string> Reader::settings(const YamlNode& map, std::string_view key) {
  std::map<std::string, std::string> out;
  const YamlEntry* e = map.find(key);
  if (e == nullptr || !is(e->value, Kind::kMap, fmt::format("'{}'", key), fmt::format("write {}: {{ slot: value }}", key)))
    return out;
  for (const YamlEntry& s : e->value.entries) {
    if (!is_name(s.key, true)) problem(s.at, fmt::format("'{}' is not a slot name", s.key), "use small letters, digits and _");
    if (is(s.value, Kind::kScalar, fmt::format("the value of '{}'", s.key), "put it into quotes"))
      out.emplace(s.key, s.value.scalar);
  }
  return out;
}

std::shared_ptr<const re2::RE2> Reader::pattern(const YamlNode& node, std::string_view what, bool case_sensitive) {
  if (!is(node, Kind::kScalar, what, "put the pattern into single quotes")) return nullptr;
  auto compiled = shared.compiled(node.scalar, case_sensitive);
  if (compiled->ok()) return compiled;
  problem(node.at, fmt::format("the pattern '{}' is not valid: {}", node.scalar, compiled->error()),
          "see https://github.com/google/re2/wiki/Syntax; there is no lookahead");
  return nullptr;
}

std::string Reader::picture(const YamlNode& map) {
  std::string s = scalar(map, "picture", "an https address, or a path below config/dialogs");
  const bool is_address = s.starts_with("https://") || s.starts_with("http://");
  if (!s.empty() && !is_address && (s.starts_with('/') || s.contains("..") || s.contains(':') || s.contains('\\')))
    problem(map.find("picture")->value.at, fmt::format("'{}' is not a picture", s), "an https address, or pictures/name.png");
  return s;
}

std::vector<Option> Reader::options(const YamlNode& map, bool with_next, Position at, std::size_t least,
                                    const std::vector<std::string>& more) {
  std::vector<Option> out;
  const YamlEntry* e = map.find("options");
  if (e == nullptr) {
    problem(at, "there are no 'options' to choose from", "add options: with at least two entries");
    return out;
  }
  if (!is(e->value, Kind::kList, "'options'", "write one line for each option, beginning with '- '")) return out;
  std::vector<std::string> valid = {"id", "label", "words", "set"};
  if (with_next) valid.insert(valid.begin() + 1, "next");
  valid.insert(valid.end(), more.begin(), more.end());
  for (const YamlNode& node : e->value.items) {
    if (!is(node, Kind::kMap, "an option", "write - { id: yes, label: { en: \"Yes\" }, next: step }")) continue;
    only(node, valid, "an option");
    Option o;
    o.at = node.at;
    o.id = scalar(node, "id");
    if (node.find("id") == nullptr) problem(node.at, "the option has no 'id'", "add id: <word>");
    if (node.find("label") == nullptr)
      problem(node.at, fmt::format("the option '{}' has no 'label'", o.id), "add label: { en: \"…\", zh: \"…\" }");
    o.label = text(node, "label");
    o.words = strings_by_language(node, "words");
    o.set = settings(node);
    if (with_next) o.next = target(node, "next", true, node.at, fmt::format("the option '{}'", o.id));
    if (!o.id.empty() && std::ranges::any_of(out, [&](const Option& other) { return other.id == o.id; })) {
      problem(node.find("id")->value.at, fmt::format("two options have the id '{}'", o.id), "give each its own");
    }
    out.push_back(std::move(o));
  }
  if (out.size() < least)
    problem(e->value.at, least == 1 ? "there is no option" : "a choice needs at least two options", "add one, or use 'say'");
  return out;
}

std::string Reader::target(const YamlNode& map, std::string_view key, bool required, Position at, std::string_view where) {
  const YamlEntry* e = map.find(key);
  if (e != nullptr) return target_value(e->value, fmt::format("'{}'", key));
  if (required)
    problem(at, fmt::format("{} needs '{}'", where, key), fmt::format("add {}: <step> or {}: dialog:<name>", key, key));
  return {};
}

std::string Reader::target_value(const YamlNode& node, std::string_view what, Target kind) {
  if (!is(node, Kind::kScalar, what, kind == Target::kScript ? "name one script" : "name one step")) return {};
  targets_.push_back({node.scalar, node.at, kind});
  return node.scalar;
}

void Reader::check_step_targets(const Script& script) {
  for (const Pointer& t : targets_) {
    if (t.kind == Target::kScript || script.find(t.name) != nullptr) continue;
    if (t.kind == Target::kAny && (t.name == kReturn || t.name.starts_with("dialog:"))) continue;
    problem(t.at, fmt::format("there is no step '{}' in this script", t.name),
            nearest_hint(t.name, script.order,
                         t.kind == Target::kOwnStep ? "add the step, or name another"
                                                    : "add the step, or write dialog:<name> for another script"));
  }
}

void Reader::check_script_targets(const std::set<std::string>& names) {
  for (const Pointer& t : targets_) {
    const bool prefixed = t.kind == Target::kAny && t.name.starts_with("dialog:");
    if (!prefixed && t.kind != Target::kScript) continue;
    const std::string prefix = prefixed ? "dialog:" : "";
    const std::string name = t.name.substr(prefix.size());
    if (names.contains(name)) continue;
    std::vector<std::string> valid;
    for (const std::string& n : names) valid.push_back(prefix + n);
    problem(t.at, fmt::format("there is no script '{}'", name),
            nearest_hint(t.name, valid, fmt::format("add the file {}.yaml", name)));
  }
}

}  // namespace usher::dialogs
