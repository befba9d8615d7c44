// What every ticket system must do, over every ticket system: the built-in one and a real Request Tracker 5.
// A new driver is one more Backend.
#include <functional>

#include <gtest/gtest.h>

#include "base/async/io_threads.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/sql/database.h"
#include "connectors/tickets/builtin.h"
#include "connectors/tickets/request_tracker.h"
#include "tests/connectors/tickets/rt_fixture.h"
#include "tests/support/run.h"

namespace usher::connectors::tickets {
namespace {

class Backend {
 public:
  virtual ~Backend() = default;
  virtual TicketSystem& system() = 0;
  // Files on the ticket as (name, content); comments' texts.
  virtual std::vector<std::pair<std::string, std::string>> files(const std::string& ticket_id) = 0;
  virtual std::vector<std::string> texts(const std::string& ticket_id) = 0;
};

class BuiltinBackend final : public Backend {
 public:
  BuiltinBackend() : folder_(std::filesystem::temp_directory_path() / ("usher-builtin-" + make_token(8))) {
    std::filesystem::create_directory(folder_);
    database_ = sql::open_sqlite({.path = (folder_ / "t.db").string()}).value();
    const sql::Migration step{1, "builtin", kBuiltinSchema};
    EXPECT_TRUE(sql::migrate(*database_, {&step, 1}, 0));
    system_ = std::make_unique<BuiltinTickets>(BuiltinSettings{.ticket_url = "https://desk.test/t/"}, *database_, system_clock());
  }
  ~BuiltinBackend() override {
    system_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  TicketSystem& system() override { return *system_; }
  std::vector<std::pair<std::string, std::string>> files(const std::string& id) override {
    std::vector<std::pair<std::string, std::string>> out;
    EXPECT_TRUE(database_->read_sync([&](sql::Tx& tx) -> Result<void> {
      auto rows = tx.query("SELECT file_name, content FROM builtin_attachments WHERE ticket = $1 ORDER BY comment_ref, position",
                           {std::stoll(id)}, [&](const sql::Row& row) { out.emplace_back(row.text(0), row.text(1)); });
      if (!rows) return fail(rows.error());
      return {};
    }));
    return out;
  }
  std::vector<std::string> texts(const std::string& id) override {
    std::vector<std::string> out;
    EXPECT_TRUE(database_->read_sync([&](sql::Tx& tx) -> Result<void> {
      auto rows = tx.query("SELECT body FROM builtin_tickets WHERE number = $1", {std::stoll(id)},
                           [&](const sql::Row& row) { out.push_back(row.text(0)); });
      if (!rows) return fail(rows.error());
      rows = tx.query("SELECT body FROM builtin_comments WHERE ticket = $1 ORDER BY created_at", {std::stoll(id)},
                      [&](const sql::Row& row) { out.push_back(row.text(0)); });
      if (!rows) return fail(rows.error());
      return {};
    }));
    return out;
  }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<BuiltinTickets> system_;
};

class RtBackend final : public Backend {
 public:
  explicit RtBackend(RtFixture& rt) : rt_(rt), system_(rt.make()) {}
  TicketSystem& system() override { return *system_; }
  std::vector<std::pair<std::string, std::string>> files(const std::string& id) override { return rt_.files(id); }
  std::vector<std::string> texts(const std::string& id) override { return rt_.texts(id); }

 private:
  RtFixture& rt_;
  std::unique_ptr<RequestTracker> system_;
};

class TicketSystems : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "builtin") {
      backend_ = std::make_unique<BuiltinBackend>();
      return;
    }
    std::string why;
    RtFixture* rt = RtFixture::shared(why);
    if (rt == nullptr) GTEST_SKIP() << "SKIPPED, NOT TESTED: no real Request Tracker: " << why;
    backend_ = std::make_unique<RtBackend>(*rt);
  }
  TicketSystem& system() { return backend_->system(); }
  // On the context of the fixture: completion must come back to it, whatever thread the work was done on.
  template <class T>
  T go(boost::asio::awaitable<T> task) {
    return test::run_on(RtFixture::io().executor(0), std::move(task));
  }
  static std::string new_ref() { return crypto::to_base32_crockford(crypto::random_bytes(20)); }
  static TicketDraft draft(std::string ref) {
    return {.external_ref = std::move(ref),
            .subject = "My laptop won't turn on",
            .body = "Symptom: no light\n\nTranscript:\ncustomer: hello",
            .requester = "ana@example.test",
            .requester_name = "Ana Li",
            .priority = "P2",
            .fault_class = "hardware/power",
            .channel = "webchat",
            .language = "en",
            .fields = {{"serial", "SN-123"}, {"model", "UX-5"}}};
  }
  static Attachment file(std::string name, std::string type, std::string content) {
    Attachment a{.file_name = std::move(name), .content_type = std::move(type), .sha256 = crypto::sha256_hex(content)};
    a.content = std::make_shared<const std::string>(std::move(content));
    return a;
  }

  std::unique_ptr<Backend> backend_;
};

TEST_P(TicketSystems, ACreatedTicketIsReadBackAndFoundByItsReference) {
  const std::string ref = new_ref();
  EXPECT_EQ(go(system().find(ref)).value(), std::nullopt);
  const auto made = go(system().create(draft(ref)));
  ASSERT_TRUE(made) << made.error().message << " " << made.error().detail;
  EXPECT_FALSE(made->id.empty());
  EXPECT_FALSE(made->number.empty());
  EXPECT_EQ(made->external_ref, ref);
  EXPECT_EQ(made->status, "new");
  EXPECT_FALSE(made->url.empty());
  const auto found = go(system().find(ref));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, made->id);
  EXPECT_EQ((*found)->number, made->number);
  const auto read = go(system().read(made->id));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->external_ref, ref);
  EXPECT_EQ(read->url, made->url);
}

TEST_P(TicketSystems, AReferenceIsFoundExactlyAndNothingElse) {
  const std::string ref = new_ref();
  ASSERT_TRUE(go(system().create(draft(ref + "-abc"))));
  for (const std::string& other :
       {ref, ref + "-ab", ref + "-ABC", ref + "-abc ", ref + "-%", ref + "-___", "' OR id > 0 OR 'a'='" + ref})
    EXPECT_EQ(go(system().find(other)).value(), std::nullopt) << other;
}

TEST_P(TicketSystems, AwkwardReferencesSurvive) {
  for (const std::string& tail : {std::string("it's"), std::string(R"(back\slash)"), std::string("[br]{ace}"),
                                  std::string("50% _x_"), std::string("\"quoted\""), std::string("单号")}) {
    const std::string ref = new_ref() + tail;
    const auto made = go(system().create(draft(ref)));
    ASSERT_TRUE(made) << tail << ": " << made.error().message;
    const auto found = go(system().find(ref));
    ASSERT_TRUE(found && *found) << tail;
    EXPECT_EQ((*found)->id, made->id) << tail;
    ASSERT_TRUE(go(system().append(made->id, {.external_ref = ref, .body = "x"}))) << tail;
    EXPECT_TRUE(go(system().has_comment(made->id, ref)).value()) << tail;
  }
}

TEST_P(TicketSystems, TicketsAreDistinct) {
  const auto a = go(system().create(draft(new_ref())));
  const auto b = go(system().create(draft(new_ref())));
  ASSERT_TRUE(a && b);
  EXPECT_NE(a->id, b->id);
  EXPECT_NE(a->number, b->number);
}

TEST_P(TicketSystems, ADraftWithoutReferenceIsRefused) {
  EXPECT_EQ(go(system().create(draft(""))).error().code, ErrorCode::kInvalid);
}

TEST_P(TicketSystems, ChineseTextAndFilesArriveUnchanged) {
  TicketDraft d = draft(new_ref());
  d.subject = "电脑无法开机 ✓";
  d.body = "客户：电源灯不亮 🙂\n第二行";
  d.requester_name = "李 安娜";
  std::string bytes;
  for (int i = 0; i < 1024; ++i) bytes += static_cast<char>(i * 7);
  d.attachments = {file("照片 1.png", "image/png", bytes), file("log.txt", "text/plain", "line 1\r\nline 2\n"),
                   file("empty.bin", "application/octet-stream", ""), file("zero", "text/plain", "0")};
  const auto made = go(system().create(d));
  ASSERT_TRUE(made) << made.error().message << " " << made.error().detail;
  const auto files = backend_->files(made->id);
  ASSERT_EQ(files.size(), 4u);
  EXPECT_EQ(files[0].first, "照片 1.png");
  EXPECT_EQ(files[0].second, bytes);
  EXPECT_EQ(files[1].first, "log.txt");
  EXPECT_EQ(backend_->texts(made->id).at(0), d.body);
}

TEST_P(TicketSystems, CommentsAreAddedAndRecognised) {
  const auto made = go(system().create(draft(new_ref())));
  ASSERT_TRUE(made);
  const std::string ref = new_ref();
  EXPECT_FALSE(go(system().has_comment(made->id, ref)).value());
  const auto added = go(system().append(made->id, {.external_ref = ref,
                                                   .body = "还有一件事 one more thing",
                                                   .author = "ana@example.test",
                                                   .attachments = {file("b é.txt", "text/plain", "second")}}));
  ASSERT_TRUE(added) << added.error().message << " " << added.error().detail;
  EXPECT_TRUE(go(system().has_comment(made->id, ref)).value());
  EXPECT_FALSE(go(system().has_comment(made->id, new_ref())).value());
  const auto other = go(system().create(draft(new_ref())));
  EXPECT_FALSE(go(system().has_comment(other->id, ref)).value()) << "it is on another ticket";
  bool said = false;
  for (const std::string& text : backend_->texts(made->id)) said |= text.find("还有一件事 one more thing") != std::string::npos;
  EXPECT_TRUE(said);
  const auto files = backend_->files(made->id);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].first, "b é.txt");
  EXPECT_EQ(files[0].second, "second");
}

TEST_P(TicketSystems, ATicketThatIsNotThereIsNotFound) {
  EXPECT_EQ(go(system().read("999999")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(go(system().append("999999", {.external_ref = new_ref(), .body = "x"})).error().code, ErrorCode::kNotFound);
}

TEST_P(TicketSystems, ManyAtOnceAreAllMade) {
  std::vector<std::future<Result<Ticket>>> running;
  for (int i = 0; i < 6; ++i)
    running.push_back(
        boost::asio::co_spawn(RtFixture::io().executor(0), system().create(draft(new_ref())), boost::asio::use_future));
  std::set<std::string> ids;
  for (auto& one : running) {
    auto made = one.get();
    ASSERT_TRUE(made) << made.error().message;
    ids.insert(made->id);
  }
  EXPECT_EQ(ids.size(), 6u);
}

INSTANTIATE_TEST_SUITE_P(All, TicketSystems, ::testing::Values("builtin", "request_tracker"),
                         [](const auto& p) { return p.param; });

// Only the built-in list promises this.
TEST(BuiltinTicketsAlone, TheSameReferenceIsTheSameTicketAndCommentsAreSaidOnce) {
  BuiltinBackend backend;
  auto& system = backend.system();
  const auto go = [](auto task) { return test::run_on(RtFixture::io().executor(0), std::move(task)); };
  const auto first = go(system.create({.external_ref = "k", .subject = "a", .body = "b"}));
  const auto again = go(system.create({.external_ref = "k", .subject = "other", .body = "other"}));
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->id, again->id);
  EXPECT_EQ(first->number, "T-1001");
  EXPECT_EQ(first->url, "https://desk.test/t/T-1001");
  EXPECT_EQ(go(system.create({.external_ref = "k2"}))->number, "T-1002") << "the repeat used no number";
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(go(system.append(first->id, {.external_ref = "c", .body = "once"})));
  EXPECT_EQ(backend.texts(first->id), (std::vector<std::string>{"b", "once"}));
  for (const char* id : {"", "x", "1001x", "-1", "99999999999999999999", "T-1001"})
    EXPECT_EQ(go(system.read(id)).error().code, ErrorCode::kNotFound) << id;
}

}  // namespace
}  // namespace usher::connectors::tickets
