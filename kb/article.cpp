#include "kb/article.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "kb/markdown.h"

namespace usher::kb {
namespace {

constexpr std::size_t kMaxFileBytes = 256 * 1024;
constexpr std::size_t kMaxFrontMatterBytes = 16 * 1024;
constexpr std::size_t kMaxTitle = 200;     // code points
constexpr std::size_t kMaxListItem = 100;  // code points
constexpr std::size_t kMaxList = 50;
constexpr std::size_t kMaxId = 80;

const std::vector<std::string> kKeys = {"id",       "language", "title", "products",  "codes", "tags",
                                        "synonyms", "audience", "state", "review_by", "cases"};
const std::vector<std::string> kLanguages = {"en", "zh"};
const std::vector<std::string> kAudiences = {"customer", "partner", "internal"};
const std::vector<std::string> kStates = {"wip", "not_validated", "validated", "published", "archived"};

struct Section {
  std::string_view english, chinese;
  std::string Article::* text;
  bool required;
};
const std::array<Section, 4> kSections = {
    Section{"Issue", "问题", &Article::issue, true}, Section{"Environment", "环境", &Article::environment, false},
    Section{"Cause", "原因", &Article::cause, false}, Section{"Resolution", "解决方法", &Article::resolution, true}};

std::string join(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) all += (all.empty() ? "" : ", ") + value;
  return all;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = text::nearest(word, known);
  return near.empty() ? "one of: " + join(known) : "did you mean '" + near + "'? (one of: " + join(known) + ")";
}

// Splits keeping the end-of-line rules simple: "\n" only (the caller removed "\r").
std::vector<std::string_view> lines_of(std::string_view s) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin <= s.size();) {
    const std::size_t end = std::min(s.find('\n', begin), s.size());
    lines.push_back(s.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// The house's form allows `title: A: b` without quotes, which YAML does not: such a value is quoted before the parser sees it.
std::string quote_plain_title(std::string_view line) {
  constexpr std::string_view kKey = "title:";
  if (!line.starts_with(kKey)) return std::string(line);
  std::string value = text::trim(line.substr(kKey.size()));
  if (value.find(": ") == std::string::npos || std::string_view("\"'[{|>&*!#%@`").find(value[0]) != std::string_view::npos) {
    return std::string(line);
  }
  std::string comment;
  if (const std::size_t hash = value.find(" #"); hash != std::string::npos) {
    comment = value.substr(hash);
    value.resize(hash);
  }
  std::string quoted = "title: '";
  for (const char c : value) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'" + comment;
}

class Reader {
 public:
  Reader(std::string_view file_name, std::vector<Problem>& problems) : file_(file_name), problems_(problems) {}

  std::optional<Article> read(std::string_view bytes) {
    const std::size_t before = problems_.size();
    if (bytes.size() > kMaxFileBytes) {
      problem(1, 1, fmt::format("the file has {} bytes; the limit is {}", bytes.size(), kMaxFileBytes),
              "split it: one issue per article");
      return std::nullopt;
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (!check_characters(bytes)) return std::nullopt;
    source_.reserve(bytes.size());
    std::ranges::copy_if(bytes, std::back_inserter(source_), [](char c) { return c != '\r'; });
    lines_ = lines_of(source_);
    std::size_t close = 0;
    if (!find_front_matter(close)) return std::nullopt;
    front_matter(close);
    body(close + 1);
    if (problems_.size() != before) return std::nullopt;
    return std::move(article_);
  }

 private:
  void problem(std::size_t line, std::size_t column, std::string message, std::string hint) {
    problems_.push_back({file_, static_cast<int>(line), static_cast<int>(column), std::move(message), std::move(hint)});
  }

  bool check_characters(std::string_view bytes) {
    std::size_t number = 1;
    for (const std::string_view line : lines_of(bytes)) {
      if (line.find('\0') != std::string_view::npos) {
        problem(number, line.find('\0') + 1, "a NUL byte: this is not a text file", "save the article as UTF-8 text");
        return false;
      }
      if (!text::is_valid_utf8(line)) {
        std::size_t good = 0;
        while (good < line.size()) {
          const auto lead = static_cast<unsigned char>(line[good]);
          const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
          if (!text::is_valid_utf8(line.substr(good, size))) break;
          good += size;
        }
        problem(number, text::length(line.substr(0, good)) + 1, "the text is not valid UTF-8 here", "save the article as UTF-8");
        return false;
      }
      ++number;
    }
    return true;
  }

  bool find_front_matter(std::size_t& close) {
    if (text::trim(lines_[0]) != "---") {
      problem(1, 1, "the front matter is missing",
              "begin the file with a line '---', the keys id, language and title, and a line '---'");
      return false;
    }
    for (std::size_t i = 1, size = 0; i < lines_.size() && size <= kMaxFrontMatterBytes; size += lines_[i].size() + 1, ++i) {
      if (text::trim(lines_[i]) == "---" && lines_[i].starts_with("---")) {
        close = i;
        return true;
      }
    }
    problem(1, 1, "the front matter does not end", "close it with a line '---' before the first section (within 16 KiB)");
    return false;
  }

  // yaml-cpp counts lines from 0 within the front matter (whose first line is the file's second) and columns in bytes.
  void problem_at(const YAML::Mark& mark, std::string message, std::string hint) {
    const std::size_t line = mark.line < 0 ? 1 : std::min(static_cast<std::size_t>(mark.line) + 1, lines_.size() - 1);
    const std::size_t bytes = mark.column < 0 ? 0 : static_cast<std::size_t>(mark.column);
    std::string_view before = lines_[line].substr(0, std::min(bytes, lines_[line].size()));
    while (!before.empty() && !text::is_valid_utf8(before)) before.remove_suffix(1);
    problem(line + 1, text::length(before) + 1, std::move(message), std::move(hint));
  }

  void front_matter(std::size_t close) {
    std::string yaml;
    for (std::size_t i = 1; i < close; ++i) yaml += quote_plain_title(lines_[i]) + "\n";
    YAML::Node root;
    try {
      root = YAML::Load(yaml);
      if (!root.IsMap()) {
        problem(2, 1, "the front matter is not a list of 'key: value' lines", "write at least id, language and title");
        return;
      }
      std::set<std::string> seen;
      for (const auto& entry : root) {
        const YAML::Mark mark = entry.first.Mark();
        const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
        if (!seen.insert(key).second) {
          problem_at(mark, "'" + key + "' is given twice", "keep one of them");
        } else if (std::ranges::find(kKeys, key) == kKeys.end()) {
          problem_at(mark, "unknown key '" + key + "'", did_you_mean(key, kKeys));
        } else {
          field(key, entry.second, mark);
        }
      }
      for (const char* key : {"id", "language", "title"}) {
        if (!seen.contains(key))
          problem(1, 1, std::string("'") + key + "' is missing", std::string("add '") + key + ": …' to the front matter");
      }
    } catch (const YAML::Exception& e) {
      problem_at(e.mark, "the front matter cannot be read: " + e.msg,
                 "a value with ': ', '#', a bracket or a quote in it must stand in double quotes");
    }
  }

  void field(const std::string& key, const YAML::Node& value, const YAML::Mark& key_mark) {
    if (key == "products") return list(key, value, article_.products);
    if (key == "codes") return list(key, value, article_.codes);
    if (key == "tags") return list(key, value, article_.tags);
    if (key == "synonyms") return list(key, value, article_.synonyms);
    if (key == "cases") return list(key, value, article_.cases);
    if (!value.IsScalar() || text::trim(value.Scalar()).empty()) {
      problem_at(value.IsDefined() && !value.IsNull() ? value.Mark() : key_mark, "'" + key + "' needs one value",
                 "write '" + key + ": …' on one line");
      return;
    }
    const std::string scalar = text::trim(value.Scalar());
    if (key == "id") return id(scalar, value.Mark());
    if (key == "title") return title(scalar, value.Mark());
    if (key == "review_by") return review_by(scalar, value.Mark());
    if (key == "language") return choice(key, scalar, kLanguages, value.Mark(), article_.language);
    if (key == "audience") return choice(key, scalar, kAudiences, value.Mark(), article_.audience);
    return choice(key, scalar, kStates, value.Mark(), article_.state);
  }

  void choice(const std::string& key, const std::string& value, const std::vector<std::string>& known, const YAML::Mark& mark,
              std::string& out) {
    if (std::ranges::find(known, value) == known.end()) {
      problem_at(mark, key + " '" + value + "' is not known", did_you_mean(value, known));
    } else {
      out = value;
      if (key == "language") check_file_name(1, value, "language", mark);
    }
  }

  void id(const std::string& value, const YAML::Mark& mark) {
    const bool good =
        std::ranges::all_of(value, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    if (!good || value.size() > kMaxId) {
      problem_at(mark, "id '" + text::cut(value, kMaxId) + "' is not allowed",
                 "use a–z, 0–9 and '-' only, at most 80 characters");
      return;
    }
    article_.id = value;
    check_file_name(0, value, "id", mark);
  }

  // Files named like articles (ID.LANGUAGE.md) must agree with their front matter; other names (a draft's) say nothing.
  void check_file_name(std::size_t part, const std::string& value, const char* what, const YAML::Mark& mark) {
    const std::vector<std::string> parts = text::split(file_.substr(file_.find_last_of('/') + 1), '.');
    if (parts.size() != 3 || parts[2] != "md" || std::ranges::find(kLanguages, parts[1]) == kLanguages.end()) return;
    if (parts[part] != value) {
      problem_at(mark, fmt::format("the {} is '{}', but the file is named for '{}'", what, value, parts[part]),
                 "rename the file or change the front matter");
    }
  }

  void title(const std::string& value, const YAML::Mark& mark) {
    if (text::length(value) > kMaxTitle) {
      problem_at(mark, "the title is longer than 200 characters", "say the issue in one short line");
    }
    article_.title = value;
  }

  void review_by(const std::string& value, const YAML::Mark& mark) {
    int year = 0;
    unsigned month = 0, day = 0;
    const auto number = [&value](std::size_t from, std::size_t size, auto& out) {
      const char* end = value.data() + from + size;
      return std::from_chars(value.data() + from, end, out).ptr == end;
    };
    const bool good = value.size() == 10 && value[4] == '-' && value[7] == '-' && number(0, 4, year) && number(5, 2, month) &&
                      number(8, 2, day) &&
                      std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)).ok();
    if (good) {
      article_.review_by = value;
    } else {
      problem_at(mark, "review_by '" + text::cut(value, 40) + "' is no date", "write a day there is, as review_by: 2027-03-01");
    }
  }

  void list(const std::string& key, const YAML::Node& value, std::vector<std::string>& out) {
    if (value.IsNull()) return;
    if (!value.IsSequence()) {
      problem_at(value.Mark(), "'" + key + "' is not a list", "write " + key + ": [first, second]");
      return;
    }
    if (value.size() > kMaxList) problem_at(value.Mark(), "'" + key + "' has more than 50 entries", "keep those customers use");
    for (const YAML::Node& entry : value) {
      const std::string item = entry.IsScalar() ? text::trim(entry.Scalar()) : std::string();
      if (item.empty() || text::length(item) > kMaxListItem) {
        problem_at(entry.Mark(), "an entry of '" + key + "' is empty, too long or not a word",
                   "write " + key + ": [first, second], each at most 100 characters");
      } else {
        out.push_back(item);
      }
    }
  }

  void body(std::size_t first) {
    std::string markdown;
    for (std::size_t i = first; i < lines_.size(); ++i) markdown += std::string(lines_[i]) + (i + 1 < lines_.size() ? "\n" : "");
    article_.body = markdown;
    const std::vector<Heading> found = headings(markdown, 2);
    const std::vector<std::string_view> body_lines = lines_of(markdown);
    const auto between = [&](int from, int to) {  // 1-based, both included
      std::string section;
      for (int i = from; i <= to && i <= static_cast<int>(body_lines.size()); ++i)
        section += std::string(body_lines[static_cast<std::size_t>(i - 1)]) + "\n";
      return text::trim(section);
    };
    const int last = static_cast<int>(body_lines.size());
    const int start = found.empty() ? last + 1 : found[0].line;
    if (!between(1, start - 1).empty()) {
      problem(first + 1, 1, "there is text before the first section", "put it below '## Issue' (or '## 问题')");
    }
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const int end = i + 1 < found.size() ? found[i + 1].line - 1 : last;
      section(found[i], first + static_cast<std::size_t>(found[i].line), between(found[i].end_line + 1, end), seen);
    }
    for (const Section& s : kSections) {
      if (is_required(s) && !seen.contains(s.english)) {
        problem(lines_.size(), 1, fmt::format("the section '{}' is missing", s.english),
                fmt::format("add '## {}' or '## {}'", s.english, s.chinese));
      }
    }
  }

  // An article in the making may have no answer yet.
  bool is_required(const Section& s) const { return s.required && (article_.state != "wip" || s.text != &Article::resolution); }

  void section(const Heading& heading, std::size_t line, std::string content, std::set<std::string_view>& seen) {
    const std::string name = text::trim(heading.text);
    for (const Section& s : kSections) {
      if (!text::iequals_ascii(name, s.english) && name != s.chinese) continue;
      if (!seen.insert(s.english).second) {
        problem(line, 1, "the section '" + name + "' is there twice", "join the two");
      } else if (is_required(s) && content.empty()) {
        problem(line, 1, "the section '" + name + "' is empty",
                s.english == "Issue" ? "write the problem in the customer's words" : "write the steps that solve it");
      }
      article_.*s.text = std::move(content);
      return;
    }
    std::vector<std::string> known;
    for (const Section& s : kSections) known.insert(known.end(), {std::string(s.english), std::string(s.chinese)});
    problem(line, 1, "unknown section '" + text::cut(name, 60) + "'",
            did_you_mean(name, known) + "; use '###' for a heading inside a section");
  }

  std::string file_;
  std::vector<Problem>& problems_;
  std::string source_;
  std::vector<std::string_view> lines_;
  Article article_;
};

}  // namespace

std::optional<Article> parse_article(std::string_view file_name, std::string_view bytes, std::vector<Problem>& problems) {
  return Reader(file_name, problems).read(bytes);
}

}  // namespace usher::kb
