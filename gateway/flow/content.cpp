#include "gateway/flow/content.h"

#include <algorithm>
#include <fstream>
#include <kainjow/mustache.hpp>
#include <sstream>
#include <stdexcept>

#include "base/text.h"
#include "dialogs/parse.h"
#include "gateway/flow/folder_sync.h"
#include "kb/lint.h"
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

std::string HelpPages::address(std::string_view written, std::string_view language, bool is_picture, bool is_html) const {
  // With a scheme it is whole already; "//host" is what an author copied.
  const std::size_t stop = written.find_first_of(":/?#");
  if ((stop != std::string_view::npos && written[stop] == ':') || written.starts_with("//")) return std::string(written);
  std::string here;
  if (const std::string id = is_picture ? std::string() : kb::linked_article(written); !id.empty()) {
    if (are_open) here = "/help/" + std::string(language) + "/" + id;
  } else if (is_picture && written.starts_with("pictures/")) {
    here = "/help/" + std::string(written);
  } else if (written.starts_with('/')) {
    here = written;
  }
  if (here.empty() || (public_url.empty() && !is_html)) return {};
  return public_url + here;
}

std::shared_ptr<const ShownArticles::Shown> ShownArticles::of(const kb::Article& article) const {
  {
    const std::lock_guard lock(mutex_);
    if (auto it = known_.find(&article); it != known_.end()) return it->second;
  }
  const auto in = [&](bool is_html) {
    return [&, is_html](std::string_view written, bool is_picture) {
      return pages_.address(written, article.language, is_picture, is_html);
    };
  };
  auto shown = std::make_shared<const Shown>(article.title + "\n\n" + kb::to_plain_text(article.resolution, in(false)),
                                             kb::to_html(article.resolution, in(true)));
  const std::lock_guard lock(mutex_);
  return known_.emplace(&article, std::move(shown)).first->second;
}

struct MailTemplate::Parsed {
  std::mutex mutex;  // the library does not promise that two may render one template
  kainjow::mustache::mustache words;
};

MailTemplate::MailTemplate(const std::string& source, bool is_html)
    : parsed_(new Parsed{{}, kainjow::mustache::mustache(source)}) {
  parsed_->words.set_custom_escape([is_html](const std::string& s) { return is_html ? text::html_escape(s) : s; });
}

MailTemplate::~MailTemplate() = default;

std::string MailTemplate::render(const std::map<std::string, std::string>& values) const {
  kainjow::mustache::data data;
  for (const auto& [name, value] : values) data.set(name, value);
  std::string out;
  const std::lock_guard lock(parsed_->mutex);
  parsed_->words.render(data, [&out](const std::string& piece) { out += piece; });
  return out;
}

ScriptSources read_script_sources(const fs::path& folder, std::vector<ContentProblem>& problems) {
  ScriptSources sources;
  for (const char* extension : {".yaml", ".csv"}) {
    for (const auto& path : files_in(folder, extension, problems))
      sources.emplace(path.filename().string(), read_file(path, problems));
    if (!problems.empty() && sources.empty()) break;  // the folder cannot be read: once is enough
  }
  return sources;
}

std::shared_ptr<const Content> load_content(const ContentFolders& folders, std::vector<ContentProblem>& problems,
                                            dialogs::World world, const ScriptSources* scripts,
                                            std::shared_ptr<const kb::Library> library) {
  auto content = std::make_shared<Content>();
  content->shown = std::make_shared<const ShownArticles>(folders.pages);

  if (library == nullptr) {
    auto folder = read_article_folder(folders.kb, problems);
    std::vector<kb::Article> articles;
    for (auto& file : folder.files) {
      if (file.draft.article.state != "archived") articles.push_back(std::move(file.draft.article));
    }
    try {
      library = kb::Library::build(std::move(articles), folder.vocabulary);
    } catch (const std::runtime_error& e) {  // the machine lacks ICU's or OpenCC's data
      problems.push_back({folders.kb.string(), 1, 1, std::string("the search index cannot be built: ") + e.what(),
                          "install libopencc-data and ICU's data"});
      return nullptr;
    }
  }
  content->library = std::move(library);

  const ScriptSources from_folder = scripts != nullptr ? ScriptSources{} : read_script_sources(folders.dialogs, problems);
  std::vector<dialogs::Source> sources;
  for (const auto& [name, bytes] : scripts != nullptr ? *scripts : from_folder)
    sources.push_back({(folders.dialogs / name).string(), bytes});
  std::vector<dialogs::Problem> found;
  content->scripts = dialogs::parse(sources, found);
  for (auto& p : found) problems.push_back({p.file, p.line, p.column, p.message, p.hint, p.is_warning});
  if (content->scripts) {
    auto has_article = [&](std::string_view id, std::string_view language) {
      const kb::Article* a = for_customers(*content->library, id, language);
      return a != nullptr && (language.empty() || a->language == language);
    };
    world.has_article = has_article;
    world.sources = &sources;
    for (auto& p : dialogs::check(*content->scripts, world))
      problems.push_back({p.file, p.line, p.column, p.message, p.hint, p.is_warning});
    for (const char* key : kGatewayTexts) {
      if (!content->scripts->texts.contains(key)) {
        problems.push_back({(folders.dialogs / "texts.yaml").string(), 1, 1, std::string("the text '") + key + "' is missing",
                            "add it under texts: with en and zh"});
      }
    }
  }

  for (const auto& path : files_in(folders.mail, ".mustache", problems)) {
    const auto name = path.stem().string();
    content->mail_templates[name] = std::make_shared<const MailTemplate>(read_file(path, problems), name.ends_with(".html"));
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

const kb::Article* for_customers(const kb::Library& library, std::string_view id, std::string_view language) {
  auto is_theirs = [](const kb::Article* a) { return a != nullptr && a->state == "published" && a->audience == "customer"; };
  const kb::Article* found = library.find(id, language);
  if (found == nullptr || is_theirs(found)) return found;
  // It is there but not for them; a translation may be.
  for (const char* other : {"en", "zh"}) {
    const kb::Article* a = library.find(kb::ArticleKey{std::string(id), other});
    if (is_theirs(a)) return a;
  }
  return nullptr;
}

std::string phrase(const dialogs::ScriptSet& scripts, const std::string& key, const std::string& language,
                   const std::map<std::string, std::string>& values) {
  auto it = scripts.texts.find(key);
  if (it == scripts.texts.end()) return {};
  return dialogs::fill(it->second.in(language), values);
}

}  // namespace usher::gateway::flow
