// The prover: what can be said about scripts without running them. Everything staff could get wrong and a customer would suffer
// from. Each kind of finding has a code (finding_codes()), so that tests and editors can name it; docs/dialog-language.md
// explains each with an example and its cure.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/parse.h"
#include "dialogs/render.h"
#include "dialogs/script.h"

namespace usher::dialogs {

struct World {  // what lies outside the scripts
  std::function<bool(std::string_view id, std::string_view language)> has_article;
  std::vector<std::string> languages = {"en", "zh"};  // a text without one of these is a missing translation
  std::vector<std::string> services;                  // lookups configured in usher.yaml
  bool knows_services = false;                        // false: `services` is not looked at
  struct Channel {
    std::string name;
    ChannelLimits limits;
  };
  std::vector<Channel> channels;          // of each that is configured: too many buttons, too long texts
  std::vector<std::string> entries = {};  // scripts that channels begin with (usher.yaml), beside those known by name
  // The files `scripts` was parsed from: with them, findings about phrases, patterns, patience and fragments name their own line
  // instead of the script's first, and fragments nobody uses are found. Null: neither.
  const std::vector<Source>* sources = nullptr;
};

// Findings in order of file and line. Problem::code is set; Problem::is_warning marks what does not stop publishing.
std::vector<Problem> check(const ScriptSet& scripts, const World& world);

const std::vector<std::string>& finding_codes();

// Longest way to a human, for each script: how many answers a customer who always takes the longest way gives before a ticket
// is opened; loops count once, and so does a question that is not asked again. 0 = no way leads to a ticket (then it resolves
// only).
struct LongestWay {
  std::string dialog;
  std::size_t answers = 0;
  std::size_t before_handover = 0;  // of these, given before the script "handover" asks what a person needs to know
  std::vector<std::string> steps;   // "dialog/step"
};
std::vector<LongestWay> longest_ways(const ScriptSet& scripts);

}  // namespace usher::dialogs
