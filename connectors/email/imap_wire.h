// IMAP as bytes (RFC 3501 §4, §7, §9): a server's stream cut into responses, and the few forms of data we read out of them. Pure,
// bounded in every direction, for servers that lie.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace usher::connectors::email {

// One response without its CRLF. Where a literal stood, `line` has a NUL (a server may not send one), and its bytes are the next
// of `literals`.
struct ImapResponse {
  std::string line;
  std::vector<std::string> literals;
};

// Cuts the stream, however it arrives. A line over max_line, a literal over max_literal, a NUL or a bare CR or LF outside of
// literals ends it: failed() says why, and nothing more is read.
class ImapReader {
 public:
  ImapReader(std::size_t max_line, std::size_t max_literal) : max_line_(max_line), max_literal_(max_literal) {}
  void feed(std::string_view bytes);
  std::optional<ImapResponse> next();
  bool is_empty() const { return at_ == pending_.size() && !has_part(); }  // nothing came that next() has not given
  const std::string& failed() const { return failed_; }
  void clear();

 private:
  bool has_part() const { return !now_.line.empty() || !now_.literals.empty() || literal_left_ > 0; }
  bool take_line();

  std::size_t max_line_, max_literal_;
  std::string pending_;
  std::size_t at_ = 0, scanned_ = 0;
  ImapResponse now_;
  std::size_t literal_left_ = 0, literal_bytes_ = 0;
  std::string failed_;
};

// "* 12 FETCH (…)" and the like: first word upper-cased, what follows it.
struct ImapUntagged {
  std::optional<std::uint32_t> number;  // "12" of "* 12 EXISTS"
  std::string_view name;                // as sent
  std::string_view rest;
};
// nullopt when the line does not begin with "* ".
std::optional<ImapUntagged> read_untagged(std::string_view line);

// The code in brackets of OK, NO, BAD, BYE, PREAUTH, and the words after it: "[UIDVALIDITY 3] ok" → {"UIDVALIDITY", "3", "ok"}.
struct ImapText {
  std::string code, argument, words;
};
ImapText read_text(std::string_view rest);

struct ImapFetched {
  std::optional<std::uint32_t> uid;
  std::optional<std::uint64_t> size;  // RFC822.SIZE
  std::optional<std::string> body;    // BODY[…]; not there when the server said NIL
};
// The list after FETCH. nullopt when it is none: unbalanced, nested over 50 levels, a literal missing.
std::optional<ImapFetched> read_fetch(std::string_view list, std::vector<std::string> literals);

// "1:3,7" and "SEARCH 1 2 3". At most `max` numbers, the lowest of what is given; sets `is_cut` when there were more. nullopt:
// not a set.
std::optional<std::vector<std::uint32_t>> read_set(std::string_view text, char separator, std::size_t max, bool& is_cut);
std::string write_set(const std::vector<std::uint32_t>& sorted);  // "1:3,7"

// "…" with escapes. nullopt when it cannot stand in quotes (CR, LF, NUL, bytes above 127).
std::optional<std::string> imap_quoted(std::string_view value);
// A mailbox name on the wire: modified UTF-7 (RFC 3501 §5.1.3), in quotes. nullopt: not a name.
std::optional<std::string> imap_mailbox(std::string_view utf8);

}  // namespace usher::connectors::email
