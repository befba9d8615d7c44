// Names of slots and variables, wherever they stand.
#include <algorithm>

#include "base/text.h"
#include "dialogs/check_parts.h"

namespace usher::dialogs::prove {
namespace {

template <class... F>
struct Match : F... {
  using F::operator()...;
};

}  // namespace

std::vector<std::string> variables_of(std::string_view text) {  // as fill() reads them
  std::vector<std::string> out;
  for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{")) {
    const auto close = text.find("}}", open + 2);
    if (close == std::string_view::npos) break;
    out.push_back(text::trim(text.substr(open + 2, close - open - 2)));
    text.remove_prefix(close + 2);
  }
  return out;
}

std::vector<Said> texts_of(const Step& step) {
  std::vector<Said> out;
  const std::string where = "the step '" + step.id + "'";
  const auto add = [&](const Text& text, std::string what, Position at) {
    if (!text.empty()) out.push_back({&text, std::move(what), text.at.line > 0 ? text.at : at});
  };
  const auto add_options = [&](const std::vector<Option>& options) {
    for (const Option& o : options) add(o.label, "the option '" + o.id + "'", o.at);
  };
  std::visit(Match{[&](const Say& k) { add(k.text, where, step.at); },
                   [&](const Choose& k) {
                     add(k.text, where, step.at);
                     add_options(k.options);
                   },
                   [&](const ShowArticle& k) {
                     add(k.intro, "'intro' of '" + step.id + "'", step.at);
                     add(k.nothing_found, "'nothing_found' of '" + step.id + "'", step.at);
                   },
                   [&](const Wait& k) {
                     add(k.text, where, step.at);
                     add(k.remind, "'remind' of '" + step.id + "'", step.at);
                   },
                   [&](const TroubleshootBlock& k) {
                     for (const auto& [id, label] : k.causes) add(label, "the cause '" + id + "'", step.at);
                     for (const auto& c : k.checks) add(c.text, "the check '" + c.id + "'", c.at);
                     for (const auto& q : k.questions) {
                       add(q.text, "the question '" + q.id + "'", q.at);
                       add_options(q.options);
                     }
                   },
                   [&](const Escalate& k) { add(k.text, where, step.at); },
                   [&](const Resolve& k) { add(k.text, where, step.at); }, [](const auto&) {}},
             step.kind);
  return out;
}

std::set<std::string> filled_slots(const ScriptSet& scripts) {
  std::set<std::string> out = {"symptom"};
  const auto set_by = [&](const std::map<std::string, std::string>& settings) {
    for (const auto& [slot, value] : settings) out.insert(slot);
  };
  for (const auto& [name, catalogue] : scripts.catalogues) {
    for (const auto& row : catalogue->rows) set_by(row.sets);
  }
  for (const auto& [name, script] : scripts.scripts) {
    for (const auto& [slot, declared] : script.slots) {
      out.insert(slot);
      out.insert(slot + "_unverified");
      if (!declared.catalogue) continue;
      for (const auto& row : declared.catalogue->rows) set_by(row.sets);
    }
    for (const auto& [id, step] : script.steps) {
      set_by(step.set);
      if (const Choose* choose = std::get_if<Choose>(&step.kind)) {
        if (!choose->slot.empty()) out.insert(choose->slot);
        for (const Option& o : choose->options) set_by(o.set);
      }
      if (const auto* block = std::get_if<TroubleshootBlock>(&step.kind)) {
        for (const auto& q : block->questions) {
          for (const Option& o : q.options) set_by(o.set);
        }
      }
      if (const Lookup* lookup = std::get_if<Lookup>(&step.kind)) set_by(lookup->save);
    }
  }
  return out;
}

std::string did_you_mean(std::string_view word, const std::set<std::string>& valid, std::string_view otherwise) {
  const std::string near = text::nearest(word, {valid.begin(), valid.end()});
  return near.empty() ? std::string(otherwise) : "did you mean '" + near + "'?";
}

}  // namespace usher::dialogs::prove
