// Names and types of files that customers send, the same on every channel. Pure but for libmagic's database, which each thread
// loads at its first use; thread-safe.
#pragma once
#include <string>
#include <string_view>

namespace usher::connectors {

// A file name that is safe to store and show: no path, control, bidi or reserved characters, no leading dots, at most 255 bytes;
// never empty ("attachment" when nothing is left).
std::string harmless_file_name(std::string_view utf8);
// The content type of bytes as libmagic sees it, no label asked; "application/octet-stream" when it recognises nothing. Looks at
// the first 8 KB, and for the mark of a disk image behind them.
std::string found_type_of(std::string_view bytes);
// Of what libmagic found and what the sender says the better one: `labelled` when `found` is only "some bytes" or "some text".
std::string better_type(std::string_view found, std::string_view labelled);
// Both in one: the content type of bytes, by libmagic ("image/png"); `labelled` when it can only say "some bytes" or "some text".
// Looks at the first 8 KB, whatever the size.
std::string content_type_of(std::string_view bytes, std::string_view labelled);

}  // namespace usher::connectors
