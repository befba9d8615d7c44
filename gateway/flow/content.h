// What staff curate, as one immutable snapshot: scripts, articles, mail templates. A reload builds a new one and swaps the
// pointer; a turn that runs keeps the snapshot it began with.
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "dialogs/check.h"
#include "dialogs/script.h"
#include "kb/library.h"

namespace usher::gateway::flow {

// Where the public pages of articles and their pictures are, for links inside articles.
struct HelpPages {
  bool are_open = true;    // settings: help_centre
  std::string public_url;  // "https://help.example"; empty: not known, addresses begin with "/help/"
  // What an address in an article of `language` becomes; empty: nothing that could be opened from outside. In HTML an address of
  // this server may begin with "/" (the chat knows where it is); in plain text it must be whole.
  std::string address(std::string_view written, std::string_view language, bool is_picture, bool is_html) const;
};

// What a customer sees of an article, rendered when it is first shown and kept: the Markdown of a popular article would otherwise
// be parsed at every turn that shows it. Thread-safe.
class ShownArticles {
 public:
  struct Shown {
    std::string text;  // title and how to solve it
    std::string html;  // safe HTML of how to solve it, without the title
  };
  explicit ShownArticles(HelpPages pages = {}) : pages_(std::move(pages)) {}
  // For another library, nothing rendered yet.
  std::shared_ptr<const ShownArticles> anew() const { return std::make_shared<const ShownArticles>(pages_); }
  // `article` belongs to the library of the same snapshot.
  std::shared_ptr<const Shown> of(const kb::Article& article) const;

 private:
  HelpPages pages_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<const kb::Article*, std::shared_ptr<const Shown>> known_;
};

// The words of a mail: a mustache template, parsed once. Thread-safe.
class MailTemplate {
 public:
  // `is_html`: values are escaped, but for those in {{{three braces}}}.
  explicit MailTemplate(const std::string& source, bool is_html = false);
  ~MailTemplate();
  MailTemplate(const MailTemplate&) = delete;
  MailTemplate& operator=(const MailTemplate&) = delete;
  // A name that has no value is empty and not true; one whose value is empty is true.
  std::string render(const std::map<std::string, std::string>& values) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

struct Content {
  std::shared_ptr<const dialogs::ScriptSet> scripts;
  std::shared_ptr<const kb::Library> library;
  std::shared_ptr<const ShownArticles> shown;  // of this library
  std::map<std::string, std::shared_ptr<const MailTemplate>>
      mail_templates;  // "acknowledgement.en" → its words; "….html": the same as HTML
};

struct ContentProblem {
  std::string file;
  int line = 1, column = 1;
  std::string message, hint;
  bool is_warning = false;  // the service starts all the same
};

struct ContentFolders {
  std::filesystem::path dialogs, kb, mail;
  HelpPages pages = {};
};

// The files scripts are made of, by name: *.yaml and the catalogues, *.csv.
using ScriptSources = std::map<std::string, std::string>;
ScriptSources read_script_sources(const std::filesystem::path& folder, std::vector<ContentProblem>& problems);

// Reads and proves all of it. Null when anything but warnings was found; `problems` tells each with its position. `scripts`:
// these instead of the folder's (an edition published earlier). `library`: this one instead of the folder's articles (the
// store's).
std::shared_ptr<const Content> load_content(const ContentFolders& folders, std::vector<ContentProblem>& problems,
                                            dialogs::World world = {}, const ScriptSources* scripts = nullptr,
                                            std::shared_ptr<const kb::Library> library = nullptr);

// The article as a customer may read it: in `language`, else in any; null when there is none, or it is not published to them.
const kb::Article* for_customers(const kb::Library& library, std::string_view id, std::string_view language);

// The phrase of texts.yaml in `language`, with {{name}} replaced by the given values. Missing keys are refused by load_content.
std::string phrase(const dialogs::ScriptSet& scripts, const std::string& key, const std::string& language,
                   const std::map<std::string, std::string>& values = {});

// Thread-safe holder of the current snapshot.
class CurrentContent {
 public:
  explicit CurrentContent(std::shared_ptr<const Content> first) : content_(std::move(first)) {}
  std::shared_ptr<const Content> get() const { return content_.load(); }
  void set(std::shared_ptr<const Content> next) { content_.store(std::move(next)); }
  // Replaces the snapshot by what `change` makes of it, unless it gives null. Changes do not overtake each other.
  void change(const std::function<std::shared_ptr<const Content>(const Content&)>& change) {
    const std::lock_guard lock(changing_);
    if (auto next = change(*content_.load())) content_.store(std::move(next));
  }

 private:
  std::atomic<std::shared_ptr<const Content>> content_;
  std::mutex changing_;
};

}  // namespace usher::gateway::flow
