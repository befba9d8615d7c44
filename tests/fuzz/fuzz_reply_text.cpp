// Arbitrary bytes as the text of a mail: what is cut out of it is valid UTF-8, no longer than the whole, and never empty while
// there are words.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "connectors/email/reply_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace usher;
  auto whole = text::to_valid_utf8(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto split = connectors::email::split_reply(whole);
  for (const auto* part : {&split.reply, &split.quoted, &split.signature}) {
    if (!text::is_valid_utf8(*part) || part->size() > whole.size() + 1) std::abort();
  }
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (std::any_of(whole.begin(), whole.end(), is_letter) && text::trim(split.reply).empty()) std::abort();
  return 0;
}
