#include "base/csv.h"

namespace usher {

CsvReader::CsvReader(std::string_view bytes, char separator) : rest_(bytes), separator_(separator) {
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

bool CsvReader::next(std::vector<std::string>& row) {
  while (!rest_.empty()) {
    row.clear();
    row_line_ = line_;
    while (true) {
      row.push_back(value());
      if (rest_.empty() || rest_[0] != separator_) break;
      rest_.remove_prefix(1);
    }
    if (rest_.starts_with('\r')) rest_.remove_prefix(1);
    if (rest_.starts_with('\n')) {
      rest_.remove_prefix(1);
      ++line_;
    }
    if (row.size() > 1 || !row[0].empty()) return true;
  }
  return false;
}

std::string CsvReader::value() {
  std::string out;
  auto is_end = [this] { return rest_.empty() || rest_[0] == separator_ || rest_[0] == '\n' || rest_[0] == '\r'; };
  if (rest_.starts_with('"')) {
    const int begin = line_;
    rest_.remove_prefix(1);
    while (true) {
      if (rest_.empty()) {
        if (problem_.empty()) problem_ = "the quotation mark of line " + std::to_string(begin) + " is not closed";
        return out;
      }
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"') {
        if (!rest_.starts_with('"')) break;
        rest_.remove_prefix(1);
      }
      if (c == '\n') ++line_;
      out += c;
    }
  }
  while (!is_end()) {
    out += rest_[0];
    rest_.remove_prefix(1);
  }
  return out;
}

std::string csv_line(const std::vector<std::string>& values, char separator) {
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += separator;
    const std::string& v = values[i];
    const bool is_plain = v.find_first_of("\"\r\n") == std::string::npos && v.find(separator) == std::string::npos &&
                          !v.starts_with(' ') && !v.ends_with(' ');
    if (is_plain) {
      out += v;
      continue;
    }
    out += '"';
    for (const char c : v) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
  }
  return out + "\r\n";
}

}  // namespace usher
