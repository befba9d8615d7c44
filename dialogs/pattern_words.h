// What a text must hold for a pattern to match it: of "\b(forgot|lost)\b.{0,15}\bpassword\b" the word "password". Looking for
// such words costs a fraction of trying the pattern. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace usher::dialogs {

// Every text that the RE2 pattern matches somewhere, letters' case not minded, holds at least one of these pieces once it is
// folded (text::fold): pieces of two bytes or more, lower case. Empty when nothing is sure: syntax this does not know, or a
// pattern that asks for no certain words.
std::vector<std::string> words_needed(std::string_view pattern);

}  // namespace usher::dialogs
