#include "gateway/flow/content.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "dialogs/check.h"
#include "dialogs/parse.h"
#include "kb/markdown.h"

namespace usher::gateway::flow {
namespace fs = std::filesystem;
namespace {

// What the gateway itself says; config/dialogs/texts.yaml must have them.
constexpr std::array kGatewayTexts = {"ticket_opened", "ticket_provisional", "ticket_confirmed", "follow_up_received"};
constexpr std::array kTemplates = {"acknowledgement.en", "acknowledgement.zh", "number_known.en", "number_known.zh"};

std::vector<fs::path> files_in(const fs::path& folder, std::string_view extension, std::vector<ContentProblem>& problems) {
  std::vector<fs::path> files;
  std::error_code ec;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() == extension) files.push_back(it->path());
  }
  if (ec) problems.push_back({folder.string(), 1, 1, "cannot read the folder: " + ec.message(), "check the path in usher.yaml"});
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_file(const fs::path& path, std::vector<ContentProblem>& problems) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) problems.push_back({path.string(), 1, 1, "cannot read the file", "check its permissions"});
  return out.str();
}

}  // namespace

std::shared_ptr<const ShownArticles::Shown> ShownArticles::of(const kb::Article& article) const {
  {
    const std::lock_guard lock(mutex_);
    if (auto it = known_.find(&article); it != known_.end()) return it->second;
  }
  auto shown = std::make_shared<const Shown>(article.title + "\n\n" + kb::to_plain_text(article.resolution),
                                             kb::to_html(article.resolution));
  const std::lock_guard lock(mutex_);
  return known_.emplace(&article, std::move(shown)).first->second;
}

std::shared_ptr<const Content> load_content(const ContentFolders& folders, std::vector<ContentProblem>& problems) {
  auto content = std::make_shared<Content>();

  std::vector<kb::Article> articles;
  for (const auto& path : files_in(folders.kb, ".md", problems)) {
    std::vector<kb::Problem> found;
    auto article = kb::parse_article(path.string(), read_file(path, problems), found);
    for (auto& p : found) problems.push_back({p.file, p.line, p.column, p.message, p.hint});
    if (article && article->state != "archived") articles.push_back(std::move(*article));
  }
  try {
    content->library = kb::Library::build(std::move(articles));
  } catch (const std::runtime_error& e) {  // the machine lacks ICU's or OpenCC's data
    problems.push_back({folders.kb.string(), 1, 1, std::string("the search index cannot be built: ") + e.what(),
                        "install libopencc-data and ICU's data"});
    return nullptr;
  }

  std::vector<dialogs::Source> sources;
  for (const auto& path : files_in(folders.dialogs, ".yaml", problems)) {
    sources.push_back({path.string(), read_file(path, problems)});
  }
  std::vector<dialogs::Problem> found;
  content->scripts = dialogs::parse(sources, found);
  for (auto& p : found) problems.push_back({p.file, p.line, p.column, p.message, p.hint});
  if (content->scripts) {
    auto has_article = [&](std::string_view id, std::string_view language) {
      const kb::Article* a = content->library->find(id, language);
      return a != nullptr && (language.empty() || a->language == language);
    };
    for (auto& p : dialogs::check(*content->scripts, {.has_article = has_article})) {
      problems.push_back({p.file, p.line, p.column, p.message, p.hint});
    }
    for (const char* key : kGatewayTexts) {
      if (!content->scripts->texts.contains(key)) {
        problems.push_back({(folders.dialogs / "texts.yaml").string(), 1, 1, std::string("the text '") + key + "' is missing",
                            "add it under texts: with en and zh"});
      }
    }
  }

  for (const auto& path : files_in(folders.mail, ".mustache", problems)) {
    content->mail_templates[path.stem().string()] = read_file(path, problems);
  }
  for (const char* name : kTemplates) {
    if (!content->mail_templates.contains(name)) {
      problems.push_back({(folders.mail / (std::string(name) + ".mustache")).string(), 1, 1, "the mail template is missing",
                          "every language needs an acknowledgement and a number_known template"});
    }
  }
  bool usable = std::all_of(problems.begin(), problems.end(), [](const auto& p) { return p.is_warning; });
  return usable ? content : nullptr;
}

std::string phrase(const dialogs::ScriptSet& scripts, const std::string& key, const std::string& language,
                   const std::map<std::string, std::string>& values) {
  auto it = scripts.texts.find(key);
  if (it == scripts.texts.end()) return {};
  return dialogs::fill(it->second.in(language), values);
}

}  // namespace usher::gateway::flow
