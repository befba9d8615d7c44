// The part of check_slots that follows values over all ways. Internal to the prover.
#pragma once
#include "dialogs/check_parts.h"

namespace usher::dialogs::prove {

// Texts, look-ups and searches that need a slot which is not set on some way to them, and variables nothing ever fills.
void check_values(Task& task);

// Slots that certainly have a value when `condition` has turned out `holds`.
std::set<std::string> known_after(const Condition& condition, bool holds);

}  // namespace usher::dialogs::prove
