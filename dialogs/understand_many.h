// How many of several things an answer speaks of, where the options tell just that apart ("Only this one", "Some", "All
// devices"), and whether the customer has not looked at all. Only understand_*.cpp use it. Pure.
#pragma once
#include <string_view>

#include "dialogs/understand_claim.h"

namespace usher::dialogs {

enum class Many : unsigned char { kUnsaid, kOne, kSome, kAll };

// What a label says: "Just one website", 全部. "All the time" says nothing of it.
Many many_in_label(std::string_view label);
// What an answer says, where a fault is asked for: "the others are fine" means one.
Many many_said(const SaidWords& said);

// "I haven't tried yet", 没量过, "can't get to it": what is asked was not looked at. "Not tried" to "Have you tried …?" is an
// answer.
bool untried(const SaidWords& said, const Claim& claim);

}  // namespace usher::dialogs
