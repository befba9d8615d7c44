// The prover: what can be said about scripts without running them. First light: unreachable steps, ends that are neither resolve
// nor escalate, loops without a customer turn, articles that do not exist, slots asked but not declared, missing translations.
#pragma once
#include <functional>
#include <string_view>
#include <vector>

#include "dialogs/parse.h"
#include "dialogs/script.h"

namespace usher::dialogs {

// `has_article(id, language)`: whether the library holds it.
std::vector<Problem> check(const ScriptSet& scripts, const std::function<bool(std::string_view, std::string_view)>& has_article);

}  // namespace usher::dialogs
