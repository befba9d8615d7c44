// What the customer wrote, apart from what their mail program quoted below it and from their signature. Pure.
//
// A scanner over lines: each line gets a kind (text, quote, attribution, header block, separator, …) by looking at most a few
// hundred bytes ahead, then the kinds decide. No backtracking: linear on any input. Knows the habits of Outlook, Gmail, Apple,
// Thunderbird, QQ, 163 and Foxmail in the languages of email.md §8.2 and some more. The full text always stays with the mail.
#pragma once
#include <string>
#include <string_view>

namespace usher::connectors::email {

struct ReplyText {
  std::string reply;      // never empty unless the whole text is
  std::string quoted;     // what was taken for quotation, with its introduction
  std::string signature;  // what was taken for a signature
};

// `text`: valid UTF-8, LF line ends (CRLF is understood).
ReplyText split_reply(std::string_view text);

}  // namespace usher::connectors::email
