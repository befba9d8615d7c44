#include "connectors/email/mime_parts.h"

#include <algorithm>
#include <mutex>

#include "base/text.h"
#include "connectors/email/charset.h"
#include "connectors/email/parameters.h"

namespace usher::connectors::email {
namespace {

// A parameter of Content-Type or Content-Disposition, out of the raw field: the form with a charset before the plain one.
std::string parameter_value(GMimeObject* object, const char* header_name, const char* parameter, GMimeParserOptions* options,
                            std::size_t max_field_bytes) {
  auto* item = g_mime_header_list_get_header(g_mime_object_get_header_list(object), header_name);
  if (item == nullptr) return {};
  auto raw = std::string(view_of(g_mime_header_get_raw_value(item)).substr(0, max_field_bytes));
  if (raw.find(parameter) == std::string::npos && text::to_lower_ascii(raw).find(parameter) == std::string::npos) return {};
  if (auto extended = extended_parameter(raw, parameter)) return *extended;
  auto value = decode_structured(raw);
  GMimeParamList* list = nullptr;
  Held<GMimeContentDisposition> disposition;
  Held<GMimeContentType> type;
  if (std::string_view(header_name) == "Content-Disposition") {
    disposition.reset(g_mime_content_disposition_parse(options, value.c_str()));
    if (disposition) list = g_mime_content_disposition_get_parameters(disposition.get());
  } else {
    type.reset(g_mime_content_type_parse(options, value.c_str()));
    if (type) list = g_mime_content_type_get_parameters(type.get());
  }
  auto* found = list == nullptr ? nullptr : g_mime_param_list_get_parameter(list, parameter);
  if (found == nullptr && !disposition) {
    // "pdf; name=a.pdf", and even "name=a.pdf": no type that GMime reads on behind.
    const auto head = value.substr(0, value.find(';'));
    const auto begin = head.contains('=') || head.size() == value.size() ? 0 : head.size() + 1;
    type.reset(g_mime_content_type_parse(options, ("application/octet-stream; " + value.substr(begin)).c_str()));
    if (type) list = g_mime_content_type_get_parameters(type.get());
    found = list == nullptr ? nullptr : g_mime_param_list_get_parameter(list, parameter);
  }
  return found == nullptr ? std::string{} : to_utf8(view_of(g_mime_param_get_value(found)), {});
}

// The first word of a field, lower case, out of its quotes: "Base64;" says base64.
std::string first_word(GMimeObject* object, const char* header_name) {
  auto* item = g_mime_header_list_get_header(g_mime_object_get_header_list(object), header_name);
  auto raw = item == nullptr ? std::string_view{} : view_of(g_mime_header_get_raw_value(item));
  raw.remove_prefix(std::min(raw.find_first_not_of(" \t\r\n\"'"), raw.size()));
  return text::to_lower_ascii(raw.substr(0, std::min<std::size_t>(raw.find_first_of(" \t\r\n\"';,("), 100)));
}

// Said to be base64 and is not: base64 has no blanks within its lines, words have.
bool is_no_base64(std::string_view text) {
  std::size_t blanks = 0;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    blanks += text[i] == ' ' && text[i - 1] > ' ' ? 1 : 0;
  }
  return blanks >= 2 && blanks * 20 > text.size();
}

// How much of a part is base64: not the boundary that was overlooked, nor (of a text) what a list wrote below without encoding
// it, nor words behind the padding. A damaged line of a file is no footer: what comes after it counts.
std::size_t base64_bytes(std::string_view text, bool is_text) {
  if (!is_text) return text.starts_with("--") ? 0 : std::min(text.find("\n--"), text.size());
  const auto is_foreign = [](char c) {
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '/' && c <= '9') || c == '+' || c == '=');
  };
  bool has_begun = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    const auto foreign = static_cast<std::size_t>(std::find_if(line.begin(), line.end(), is_foreign) - line.begin());
    if (foreign == line.size()) {
      has_begun = has_begun || line.size() >= 4;
    } else {
      if (line.starts_with("--")) return at;
      if (has_begun && (line.starts_with("____") || std::count(line.begin(), line.end(), ' ') >= 2)) return at;
      if (line[foreign] == ' ' && foreign > 0 && line[foreign - 1] == '=') return at + foreign;
    }
    at = end + 1;
  }
  return text.size();
}

}  // namespace

std::string take_string(char* s) {
  std::string out = s == nullptr ? "" : s;
  g_free(s);
  return out;
}
std::string_view view_of(const char* s) {
  return s == nullptr ? std::string_view{} : s;
}

ParserOptions lenient_options() {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
  ParserOptions options(g_mime_parser_options_new(), &g_mime_parser_options_free);
  g_mime_parser_options_set_address_compliance_mode(options.get(), GMIME_RFC_COMPLIANCE_LOOSE);
  g_mime_parser_options_set_rfc2047_compliance_mode(options.get(), GMIME_RFC_COMPLIANCE_LOOSE);
  g_mime_parser_options_set_parameter_compliance_mode(options.get(), GMIME_RFC_COMPLIANCE_LOOSE);
  g_mime_parser_options_set_allow_addresses_without_domain(options.get(), TRUE);
  return options;
}

Leaf leaf_of(GMimeObject* object, GMimeParserOptions* options, std::size_t max_field_bytes) {
  Leaf part;
  part.object = object;
  if (auto* type = g_mime_object_get_content_type(object); type != nullptr) {
    part.type = text::to_lower_ascii(text::to_valid_utf8(take_string(g_mime_content_type_get_mime_type(type))));
  }
  // "text" and "html" are no media types, and what their writers meant is plain.
  if (part.type == "application/octet-stream") {
    const auto said = first_word(object, "Content-Type");
    if (said == "text" || said == "plain") part.type = "text/plain";
    if (said == "html") part.type = "text/html";
  }
  if (part.type.empty()) part.type = "text/plain";
  part.disposition = text::to_lower_ascii(view_of(g_mime_object_get_disposition(object)));
  if (!part.disposition.empty() && part.disposition != "inline") part.disposition = "attachment";  // RFC 2183 §2.8
  part.file_name = parameter_value(object, "Content-Disposition", "filename", options, max_field_bytes);
  if (part.file_name.empty()) part.file_name = parameter_value(object, "Content-Type", "name", options, max_field_bytes);
  part.content_id = text::to_valid_utf8(view_of(g_mime_object_get_content_id(object)));
  return part;
}

std::string content_of(GMimeObject* object) {
  Held<GMimeStream> memory(g_mime_stream_mem_new());
  if (GMIME_IS_PART(object)) {
    auto* content = g_mime_part_get_content(GMIME_PART(object));
    if (content == nullptr) return {};
    if (g_mime_data_wrapper_get_encoding(content) == GMIME_CONTENT_ENCODING_DEFAULT) {
      const auto said = first_word(object, "Content-Transfer-Encoding");
      const auto meant = g_mime_content_encoding_from_string(said == "qp" ? "quoted-printable" : said.c_str());
      if (meant != GMIME_CONTENT_ENCODING_DEFAULT) g_mime_data_wrapper_set_encoding(content, meant);
    }
    if (g_mime_data_wrapper_get_encoding(content) == GMIME_CONTENT_ENCODING_BASE64) {
      // GMime drops an unpadded end; that is the last word of a text.
      auto* encoded = g_mime_data_wrapper_get_stream(content);
      if (encoded == nullptr) return {};
      g_mime_stream_reset(encoded);
      g_mime_stream_write_to_stream(encoded, memory.get());
      auto* text = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
      if (text == nullptr || text->len == 0) return {};
      const std::string_view encoded_text(reinterpret_cast<const char*>(text->data), text->len);
      if (is_no_base64(encoded_text)) return std::string(encoded_text);
      auto* type = g_mime_object_get_content_type(object);
      const bool is_text = type != nullptr && g_mime_content_type_is_type(type, "text", "*") != 0;
      const auto bytes = base64_bytes(encoded_text, is_text);
      auto decoded = decode_base64_leniently(encoded_text.substr(0, bytes));
      const auto below = encoded_text.substr(bytes);
      if (is_text && bytes > 0 && !below.empty() && encoded_text[bytes - 1] == '\n' && !below.starts_with("--")) {
        decoded += '\n';
        decoded += below;
      }
      return decoded;
    }
    g_mime_data_wrapper_write_to_stream(content, memory.get());
  } else if (GMIME_IS_MESSAGE_PART(object)) {
    auto* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (inner == nullptr) return {};
    g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, memory.get());
  }
  auto* array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
  return array == nullptr || array->len == 0 ? std::string{}
                                             : std::string(reinterpret_cast<const char*>(array->data), array->len);
}

Held<GMimeMessage> parse_message(std::string_view raw, GByteArray& bytes, GMimeParserOptions* options) {
  // The parser only reads: a borrowed array saves a copy of the mail.
  bytes = GByteArray{reinterpret_cast<guint8*>(const_cast<char*>(raw.data())), static_cast<guint>(raw.size())};
  Held<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream.get()), FALSE);
  g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream.get()), &bytes);
  Held<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MESSAGE);
  return Held<GMimeMessage>(g_mime_parser_construct_message(parser.get(), options));
}

Held<GMimeObject> parse_entity(std::string_view raw, GMimeParserOptions* options) {
  Held<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(raw.data(), raw.size()));
  Held<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  return Held<GMimeObject>(g_mime_parser_construct_part(parser.get(), options));
}

}  // namespace usher::connectors::email
