// Random words through every reading: never a crash, never an answer that is not on offer, confidence always in 0..1.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dialogs/understand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace usher::dialogs;
  static const std::vector<Option> kOptions = [] {
    std::vector<Option> o(3);
    o[0].id = "yes";
    o[0].label.by_language = {{"en", "Yes, it blinks"}, {"zh", "有，在闪"}};
    o[0].words = {{"en", {"smoke", "2 beeps"}}, {"zh", {"冒烟"}}};
    o[1].id = "no";
    o[1].label.by_language = {{"en", "No"}, {"zh", "没有"}};
    o[2].id = "hot";
    o[2].label.by_language = {{"en", "Too hot to touch"}, {"zh", "太烫"}};
    prepare(o);
    return o;
  }();
  std::string words(size, '\0');
  for (std::size_t i = 0; i < size; ++i) words[i] = static_cast<char>(data[i]);
  const Understood u = understand_choice(words, kOptions, "en", "Is there smoke? 有冒烟吗？");
  if (u.confidence < 0 || u.confidence > 1) std::abort();
  if (u.as == Understood::As::kOption && std::ranges::find(kOptions, u.value, &Option::id) == kOptions.end()) std::abort();
  understand_command(words);
  courtesy(words);
  clear_language(words);
  for (int t = 0; t <= static_cast<int>(SlotType::kChoice); ++t) {
    Slot slot;
    slot.name = "x";
    slot.type = static_cast<SlotType>(t);
    slot.options = kOptions;
    slot.pattern = slot.type == SlotType::kSerial ? "[A-Z0-9]{8,14}" : "";
    slot.checksum = slot.type == SlotType::kSerial ? "mod36" : "";
    const Understood v = understand_value(words, slot, "zh");
    if (v.as == Understood::As::kNothing && v.why.empty()) std::abort();
    if (v.as == Understood::As::kValue && v.value.empty()) std::abort();
    values_in(words, {{"x", slot}}, "en");
  }
  return 0;
}
