// What customers read: languages, articles, answers that cannot be told apart, what a channel cannot show.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialogs/check_parts.h"
#include "dialogs/understand.h"

namespace usher::dialogs::prove {
namespace {

constexpr std::size_t kMaxLabel = 60;  // code points; longer ones do not fit on a button or in a line of a list

// {{names}} that the engine and the gateway fill in the bot's own phrases and in the slots' questions.
constexpr std::array<std::string_view, 9> kFilledForTexts = {"reason", "reference", "number", "promise", "company",
                                                             "value",  "label",     "answer", "why"};

class TextCheck {
 public:
  explicit TextCheck(Task& task) : t_(task), filled_(filled_slots(task.scripts)) {
    filled_.insert(kFilledForTexts.begin(), kFilledForTexts.end());
  }

  void run() {
    for (const auto& [key, text] : t_.scripts.texts) own(text, t_.scripts.texts_file, text.at, "the text '" + key + "'");
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& [name, script] : t_.scripts.scripts) {
      for (const auto& [slot_name, slot] : script.slots) {
        if (seen.emplace(slot.file, slot_name).second) check_slot(slot);
      }
    }
    for (const auto& [name, script] : t_.scripts.scripts) {
      translated(script.title, script.file, t_.places.of(script.file, {"title"}), "the title");
      for (const std::string& id : script.order) {
        if (const Step* step = script.find(id)) check_step(script, *step);
      }
    }
  }

 private:
  void translated(const Text& text, const std::string& file, Position at, const std::string& what) {
    if (text.empty()) return;
    for (const std::string& language : t_.world.languages) {
      if (text.by_language.contains(language)) continue;
      t_.findings.error("missing-translation", file, text.at.line > 0 ? text.at : at,
                        fmt::format("{} has no '{}' text", what, language), fmt::format("add {}: \"…\"", language));
    }
  }

  void words_translated(const std::map<std::string, std::vector<std::string>>& words, const std::string& file, Position at,
                        const std::string& what) {
    if (words.empty()) return;
    for (const std::string& language : t_.world.languages) {
      if (words.contains(language)) continue;
      t_.findings.warning("missing-translation", file, at, fmt::format("'words' of {} has nothing for '{}'", what, language),
                          fmt::format("add {}: […], what people say for it", language));
    }
  }

  // A text that the engine or the gateway fills itself; texts of steps are looked at in check_values.cpp.
  void own(const Text& text, const std::string& file, Position at, const std::string& what) {
    translated(text, file, at, what);
    for (const auto& [language, words] : text.by_language) {
      for (const std::string& name : variables_of(words)) {
        if (filled_.contains(name)) continue;
        const std::string near = text::nearest(name, {filled_.begin(), filled_.end()});
        t_.findings.error("unknown-variable", file, text.at.line > 0 ? text.at : at,
                          fmt::format("{} names {{{{{}}}}}, but nothing ever fills it", what, name),
                          near.empty() ? "declare the slot in slots.yaml or set it in a step" : "did you mean {{" + near + "}}?");
      }
    }
  }

  void check_slot(const Slot& slot) {
    own(slot.ask, slot.file, slot.at, fmt::format("the question for '{}'", slot.name));
    own(slot.reask, slot.file, slot.at, fmt::format("'reask' of '{}'", slot.name));
    own(slot.label, slot.file, slot.at, fmt::format("the label of '{}'", slot.name));
    own(slot.pattern_hint, slot.file, slot.at, fmt::format("'pattern_hint' of '{}'", slot.name));
    for (const Option& o : slot.options) own(o.label, slot.file, o.at, fmt::format("the label of '{}'", o.id));
    check_options(slot.options, slot.file);
    fits_channels(slot.ask, slot.options, slot.file, slot.at, fmt::format("the question for '{}'", slot.name));
  }

  void check_step(const Script& script, const Step& step) {
    for (const Said& said : texts_of(step)) translated(*said.text, script.file, said.at, said.what);
    const std::string where = "the step '" + step.id + "'";
    if (const Choose* choose = std::get_if<Choose>(&step.kind)) {
      // What stands for "agree" and the marks of a survey is the engine's own.
      if (choose->kind == Choose::Kind::kChoose || choose->kind == Choose::Kind::kCheck)
        check_options(choose->options, script.file);
      if (choose->kind != Choose::Kind::kSurvey) fits_channels(choose->text, choose->options, script.file, step.at, where);
    } else if (const auto* block = std::get_if<TroubleshootBlock>(&step.kind)) {
      for (const auto& c : block->checks) {
        if (!c.article.empty()) check_article(script, c.article, c.at);
        fits_channels(c.text, {}, script.file, c.at, "the check '" + c.id + "'");
      }
      for (const auto& q : block->questions) {
        check_options(q.options, script.file);
        fits_channels(q.text, q.options, script.file, q.at, "the question '" + q.id + "'");
      }
    } else {
      if (const auto* article = std::get_if<ShowArticle>(&step.kind); article != nullptr && !article->id.empty())
        check_article(script, article->id, step.at);
      for (const Said& said : texts_of(step)) fits_channels(*said.text, {}, script.file, said.at, said.what);
    }
  }

  void check_article(const Script& script, const std::string& id, Position at) {
    if (!t_.world.has_article) return;
    std::vector<std::string> missing;
    for (const std::string& language : t_.world.languages) {
      if (!t_.world.has_article(id, language)) missing.push_back(language);
    }
    if (missing.empty()) return;
    if (missing.size() == t_.world.languages.size()) {
      t_.findings.error("unknown-article", script.file, at, fmt::format("there is no article '{}'", id),
                        "write it, or name another");
    } else {
      t_.findings.error("article-language", script.file, at,
                        fmt::format("the article '{}' is missing in '{}'", id, fmt::join(missing, "', '")), "translate it");
    }
  }

  void check_options(const std::vector<Option>& options, const std::string& file) {
    for (std::size_t i = 0; i < options.size(); ++i) {
      const Option& o = options[i];
      words_translated(o.words, file, o.at, fmt::format("the option '{}'", o.id));
      for (std::size_t k = 0; k < i; ++k) {
        for (const Phrase& p : o.keys) {
          if (!has(options[k].keys, p)) continue;
          t_.findings.error("ambiguous-option", file, o.at,
                            fmt::format("“{}” is said for '{}' and for '{}'", fmt::join(p, " "), options[k].id, o.id),
                            "nobody could tell which is meant: give it to one of them");
          break;
        }
      }
      for (const auto& [language, words] : o.words) {
        for (const std::string& word : words) is_command(word, o, file);
      }
      for (const auto& [language, label] : o.label.by_language) {
        is_command(label, o, file);
        if (text::length(label) <= kMaxLabel) continue;
        t_.findings.warning("label-too-long", file, o.at,
                            fmt::format("the '{}' label of '{}' has {} characters", language, o.id, text::length(label)),
                            fmt::format("keep it below {}: it has to fit on a button", kMaxLabel));
      }
    }
  }

  void is_command(const std::string& word, const Option& o, const std::string& file) {
    const auto [known, fresh] = wishes_.try_emplace(word);  // "yes" and its like stand in every question
    if (fresh) {
      const Understood u = t_.scripts.lexicons ? understand_command(word, *t_.scripts.lexicons) : understand_command(word);
      const bool wish = u.as == Understood::As::kHuman || u.as == Understood::As::kRestart || u.as == Understood::As::kBack ||
                        u.as == Understood::As::kStatus;
      if (wish) known->second = u.why;
    }
    if (known->second.empty()) return;
    t_.findings.warning(
        "word-is-command", file, o.at,
        fmt::format("“{}” is said for '{}', but everywhere else it is a wish of its own ({})", word, o.id, known->second),
        "use other words: a customer who wants that must get it here, too");
  }

  // As the text would be shown: with buttons, or with the list in it (render.h).
  void fits_channels(const Text& text, const std::vector<Option>& options, const std::string& file, Position at,
                     const std::string& what) {
    if (text.empty()) return;
    for (const World::Channel& channel : t_.world.channels) {
      const ChannelLimits& can = channel.limits;
      if (can.buttons && can.max_buttons > 0 && options.size() > can.max_buttons) {
        t_.findings.warning("too-many-buttons", file, at,
                            fmt::format("{} has {} answers, {} shows {} buttons: they become a numbered list", what,
                                        options.size(), channel.name, can.max_buttons),
                            "join rare answers into one, or ask in two steps");
      }
      if (can.max_text == 0) continue;
      for (const auto& [language, words] : text.by_language) {
        Prompt whole{words, {}};
        for (const Option& o : options) whole.choices.push_back({o.id, o.label.in(language)});
        ChannelLimits without = can;
        without.max_text = 0;
        const std::size_t length = text::length(render(whole, without, language).text);
        if (length <= can.max_text) continue;
        t_.findings.error(
            "text-too-long", file, text.at.line > 0 ? text.at : at,
            fmt::format("the '{}' text of {} has {} characters, {} shows {}", language, what, length, channel.name, can.max_text),
            "shorten it, or divide it over two steps");
      }
    }
  }

  Task& t_;
  std::set<std::string> filled_;
  std::map<std::string, std::string> wishes_;  // word → why it is a wish; empty = it is none
};

}  // namespace

void check_texts(Task& task) {
  TextCheck(task).run();
}

}  // namespace usher::dialogs::prove
