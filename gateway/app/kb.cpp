// The options of `usher kb …`, searching and history.
#include "gateway/app/kb.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "gateway/app/part_settings.h"
#include "gateway/flow/line_diff.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

}  // namespace

CLI::App* kb_command(CLI::App& kb, Common& common, const char* name, const char* what) {
  CLI::App* c = kb.add_subcommand(name, what);
  c->add_option("--config", common.config, "configuration file")->capture_default_str();
  c->add_option("--data", common.data, "data folder (default: from the configuration)");
  c->add_flag("--json", common.as_json, "machine-readable output");
  return c;
}

void add_kb_commands(CLI::App& app, Common& common, int& result) {
  CLI::App& kb = *app.add_subcommand("kb", "the knowledge base: search, measure, bring in, keep in step")->require_subcommand(1);
  const auto languages = CLI::IsMember({"en", "zh"});
  {
    auto o = std::make_shared<KbSearchOptions>();
    auto* c = kb_command(kb, common, "search", "what somebody finds with these words, best first");
    c->add_option("query", o->text, "the words, as a customer writes them")->required();
    c->add_option("--lang", o->language, "en or zh (default: as the words are written)")->check(languages);
    c->add_option("--product", o->product, "articles for this product rank higher");
    c->add_option("--kind", o->kind, "articles for this kind of device (laptop, phone …) rank a little higher");
    c->add_option("--audience", o->audience, "who asks; internal sees drafts, too")
        ->check(CLI::IsMember({"customer", "partner", "internal"}))
        ->capture_default_str();
    c->add_option("--limit", o->limit, "how many")->check(CLI::Range(1, 1000))->capture_default_str();
    c->add_flag("--explain", o->explain, "why each ranks where it does, in words and figures");
    c->footer("Exits 1 when a customer would be told that nothing was found.");
    c->callback([o, &common, &result] { result = kb_search(common, *o); });
  }
  {
    auto o = std::make_shared<KbEvalOptions>();
    auto* c = kb_command(kb, common, "eval", "how good the search is: on a test collection, or on the regression set");
    c->add_option("--docs", o->docs, "TSV: id, title, text")->check(CLI::ExistingFile);
    c->add_option("--queries", o->queries, "TSV: id, text")->check(CLI::ExistingFile);
    c->add_option("--qrels", o->qrels, "TSV: query id, 0, document id, relevance")->check(CLI::ExistingFile);
    c->add_option("--lang", o->language, "en or zh (default: as the documents are written)")->check(languages);
    c->add_option("--misses", o->misses, "print so many questions whose first hit is wrong")->check(CLI::Range(0, 100'000));
    c->add_flag("--silence", o->silence,
                "also when it answers, by the confidence asked for: with the answers there, and taken away");
    c->footer("Without files: regression.tsv in the folder of articles; exits 1 when one of its articles is not first.");
    c->callback([o, &common, &result] { result = kb_eval(common, *o); });
  }
  {
    auto paths = std::make_shared<std::vector<std::string>>();
    auto format = std::make_shared<std::string>(), reason = std::make_shared<std::string>();
    auto dry_run = std::make_shared<bool>(false);
    auto* c = kb_command(kb, common, "import", "bring articles in: all of them, or none when one has a problem");
    c->add_option("path", *paths, "files, or folders of them")->required()->check(CLI::ExistingPath);
    c->add_option("--format", *format, "of the files (default: by their names)")
        ->check(CLI::IsMember({"md", "json", "csv", "tsv", "html"}));
    c->add_option("--reason", *reason, "why, for the history");
    c->add_flag("--dry-run", *dry_run, "only say what would be done");
    c->footer("An entry that says which `revision` it was made from is refused when somebody changed the article since.");
    c->callback([=, &common, &result] { result = kb_import(common, *paths, *format, *reason, *dry_run); });
  }
  {
    auto path = std::make_shared<std::string>(), format = std::make_shared<std::string>(),
         language = std::make_shared<std::string>();
    auto* c = kb_command(kb, common, "export", "write all articles of the store");
    c->add_option("path", *path, "a file, or a folder for --format folder")->required();
    c->add_option("--format", *format, "default: by the file's name, else folder")
        ->check(CLI::IsMember({"folder", "json", "csv", "tsv", "html"}));
    c->add_option("--lang", *language, "only this language")->check(languages);
    c->callback([=, &common, &result] { result = kb_export(common, *path, *format, *language); });
  }
  {
    auto dry_run = std::make_shared<bool>(false);
    auto take = std::make_shared<std::string>();
    auto articles = std::make_shared<std::vector<std::string>>();
    auto* c = kb_command(kb, common, "sync", "keep the folder of articles and the store in step, both ways");
    c->add_option("article", *articles, "with --take: ID or ID.LANGUAGE (default: every conflict)");
    c->add_flag("--dry-run", *dry_run, "only say what would be done");
    c->add_option("--take", *take, "decide conflicts: the other side's text is kept as a revision")
        ->check(CLI::IsMember({"file", "store"}));
    c->footer("Where file and store both changed, nothing is overwritten: it is shown, and the exit code is 1.");
    c->callback([=, &common, &result] { result = kb_sync(common, *dry_run, *take, *articles); });
  }
  {
    auto id = std::make_shared<std::string>(), language = std::make_shared<std::string>("en");
    auto with_diff = std::make_shared<bool>(false);
    auto* c = kb_command(kb, common, "history", "who changed an article, when and why, newest first");
    c->add_option("id", *id, "the article")->required();
    c->add_option("--lang", *language, "its language")->check(languages)->capture_default_str();
    c->add_flag("--diff", *with_diff, "and what");
    c->callback([=, &common, &result] { result = kb_history(common, *id, *language, *with_diff); });
  }
}

std::optional<KbOpened> open_kb(const Common& common, int& code) {
  auto settings = settings_of(common);
  code = kConfiguration;
  if (!settings) return std::nullopt;
  auto database = store_of(common, code);
  if (!database) return std::nullopt;
  code = kOk;
  return KbOpened{std::move(*settings), std::move(database)};
}

std::optional<KbLibrary> kb_library(const Common& common, int& code) {
  auto settings = settings_of(common);
  code = kConfiguration;
  if (!settings) return std::nullopt;
  std::vector<flow::ContentProblem> problems;
  auto folder = flow::read_article_folder(settings->content.kb, problems);
  KbLibrary out;
  out.regression = std::move(folder.regression);
  std::error_code ec;
  if (std::filesystem::exists(settings->data / "usher.db", ec)) {
    auto database = store_of(common, code);
    if (!database) return std::nullopt;
    auto built = flow::build_from_store(*database, folder.vocabulary);
    if (!built) {
      code = complain(common, built.error(), kSoftware);
      return std::nullopt;
    }
    out.library = built->library;
    out.is_store = out.library->size() > 0;
  }
  if (!out.is_store) {
    if (folder.files.empty()) {
      code =
          complain(common, {ErrorCode::kNotFound, "there are no articles in '" + settings->content.kb.string() + "'"}, kProblems);
      return std::nullopt;
    }
    std::vector<kb::Article> articles;
    for (auto& file : folder.files) {
      if (file.draft.article.state != "archived") articles.push_back(std::move(file.draft.article));
    }
    try {
      out.library = kb::Library::build(std::move(articles), folder.vocabulary);
    } catch (const std::runtime_error& e) {
      code = complain(common, {ErrorCode::kInternal, "the search index cannot be built", e.what()}, kSoftware);
      return std::nullopt;
    }
  }
  code = kOk;
  return out;
}

int kb_search(const Common& common, const KbSearchOptions& o) {
  if (text::trim(o.text).empty())
    return complain(common, {ErrorCode::kInvalid, "there is nothing to search for: give the words, in quotes"}, kUsage);
  int code = kOk;
  const auto kb = kb_library(common, code);
  if (!kb) return code;
  kb::Query query;
  query.text = o.text;
  query.language = o.language.empty() ? text::guess_language(o.text) : o.language;
  query.product = o.product;
  query.kind = o.kind;
  query.audience = o.audience;
  query.limit = static_cast<std::size_t>(o.limit);
  query.other_languages = kb::Query::OtherLanguages::kYes;
  const auto begin = std::chrono::steady_clock::now();
  const auto hits = kb->library->search(query);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  const bool found = !hits.empty() && hits[0].confidence >= kb::kMinConfidence;
  const auto better = kb->library->did_you_mean(o.text, query.language);
  if (common.as_json) {
    json list = json::array();
    for (const auto& hit : hits) {
      json reasons = json::array(), boosts = json::array();
      for (const auto& b : hit.boosts) boosts.push_back({{"what", b.what}, {"factor", b.factor}});
      for (const auto& r : hit.reasons)
        reasons.push_back({{"term", r.term}, {"field", r.field}, {"contribution", r.contribution}});
      list.push_back({{"id", hit.article->id},
                      {"language", hit.article->language},
                      {"title", hit.article->title},
                      {"state", hit.article->state},
                      {"score", hit.score},
                      {"confidence", hit.confidence},
                      {"covered", hit.covered},
                      {"next", hit.next},
                      {"passage", hit.passage},
                      {"reasons", std::move(reasons)},
                      {"boosts", std::move(boosts)},
                      {"why", kb::explain_in_words(hit, query.language)}});
    }
    print({{"hits", std::move(list)},
           {"found", found},
           {"did_you_mean", better ? json(*better) : json(nullptr)},
           {"source", kb->is_store ? "store" : "folder"},
           {"ms", took.count()}});
    return found ? kOk : kProblems;
  }
  if (better) std::cout << "did you mean: " << *better << "\n";
  for (const auto& hit : hits) {
    std::cout << fmt::format("{:6.2f} {:3.0f} %  {}.{}  {}{}\n", hit.score, hit.confidence * 100, hit.article->id,
                             hit.article->language, hit.article->title,
                             hit.article->state == "published" ? "" : " [" + hit.article->state + "]");
    if (!hit.passage.empty()) std::cout << "               " << hit.passage << "\n";
    if (!o.explain) continue;
    std::cout << "               " << kb::explain_in_words(hit, "en") << "\n";
    for (const auto& r : hit.reasons)
      std::cout << fmt::format("               {:+7.3f}  {} in {}\n", r.contribution, r.term, r.field);
    for (const auto& b : hit.boosts)
      std::cout << fmt::format("               {:>7}  {}\n", fmt::format("×{:.3f}", b.factor), b.what);
  }
  if (!found)
    std::cout << (hits.empty() ? "nothing found\n"
                               : "a customer is told that nothing was found: too little of the question is covered\n");
  return found ? kOk : kProblems;
}

int kb_history(const Common& common, const std::string& id, const std::string& language, bool with_diff) {
  int code = kOk;
  auto kb = open_kb(common, code);
  if (!kb) return code;
  std::vector<store::ArticleRevision> list;
  auto read = kb->database->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = store::list_revisions(tx, id, language);
    if (!found) return fail(std::move(found.error()));
    list = std::move(*found);
    for (auto& r : list) {
      auto whole = store::load_revision(tx, id, language, r.revision);
      if (!whole) return fail(std::move(whole.error()));
      if (*whole) r.source = std::move((*whole)->source);
    }
    return {};
  });
  if (!read) return complain(common, read.error(), kSoftware);
  if (list.empty())
    return complain(common, {ErrorCode::kNotFound, "the store has no article '" + id + "' in '" + language + "'"}, kProblems);
  json out = json::array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto& r = list[i];
    const std::string diff =
        with_diff ? flow::to_text(flow::diff_lines(i + 1 < list.size() ? list[i + 1].source : "", r.source)) : "";
    out.push_back({{"revision", r.revision},
                   {"at", to_rfc3339(r.at)},
                   {"author", r.author},
                   {"reviewer", r.reviewer},
                   {"state", r.state},
                   {"verdict", r.verdict},
                   {"reason", r.reason},
                   {"verdict_reason", r.verdict_reason}});
    if (with_diff) out.back()["diff"] = diff;
    if (common.as_json) continue;
    std::cout << fmt::format("{:>4}  {}  {:<13} {:<9} {}{}  {}{}\n", r.revision, to_rfc3339(r.at).substr(0, 19), r.state,
                             r.verdict, r.author, r.reviewer.empty() ? "" : " (" + r.reviewer + ")", r.reason,
                             r.verdict_reason.empty() ? "" : " / " + r.verdict_reason);
    std::cout << diff;
  }
  if (common.as_json) print({{"id", id}, {"language", language}, {"revisions", std::move(out)}});
  return kOk;
}

}  // namespace usher::gateway::app
