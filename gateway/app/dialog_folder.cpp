// Reading scripts for the commands: from the configuration's folder or any other, completed where it is only a part.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/text.h"
#include "gateway/app/dialog.h"
#include "gateway/app/shipped.h"
#include "kb/article.h"
#include "kb/markdown.h"

namespace usher::gateway::app {
namespace fs = std::filesystem;
namespace {

bool is_source(std::string_view name) {
  return name.ends_with(".yaml") || name.ends_with(".csv");
}

std::optional<std::string> read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return in ? std::optional(out.str()) : std::nullopt;
}

// Files of a folder by name; nullopt when it cannot be read.
std::optional<std::vector<dialogs::Source>> files_of(const fs::path& folder) {
  std::vector<dialogs::Source> out;
  std::error_code ec;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    if (!is_source(it->path().filename().string())) continue;
    auto bytes = read(it->path());
    if (!bytes) return std::nullopt;
    out.push_back({it->path().string(), std::move(*bytes)});
  }
  if (ec) return std::nullopt;
  std::ranges::sort(out, {}, &dialogs::Source::file);
  return out;
}

std::string name_of(const std::string& file) {
  return fs::path(file).filename().string();
}

bool has_key(const std::string& bytes, std::string_view key) {
  return bytes.starts_with(key) || bytes.find("\n" + std::string(key)) != std::string::npos;
}
// What a file is, by its top-level key; a script may have slots of its own.
std::string kind_of(const dialogs::Source& source) {
  if (source.file.ends_with(".csv")) return "csv " + name_of(source.file);
  if (has_key(source.bytes, "dialog:")) return "dialog";
  for (const char* key : {"texts", "slots", "fragments", "lexicon"}) {
    if (has_key(source.bytes, std::string(key) + ":")) return key;
  }
  return "";
}

std::shared_ptr<const kb::Library> library_of(const fs::path& folder) {
  std::vector<kb::Article> articles;
  std::error_code ec;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() != ".md") continue;
    std::vector<kb::Problem> ignored;  // `usher check` reports them
    auto article = kb::parse_article(it->path().string(), read(it->path()).value_or(""), ignored);
    if (article && article->state != "archived") articles.push_back(std::move(*article));
  }
  if (articles.empty()) return nullptr;
  std::ranges::sort(articles, {}, [](const kb::Article& a) { return std::pair(a.id, a.language); });
  try {
    return kb::Library::build(std::move(articles));
  } catch (const std::runtime_error&) {  // this machine lacks ICU's or OpenCC's data: nothing is found then
    return nullptr;
  }
}

}  // namespace

bool DialogFolder::is_own(const std::string& file) const {
  return std::any_of(sources.begin(), sources.begin() + static_cast<std::ptrdiff_t>(own),
                     [&](const dialogs::Source& s) { return s.file == file; });
}

bool complete(std::vector<dialogs::Source>& sources) {
  std::set<std::string> kinds, scripts;
  for (const auto& s : sources) {
    kinds.insert(kind_of(s));
    if (kind_of(s) == "dialog") scripts.insert(name_of(s.file));
  }
  if (kinds.contains("texts")) return false;
  std::vector<dialogs::Source> shipped;
  for (const ShippedFile& f : shipped_dialogs()) shipped.push_back({"shipped/" + std::string(f.name), std::string(f.bytes)});
  for (const auto& s : shipped) {
    const std::string kind = kind_of(s);
    if (kind != "dialog" && !kinds.contains(kind)) sources.push_back(s);
  }
  // Scripts only where one goes to them or calls them: a lone script hands over by opening a ticket at once.
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string text = sources[i].bytes;
    for (const auto& s : shipped) {
      if (kind_of(s) != "dialog") continue;
      const std::string file = name_of(s.file), name = file.substr(0, file.rfind('.'));
      const bool is_used = text.find("dialog:" + name) != std::string::npos || text.find("call: " + name) != std::string::npos;
      if (is_used && kind_of(sources[i]) == "dialog" && scripts.insert(file).second) sources.push_back(s);
    }
  }
  return true;
}

std::optional<DialogFolder> open_dialogs(const Common& common, const std::string& dir, int& code) {
  DialogFolder out;
  code = kConfiguration;
  if (dir.empty()) {
    out.settings = settings_of(common);
    if (!out.settings) return std::nullopt;
    out.folder = out.settings->content.dialogs;
  } else {
    std::error_code ec;
    if (fs::exists(common.config, ec)) {
      std::vector<SettingsProblem> ignored;  // only the articles are wanted of it
      out.settings = load_settings(common.config, ignored);
      if (!ignored.empty()) out.settings.reset();
    }
    out.folder = dir;
    if (fs::is_directory(out.folder / "dialogs", ec) && !fs::is_directory(out.folder / "conversations", ec))
      out.folder /= "dialogs";
  }
  auto files = files_of(out.folder);
  if (!files || files->empty()) {
    code = complain(common,
                    {ErrorCode::kNotFound, "there are no scripts in '" + out.folder.string() + "'", "name a folder of *.yaml"},
                    kUsage);
    return std::nullopt;
  }
  out.sources = std::move(*files);
  out.own = out.sources.size();
  if (!dir.empty()) out.is_completed = complete(out.sources);
  if (out.settings) out.library = library_of(out.settings->content.kb);
  out.scripts = dialogs::parse(out.sources, out.problems);
  code = kOk;
  return out;
}

std::optional<DialogFolder> open_scripts(const Common& common, const std::string& dir, int& code) {
  auto folder = open_dialogs(common, dir, code);
  if (!folder || folder->scripts) return folder;
  print_problems(common, listed(folder->problems), {{"ok", false}});
  code = kProblems;
  return std::nullopt;
}

std::optional<DialogFolder> open_dialogs_over(const Common& common, const DialogFolder& base, const std::string& over,
                                              int& code) {
  auto files = files_of(over);
  if (!files || files->empty()) {
    code = complain(common, {ErrorCode::kNotFound, "there are no scripts in '" + over + "'", "name a folder of *.yaml"}, kUsage);
    return std::nullopt;
  }
  DialogFolder out;
  out.folder = over;
  out.settings = base.settings;
  out.library = base.library;
  out.sources = std::move(*files);
  out.own = out.sources.size();
  const bool is_whole = std::ranges::any_of(out.sources, [](const auto& s) { return kind_of(s) == "texts"; });
  for (const auto& s : base.sources) {
    const bool replaced = std::ranges::any_of(out.sources, [&](const auto& o) { return name_of(o.file) == name_of(s.file); });
    if (!is_whole && !replaced) out.sources.push_back(s);
  }
  out.is_completed = !is_whole;
  out.scripts = dialogs::parse(out.sources, out.problems);
  code = kOk;
  return out;
}

std::vector<Listed> listed(const std::vector<dialogs::Problem>& problems) {
  std::vector<Listed> out;
  for (const auto& p : problems) out.push_back({p.file, p.message, p.hint, p.line, p.column, p.is_warning});
  return out;
}

dialogs::Stage stage_of(std::shared_ptr<const kb::Library> library) {
  dialogs::Stage stage;
  if (!library) return stage;
  auto shown = [](const kb::Article& a, double confidence) {
    return dialogs::FoundArticle{a.id, a.title, a.title + "\n\n" + kb::to_plain_text(a.resolution), confidence};
  };
  stage.search = [library, shown](const dialogs::Search& wish) {
    kb::Query query;
    query.text = wish.text;
    query.language = wish.language;
    query.product = wish.product;
    query.kind = wish.device;
    query.limit = 3;
    dialogs::ArticlesFound out;
    for (const auto& hit : library->search(query)) {
      if (hit.confidence < kb::kMinConfidence || hit.article->audience != "customer") continue;
      out.articles.push_back(shown(*hit.article, hit.confidence));
    }
    return out;
  };
  stage.fetch = [library, shown](const dialogs::FetchArticle& wish) {
    const kb::Article* a = library->find(wish.id, wish.language);
    return a == nullptr ? dialogs::ArticlesFound{} : dialogs::ArticlesFound{{shown(*a, 1.0)}};
  };
  return stage;
}

std::vector<dialogs::Source> conversations_of(const fs::path& folder, const std::string& only) {
  std::vector<dialogs::Source> out;
  for (const fs::path& place : {folder, folder / "conversations"}) {
    std::error_code ec;
    for (fs::directory_iterator it(place, ec), end; !ec && it != end; it.increment(ec)) {
      const std::string name = it->path().filename().string();
      if (!name.ends_with(".txt") || name.find(only) == std::string::npos) continue;
      if (auto bytes = read(it->path())) out.push_back({it->path().string(), std::move(*bytes)});
    }
  }
  std::ranges::sort(out, {}, &dialogs::Source::file);
  return out;
}

}  // namespace usher::gateway::app
