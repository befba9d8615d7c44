// Slots: what is asked but not declared, declared but not used, or written wrongly; and values that a text or a look-up needs
// although a way leads there on which nothing has set them (check_values.cpp).
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "dialogs/check_parts.h"
#include "dialogs/check_pattern.h"
#include "dialogs/check_values.h"

namespace usher::dialogs::prove {
namespace {

class SlotCheck {
 public:
  explicit SlotCheck(Task& task) : t_(task) {}

  void run() {
    std::set<std::pair<std::string, std::string>> seen;  // a shared slot is part of every script
    for (const auto& [name, script] : t_.scripts.scripts) {
      for (const auto& [slot_name, slot] : script.slots) {
        if (!seen.emplace(slot.file, slot_name).second) continue;
        form(slot);
      }
    }
    for (const auto& [name, script] : t_.scripts.scripts) {
      for (const std::string& id : script.order) {
        const Step* step = script.find(id);
        if (const Ask* ask = step == nullptr ? nullptr : std::get_if<Ask>(&step->kind)) asked(script, *step, *ask);
      }
    }
    unused();
  }

 private:
  void form(const Slot& slot) {
    auto error = [&](std::string_view code, std::string message, std::string hint) {
      t_.findings.error(code, slot.file, slot.at, std::move(message), std::move(hint));
    };
    if (slot.pattern.empty()) return;
    if (slot.pattern_hint.empty()) {
      error("missing-pattern-hint", fmt::format("'{}' has a pattern but no 'pattern_hint'", slot.name),
            "say in words what a right value looks like");
    }
    const Alphabet alphabet = slot.type == SlotType::kSerial ? Alphabet::kUpper : Alphabet::kAny;
    const PatternFacts facts = facts_of(slot.pattern, true, false, alphabet);
    if (!facts.can_match) {
      const bool by_case = facts_of(slot.pattern, true, false, Alphabet::kAny).can_match;
      error("pattern-never-matches", fmt::format("no value can match the pattern '{}' of '{}'", slot.pattern, slot.name),
            by_case ? "serial numbers are compared without spaces and dashes and in capital letters: write A-Z and 0-9"
                    : "look at ^ and $ in its middle: nothing stands before the beginning or after the end");
    } else if (facts.shortest > slot.max_length) {
      error("pattern-too-long",
            fmt::format("the pattern of '{}' wants {} characters or more, but 'max_length' is {}", slot.name, facts.shortest,
                        slot.max_length),
            "raise max_length or shorten the pattern");
    } else if (slot.compiled && RE2::FullMatch("", *slot.compiled) && RE2::FullMatch("\xE2\x98\x83 ?", *slot.compiled)) {
      t_.findings.warning("pattern-matches-everything", slot.file, slot.at,
                          fmt::format("the pattern '{}' of '{}' lets everything pass", slot.pattern, slot.name), "remove it");
    }
  }

  void asked(const Script& script, const Step& step, const Ask& ask) {
    const auto slot = script.slots.find(ask.slot);
    if (slot == script.slots.end()) {
      std::set<std::string> names;
      for (const auto& [name, declared] : script.slots) names.insert(name);
      t_.findings.error("undeclared-slot", script.file, step.at,
                        fmt::format("the slot '{}' is asked for but not declared", ask.slot),
                        did_you_mean(ask.slot, names, "declare it in slots.yaml"));
    } else if (slot->second.ask.empty()) {
      t_.findings.error("slot-without-question", script.file, step.at, fmt::format("the slot '{}' has no question", ask.slot),
                        fmt::format("add ask: {{ en: \"…\", zh: \"…\" }} to it in {}", slot->second.file));
    }
  }

  static void in_condition(const Condition& c, std::set<std::string>& used) {
    if (!c.slot.empty()) used.insert(c.slot);
    for (const Condition& part : c.parts) in_condition(part, used);
  }

  static void in_words(std::string_view words, std::set<std::string>& used) {
    for (std::string& name : variables_of(words)) used.insert(std::move(name));
  }

  std::set<std::string> used_by(const Script& script) const {
    std::set<std::string> used;
    for (const auto& [id, step] : script.steps) {
      for (const auto& [slot, value] : step.set) {
        used.insert(slot);
        in_words(value, used);
      }
      for (const Said& said : texts_of(step)) {
        for (const auto& [language, words] : said.text->by_language) in_words(words, used);
      }
      if (const Ask* ask = std::get_if<Ask>(&step.kind)) used.insert(ask->slot);
      if (const Choose* choose = std::get_if<Choose>(&step.kind)) {
        used.insert(choose->slot);
        for (const Option& o : choose->options) {
          for (const auto& [slot, value] : o.set) used.insert(slot);
        }
      }
      if (const Branch* branch = std::get_if<Branch>(&step.kind)) {
        for (const Branch::Case& c : branch->cases) in_condition(c.when, used);
      }
      if (const Lookup* lookup = std::get_if<Lookup>(&step.kind)) {
        for (const auto& [parameter, value] : lookup->with) in_words(value, used);
        for (const auto& [slot, member] : lookup->save) used.insert(slot);
      }
      if (const auto* article = std::get_if<ShowArticle>(&step.kind)) in_words(article->query, used);
      if (const auto* block = std::get_if<TroubleshootBlock>(&step.kind)) used.insert(block->line_slot);
    }
    return used;
  }

  // A shared slot whose value is found in a customer's first message goes to the ticket without being asked for.
  static bool found_by_itself(const Slot& slot) {
    switch (slot.type) {
      case SlotType::kEmail:
      case SlotType::kPhone:
      case SlotType::kContact:
      case SlotType::kSerial:
      case SlotType::kErrorCode:
        return true;
      default:
        return slot.name == "symptom";
    }
  }

  void unused() {
    std::set<std::string> used_anywhere;
    std::map<std::string, const Slot*> shared;  // by file and name
    for (const auto& [name, script] : t_.scripts.scripts) {
      const std::set<std::string> used = used_by(script);
      used_anywhere.insert(used.begin(), used.end());
      for (const auto& [slot_name, slot] : script.slots) {
        if (slot.file != script.file) {
          shared.emplace(slot_name, &slot);
        } else if (!used.contains(slot_name)) {
          report_unused(slot);
        }
      }
    }
    for (const auto& [key, text] : t_.scripts.texts) {
      for (const auto& [language, words] : text.by_language) in_words(words, used_anywhere);
    }
    for (const auto& [name, slot] : shared) {
      if (!used_anywhere.contains(name) && !found_by_itself(*slot)) report_unused(*slot);
    }
  }

  void report_unused(const Slot& slot) {
    t_.findings.warning("unused-slot", slot.file, slot.at, fmt::format("the slot '{}' is never asked for or used", slot.name),
                        "ask for it, or remove it");
  }

  Task& t_;
};

}  // namespace

void check_slots(Task& task) {
  SlotCheck(task).run();
  check_values(task);
}

}  // namespace usher::dialogs::prove
