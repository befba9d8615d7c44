// The rules of curation over a real database: roles, conflicts, reviews, what the folder brings, and the library that follows.
#include "gateway/flow/curation.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <thread>

#include "gateway/flow/line_diff.h"
#include "tests/gateway/database.h"

namespace usher::gateway::flow {
namespace {

std::string text_of(const std::string& id, const std::string& state, const std::string& title, const std::string& steps) {
  return "---\nid: " + id + "\nlanguage: en\ntitle: " + title + "\nstate: " + state + "\n---\n## Issue\nThe " + title +
         " is broken.\n" + (steps.empty() ? "" : "\n## Resolution\n1. " + steps + "\n");
}

class Curating : public testing::Test {
 protected:
  static Draft draft(const std::string& source) {
    std::vector<kb::Problem> problems;
    auto d = read_draft(source, problems);
    EXPECT_TRUE(d) << (problems.empty() ? "" : problems[0].message);
    return d ? std::move(*d) : Draft{};
  }
  Act act(const std::string& name, const std::string& role, const std::string& reason = "because") {
    return {{name, role}, from_millis(++now_), reason, "article.edit"};
  }
  template <class F>
  Curated<Revised> in_tx(F work) {
    std::optional<Curated<Revised>> out;
    auto done = database_->write_sync([&](sql::Tx& tx) -> Result<void> {
      out = work(tx);
      if (!*out) return fail(out->error().error);
      return {};
    });
    EXPECT_TRUE(out.has_value());
    if (done || !*out) return std::move(*out);
    return std::unexpected(Refusal{done.error(), {}, {}});
  }
  Curated<Revised> edit(const std::string& name, const std::string& role, const std::string& source, std::int64_t base) {
    return in_tx([&](sql::Tx& tx) { return revise(tx, act(name, role), draft(source), base); });
  }
  Curated<Revised> move(const std::string& name, const std::string& role, const std::string& state, std::int64_t base) {
    return in_tx([&](sql::Tx& tx) { return change_state(tx, act(name, role), {"dock", "en"}, state, "", base); });
  }
  Curated<Revised> decide(const std::string& name, const std::string& role, std::int64_t revision, bool accept) {
    return in_tx([&](sql::Tx& tx) { return review(tx, act(name, role), {"dock", "en"}, revision, accept); });
  }
  store::ArticleRow row(const std::string& id = "dock") {
    std::optional<store::ArticleRow> out;
    auto r = database_->read_sync([&](sql::Tx& tx) -> Result<void> {
      auto found = store::load_article(tx, id, "en");
      if (!found) return fail(found.error());
      out = *found;
      return {};
    });
    EXPECT_TRUE(r && out) << id;
    return out.value_or(store::ArticleRow{});
  }
  static ErrorCode code(const Curated<Revised>& r) { return r ? ErrorCode::kInternal : r.error().error.code; }

  TestDatabase database_;
  std::int64_t now_ = 1'800'000'000'000;
};

TEST_F(Curating, AnAgentDraftsAndValidatesButDoesNotPublish) {
  EXPECT_EQ(code(edit("ana", "agent", text_of("dock", "published", "dock", "Pull it."), 0)), ErrorCode::kDenied);
  ASSERT_TRUE(edit("ana", "agent", text_of("dock", "wip", "dock", ""), 0));
  auto early = move("ana", "agent", "validated", 1);
  EXPECT_EQ(code(early), ErrorCode::kInvalid);
  ASSERT_FALSE(early);
  EXPECT_FALSE(early.error().problems.empty()) << "the missing resolution is named";
  ASSERT_TRUE(edit("ana", "agent", text_of("dock", "not_validated", "dock", "Pull it."), 1));
  ASSERT_TRUE(move("ana", "agent", "validated", 2));
  EXPECT_EQ(code(move("ana", "agent", "published", 3)), ErrorCode::kDenied);
  EXPECT_EQ(code(move("ana", "agent", "archived", 3)), ErrorCode::kDenied);
  EXPECT_EQ(code(move("pia", "publisher", "publshed", 3)), ErrorCode::kInvalid);
  ASSERT_TRUE(move("pia", "publisher", "published", 3));
  EXPECT_EQ(row().reviewer, "pia");
  EXPECT_EQ(code(move("ana", "agent", "wip", 4)), ErrorCode::kDenied);
}

TEST_F(Curating, AnAgentsEditOfWhatIsPublishedWaitsUntilSomebodyElseAcceptsIt) {
  ASSERT_TRUE(edit("pia", "publisher", text_of("dock", "published", "dock", "Pull it."), 0));
  auto waits = edit("ana", "agent", text_of("dock", "published", "dock", "Push it."), 1);
  ASSERT_TRUE(waits);
  EXPECT_TRUE(waits->waits);
  EXPECT_FALSE(waits->change);
  EXPECT_NE(row().source.find("Pull it"), std::string::npos) << "what is served stays";
  EXPECT_EQ(code(move("pia", "publisher", "archived", 1)), ErrorCode::kConflict) << "not over a revision that waits";
  EXPECT_EQ(code(decide("ana", "publisher", 2, true)), ErrorCode::kDenied) << "not one's own";
  EXPECT_EQ(code(decide("ben", "agent", 2, true)), ErrorCode::kDenied);
  auto again = edit("ana", "agent", text_of("dock", "published", "dock", "Push it hard."), 2);
  ASSERT_TRUE(again);
  EXPECT_EQ(code(decide("pia", "publisher", 2, true)), ErrorCode::kConflict) << "a newer one waits";
  auto accepted = decide("pia", "publisher", 3, true);
  ASSERT_TRUE(accepted);
  ASSERT_TRUE(accepted->change);
  EXPECT_EQ(accepted->change->revision, 3);
  EXPECT_NE(row().source.find("Push it hard"), std::string::npos);
  EXPECT_EQ(row().author, "ana");
  EXPECT_EQ(row().waiting, 0);
}

TEST_F(Curating, ARefusedRevisionLeavesWhatIsServedAndTheNextEditIsBasedOnThat) {
  ASSERT_TRUE(edit("pia", "publisher", text_of("dock", "published", "dock", "Pull it."), 0));
  ASSERT_TRUE(edit("ana", "agent", text_of("dock", "published", "dock", "Push it."), 1));
  ASSERT_TRUE(decide("ana", "agent", 2, false)) << "an author may take his own back";
  EXPECT_EQ(row().revision, 1);
  EXPECT_EQ(row().expected_base(), 1);
  auto next = edit("ana", "agent", text_of("dock", "published", "dock", "Turn it."), 1);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->revision, 3);
}

TEST_F(Curating, AnEditOnAnOldRevisionIsToldWhatIsNewest) {
  ASSERT_TRUE(edit("pia", "publisher", text_of("dock", "published", "dock", "Pull it."), 0));
  ASSERT_TRUE(edit("pia", "publisher", text_of("dock", "published", "dock", "Push it."), 1));
  auto late = edit("ben", "publisher", text_of("dock", "published", "dock", "Turn it."), 1);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().error.code, ErrorCode::kConflict);
  ASSERT_TRUE(late.error().current);
  EXPECT_EQ(late.error().current->revision, 2);
  EXPECT_NE(late.error().current->source.find("Push it"), std::string::npos);
  EXPECT_EQ(code(edit("ben", "publisher", text_of("other", "published", "dock", "x"), 7)), ErrorCode::kNotFound);
}

TEST_F(Curating, ARefusedChangeLeavesNoTrace) {
  ASSERT_TRUE(edit("pia", "publisher", text_of("dock", "published", "dock", "Pull it."), 0));
  ASSERT_FALSE(edit("ben", "publisher", text_of("dock", "published", "dock", "Turn it."), 9));
  std::int64_t revisions = 0, audits = 0;
  ASSERT_TRUE(database_->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto a = tx.query("SELECT count(*) FROM article_revisions", {}, [&](const sql::Row& r) { revisions = r.integer(0); });
    auto b = tx.query("SELECT count(*) FROM audit", {}, [&](const sql::Row& r) { audits = r.integer(0); });
    if (!a || !b) return fail(ErrorCode::kInternal, "");
    return {};
  }));
  EXPECT_EQ(revisions, 1);
  EXPECT_EQ(audits, 1);
}

TEST_F(Curating, AnImportIsAllOrNothing) {
  ASSERT_TRUE(edit("pia", "publisher", text_of("dock", "published", "dock", "Pull it."), 0));
  std::vector<ImportItem> items = {{draft(text_of("one", "published", "one", "Do.")), "a.csv:2", {}},
                                   {draft(text_of("dock", "published", "dock", "Other.")), "a.csv:3", 5}};
  auto done = in_tx([&](sql::Tx& tx) -> Curated<Revised> {
    std::vector<Change> changes;
    auto r = import_articles(tx, act("pia", "publisher"), items, changes);
    if (!r) return std::unexpected(std::move(r.error()));
    return Revised{};
  });
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().error.message.starts_with("a.csv:3: dock/en")) << done.error().error.message;
  ASSERT_TRUE(database_->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto all = store::all_articles(tx);
    if (!all) return fail(all.error());
    EXPECT_EQ(all->size(), 1u);
    return {};
  }));
}

// --- the folder ---

class Folder : public Curating {
 protected:
  Folder() : folder_(std::filesystem::path(database_.folder()) / "kb") { std::filesystem::create_directories(folder_); }
  void write(const std::string& id, const std::string& source) { std::ofstream(folder_ / (id + ".en.md")) << source; }
  Comparison sync() {
    std::vector<ContentProblem> problems;
    const auto read = read_article_folder(folder_, problems);
    EXPECT_TRUE(problems.empty()) << problems[0].message;
    Comparison out;
    auto r = database_->write_sync([&](sql::Tx& tx) -> Result<void> {
      auto done = take_from_folder(tx, read, from_millis(++now_));
      if (!done) return fail(done.error());
      out = std::move(*done);
      return {};
    });
    EXPECT_TRUE(r) << r.error().message;
    return out;
  }
  SyncItem::What what(const Comparison& c, const std::string& id) {
    for (const auto& item : c.items) {
      if (item.key.id == id) return item.what;
    }
    ADD_FAILURE() << id << " is not there";
    return SyncItem::What::kInStep;
  }
  std::filesystem::path folder_;
};

TEST_F(Folder, EachSideAloneChangesTheOtherAndBothTogetherNothing) {
  using What = SyncItem::What;
  const auto first = text_of("dock", "published", "dock", "Pull it."), second = text_of("dock", "published", "dock", "Push it."),
             third = text_of("dock", "published", "dock", "Turn it.");
  write("dock", first);
  EXPECT_EQ(what(sync(), "dock"), What::kFileNew);
  EXPECT_EQ(what(sync(), "dock"), What::kInStep);
  write("dock", second);
  EXPECT_EQ(what(sync(), "dock"), What::kFileChanged);
  EXPECT_EQ(row().revision, 2);
  ASSERT_TRUE(edit("pia", "publisher", third, 2));
  EXPECT_EQ(what(sync(), "dock"), What::kStoreChanged);
  EXPECT_EQ(row().source, third) << "an old file does not come back";
  write("dock", first);
  EXPECT_EQ(what(sync(), "dock"), What::kConflict);
  EXPECT_EQ(what(sync(), "dock"), What::kConflict) << "asking again does not make it go away";
  EXPECT_EQ(row().source, third);
  write("dock", third);
  EXPECT_EQ(what(sync(), "dock"), What::kInStep) << "somebody made them the same";
  write("dock", second);
  EXPECT_EQ(what(sync(), "dock"), What::kFileChanged);
}

TEST_F(Folder, AnEditThatWaitsIsNotLostBehindAFile) {
  write("dock", text_of("dock", "published", "dock", "Pull it."));
  sync();
  ASSERT_TRUE(edit("ana", "agent", text_of("dock", "published", "dock", "Push it."), 1));
  write("dock", text_of("dock", "published", "dock", "Turn it."));
  EXPECT_EQ(what(sync(), "dock"), SyncItem::What::kConflict);
  EXPECT_EQ(row().waiting, 2);
}

TEST_F(Folder, ARemovedFileRetiresItsArticleAndAReturningOneBringsItBack) {
  const auto source = text_of("dock", "published", "dock", "Pull it.");
  write("dock", source);
  sync();
  std::filesystem::remove(folder_ / "dock.en.md");
  EXPECT_EQ(what(sync(), "dock"), SyncItem::What::kFileGone);
  EXPECT_EQ(row().state, "archived");
  EXPECT_EQ(what(sync(), "dock"), SyncItem::What::kInStep);
  write("dock", source);
  EXPECT_EQ(what(sync(), "dock"), SyncItem::What::kFileChanged);
  EXPECT_EQ(row().state, "published");
}

TEST_F(Folder, TheWrongFolderRetiresNothing) {
  for (int i = 0; i < 20; ++i) write("a" + std::to_string(i), text_of("a" + std::to_string(i), "published", "thing", "Do."));
  sync();
  for (int i = 0; i < 15; ++i) std::filesystem::remove(folder_ / ("a" + std::to_string(i) + ".en.md"));
  const auto compared = sync();
  EXPECT_TRUE(compared.is_doubtful);
  EXPECT_EQ(row("a3").state, "published");
  for (int i = 0; i < 14; ++i) write("a" + std::to_string(i), text_of("a" + std::to_string(i), "published", "thing", "Do."));
  EXPECT_FALSE(sync().is_doubtful);
  EXPECT_EQ(row("a14").state, "archived") << "one that is really gone";
}

TEST_F(Folder, TwoFilesOfOneArticleAreAProblem) {
  write("dock", text_of("dock", "published", "dock", "Pull it."));
  std::ofstream(folder_ / "copy-of-dock.md") << text_of("dock", "published", "dock", "Push it.");
  std::vector<ContentProblem> problems;
  EXPECT_EQ(read_article_folder(folder_, problems).files.size(), 1u);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].message.find("already"), std::string::npos);
}

// --- the library ---

TEST_F(Folder, AChangeDuringARebuildIsNotLost) {
  write("dock", text_of("dock", "published", "dock", "Pull it."));
  sync();
  LiveLibrary live;
  auto build = [&]() -> Result<LiveLibrary::Built> {
    auto built = build_from_store(*database_, nullptr);
    // Somebody edits while the index is being built.
    Change newer{{"dock", "en"}, 2, draft(text_of("dock", "published", "socket", "Push it.")).article};
    Change older{{"dock", "en"}, 1, draft(text_of("dock", "published", "plug", "Pull it.")).article};
    live.apply({newer});
    live.apply({older});
    return built;
  };
  ASSERT_TRUE(live.rebuild([&] { return build_from_store(*database_, nullptr); }));
  EXPECT_EQ(live.get()->find(kb::ArticleKey{"dock", "en"})->title, "dock");
  ASSERT_TRUE(live.rebuild(build));
  EXPECT_EQ(live.get()->find(kb::ArticleKey{"dock", "en"})->title, "socket");
  live.apply({{{"dock", "en"}, 3, {}}});
  EXPECT_EQ(live.get()->find(kb::ArticleKey{"dock", "en"}), nullptr);
}

TEST_F(Folder, ManyReadersSearchWhileArticlesChange) {
  for (int i = 0; i < 30; ++i) write("a" + std::to_string(i), text_of("a" + std::to_string(i), "published", "thing", "Do."));
  sync();
  LiveLibrary live;
  ASSERT_TRUE(live.rebuild([&] { return build_from_store(*database_, nullptr); }));
  std::atomic<bool> ends = false;
  std::atomic<int> found = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      while (!ends) {
        kb::Query q;
        q.text = "broken thing";
        q.language = "en";
        found += live.get()->search(q).empty() ? 0 : 1;
      }
    });
  }
  for (int i = 0; i < 60; ++i) {
    const std::string id = "a" + std::to_string(i % 30);
    live.apply({{{id, "en"}, 2 + i / 30, draft(text_of(id, "published", "thing " + std::to_string(i), "Do.")).article}});
    live.merge_if_wanted();
  }
  while (found < 10) std::this_thread::yield();
  ends = true;
  for (auto& r : readers) r.join();
  EXPECT_EQ(live.get()->find(kb::ArticleKey{"a29", "en"})->title, "thing 59");
}

TEST(Regression, AQuestionIsLostWhenAnotherArticleComesFirst) {
  std::vector<kb::Problem> problems;
  const auto queries = parse_regression(
      "r.tsv", "# remark\nen\tdock is broken\tdock, other\nen\tplug is broken\tdock\nfr\tx\ty\nen\tgrow tomatoes\t-\n", problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].line, 4);
  ASSERT_EQ(queries.size(), 3u);
  std::vector<kb::Problem> none;
  auto dock = kb::parse_article("a", text_of("dock", "published", "dock", "Do."), none);
  auto plug = kb::parse_article("a", text_of("plug", "published", "plug", "Do."), none);
  ASSERT_TRUE(dock && plug);
  EXPECT_EQ(lost_queries(*kb::Library::build({*dock, *plug}), queries), std::set<std::size_t>{1});
}

// What an edit's answer asks (its own language) and what it leaves out, against asking everything: over the shipped articles and
// questions, edited at random.
TEST(Regression, AnEditChangesWhatIsFoundInItsOwnLanguageOnly) {
  std::vector<ContentProblem> problems;
  const auto folder = read_article_folder(std::filesystem::path(USHER_SOURCE_DIR) / "config/kb", problems);
  std::vector<kb::Article> articles;
  for (const auto& file : folder.files) articles.push_back(file.draft.article);
  std::vector<RegressionQuery> queries;  // every sixth: the test is about edits, not about questions
  for (std::size_t i = 0; i < folder.regression.size(); i += 6) queries.push_back(folder.regression[i]);
  ASSERT_GT(queries.size(), 90u);
  auto library = kb::Library::build(articles, folder.vocabulary);
  std::set<std::size_t> before = lost_queries(*library, queries);
  std::mt19937 random(4);
  bool was_any_lost = false;
  for (int round = 0; round < 6; ++round) {
    kb::Article edited = articles[random() % articles.size()];
    switch (random() % 3) {
      case 0:
        edited.issue = articles[random() % articles.size()].issue;
        break;
      case 1:
        edited.title = articles[random() % articles.size()].title;
        break;
      default:
        edited.state = "archived";
        break;
    }
    edited.body.clear();
    library = library->with({edited}, {});
    const std::set<std::size_t> all = lost_queries(*library, queries);
    const std::set<std::size_t> asked = lost_queries(*library, queries, {edited.language});
    for (std::size_t i = 0; i < queries.size(); ++i) {
      if (queries[i].language == edited.language)
        ASSERT_EQ(asked.contains(i), all.contains(i)) << queries[i].text;
      else
        ASSERT_EQ(before.contains(i), all.contains(i)) << edited.id << ": " << queries[i].text;
    }
    was_any_lost = was_any_lost || all != before;
    before = all;
  }
  EXPECT_TRUE(was_any_lost) << "edits that lose nothing prove nothing";
}

// An article's links, as the chat (HTML, which may say "/…": the chat knows the server) and a mail (text) show them.
TEST(ShownArticles, LinksLeadToTheHelpCentreOrAreWords) {
  kb::Article article;
  article.id = "lamp";
  article.language = "zh";
  article.title = "Lamp";
  article.resolution =
      "[Drain](no-power-reset), [file](./no-power-reset.zh.md#step), [step](#2), [maker](https://maker.example/a), "
      "![the lamp](pictures/lamp.png)";
  const auto bare = ShownArticles().of(article);
  EXPECT_EQ(bare->html,
            "<p><a href=\"/help/zh/no-power-reset\">Drain</a>, <a href=\"/help/zh/no-power-reset\">file</a>, step, "
            "<a href=\"https://maker.example/a\">maker</a>, <img src=\"/help/pictures/lamp.png\" alt=\"the lamp\" /></p>\n");
  EXPECT_EQ(bare->text, "Lamp\n\nDrain, file, step, maker (https://maker.example/a), the lamp");
  const auto known = ShownArticles(HelpPages{true, "https://help.example"}).anew()->of(article);
  EXPECT_NE(known->html.find("<a href=\"https://help.example/help/zh/no-power-reset\">Drain</a>"), std::string::npos)
      << known->html;
  EXPECT_EQ(
      known->text,
      "Lamp\n\nDrain (https://help.example/help/zh/no-power-reset), file (https://help.example/help/zh/no-power-reset), step, "
      "maker (https://maker.example/a), the lamp (https://help.example/help/pictures/lamp.png)");
  const auto closed = ShownArticles(HelpPages{false, "https://help.example"}).of(article);
  EXPECT_EQ(closed->text,
            "Lamp\n\nDrain, file, step, maker (https://maker.example/a), the lamp (https://help.example/help/pictures/lamp.png)")
      << "no pages: only the picture has an address";
}

TEST(LineDiff, TellsWhatWasAddedAndRemovedAndBringsOneToTheOther) {
  using Kind = DiffLine::Kind;
  const auto lines = diff_lines("a\nb\nc\nd\n", "a\nc\nx\nd\n");
  const std::vector<DiffLine> wanted = {
      {Kind::kSame, "a"}, {Kind::kRemove, "b"}, {Kind::kSame, "c"}, {Kind::kAdd, "x"}, {Kind::kSame, "d"}};
  EXPECT_EQ(lines, wanted);
  EXPECT_EQ(to_text(diff_lines("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\nsix\n"), 1), "  …\n  5\n- 6\n+ six\n");
  EXPECT_TRUE(diff_lines("", "").empty());
}

}  // namespace
}  // namespace usher::gateway::flow
