#include "dialogs/parse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "base/crypto.h"
#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/parse_reader.h"
#include "dialogs/triggers.h"
#include "dialogs/yaml_tree.h"

namespace usher::dialogs {
namespace {

using Kind = YamlNode::Kind;

std::string_view base_name(std::string_view file) {
  return file.substr(file.find_last_of('/') + 1);
}

// Everything a slot is made of, as one string: two slots that differ in anything differ in it.
void append_tree(const YamlNode& node, std::string& out) {
  out += fmt::format("{}:{}:{};", static_cast<int>(node.kind), node.scalar.size(), node.scalar);
  for (const YamlNode& item : node.items) append_tree(item, out);
  for (const YamlEntry& e : node.entries) {
    out += e.key + '=';
    append_tree(e.value, out);
  }
  out += '.';
}

std::string hash_of(const std::vector<Source>& sources) {
  std::vector<const Source*> sorted;
  for (const Source& s : sources) sorted.push_back(&s);
  std::ranges::sort(sorted, {}, [](const Source* s) { return std::pair(base_name(s->file), std::string_view(s->bytes)); });
  std::string all;
  for (const Source* s : sorted) all += fmt::format("{} {}\n", base_name(s->file), crypto::sha256_hex(s->bytes));
  return crypto::sha256_hex(all);
}

class Set {
 public:
  explicit Set(std::vector<Problem>& problems) : problems_(problems) {}

  // Scripts last: they need everything else. A guess by the first key is enough, what a file is says its tree.
  std::shared_ptr<const ScriptSet> read(const std::vector<Source>& sources) {
    const std::size_t before = problems_.size();
    std::vector<const Source*> scripts;
    for (const Source& s : sources) {
      if (s.file.ends_with(".yaml")) names_.insert(file_stem(s.file));
      if (s.file.ends_with(".csv"))
        catalogue(s);
      else if (s.bytes.starts_with("dialog:") || s.bytes.contains("\ndialog:"))
        scripts.push_back(&s);
      else if (auto file = open(s))
        others_.push_back(std::move(*file));
    }
    for (File& f : others_) fragments(f);
    put_fragments(fragments_, shared_);
    for (File& f : others_) slots_and_texts(f);
    if (!has_texts_)
      problems_.push_back({"texts.yaml", 1, 1, "there is no texts.yaml", "the bot's own phrases must be in the folder"});
    for (File& f : others_) {
      if (f.root.find("dialog") != nullptr) script(f);
    }
    for (const Source* s : scripts) {
      auto file = open(*s);
      if (!file) continue;
      if (file->root.find("dialog") != nullptr)
        script(*file);
      else
        slots_and_texts(*file);
      readers_.push_back(std::move(file->reader));
    }
    for (const File& f : others_) f.reader->check_script_targets(names_);
    for (const auto& r : readers_) r->check_script_targets(names_);
    if (problems_.size() != before) {
      auto added = std::ranges::subrange(problems_.begin() + static_cast<std::ptrdiff_t>(before), problems_.end());
      std::ranges::sort(added, {}, [](const Problem& p) { return std::tie(p.file, p.line, p.column, p.message); });
      return nullptr;
    }
    finish(sources);
    return set_;
  }

 private:
  struct File {
    std::unique_ptr<Reader> reader;
    YamlNode root;
  };

  std::optional<File> open(const Source& source) {
    auto root = read_yaml(source, problems_);
    if (!root) {
      has_texts_ = has_texts_ || base_name(source.file) == "texts.yaml";
      return std::nullopt;
    }
    File f{std::make_unique<Reader>(source, problems_, shared_), std::move(*root)};
    if (!f.reader->is(f.root, Kind::kMap, "the file", "begin with 'dialog: <name>'")) return std::nullopt;
    return f;
  }

  void catalogue(const Source& source) {
    const std::string name = file_stem(source.file);
    if (!shared_.catalogue_hash.emplace(name, crypto::sha256_hex(source.bytes)).second)
      problems_.push_back({source.file, 1, 1, fmt::format("there are two catalogues '{}'", name), "rename one of them"});
    if (auto c = read_catalogue(source, problems_)) shared_.catalogues.emplace(name, std::move(c));
  }

  void fragments(File& f) {
    const YamlEntry* e = f.root.find("fragments");
    if (e == nullptr || f.root.find("dialog") != nullptr) return;
    if (!f.reader->is(e->value, Kind::kMap, "'fragments'", "write name: { en: \"…\", zh: \"…\" }")) return;
    for (const YamlEntry& one : e->value.entries) {
      Fragment fragment{f.reader.get(), read_fragment(*f.reader, one)};
      if (const auto [it, fresh] = fragments_.emplace(one.key, std::move(fragment)); !fresh)
        f.reader->problem(one.at, fmt::format("the fragment '{}' is declared twice", one.key),
                          fmt::format("it is also in {}", it->second.reader->source.file));
    }
  }

  void shared_slots(Reader& r, const YamlNode& node) {
    if (!r.is(node, Kind::kMap, "'slots'", "write one slot name on each line below it")) return;
    for (const YamlEntry& e : node.entries) {
      r.uses.clear();
      Slot slot = read_slot(r, e);
      if (const auto it = shared_.slots.find(e.key); it != shared_.slots.end()) {
        r.problem(e.at, fmt::format("the slot '{}' is declared twice", e.key), fmt::format("it is also in {}", it->second.file));
        continue;
      }
      std::string& mark = shared_.slot_marks[e.key];
      append_tree(e.value, mark);
      for (const std::string& use : r.uses) mark += '\n' + use;
      shared_.slots.emplace(e.key, std::move(slot));
    }
  }

  void slots_and_texts(File& f) {
    if (f.root.find("dialog") != nullptr) return;
    Reader& r = *f.reader;
    if (const YamlEntry* slots = f.root.find("slots")) {
      r.only(f.root, {"slots"}, "this file");
      shared_slots(r, slots->value);
    } else if (const YamlEntry* texts = f.root.find("texts")) {
      if (has_texts_ && !set_->texts_file.empty())
        r.problem(texts->at, "there are two files with 'texts:'", fmt::format("the other is {}", set_->texts_file));
      has_texts_ = true;
      r.only(f.root, {"texts", "patience"}, "this file");
      set_->texts_file = r.source.file;
      for (auto& [key, text] : read_texts(r, texts->value)) shared_.texts.insert_or_assign(key, std::move(text));
      if (const YamlEntry* p = f.root.find("patience")) shared_.patience = read_patience(r, p->value, shared_.patience, false);
    } else if (f.root.find("fragments") != nullptr) {
      r.only(f.root, {"fragments"}, "this file");
    } else if (const YamlEntry* lexicon = f.root.find("lexicon")) {
      r.only(f.root, {"lexicon"}, "this file");
      read_lexicon(r, lexicon->value, lexicon_);
    } else {
      std::string hint = "begin with 'dialog:', 'slots:', 'texts:', 'fragments:' or 'lexicon:'";
      for (const YamlEntry& e : f.root.entries) {
        if (const std::string near = text::nearest(e.key, {"dialog", "slots", "texts", "fragments", "lexicon"}); !near.empty())
          hint = "did you mean '" + near + "'?";
      }
      r.problem(f.root.at, "this is neither a script nor slots, texts, fragments or a lexicon", std::move(hint));
    }
  }

  void script(File& f) {
    const YamlEntry* dialog = f.root.find("dialog");
    Script s = read_script(*f.reader, f.root);
    names_.insert(s.name);
    if (const Script* other = set_->find(s.name)) {
      f.reader->problem(dialog->at, fmt::format("there are two scripts '{}'", s.name),
                        fmt::format("the other is in {}", other->file));
    }
    std::string name = s.name;
    set_->scripts.emplace(std::move(name), std::move(s));
  }

  void note_articles(const Script& script) {
    auto note = [&](const std::string& article) {
      auto& of = set_->by_article[article];
      if (!article.empty() && (of.empty() || of.back() != script.name)) of.push_back(script.name);
    };
    for (const auto& [id, step] : script.steps) {
      if (const auto* show = std::get_if<ShowArticle>(&step.kind)) note(show->id);
      if (const auto* block = std::get_if<TroubleshootBlock>(&step.kind)) {
        for (const auto& check : block->checks) note(check.article);
      }
    }
    set_->by_article.erase("");
  }

  void finish(const std::vector<Source>& sources) {
    for (auto& [name, s] : set_->scripts) s.slots.insert(shared_.slots.begin(), shared_.slots.end());  // the script's own win
    set_->did_it_help = did_it_help_options(shared_.texts);
    prepare(set_->did_it_help);
    for (const auto& [name, script] : set_->scripts) {
      if (!script.trigger.empty()) note_articles(script);
    }
    set_->patience = shared_.patience;
    set_->catalogues = std::move(shared_.catalogues);
    set_->texts = std::move(shared_.texts);
    set_->greeting = set_->texts.at("greeting");
    set_->lexicons = std::make_shared<const Lexicons>(lexicon_);
    set_->triggers = std::make_shared<const Triggers>(set_->scripts);
    set_->hash = hash_of(sources);
  }

  std::vector<Problem>& problems_;
  std::shared_ptr<ScriptSet> set_ = std::make_shared<ScriptSet>();
  Shared shared_;
  std::vector<File> others_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::map<std::string, Fragment> fragments_;
  std::map<std::string, std::vector<std::string>> lexicon_;
  std::set<std::string> names_;  // also of scripts that could not be read: a reference to them is not a second mistake
  bool has_texts_ = false;
};

}  // namespace

std::shared_ptr<const ScriptSet> parse(const std::vector<Source>& sources, std::vector<Problem>& problems) {
  return Set(problems).read(sources);
}

}  // namespace usher::dialogs
