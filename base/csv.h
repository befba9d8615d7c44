// Tables as text (RFC 4180): values separated by a comma or another character, in quotation marks where they hold separators,
// quotation marks (doubled) or line ends. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace usher {

class CsvReader {
 public:
  // `bytes` outlives the reader. A byte-order mark is skipped.
  explicit CsvReader(std::string_view bytes, char separator = ',');
  // The next row that is not empty; false at the end.
  bool next(std::vector<std::string>& row);
  int line() const { return row_line_; }                   // of the last row's beginning, from 1
  const std::string& problem() const { return problem_; }  // a quotation mark that is never closed; empty: none

 private:
  std::string value();

  std::string_view rest_;
  char separator_;
  int line_ = 1, row_line_ = 1;
  std::string problem_;
};

// The row with its line end, quoted where needed.
std::string csv_line(const std::vector<std::string>& values, char separator = ',');

}  // namespace usher
