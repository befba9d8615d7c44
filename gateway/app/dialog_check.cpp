// `usher dialog check` and `usher dialog list`: what can be said of scripts without running them.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "dialogs/check.h"
#include "gateway/app/dialog.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

dialogs::World world_of(const DialogFolder& folder) {
  dialogs::World world;
  if (const auto library = folder.library) {
    world.has_article = [library](std::string_view id, std::string_view language) {
      const kb::Article* a = flow::for_customers(*library, id, language);
      return a != nullptr && (language.empty() || a->language == language);
    };
  }
  if (const auto& s = folder.settings) {
    for (const auto& service : s->lookups) world.services.push_back(service.name);
    world.knows_services = true;
    if (s->webchat.enabled) world.channels.push_back({"webchat", {.buttons = true}});
    if (s->email.is_used()) world.channels.push_back({"email", {}});
    for (const auto& w : s->webhooks) world.channels.push_back({w.name, {}});
    for (const std::string& entry : {s->webchat.entry, s->email.entry}) {
      if (!entry.empty()) world.entries.push_back(entry);
    }
    for (const auto& w : s->webhooks) {
      if (!w.entry.empty()) world.entries.push_back(w.entry);
    }
  }
  world.sources = &folder.sources;
  return world;
}

std::set<std::string> languages_of(const dialogs::Script& script) {
  std::set<std::string> out;
  for (const auto& [language, text] : script.title.by_language) out.insert(language);
  return out;
}

}  // namespace

int dialog_check(const Common& common, const std::string& dir) {
  int code = kOk;
  auto folder = open_dialogs(common, dir, code);
  if (!folder) return code;
  std::vector<dialogs::Problem> problems = folder->problems;
  if (folder->scripts) {
    for (auto& p : dialogs::check(*folder->scripts, world_of(*folder))) problems.push_back(std::move(p));
  }
  if (folder->is_completed) {
    // Of a part only its own files are looked at, and one language is enough to try it.
    std::erase_if(problems, [&](const dialogs::Problem& p) { return folder->scripts && !folder->is_own(p.file); });
    for (auto& p : problems) p.is_warning = p.is_warning || p.code == "missing-translation";
  }
  const auto errors = std::ranges::count_if(problems, [](const auto& p) { return !p.is_warning; });
  const auto warnings = static_cast<std::ptrdiff_t>(problems.size()) - errors;
  const auto ways = folder->scripts ? dialogs::longest_ways(*folder->scripts) : std::vector<dialogs::LongestWay>{};
  if (common.as_json) {
    json out = {{"ok", errors == 0}, {"problems", json::array()}, {"longest_ways", json::array()}};
    for (const auto& p : problems) {
      out["problems"].push_back({{"file", p.file},
                                 {"line", p.line},
                                 {"column", p.column},
                                 {"code", p.code},
                                 {"message", p.message},
                                 {"hint", p.hint},
                                 {"warning", p.is_warning}});
    }
    for (const auto& w : ways) out["longest_ways"].push_back({{"dialog", w.dialog}, {"answers", w.answers}, {"steps", w.steps}});
    print(out);
    return errors == 0 ? kOk : kProblems;
  }
  for (const auto& p : problems) {
    if (folder->is_completed && p.code == "missing-translation") continue;
    std::cout << p.file << ":" << p.line << ":" << p.column << ": " << (p.is_warning ? "warning: " : "")
              << (p.code.empty() ? "" : "[" + p.code + "] ") << p.message << "\n";
    if (!p.hint.empty()) std::cout << "    " << p.hint << "\n";
  }
  const auto untranslated = std::ranges::count(problems, "missing-translation", &dialogs::Problem::code);
  if (folder->is_completed && untranslated > 0) {
    std::cout << "warning: " << untranslated << " texts are not in every language; --json lists them\n";
  }
  if (folder->scripts && !ways.empty()) {
    std::cout << "Longest way to a person, in answers of the customer:\n";
    for (const auto& w : ways) {
      const bool is_shipped = folder->is_completed && !folder->is_own(folder->scripts->find(w.dialog)->file);
      if (is_shipped) continue;
      std::cout << fmt::format("  {:<20} {}\n", w.dialog, w.answers == 0 ? "none leads to one" : std::to_string(w.answers));
    }
  }
  if (errors == 0) {
    std::cout << "ok: " << folder->scripts->scripts.size() << " scripts"
              << (warnings > 0 ? ", " + std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings") : "") << "\n";
  } else {
    std::cout << errors << (errors == 1 ? " problem" : " problems")
              << (warnings > 0 ? ", " + std::to_string(warnings) + " warnings" : "") << "\n";
  }
  return errors == 0 ? kOk : kProblems;
}

int dialog_list(const Common& common, const std::string& dir) {
  int code = kOk;
  auto folder = open_scripts(common, dir, code);
  if (!folder) return code;
  json out = json::array();
  for (const auto& [name, script] : folder->scripts->scripts) {
    const auto languages = languages_of(script);
    out.push_back({{"name", name},
                   {"title", script.title.by_language},
                   {"steps", script.steps.size()},
                   {"languages", languages},
                   {"hash", script.hash},
                   {"file", script.file}});
    if (common.as_json) continue;
    std::string all;
    for (const auto& language : languages) all += (all.empty() ? "" : ",") + language;
    std::cout << fmt::format("{:<20} {:>4} steps  {:<6} {}  {}\n", name, script.steps.size(), all, script.hash.substr(0, 12),
                             script.title.in("en"));
  }
  if (common.as_json) print({{"hash", folder->scripts->hash}, {"scripts", std::move(out)}});
  if (!common.as_json) std::cout << "all together: " << folder->scripts->hash.substr(0, 12) << "\n";
  return kOk;
}

}  // namespace usher::gateway::app
