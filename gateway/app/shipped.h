// The dialog files of config/dialogs as they were when this program was built: texts, slots, words and scripts for folders that
// hold nothing but a script of their own. `usher serve` never uses them; it serves what is configured.
#pragma once
#include <span>
#include <string_view>

namespace usher::gateway::app {

struct ShippedFile {
  std::string_view name;  // "texts.yaml", "models.csv"
  std::string_view bytes;
};
std::span<const ShippedFile> shipped_dialogs();  // by name

}  // namespace usher::gateway::app
