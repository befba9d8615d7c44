#include "connectors/webchat/form_data.h"

#include <optional>

#include "base/text.h"

namespace usher::connectors::webchat {
namespace {

constexpr std::size_t kMaxParts = 32;
constexpr std::size_t kMaxHead = 8 * 1024;  // of one part
constexpr std::size_t kMaxField = 64 * 1024;
constexpr std::size_t kMaxBoundary = 70;  // RFC 2046 §5.1.1

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

// The value of `wanted` in `; name=value; name="value"`, which follows a header's first word.
std::optional<std::string> parameter(std::string_view rest, std::string_view wanted) {
  while (!rest.empty()) {
    if (rest.front() == ';' || rest.front() == ' ' || rest.front() == '\t') {
      rest.remove_prefix(1);
      continue;
    }
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = trimmed(rest.substr(0, equals));
    rest.remove_prefix(equals + 1);
    std::string value;
    if (rest.starts_with('"')) {
      std::size_t i = 1;
      for (; i < rest.size() && rest[i] != '"'; ++i) {
        // Browsers escape a quote as %22 and leave a backslash alone; curl writes \".
        if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
        value += rest[i];
      }
      if (i >= rest.size()) return std::nullopt;
      rest.remove_prefix(i + 1);
    } else {
      const auto end = std::min(rest.find(';'), rest.size());
      value = std::string(trimmed(rest.substr(0, end)));
      rest.remove_prefix(end);
    }
    if (text::iequals_ascii(name, wanted)) return value;
  }
  return std::nullopt;
}

std::string unescaped(std::string value) {
  for (const auto& [from, to] : {std::pair{"%22", "\""}, {"%0D", ""}, {"%0A", ""}}) {
    for (std::size_t at = 0; (at = value.find(from, at)) != std::string::npos;) value.replace(at, 3, to);
  }
  return value;
}

struct PartHead {
  std::string name;
  std::optional<std::string> file_name;
};

std::optional<PartHead> read_head(std::string_view head) {
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    if (!text::iequals_ascii(trimmed(line.substr(0, colon)), "content-disposition")) continue;
    const std::string_view value = trimmed(line.substr(colon + 1));
    const auto word = std::min(value.find(';'), value.size());
    if (!text::iequals_ascii(trimmed(value.substr(0, word)), "form-data")) return std::nullopt;
    auto name = parameter(value.substr(word), "name");
    if (!name) return std::nullopt;
    auto file_name = parameter(value.substr(word), "filename");
    if (file_name) file_name = unescaped(std::move(*file_name));
    return PartHead{std::move(*name), std::move(file_name)};
  }
  return std::nullopt;
}

std::unexpected<Error> malformed(const char* why) {
  return fail(ErrorCode::kInvalid, std::string("not valid multipart/form-data: ") + why);
}

}  // namespace

std::string Form::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

Result<Form> parse_form_data(std::string_view content_type, std::string body) {
  const auto word = std::min(content_type.find(';'), content_type.size());
  if (!text::iequals_ascii(trimmed(content_type.substr(0, word)), "multipart/form-data"))
    return fail(ErrorCode::kInvalid, "files are sent as multipart/form-data");
  const auto boundary = parameter(content_type.substr(word), "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) return malformed("no boundary");

  Form form;
  form.body = std::make_shared<const std::string>(std::move(body));
  const std::string delimiter = "\r\n--" + *boundary;
  std::string_view rest = *form.body;
  if (!rest.starts_with(std::string_view(delimiter).substr(2))) return malformed("it does not begin with its boundary");
  rest.remove_prefix(delimiter.size() - 2);
  for (std::size_t parts = 0; !rest.starts_with("--"); ++parts) {
    if (parts == kMaxParts) return malformed("too many parts");
    if (!rest.starts_with("\r\n")) return malformed("a boundary does not end its line");
    rest.remove_prefix(2);
    const auto head_end = rest.substr(0, kMaxHead).find("\r\n\r\n");
    if (head_end == std::string_view::npos) return malformed("a part has no end of its headers");
    auto head = read_head(rest.substr(0, head_end));
    if (!head) return malformed("a part has no name");
    rest.remove_prefix(head_end + 4);
    // An empty part's content ends where it begins: the line end before the boundary is that of the empty line.
    const auto end = rest.find(delimiter);
    if (end == std::string_view::npos) return malformed("it ends before its last boundary");
    const std::string_view content = rest.substr(0, end);
    rest.remove_prefix(end + delimiter.size());
    if (!head->file_name) {
      if (content.size() > kMaxField) return malformed("a field is longer than 64 KiB");
      form.fields.emplace_back(std::move(head->name), std::string(content));
    } else if (!head->file_name->empty() || !content.empty()) {  // else: the field for files was left empty
      form.files.push_back({std::move(head->name), std::move(*head->file_name), content});
    }
  }
  return form;
}

}  // namespace usher::connectors::webchat
