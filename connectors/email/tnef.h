// winmail.dat (TNEF, [MS-OXTNEF]): what Outlook makes of text and files when it takes the receiver for another Outlook. Pure.
//
// An own reader of the few attributes that matter. Debian's libytnef has the whole format, but it writes to the standard streams,
// allocates by lengths it has not checked, and has had memory faults every few years; here every length is held against what is
// there, nothing is allocated beyond the bytes given, and embedded messages go three deep.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::connectors::email {

struct TnefFile {
  std::string file_name;     // as written, UTF-8; may be empty
  std::string content_type;  // as written; may be empty
  std::string content_id;    // without <>
  std::string content;
};

struct Tnef {
  std::string text;             // the body in plain words, from whatever form there is (plain, HTML, compressed RTF)
  std::vector<TnefFile> files;  // at most 100; a mail within is one too: its words, and its files after it
  bool is_damaged = false;      // it ended early or does not add up: what was read until there is here
};

// nullopt when the bytes are no TNEF at all. `max_text_bytes` bounds the text of each message in it.
std::optional<Tnef> read_tnef(std::string_view bytes, std::size_t max_text_bytes);

}  // namespace usher::connectors::email
