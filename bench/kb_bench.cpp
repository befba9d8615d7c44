// How fast the knowledge base answers, is changed and is built, beside SQLite FTS5, Xapian and MiniSearch on the same articles
// and questions (bench/kb_corpus.h), one engine after the other, each in its own process, one thread.
//   kb_bench [--large] [--articles N] [--queries N] [--updates N] [--only usher,fts5,xapian,minisearch] [--cpu] [--seconds N]
// 10,000 articles; --large: and 167,000, a size public collections have (about ten minutes, 6 GB). --cpu: CPU time instead of
// elapsed time (not of MiniSearch), for a machine that others use too. No engine's questions, nor its updates, go on for longer
// than --seconds (60): a slow one is measured on those it came to, and their number is said.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "bench/kb_corpus.h"
#include "bench/kb_engine.h"
#include "kb/library.h"

namespace usher::bench {
namespace {

bool counts_cpu = false;
double most_seconds = 60;

double now_micros() {
  timespec t{};
  ::clock_gettime(counts_cpu ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}
double micros_since(double begin) {
  return now_micros() - begin;
}

double resident_megabytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096 / 1e6;
}

double share_of(std::vector<double>& micros, double share) {
  if (micros.empty()) return 0;
  std::ranges::sort(micros);
  return micros[static_cast<std::size_t>(share * static_cast<double>(micros.size() - 1))] / 1000;
}

class Usher final : public Engine {
 public:
  void build(const std::vector<kb::Article>& articles) override { library_ = kb::Library::build(articles); }
  std::size_t search(const std::string& text) override {
    kb::Query query;
    query.text = text;
    query.language = "en";
    query.limit = 10;
    return library_->search(query).size();
  }
  void replace(const kb::Article& article) override { library_ = library_->with({article}, {}); }
  const kb::Library& library() const { return *library_; }
  void merge() { library_ = library_->merged(); }

 private:
  std::shared_ptr<const kb::Library> library_;
};

struct Corpus {
  std::vector<kb::Article> articles, changed;
  std::vector<std::string> questions;
};

void line(const std::string& engine, std::size_t articles, double build, double memory, std::vector<double> find,
          std::vector<double> update) {
  fmt::print("{:<12} {:>8} {:>9.1f} {:>9.0f} {:>9.3f} {:>9.3f} {:>10.3f} {:>9.3f}\n", engine, articles, build, memory,
             share_of(find, 0.5), share_of(find, 0.99), share_of(update, 0.5), share_of(update, 0.99));
  std::fflush(stdout);
}

void more(const char* what, std::vector<double> micros, const std::string& note = "") {
  fmt::print("  usher, {:<44} p50 {:.3f} ms, p99 {:.3f} ms, max {:.3f} ms{}\n", what, share_of(micros, 0.5),
             share_of(micros, 0.99), share_of(micros, 1), note);
}

std::vector<double> timed(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::vector<double> micros;
  micros.reserve(count);
  double all = 0;
  for (std::size_t i = 0; i < count && all < most_seconds * 1e6; ++i) {
    const double begin = now_micros();
    work(i);
    micros.push_back(micros_since(begin));
    all += micros.back();
  }
  return micros;
}

// What only Usher is asked for.
void more_of(Usher& usher, const Corpus& corpus, const std::vector<double>& with_changes) {
  const std::size_t count = corpus.questions.size();
  more("nine words, 256 changes not yet merged", with_changes);
  const double begin = now_micros();
  usher.merge();
  fmt::print("  usher, merging the changes (another thread's work): {:.2f} s\n", micros_since(begin) / 1e6);
  std::vector<std::string> typos, codes, typed;
  for (std::size_t i = 0; i < count; ++i) {
    std::string typo = corpus.questions[i];
    const std::size_t middle = typo.find(' ') / 2;
    std::swap(typo[middle], typo[middle + 1]);
    typed.push_back(corpus.articles[i % corpus.articles.size()].title.substr(0, 2 + i % 9));
    typos.push_back(std::move(typo));
    codes.push_back(fmt::format("error E-{} on start", 1000 + i % corpus.articles.size()));
  }
  more("first word mistyped", timed(count, [&](std::size_t i) { usher.search(typos[i]); }));
  more("an error code", timed(count, [&](std::size_t i) { usher.search(codes[i]); }));
  more("suggestions for 2 to 10 typed letters", timed(count, [&](std::size_t i) { usher.library().suggest(typed[i], "en", 8); }));
  more("did you mean", timed(count, [&](std::size_t i) { (void)usher.library().did_you_mean(typos[i], "en"); }));
}

void measure(const std::string& name, const Corpus& corpus) {
  const std::unique_ptr<Engine> engine = name == "usher"  ? std::make_unique<Usher>()
                                         : name == "fts5" ? make_fts5()
                                                          : make_xapian();
  if (engine == nullptr) {
    fmt::print("{:<12} NOT MEASURED: libxapian-dev was not installed when this was built\n", name);
    return;
  }
  const double before = resident_megabytes();
  const double begin = now_micros();
  engine->build(corpus.articles);
  const double seconds = micros_since(begin) / 1e6, memory = resident_megabytes() - before;
  for (std::size_t i = 0; i < std::min<std::size_t>(corpus.questions.size(), 50); ++i) engine->search(corpus.questions[i]);
  const std::size_t count = corpus.questions.size();
  std::vector<double> find = timed(count, [&](std::size_t i) { engine->search(corpus.questions[i]); });
  std::size_t seen = 0;
  std::vector<double> update = timed(corpus.changed.size(), [&](std::size_t i) {
    engine->replace(corpus.changed[i]);
    seen += engine->search(fmt::format("brandnew{}", i)) == 1 ? 1 : 0;
  });
  const std::size_t asked = find.size(), changed = update.size();
  line(name, corpus.articles.size(), seconds, memory, std::move(find), std::move(update));
  if (asked != count || changed != corpus.changed.size())
    fmt::print("  {}: time was up after {} questions and {} updates\n", name, asked, changed);
  if (seen != changed) fmt::print("  {}: only {} of {} changes were visible\n", name, seen, changed);
  if (auto* usher = dynamic_cast<Usher*>(engine.get()))
    more_of(*usher, corpus, timed(count, [&](std::size_t i) { engine->search(corpus.questions[i]); }));
}

// A process of its own each; a crash of one must not hide the others.
void apart(const std::string& name, const std::function<void()>& work) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 0;
    try {
      work();
    } catch (const std::exception& e) {
      fmt::print("{:<12} failed: {}\n", name, e.what());
      code = 1;
    }
    std::fflush(stdout);
    std::_Exit(code);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) < 0 || status != 0) fmt::print("{:<12} ended with status {}\n", name, status);
}

// MiniSearch runs under node: bench/kb_minisearch.mjs reads the corpus as JSON lines and prints the same line.
void minisearch(const Corpus& corpus) {
  const std::string script = USHER_SOURCE_DIR "/bench/kb_minisearch.mjs";
  if (!std::filesystem::exists(USHER_SOURCE_DIR "/bench/node_modules/minisearch")) {
    fmt::print("{:<12} NOT MEASURED: run (cd bench && npm ci --ignore-scripts)\n", "minisearch");
    return;
  }
  const auto file = std::filesystem::temp_directory_path() / fmt::format("usher-kb-bench-{}.tsv", ::getpid());
  {
    std::ofstream out(file);
    const auto flat = [](std::string text) {
      std::ranges::replace(text, '\n', ' ');
      return text;
    };
    const auto write = [&](char kind, const kb::Article& a) {
      out << kind << '\t' << a.id << '\t' << flat(a.title) << '\t' << flat(a.issue) << '\t'
          << flat(a.environment + a.cause + a.resolution + a.codes.at(0)) << '\n';
    };
    for (const kb::Article& a : corpus.articles) write('a', a);
    for (const kb::Article& a : corpus.changed) write('c', a);
    for (const std::string& question : corpus.questions) {
      out << 'q';
      for (const std::string& word : content_words(question)) out << '\t' << word;
      out << '\n';
    }
  }
  std::fflush(stdout);
  const std::string command = fmt::format("node --max-old-space-size=14000 '{}' '{}' {}", script, file.string(), most_seconds);
  if (std::system(command.c_str()) != 0) fmt::print("{:<12} failed\n", "minisearch");
  std::filesystem::remove(file);
}

void run(std::size_t articles, std::size_t questions, std::size_t updates, const std::string& only) {
  Language language(7);
  Corpus corpus;
  for (std::size_t i = 0; i < articles; ++i) corpus.articles.push_back(language.article(i));
  for (std::size_t i = 0; i < questions; ++i) corpus.questions.push_back(language.sentence(9));
  for (std::size_t i = 0; i < updates; ++i) {
    corpus.changed.push_back(language.article(i * 37 % articles));
    corpus.changed.back().title += fmt::format(" brandnew{}", i);
  }
  fmt::print("{} articles of about 190 words, {} questions of nine words, ten best; {} updates, each seen by the next search\n",
             articles, questions, updates);
  fmt::print("{:<12} {:>8} {:>9} {:>9} {:>9} {:>9} {:>10} {:>9}\n", "engine", "articles", "build s", "memory MB", "p50 ms",
             "p99 ms", "update p50", "p99 ms");
  for (const char* name : {"usher", "fts5", "xapian"}) {
    if (only.empty() || only.find(name) != std::string::npos) apart(name, [&] { measure(name, corpus); });
  }
  if (only.empty() || only.find("minisearch") != std::string::npos) minisearch(corpus);
  fmt::print("\n");
}

}  // namespace
}  // namespace usher::bench

int main(int argc, char** argv) {
  std::size_t articles = 10000, questions = 2000, updates = 256;
  bool large = false;
  std::string only;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
    if (option == "--large")
      large = true;
    else if (option == "--articles")
      articles = std::strtoul(value().c_str(), nullptr, 10);
    else if (option == "--queries")
      questions = std::strtoul(value().c_str(), nullptr, 10);
    else if (option == "--updates")
      updates = std::strtoul(value().c_str(), nullptr, 10);
    else if (option == "--cpu")
      usher::bench::counts_cpu = true;
    else if (option == "--only")
      only = value();
    else if (option == "--seconds")
      usher::bench::most_seconds = std::strtod(value().c_str(), nullptr);
    else
      return fmt::print("kb_bench: unknown option '{}'; see the head of bench/kb_bench.cpp\n", option), 64;
  }
  if (articles == 0 || questions == 0 || !(usher::bench::most_seconds > 0))
    return fmt::print("kb_bench: at least one article, one question and a part of a second\n"), 64;
  usher::bench::run(articles, questions, updates, only);
  if (large) usher::bench::run(167000, questions, updates, only);
  return 0;
}
