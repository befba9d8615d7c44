// GMime, as mime.cpp uses it: entities out of bytes, what a part says of itself, its decoded content. Private to this folder: it
// shows GMime's types. Thread-safe as far as each object stays with one thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <gmime/gmime.h>

namespace usher::connectors::email {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Held = std::unique_ptr<T, Unref>;
using ParserOptions = std::unique_ptr<GMimeParserOptions, decltype(&g_mime_parser_options_free)>;

// Lenient everywhere: senders write encoded words inside quotes, addresses without a domain, and worse.
ParserOptions lenient_options();

std::string take_string(char* s);  // frees it
std::string_view view_of(const char* s);

// A part of a mail and its labels. `object` belongs to the message.
struct Leaf {
  GMimeObject* object = nullptr;
  std::string type;          // "text/plain", lower case
  std::string disposition;   // "attachment", "inline" or empty
  std::string file_name;     // decoded, as written
  std::string content_id;    // without <>
  std::size_t position = 0;  // in the order of the mail
  bool is_text() const { return type == "text/plain" || type == "text/html"; }
  bool is_media() const { return type.starts_with("image/") || type.starts_with("audio/") || type.starts_with("video/"); }
  bool is_tnef() const { return type == "application/ms-tnef" || type == "application/vnd.ms-tnef"; }
  bool is_smime() const { return type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime"; }
};

// `max_field_bytes`: how much of a header field is looked at.
Leaf leaf_of(GMimeObject* object, GMimeParserOptions* options, std::size_t max_field_bytes);

// The bytes of a part, its transfer encoding taken off; of an attached mail, the mail. Empty for a multipart.
std::string content_of(GMimeObject* object);

// Null when there is no header. A message borrows `raw` by way of `bytes`: both must outlive it; an entity has a copy.
Held<GMimeMessage> parse_message(std::string_view raw, GByteArray& bytes, GMimeParserOptions* options);
Held<GMimeObject> parse_entity(std::string_view raw, GMimeParserOptions* options);

}  // namespace usher::connectors::email
