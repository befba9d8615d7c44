// Messages that are not the answer to the question: wishes that hold anywhere, courtesies, and which script a first message calls
// for.
#include "dialogs/understand.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/lexicon_implied.h"
#include "dialogs/triggers.h"
#include "dialogs/understand_claim.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

std::size_t content_words(const Message& m) {
  return static_cast<std::size_t>(std::ranges::count_if(m.words, [](const Word& w) { return w.kind != Word::Kind::kBreak; }));
}

// How many words of the message the courtesies do not cover; `seen` collects their tags.
std::size_t beyond_courtesy(const Message& m, std::vector<Tag>& seen) {
  std::size_t rest = content_words(m);
  for (const Tagged& t : courtesies().scan(m)) {
    seen.push_back(t.tag);
    rest -= t.end - t.begin;
  }
  return rest;
}

}  // namespace

Understood understand_command(std::string_view words, const Lexicons& lexicons) {
  return understand_command(read_words(words), lexicons);
}
Understood understand_command(const Message& m, const Lexicons& lexicons) {
  const auto tags = lexicons.wishes().scan(m);
  if (tags.empty()) return {};
  auto negated = [&](const Tagged& t) {
    for (std::size_t i = t.begin; i-- > 0 && t.begin - i <= 5;) {
      if (m.words[i].kind == Word::Kind::kBreak) return false;
      if (is_negator(m.words[i])) return true;
    }
    return false;
  };
  for (const Tagged& t : tags) {
    if (t.tag == Tag::kHuman && !negated(t)) return {As::kHuman, {}, t.weight, "asks for a person"};
  }
  // The other wishes are also everyday words; they count when nothing else is said.
  std::size_t rest = content_words(m);
  for (const Tagged& t : tags) rest -= t.end - t.begin;
  for (const Tagged& t : lexicons.courtesies().scan(m)) {
    const bool overlaps = std::ranges::any_of(tags, [&](const Tagged& o) { return o.begin < t.end && t.begin < o.end; });
    if (!overlaps) rest -= t.end - t.begin;
  }
  if (rest > 0) return {};
  switch (tags.front().tag) {
    case Tag::kHumanBare:
      return {As::kHuman, {}, tags.front().weight, "asks for a person"};
    case Tag::kRestart:
      return {As::kRestart, {}, tags.front().weight, "asks to start over"};
    case Tag::kBack:
      return {As::kBack, {}, tags.front().weight, "asks to go back"};
    case Tag::kStatus:
      return {As::kStatus, {}, tags.front().weight, "asks how the case is"};
    case Tag::kEnglish:
      return {As::kLanguage, "en", tags.front().weight, "asks for English"};
    case Tag::kChinese:
      return {As::kLanguage, "zh", tags.front().weight, "asks for Chinese"};
    default:
      return {};
  }
}

Courtesy courtesy(std::string_view words) {
  return courtesy(read_words(words));
}
Courtesy courtesy(const Message& m) {
  std::vector<Tag> seen;
  if (m.words.empty() || beyond_courtesy(m, seen) > 0) return Courtesy::kNone;
  auto has = [&](Tag tag) { return std::ranges::find(seen, tag) != seen.end(); };
  if (has(Tag::kGreeting) || has(Tag::kHelp)) return Courtesy::kGreeting;
  return has(Tag::kThanks) ? Courtesy::kThanks : Courtesy::kGreeting;
}

bool says_unsolved(std::string_view words) {
  return std::ranges::any_of(answers().scan(read_words(words)), [](const Tagged& t) { return t.tag == Tag::kUnsolved; });
}

void load_word_lists() {
  const SaidWords said("is it on", Lexicons::built_in());
  facts_asked(said.message);
}

std::string clear_language(std::string_view words) {
  return clear_language(read_words(words));
}
std::string clear_language(const Message& m) {
  std::size_t han = 0, latin = 0;
  for (const Word& w : m.words) {
    const bool digits = std::ranges::any_of(w.text, [](char c) { return c >= '0' && c <= '9'; });
    if (w.kind == Word::Kind::kHan) ++han;
    if (w.kind == Word::Kind::kLatin && !digits) ++latin;
  }
  if (han >= 4 && latin * 2 <= han) return "zh";
  if (han == 0 && latin >= 2 && !everyday().scan(m).empty()) return "en";
  return {};
}

DialogChoice choose_dialog(std::string_view words, const ScriptSet& scripts) {
  const Message m = read_words(words);
  struct Candidate {
    const Script* script;
    double confidence, weight;  // weight: how much of the message speaks for it
    std::string why;
    std::vector<bool> covered;  // words that do; empty: none
  };
  std::vector<Candidate> fits;
  const std::string folded = text::fold(half_width(words));
  // Scripts made by hand have no index yet.
  std::optional<Triggers> own;
  if (scripts.triggers == nullptr || scripts.triggers->scripts() != scripts.scripts.size()) own.emplace(scripts.scripts);
  const Triggers& triggers = own ? *own : *scripts.triggers;
  const auto places = triggers.begins(m);
  const auto patterns = triggers.may_match(folded);
  auto place = places.begin();
  auto pattern = patterns.begin();
  std::uint32_t number = 0;
  for (const auto& [name, script] : scripts.scripts) {
    Candidate c{&script, 0, 0, {}, {}};
    Found best;
    for (; place != places.end() && place->script == number; ++place) {
      const auto f = phrase_at(m, place->begin, script.trigger.keys[place->phrase], true, 2);
      if (!f) continue;
      c.covered.resize(m.words.size());
      for (std::size_t i = f->begin; i < f->end; ++i) c.covered[i] = true;
      if (f->quality > best.quality) best = *f;
    }
    if (best.quality > 0) {
      c.confidence = best.quality * 0.9;
      c.why = "the phrase “";
      for (std::size_t i = best.begin; i < best.end; ++i) {
        if (i > best.begin && m.words[i].kind == Word::Kind::kLatin) c.why += ' ';
        c.why += m.words[i].folded;
      }
      c.why += "”";
    }
    for (std::size_t i = 0; i < c.covered.size(); ++i) {
      if (c.covered[i]) c.weight += m.words[i].kind == Word::Kind::kHan ? 0.6 : 1;
    }
    for (; pattern != patterns.end() && pattern->script == number; ++pattern) {
      const auto& compiled = script.trigger.compiled;
      const std::size_t i = pattern->pattern;
      if (i >= compiled.size() || !compiled[i] || !RE2::PartialMatch(folded, *compiled[i])) continue;
      if (c.confidence < 0.85) {
        c.confidence = 0.85;
        c.why = "the pattern " + script.trigger.patterns[i];
      }
      c.weight = std::max(c.weight, 2.0);
    }
    if (c.confidence > 0) fits.push_back(std::move(c));
    ++number;
  }
  if (fits.empty()) return {};
  std::ranges::sort(fits, [](const Candidate& a, const Candidate& b) {
    const double left = a.weight * a.confidence, right = b.weight * b.confidence;
    return left != right ? left > right : a.script->name < b.script->name;
  });
  DialogChoice choice{fits[0].script->name, fits[0].confidence, fits[0].why, {}};
  for (const Candidate& c : fits) {
    // About as strong, or about other words of the message: then the customer speaks of two things.
    const double share = c.weight * c.confidence / (fits[0].weight * fits[0].confidence);
    bool apart = std::ranges::find(c.covered, true) != c.covered.end();
    const auto& most = fits[0].covered;
    for (std::size_t i = 0; i < c.covered.size() && i < most.size(); ++i) apart = apart && !(c.covered[i] && most[i]);
    if (share >= 0.8 || (apart && share >= 0.4)) choice.rivals.push_back(c.script->name);
  }
  if (choice.rivals.size() < 2) choice.rivals.clear();
  if (!choice.rivals.empty()) choice.confidence *= 0.6;
  return choice;
}

}  // namespace usher::dialogs
