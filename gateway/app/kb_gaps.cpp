// What the knowledge base lacks, for people at a terminal: gaps and lint.
#include "gateway/app/kb_gaps.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "gateway/app/kb.h"
#include "gateway/flow/gaps.h"
#include "gateway/flow/linting.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& w : words) out += (out.empty() ? "" : " ") + w;
  return out;
}

json gap_json(const flow::GapView& g) {
  return {{"id", g.id},
          {"language", g.language},
          {"kind", g.kind},
          {"words", g.words},
          {"examples", g.examples},
          {"count", g.count},
          {"last_at", to_rfc3339(g.last_at)},
          {"state", g.state},
          {"article", g.article.empty() ? json(nullptr) : json(g.article)},
          {"note", g.note},
          {"who", g.who},
          {"tried", g.tried}};
}

void print_gap(const flow::GapView& g) {
  std::cout << fmt::format("{:>5}x  {}  {:<13} {:<8} {}\n", g.count, g.language, g.kind, g.state, joined(g.words));
  for (const auto& example : g.examples) std::cout << "          “" << example << "”\n";
  if (!g.tried.empty()) std::cout << "          found, but did not help: " << joined(g.tried) << "\n";
  if (!g.note.empty()) std::cout << "          " << g.note << (g.who.empty() ? "" : " (" + g.who + ")") << "\n";
}

// The store when there is one: lint also runs where only the folder is, in CI.
std::unique_ptr<sql::Database> store_if_there(const Common& common, int& code) {
  auto settings = settings_of(common);
  std::error_code ec;
  if (!settings || !std::filesystem::exists(settings->data / "usher.db", ec)) return nullptr;
  return store_of(common, code);
}

}  // namespace

int kb_gaps(const Common& common, std::int64_t days, bool all) {
  int code = kOk;
  auto library = kb_library(common, code);
  if (!library) return code;
  auto database = store_of(common, code);
  if (!database) return code;
  auto list = flow::list_gaps(*database, *library->library, static_cast<int>(days), system_clock().now());
  if (!list) return complain(common, list.error(), kSoftware);
  if (!all) std::erase_if(list->gaps, [](const flow::GapView& g) { return g.state == "closed"; });
  const auto& s = list->searches;
  if (common.as_json) {
    json gaps = json::array();
    for (const auto& g : list->gaps) gaps.push_back(gap_json(g));
    print({{"days", days},
           {"gaps", std::move(gaps)},
           {"searches", {{"all", s.all}, {"nothing_found", s.nothing}, {"solved", s.solved}, {"failed", s.failed}}}});
    return kOk;
  }
  std::cout << fmt::format("{} searches in {} days: {} found nothing, {} found something that did not help, {} were solved\n",
                           s.all, days, s.nothing, s.failed, s.solved);
  if (list->gaps.empty()) std::cout << "no gaps\n";
  for (const auto& g : list->gaps) print_gap(g);
  return kOk;
}

int kb_lint(const Common& common, const std::string& rule, bool strict) {
  int code = kOk;
  auto settings = settings_of(common);
  if (!settings) return kConfiguration;
  auto library = kb_library(common, code);
  if (!library) return code;
  auto database = store_if_there(common, code);
  if (!database && code != kOk) return code;
  auto found = flow::lint_library(database.get(), *library->library, settings->content.kb, settings->email.addresses,
                                  system_clock().now());
  if (!found) return complain(common, found.error(), kSoftware);
  if (!rule.empty()) std::erase_if(*found, [&](const kb::Finding& f) { return f.rule != rule; });
  const auto errors = std::ranges::count_if(*found, [](const kb::Finding& f) { return !f.is_warning; });
  const auto warnings = static_cast<std::ptrdiff_t>(found->size()) - errors;
  if (common.as_json) {
    json findings = json::array();
    for (const auto& f : *found) {
      findings.push_back({{"id", f.article.id},
                          {"language", f.article.language},
                          {"rule", f.rule},
                          {"message", f.message},
                          {"hint", f.hint},
                          {"is_warning", f.is_warning}});
    }
    print(
        {{"articles", library->library->size()}, {"errors", errors}, {"warnings", warnings}, {"findings", std::move(findings)}});
  } else {
    for (const auto& f : *found) {
      std::cout << fmt::format("{}.{}: {}{}: {}\n    {}\n", f.article.id, f.article.language, f.is_warning ? "warning: " : "",
                               f.rule, f.message, f.hint);
    }
    std::cout << fmt::format("{} articles, {} errors, {} warnings\n", library->library->size(), errors, warnings);
  }
  return errors > 0 || (strict && warnings > 0) ? kProblems : kOk;
}

void add_kb_gap_commands(CLI::App& kb, Common& common, int& result) {
  {
    auto days = std::make_shared<std::int64_t>(30);
    auto all = std::make_shared<bool>(false);
    auto* c = kb_command(kb, common, "gaps", "what customers looked for without finding an answer, put together");
    c->add_option("--days", *days, "how far back")->check(CLI::Range(1, 366))->capture_default_str();
    c->add_flag("--all", *all, "closed gaps, too");
    c->footer("A gap closes by itself when its searches find an article now.");
    c->callback([=, &common, &result] { result = kb_gaps(common, *days, *all); });
  }
  auto rule = std::make_shared<std::string>();
  auto strict = std::make_shared<bool>(false);
  auto* c =
      kb_command(kb, common, "lint", "what is wrong with articles: links, pictures, customers' data, translations, duplicates …");
  c->add_option("--rule", *rule, "only this rule")->check(CLI::IsMember(kb::lint_rules()));
  c->add_flag("--strict", *strict, "warnings make it fail, too");
  c->footer("Exits 1 when there are errors.");
  c->callback([=, &common, &result] { result = kb_lint(common, *rule, *strict); });
}

}  // namespace usher::gateway::app
