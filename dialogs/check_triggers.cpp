// What starts a script: patterns that match nothing or everything, phrases that another script always wins, languages without a
// phrase.
#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "dialogs/check_parts.h"
#include "dialogs/check_pattern.h"
#include "dialogs/triggers.h"
#include "dialogs/understand.h"
#include "dialogs/words.h"

namespace usher::dialogs::prove {
namespace {

class TriggerCheck {
 public:
  explicit TriggerCheck(Task& task) : t_(task) {
    for (const auto& [name, script] : task.scripts.scripts) {
      if (!script.trigger.empty()) scripts_.push_back(&script);
    }
  }

  void run() {
    same_phrases();
    for (const Script* script : scripts_) {
      for (const std::string& pattern : script->trigger.patterns) check_pattern(*script, pattern);
      phrases_translated(*script);
    }
    index();
    for (std::size_t i = 0; i < scripts_.size(); ++i) {
      for (const auto& [language, phrases] : scripts_[i]->trigger.phrases) {
        for (const std::string& phrase : phrases) wins(i, language, phrase);
      }
    }
  }

 private:
  // Where a phrase stands, given as it is compared.
  Position place_of(const Script& script, const Phrase& key) {
    for (const auto& [language, phrases] : script.trigger.phrases) {
      for (const std::string& s : phrases) {
        if (to_phrase(s) == key) return t_.places.of(script.file, {"triggers", "phrases", language}, s);
      }
    }
    return t_.places.of(script.file, {"title"});
  }

  void same_phrases() {
    std::map<Phrase, const Script*> owners;
    for (const Script* script : scripts_) {
      for (const Phrase& p : script->trigger.keys) {
        const auto [it, fresh] = owners.emplace(p, script);
        if (fresh || it->second == script) continue;
        shared_.insert(p);
        t_.findings.error("ambiguous-phrase", script->file, place_of(*script, p),
                          fmt::format("“{}” starts '{}' and '{}'", fmt::join(p, " "), it->second->name, script->name),
                          "leave it to one of them, or make it longer");
      }
    }
  }

  void check_pattern(const Script& script, const std::string& pattern) {
    const Position at = t_.places.of(script.file, {"triggers", "patterns"}, pattern);
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(false);
    const RE2 compiled(pattern, options);
    if (!compiled.ok()) return;  // reported by parse
    if (!facts_of(pattern, false, true, Alphabet::kAny).can_match) {
      t_.findings.error("pattern-never-matches", script.file, at, fmt::format("nothing can match the pattern '{}'", pattern),
                        "look at ^ and $ in its middle: nothing stands before the beginning or after the end");
    } else if (RE2::PartialMatch("", compiled) || RE2::PartialMatch("\xE2\x98\x83", compiled)) {
      t_.findings.error("pattern-matches-everything", script.file, at,
                        fmt::format("every message matches the pattern '{}'", pattern), "make a part of it that is not optional");
    }
  }

  void phrases_translated(const Script& script) {
    if (script.trigger.phrases.empty()) return;
    for (const std::string& language : t_.world.languages) {
      if (script.trigger.phrases.contains(language)) continue;
      t_.findings.error("missing-translation", script.file, t_.places.of(script.file, {"triggers", "phrases"}),
                        fmt::format("no phrase in '{}' starts '{}'", language, script.name),
                        fmt::format("add {}: […] with what people write", language));
    }
  }

  // ── phrases another script wins
  // Only scripts with a phrase inside the one that is looked at, or with a pattern that matches it, can win it. These few are put
  // to choose_dialog as a set of their own.
  void index() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(false);
    options.set_max_mem(64 << 20);
    patterns_ = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
    for (std::size_t i = 0; i < scripts_.size(); ++i) {
      for (const Phrase& key : scripts_[i]->trigger.keys) by_first_word_[key.front()].emplace_back(&key, i);
      for (const std::string& pattern : scripts_[i]->trigger.patterns) {
        if (patterns_->Add(pattern, nullptr) >= 0) pattern_owner_.push_back(i);
      }
    }
    can_match_ = !pattern_owner_.empty() && patterns_->Compile();
  }

  std::set<std::size_t> rivals(const std::string& phrase, const Phrase& key) const {
    std::set<std::size_t> out;
    for (const std::string& word : key) {
      const auto it = by_first_word_.find(word);
      if (it == by_first_word_.end()) continue;
      for (const auto& [other, owner] : it->second) {
        if (std::ranges::includes(sorted(key), sorted(*other))) out.insert(owner);
      }
    }
    std::vector<int> matched;
    if (can_match_ && patterns_->Match(text::fold(half_width(phrase)), &matched)) {
      for (const int m : matched) out.insert(pattern_owner_[static_cast<std::size_t>(m)]);
    }
    return out;
  }
  static Phrase sorted(Phrase p) {
    std::ranges::sort(p);
    return p;
  }

  void wins(std::size_t owner, const std::string& language, const std::string& phrase) {
    const Phrase key = to_phrase(phrase);
    if (key.empty() || shared_.contains(key)) return;
    std::set<std::size_t> who = rivals(phrase, key);
    who.insert(owner);
    if (who.size() < 2) return;
    const Script& script = *scripts_[owner];
    const DialogChoice choice = choose_dialog(phrase, only(who));
    if (choice.dialog == script.name || has(choice.rivals, script.name)) return;
    t_.findings.error("phrase-shadowed", script.file, t_.places.of(script.file, {"triggers", "phrases", language}, phrase),
                      fmt::format("“{}” never starts '{}': '{}' wins it by {}", phrase, script.name, choice.dialog, choice.why),
                      "make it longer, or take it from the other script");
  }

  // A set with the triggers of these scripts alone; kept, as the same few meet again and again.
  const ScriptSet& only(const std::set<std::size_t>& who) {
    const auto [it, fresh] = small_sets_.try_emplace(who);
    if (fresh) {
      it->second.lexicons = t_.scripts.lexicons;
      for (const std::size_t i : who) {
        Script s;
        s.name = scripts_[i]->name;
        s.title = scripts_[i]->title;
        s.trigger = scripts_[i]->trigger;
        it->second.scripts.emplace(s.name, std::move(s));
      }
      it->second.triggers = std::make_shared<const Triggers>(it->second.scripts);
    }
    return it->second;
  }

  Task& t_;
  std::vector<const Script*> scripts_;  // that have triggers
  std::set<Phrase> shared_;             // reported as the same already
  std::map<std::string, std::vector<std::pair<const Phrase*, std::size_t>>> by_first_word_;
  std::unique_ptr<RE2::Set> patterns_;
  std::vector<std::size_t> pattern_owner_;
  bool can_match_ = false;
  std::map<std::set<std::size_t>, ScriptSet> small_sets_;
};

}  // namespace

void check_triggers(Task& task) {
  TriggerCheck(task).run();
}

}  // namespace usher::dialogs::prove
