// SQLite FTS5 and Xapian as kb_bench uses them: their own stemming, one OR query of the content words, ten best by BM25. They
// give the ten ids; Usher also corrects, re-ranks, explains and cuts the passage in the time it is measured with.
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "bench/kb_engine.h"
#include "kb/words.h"
#ifdef USHER_HAS_XAPIAN
#include <xapian.h>
#endif

namespace usher::bench {

std::vector<std::string> content_words(const std::string& text) {
  std::vector<std::string> words, all;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ') {
      word += c;
      continue;
    }
    if (!word.empty()) (kb::is_stop_word(word) ? all : words).push_back(word);
    word.clear();
  }
  return words.empty() ? all : words;
}

namespace {

std::string body_of(const kb::Article& a) {
  return a.environment + a.cause + a.resolution + a.codes.at(0);
}

class Fts5 final : public Engine {
 public:
  Fts5() {
    check(sqlite3_open(":memory:", &db_));
    run("CREATE VIRTUAL TABLE articles USING fts5(title, issue, body, tokenize='porter unicode61')");
  }
  ~Fts5() override {
    for (sqlite3_stmt* s : {insert_, remove_, find_}) sqlite3_finalize(s);
    sqlite3_close(db_);
  }
  Fts5(const Fts5&) = delete;
  Fts5& operator=(const Fts5&) = delete;

  void build(const std::vector<kb::Article>& articles) override {
    insert_ = prepare("INSERT INTO articles(rowid, title, issue, body) VALUES(?,?,?,?)");
    remove_ = prepare("DELETE FROM articles WHERE rowid = ?");
    find_ = prepare("SELECT rowid FROM articles WHERE articles MATCH ? ORDER BY bm25(articles, 9.0, 6.0, 2.9) LIMIT 10");
    run("BEGIN");
    for (const kb::Article& a : articles) insert(a);
    run("COMMIT");
    run("INSERT INTO articles(articles) VALUES('optimize')");
  }
  std::size_t search(const std::string& text) override {
    std::string query;
    for (const std::string& word : content_words(text)) query += (query.empty() ? "\"" : " OR \"") + word + "\"";
    sqlite3_bind_text(find_, 1, query.c_str(), -1, SQLITE_TRANSIENT);
    std::size_t hits = 0;
    while (sqlite3_step(find_) == SQLITE_ROW) ++hits;
    sqlite3_reset(find_);
    return hits;
  }
  void replace(const kb::Article& article) override {
    run("BEGIN");
    sqlite3_bind_int64(remove_, 1, number(article));
    sqlite3_step(remove_);
    sqlite3_reset(remove_);
    insert(article);
    run("COMMIT");
  }

 private:
  static sqlite3_int64 number(const kb::Article& a) { return std::stoll(a.id.substr(2)) + 1; }
  void check(int code) const {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
  }
  void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr));
    return statement;
  }
  void insert(const kb::Article& a) {
    sqlite3_bind_int64(insert_, 1, number(a));
    int column = 2;
    for (const std::string& text : {a.title, a.issue, body_of(a)})
      sqlite3_bind_text(insert_, column++, text.c_str(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    if (sqlite3_step(insert_) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db_));
    sqlite3_reset(insert_);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *insert_ = nullptr, *remove_ = nullptr, *find_ = nullptr;
};

#ifdef USHER_HAS_XAPIAN
class XapianEngine final : public Engine {
 public:
  XapianEngine() : folder_(std::filesystem::temp_directory_path() / ("usher-xapian-" + std::to_string(::getpid()))) {
    db_ = Xapian::WritableDatabase(folder_, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
    generator_.set_stemmer(stemmer_);
  }
  ~XapianEngine() override {
    db_.close();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  XapianEngine(const XapianEngine&) = delete;
  XapianEngine& operator=(const XapianEngine&) = delete;

  void build(const std::vector<kb::Article>& articles) override {
    for (const kb::Article& a : articles) db_.replace_document(number(a), document(a));
    db_.commit();
  }
  std::size_t search(const std::string& text) override {
    std::vector<std::string> terms;
    for (const std::string& word : content_words(text)) terms.push_back("Z" + stemmer_(word));
    Xapian::Enquire enquire(db_);
    enquire.set_query(Xapian::Query(Xapian::Query::OP_OR, terms.begin(), terms.end()));
    return enquire.get_mset(0, 10).size();
  }
  void replace(const kb::Article& article) override {
    db_.replace_document(number(article), document(article));
    db_.commit();
  }

 private:
  static Xapian::docid number(const kb::Article& a) { return static_cast<Xapian::docid>(std::stoul(a.id.substr(2)) + 1); }
  Xapian::Document document(const kb::Article& a) {
    Xapian::Document document;
    generator_.set_document(document);
    generator_.index_text_without_positions(a.title, 3);
    generator_.index_text_without_positions(a.issue, 2);
    generator_.index_text_without_positions(body_of(a));
    return document;
  }

  std::string folder_;
  Xapian::Stem stemmer_{"english"};
  Xapian::TermGenerator generator_;
  Xapian::WritableDatabase db_;
};
#endif

}  // namespace

std::unique_ptr<Engine> make_fts5() {
  return std::make_unique<Fts5>();
}

std::unique_ptr<Engine> make_xapian() {
#ifdef USHER_HAS_XAPIAN
  return std::make_unique<XapianEngine>();
#else
  return nullptr;
#endif
}

}  // namespace usher::bench
