#include "gateway/flow/library_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/text.h"
#include "connectors/json_input.h"

namespace usher::gateway::flow {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxArticles = 200'000;  // of one file

struct Column {
  std::string_view name;
  std::string kb::Article::* text = nullptr;
  std::vector<std::string> kb::Article::* list = nullptr;
};
using kb::Article;
const std::array kColumns = {
    Column{"id", &Article::id},
    Column{"language", &Article::language},
    Column{"title", &Article::title},
    Column{"state", &Article::state},
    Column{"audience", &Article::audience},
    Column{"review_by", &Article::review_by},
    Column{"products", nullptr, &Article::products},
    Column{"codes", nullptr, &Article::codes},
    Column{"tags", nullptr, &Article::tags},
    Column{"synonyms", nullptr, &Article::synonyms},
    Column{"cases", nullptr, &Article::cases},
    Column{"issue", &Article::issue},
    Column{"environment", &Article::environment},
    Column{"cause", &Article::cause},
    Column{"resolution", &Article::resolution},
};
constexpr char kListSeparator = '|';

const Column* column(std::string_view name) {
  const auto* it = std::ranges::find(kColumns, name, &Column::name);
  return it == kColumns.end() ? nullptr : it;
}

std::string known_columns(std::string_view wrong) {
  std::vector<std::string> names;
  for (const auto& c : kColumns) names.emplace_back(c.name);
  const auto near = text::nearest(wrong, names);
  return near.empty() ? fmt::format("one of: {}", fmt::join(names, ", ")) : "did you mean '" + near + "'?";
}

// What an article is whose file says nothing about it: never published unseen.
std::string usual_state(const Article& a) {
  return a.resolution.empty() ? "wip" : "not_validated";
}

// Reads the made-up article as its file form would be read: one set of rules.
void add_item(std::vector<ImportItem>& out, Article article, std::string origin, std::optional<std::int64_t> base,
              std::vector<kb::Problem>& problems, int line) {
  std::vector<kb::Problem> found;
  auto draft = read_draft(kb::write_article(article), found);
  for (auto& p : found) problems.push_back({origin, line, 1, article.id + ": " + p.message, p.hint});
  if (draft) out.push_back({std::move(*draft), std::move(origin), base});
}

void read_table(std::string_view file_name, char separator, std::string_view bytes, std::vector<ImportItem>& out,
                std::vector<kb::Problem>& problems) {
  CsvReader csv(bytes, separator);
  std::vector<std::string> header, row;
  if (!csv.next(header))
    return problems.push_back({std::string(file_name), 1, 1, "the table is empty", "begin it with a line of column names"});
  std::vector<const Column*> columns;
  for (const auto& name : header) {
    const std::string key = text::to_lower_ascii(text::trim(name));
    columns.push_back(key == "revision" ? nullptr : column(key));
    if (columns.back() == nullptr && key != "revision")
      problems.push_back({std::string(file_name), 1, 1, "unknown column '" + name + "'", known_columns(key)});
  }
  for (const char* needed : {"id", "language", "title", "issue"}) {
    if (std::ranges::find(columns, column(needed)) == columns.end())
      problems.push_back({std::string(file_name), 1, 1, std::string("the column '") + needed + "' is missing", "add it"});
  }
  if (!problems.empty()) return;
  while (csv.next(row) && out.size() < kMaxArticles) {
    const int line = csv.line();
    if (row.size() != header.size()) {
      problems.push_back({std::string(file_name), line, 1,
                          fmt::format("the row has {} values, the first line {} columns", row.size(), header.size()),
                          "put values with separators or line ends into quotation marks"});
      continue;
    }
    Article a;
    a.state.clear();
    std::optional<std::int64_t> base;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Column* c = columns[i];
      if (c == nullptr) {
        if (!row[i].empty()) base = std::atoll(row[i].c_str());
      } else if (c->text != nullptr) {
        a.*c->text = text::trim(row[i]);
      } else {
        for (const auto& value : text::split(row[i], kListSeparator)) {
          if (auto v = text::trim(value); !v.empty()) (a.*c->list).push_back(std::move(v));
        }
      }
    }
    if (a.state.empty()) a.state = usual_state(a);
    if (a.audience.empty()) a.audience = "customer";
    add_item(out, std::move(a), fmt::format("{}:{}", file_name, line), base, problems, line);
  }
  if (!csv.problem().empty())
    problems.push_back({std::string(file_name), csv.line(), 1, csv.problem(), "close the quotation mark"});
}

void read_json(std::string_view file_name, std::string_view bytes, std::vector<ImportItem>& out,
               std::vector<kb::Problem>& problems) {
  auto parsed = connectors::parse_json(bytes);
  if (!parsed) return problems.push_back({std::string(file_name), 1, 1, parsed.error().message, "send {\"articles\":[{…}]}"});
  const json* list = &*parsed;
  if (list->is_object() && list->contains("articles")) list = &(*list)["articles"];
  if (!list->is_array() || list->size() > kMaxArticles)
    return problems.push_back({std::string(file_name), 1, 1, "this is no list of articles", "send {\"articles\":[{…}]}"});
  for (std::size_t i = 0; i < list->size(); ++i) {
    json entry = (*list)[i];
    const std::string origin = fmt::format("{}[{}]", file_name, i);
    std::optional<std::int64_t> base;
    if (entry.is_object()) {
      if (const auto r = entry.find("revision"); r != entry.end() && r->is_number_integer()) base = r->get<std::int64_t>();
      entry.erase("revision");
    }
    if (entry.is_object() && entry.contains("source") && entry["source"].is_string()) {
      std::vector<kb::Problem> found;
      auto draft = read_draft(entry["source"].get<std::string>(), found);
      for (auto& p : found) problems.push_back({origin, p.line, p.column, p.message, p.hint});
      if (draft) out.push_back({std::move(*draft), origin, base});
      continue;
    }
    std::vector<kb::Problem> found;
    auto article = from_fields(entry, found);
    for (auto& p : found) problems.push_back({origin, 1, 1, p.message, p.hint});
    if (article) add_item(out, std::move(*article), origin, base, problems, 1);
  }
}

std::string write_table(const std::vector<Exported>& articles, char separator) {
  std::vector<std::string> row;
  for (const auto& c : kColumns) row.emplace_back(c.name);
  row.emplace_back("revision");
  std::string out = csv_line(row, separator);
  for (const auto& e : articles) {
    row.clear();
    for (const auto& c : kColumns)
      row.push_back(c.text != nullptr ? e.article.*c.text : fmt::format("{}", fmt::join(e.article.*c.list, "|")));
    row.push_back(std::to_string(e.revision));
    out += csv_line(row, separator);
  }
  return out;
}

}  // namespace

json to_fields(const Article& article) {
  json out = json::object();
  for (const auto& c : kColumns) {
    if (c.text != nullptr) {
      out[std::string(c.name)] = article.*c.text;
    } else {
      out[std::string(c.name)] = article.*c.list;
    }
  }
  return out;
}

std::optional<Article> from_fields(const json& fields, std::vector<kb::Problem>& problems) {
  const std::size_t before = problems.size();
  auto problem = [&](std::string message, std::string hint) {
    problems.push_back({"fields", 1, 1, std::move(message), std::move(hint)});
  };
  if (!fields.is_object()) {
    problem("an article is an object of fields", known_columns(""));
    return std::nullopt;
  }
  Article a;
  a.state.clear();
  for (const auto& [name, value] : fields.items()) {
    const Column* c = column(name);
    if (c == nullptr) {
      problem("unknown field '" + name + "'", known_columns(name));
    } else if (c->text != nullptr && value.is_string()) {
      a.*c->text = text::trim(value.get_ref<const std::string&>());
    } else if (c->list != nullptr && value.is_array() &&
               std::ranges::all_of(value, [](const json& v) { return v.is_string(); })) {
      a.*c->list = value.get<std::vector<std::string>>();
    } else if (!value.is_null()) {
      problem("'" + name + "' has the wrong type", c->text != nullptr ? "write one text" : "write a list of texts");
    }
  }
  if (problems.size() != before) return std::nullopt;
  if (a.state.empty()) a.state = usual_state(a);
  if (a.audience.empty()) a.audience = "customer";
  return a;
}

std::vector<ImportItem> read_library_file(std::string_view file_name, std::string_view format, std::string_view bytes,
                                          std::vector<kb::Problem>& problems) {
  std::vector<ImportItem> out;
  const std::size_t before = problems.size();
  if (!text::is_valid_utf8(bytes)) {
    problems.push_back({std::string(file_name), 1, 1, "the text is not valid UTF-8", "save the file as UTF-8"});
    return out;
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (format == "json") {
    read_json(file_name, bytes, out, problems);
  } else if (format == "csv" || format == "tsv") {
    read_table(file_name, format == "csv" ? ',' : '\t', bytes, out, problems);
  } else if (format == "html") {
    for (auto& a : read_html(file_name, bytes, problems)) {
      if (a.state.empty()) a.state = usual_state(a);
      add_item(out, std::move(a), std::string(file_name), {}, problems, 1);
    }
  } else if (format == "md") {
    std::vector<kb::Problem> found;
    auto article = kb::parse_article(file_name, bytes, found);
    problems.insert(problems.end(), found.begin(), found.end());
    if (article) out.push_back({{std::move(*article), std::string(bytes)}, std::string(file_name), {}});
  } else {
    problems.push_back({std::string(file_name), 1, 1, "the format '" + std::string(format) + "' is not known",
                        "one of: json, csv, tsv, html, md"});
  }
  if (problems.size() != before) out.clear();
  return out;
}

std::string write_library_file(std::string_view format, const std::vector<Exported>& articles) {
  if (format == "csv") return write_table(articles, ',');
  if (format == "tsv") return write_table(articles, '\t');
  if (format == "html") return write_html(articles);
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& e : articles) {
    nlohmann::ordered_json one = nlohmann::ordered_json::object();
    const json fields = to_fields(e.article);
    for (const auto& c : kColumns) one[std::string(c.name)] = fields[std::string(c.name)];
    one["revision"] = e.revision;
    list.push_back(std::move(one));
  }
  return nlohmann::ordered_json{{"articles", std::move(list)}}.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string_view library_content_type(std::string_view format) {
  if (format == "json") return "application/json";
  if (format == "csv") return "text/csv; charset=utf-8";
  if (format == "tsv") return "text/tab-separated-values; charset=utf-8";
  return format == "html" ? "text/html; charset=utf-8" : "";
}

}  // namespace usher::gateway::flow
