// Random bytes as a script, slots and texts: parse and check never crash, hang or return without saying why.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dialogs/check.h"
#include "dialogs/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace usher::dialogs;
  static const std::string kTexts = [] {
    std::string s = "texts:\n";
    for (const std::string& key : text_keys()) s += "  \"" + key + "\": { en: x, zh: x }\n";
    return s;
  }();
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(data[i]);
  std::vector<Problem> problems;
  const auto set = parse({{"t.yaml", std::move(bytes)}, {"texts.yaml", kTexts}}, problems);
  if ((set == nullptr) == problems.empty()) std::abort();
  if (set) check(*set, {.has_article = [](std::string_view, std::string_view) { return false; }});
  return 0;
}
