// The built-in phrases of lexicon.h, by table. Only lexicon.cpp reads them. Written from how people speak; a phrase stands for
// all its spellings (words.h), so "doesn't", "does not" and "dont" need one line.
#pragma once
#include <span>

#include "dialogs/lexicon.h"

namespace usher::dialogs {

std::span<const Lexicon::Entry> answer_entries();
std::span<const Lexicon::Entry> skip_entries();
std::span<const Lexicon::Entry> wish_entries();
std::span<const Lexicon::Entry> courtesy_entries();
std::span<const Lexicon::Entry> everyday_entries();

}  // namespace usher::dialogs
