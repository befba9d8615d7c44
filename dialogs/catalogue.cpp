// Catalogues: a CSV (RFC 4180) of the values a slot may have, and how a customer's spelling is found in it.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "dialogs/parse_reader.h"

namespace usher::dialogs {
namespace {

struct Field {
  std::string text;
  Position at;
};
using Row = std::vector<Field>;

class Csv {
 public:
  Csv(const Source& source, std::vector<Problem>& problems) : source_(source), problems_(problems), rest_(source.bytes) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  void problem(Position at, std::string message, std::string hint) {
    problems_.push_back({source_.file, at.line, at.column, std::move(message), std::move(hint)});
  }

  // The next line that is not empty; false at the end.
  bool next(Row& row) {
    while (!rest_.empty()) {
      row = line();
      if (row.size() > 1 || !row[0].text.empty()) return true;
    }
    return false;
  }

 private:
  bool at_end_of_line() const { return rest_.empty() || rest_[0] == '\n' || rest_[0] == '\r'; }
  void take(std::string& out) {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    out += c;
    if (c == '\n') {
      ++at_.line;
      at_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++at_.column;
    }
  }

  Row line() {
    Row row;
    std::string dropped;
    while (true) {
      Field f{.text = {}, .at = at_};
      if (rest_.starts_with('"'))
        quoted(f);
      else
        while (!at_end_of_line() && rest_[0] != ',') take(f.text);
      f.text = text::trim(f.text);
      row.push_back(std::move(f));
      if (rest_.empty() || rest_[0] != ',') break;
      take(dropped);
    }
    if (rest_.starts_with('\r')) take(dropped);
    if (rest_.starts_with('\n')) take(dropped);
    return row;
  }

  void quoted(Field& f) {
    std::string dropped;
    take(dropped);
    while (true) {
      if (rest_.empty()) {
        problem(f.at, "the quotation mark is not closed", "end the value with \"; a quotation mark inside is written twice");
        return;
      }
      if (!rest_.starts_with('"')) {
        take(f.text);
        continue;
      }
      take(dropped);
      if (!rest_.starts_with('"')) break;
      take(f.text);
    }
    if (at_end_of_line() || rest_[0] == ',') return;
    problem(at_, "there is text after the closing quotation mark", "a quotation mark inside a value is written twice");
    while (!at_end_of_line() && rest_[0] != ',') take(dropped);
  }

  const Source& source_;
  std::vector<Problem>& problems_;
  std::string_view rest_;
  Position at_{1, 1};
};

constexpr std::string_view kAliases = "aliases";

void check_header(Csv& csv, const Row& header) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto& [name, at] = header[i];
    if (!is_name(name, true))
      csv.problem(at, fmt::format("'{}' is not the name of a column", name), "use small letters, digits and _, like a slot");
    if (!seen.insert(name).second) csv.problem(at, fmt::format("the column '{}' is there twice", name), "rename one of them");
    if (i == 0 && name == kAliases) csv.problem(at, "the first column is the value", "put 'aliases' second");
  }
}

void take_row(Csv& csv, const Row& header, const Row& row, Catalogue& c) {
  if (row.size() != header.size()) {
    csv.problem(row[0].at, fmt::format("the line has {} values, the first line has {} columns", row.size(), header.size()),
                "put a value that holds a comma into quotation marks");
    return;
  }
  if (catalogue_key(row[0].text).empty()) {
    csv.problem(row[0].at, "the line has no value in its first column", "write the value, or remove the line");
    return;
  }
  Catalogue::Row out{row[0].text, {}};
  std::vector<std::pair<std::string, Position>> spellings = {{row[0].text, row[0].at}};
  for (std::size_t i = 1; i < row.size(); ++i) {
    if (header[i].text == kAliases) {
      for (const std::string& alias : text::split(row[i].text, '|')) spellings.emplace_back(alias, row[i].at);
    } else if (!row[i].text.empty()) {
      out.sets.emplace(header[i].text, row[i].text);
    }
  }
  for (const auto& [spelling, at] : spellings) {
    const std::string key = catalogue_key(spelling);
    if (key.empty()) continue;
    const auto [it, fresh] = c.by_key.emplace(key, c.rows.size());
    if (!fresh && it->second != c.rows.size())
      csv.problem(at, fmt::format("'{}' stands for '{}' already", text::trim(spelling), c.rows[it->second].value),
                  "one spelling stands for one value");
  }
  c.rows.push_back(std::move(out));
}

}  // namespace

std::string catalogue_key(std::string_view value) {
  std::string key;
  for (const char c : text::fold(value)) {
    if (c != ' ' && c != '-' && c != '.' && c != '/' && c != '\t' && c != '\n' && c != '\r') key += c;
  }
  return key;
}

const Catalogue::Row* Catalogue::find(std::string_view words) const {
  const auto it = by_key.find(catalogue_key(words));
  return it == by_key.end() ? nullptr : &rows[it->second];
}

std::string Catalogue::nearest(std::string_view words) const {
  const std::string key = catalogue_key(words);
  const std::size_t length = text::length(key);
  // A digit decides in a model's name: with few characters nothing is near, else a third of them may differ, at most three.
  std::size_t limit = std::min<std::size_t>(3, length / 3);
  const Row* best = nullptr;
  for (const auto& [known, row] : by_key) {
    if (known.size() > key.size() + 4 * limit || key.size() > known.size() + 4 * limit) continue;  // 4: bytes of a character
    const std::size_t distance = text::edit_distance(key, known, limit);
    if (distance > limit) continue;
    best = &rows[row];
    if (distance == 0) break;
    limit = distance - 1;
  }
  return best == nullptr ? std::string() : best->value;
}

std::shared_ptr<const Catalogue> read_catalogue(const Source& source, std::vector<Problem>& problems) {
  const std::size_t before = problems.size();
  auto c = std::make_shared<Catalogue>();
  c->name = file_stem(source.file);
  c->file = source.file;
  Csv csv(source, problems);
  if (!text::is_valid_utf8(source.bytes)) {
    csv.problem({1, 1}, "the file is not valid UTF-8", "save it as UTF-8");
    return nullptr;
  }
  if (!is_name(c->name, true))
    csv.problem({1, 1}, fmt::format("'{}' is not the name of a catalogue", c->name),
                "name the file with small letters, digits and -");
  Row header, row;
  if (!csv.next(header)) {
    csv.problem({1, 1}, "the file is empty", "the first line names the columns: model,aliases,brand");
    return nullptr;
  }
  check_header(csv, header);
  while (csv.next(row)) take_row(csv, header, row, *c);
  if (c->rows.empty() && problems.size() == before)
    csv.problem(header[0].at, "the catalogue has no line but the first", "add one line for each value");
  return problems.size() == before ? c : nullptr;
}

}  // namespace usher::dialogs
