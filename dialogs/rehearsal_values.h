// Values a made-up customer can give, chosen so that the conditions of the scripts come out either way.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/script.h"

namespace usher::dialogs {

class Values {
 public:
  explicit Values(const ScriptSet& scripts);                                            // held by reference
  bool is_looked_at(const std::string& slot) const { return by_slot_.contains(slot); }  // by some condition
  // Answers to the question for a slot, as a customer writes them: those that conditions ask for, and an ordinary one. Each is
  // accepted by the slot.
  std::vector<std::string> of(const Slot& slot) const;
  // First messages that conditions on what the customer said look for.
  std::vector<std::string> first_messages() const;
  // Answers of a service that make a difference: member → value, one map for each value a condition asks for.
  std::vector<std::map<std::string, std::string>> of_look_ups(std::string_view service) const;

 private:
  void note(const Condition& condition);
  const ScriptSet& scripts_;
  std::map<std::string, std::set<std::string>> by_slot_;  // what conditions compare with; may be empty (known:)
};

// A text that RE2 `pattern` is found in, or "". Knows literals, classes, groups, repetitions and anchors.
std::string text_matching(const std::string& pattern);

}  // namespace usher::dialogs
