// Articles in the forms other systems read and write: JSON, CSV and TSV (one article a row), HTML help-centre pages. Pure codecs:
// bytes in, drafts out, and back; what is done with them is flow/curation.h's. docs/formats.md describes the forms.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/flow/curation.h"
#include "kb/article.h"

namespace usher::gateway::flow {

// Every field of an article but `body`: lists are arrays.
nlohmann::json to_fields(const kb::Article& article);
// The article such fields make; names that are none and values of the wrong type become problems. Without `state` it is
// not_validated, or wip when it has no resolution. The article's own rules are checked by reading it (read_draft).
std::optional<kb::Article> from_fields(const nlohmann::json& fields, std::vector<kb::Problem>& problems);

// json | csv | tsv | html | md. `file_name` is for problems, and for what an HTML page does not say about itself (its id is the
// name of the file). On problems nothing is returned.
std::vector<ImportItem> read_library_file(std::string_view file_name, std::string_view format, std::string_view bytes,
                                          std::vector<kb::Problem>& problems);

struct Exported {
  kb::Article article;
  std::int64_t revision = 0;
  std::string source;
};
// json | csv | tsv | html: one file of all of them.
std::string write_library_file(std::string_view format, const std::vector<Exported>& articles);
// The content type of such a file; empty for another format.
std::string_view library_content_type(std::string_view format);

// library_html.cpp
std::vector<kb::Article> read_html(std::string_view file_name, std::string_view bytes, std::vector<kb::Problem>& problems);
std::string write_html(const std::vector<Exported>& articles);

}  // namespace usher::gateway::flow
