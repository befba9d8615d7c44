// YAML → Script, with file:line:column errors. Pure: bytes in, values out. Duplicate keys, unknown keys (with the nearest valid
// name), wrong types, steps that do not exist and texts without English are reported, all of them, not only the first.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/script.h"

namespace usher::dialogs {

struct Source {
  std::string file;  // name for messages
  std::string bytes;
};

struct Problem {
  std::string file;
  int line = 1, column = 1;
  std::string message;    // what is wrong
  std::string hint;       // what to do
  std::string code = {};  // kind of finding, "unreachable-step"; empty for mistakes of form
  bool is_warning = false;
};

// Sources, told apart by their top-level key: scripts (dialog), shared slots (slots), the bot's own phrases and the default
// patience (texts, patience), shared pieces of text (fragments), words staff teach the bot (lexicon). A *.csv is a catalogue
// under its file name. Null when anything is wrong; then `problems` is not empty.
std::shared_ptr<const ScriptSet> parse(const std::vector<Source>& sources, std::vector<Problem>& problems);

}  // namespace usher::dialogs
