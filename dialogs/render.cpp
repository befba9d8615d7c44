#include "dialogs/render.h"

#include "base/text.h"

namespace usher::dialogs {

Rendered render(const Prompt& prompt, const ChannelLimits& limits, std::string_view language) {
  auto fit = [&](std::string s) { return limits.max_text == 0 ? std::move(s) : text::cut(s, limits.max_text); };
  const std::size_t n = prompt.choices.size();
  if (n == 0) return {fit(prompt.text), {}};
  if (limits.buttons && (limits.max_buttons == 0 || n <= limits.max_buttons)) return {fit(prompt.text), prompt.choices};

  std::string list;
  for (std::size_t i = 0; i < n; ++i) list += (i > 0 ? "\n" : "") + std::to_string(i + 1) + ". " + prompt.choices[i].label;
  list += language.starts_with("zh") ? "\n（请回复数字，或直接用您自己的话回答。）"
                                     : "\n(Reply with a number, or in your own words.)";
  if (prompt.text.empty()) return {fit(std::move(list)), {}};
  if (limits.max_text > 0) {
    // The list is what the customer needs to answer: the question above it gives way first.
    const std::size_t room = text::length(list) + 2;
    if (room < limits.max_text) return {text::cut(prompt.text, limits.max_text - room) + "\n\n" + list, {}};
    return {fit(std::move(list)), {}};
  }
  return {prompt.text + "\n\n" + list, {}};
}

}  // namespace usher::dialogs
