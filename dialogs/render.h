// One prompt → what a channel can show: buttons, a numbered list, or plain text cut to its limit. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "dialogs/engine.h"

namespace usher::dialogs {

struct ChannelLimits {
  bool buttons = false;
  std::size_t max_buttons = 0;  // 0 = no limit
  std::size_t max_text = 0;     // code points; 0 = no limit
};

struct Rendered {
  std::string text;
  std::vector<Choice> choices;  // empty when the list is in the text
};

// Without buttons, or with more choices than fit: "1. …\n2. …" under the text.
Rendered render(const Prompt& prompt, const ChannelLimits& limits, std::string_view language);

}  // namespace usher::dialogs
