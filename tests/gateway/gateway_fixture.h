// The gateway's flow over a real database and the shipped scripts, with a ticket system and channels that fail when told to.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "base/async/sleep.h"
#include "base/crypto.h"
#include "gateway/flow/conversation.h"
#include "gateway/flow/outbox.h"
#include "tests/gateway/database.h"

namespace usher::gateway {

// Keeps tickets by external_ref, as a real one with a searchable field does. `next` says what the coming calls answer.
class FaultyTickets final : public connectors::TicketSystem {
 public:
  enum class Fault { kNone, kRefuses, kUnavailable, kCreatesButAnswerIsLost, kDenied, kLookUpFails };

  const std::string& name() const override { return name_; }
  boost::asio::awaitable<Result<std::optional<connectors::Ticket>>> find(std::string ref) override {
    std::lock_guard lock(mutex_);
    ++finds_;
    if (take() == Fault::kLookUpFails) co_return fail(ErrorCode::kUnavailable, "the search is down");
    for (const auto& t : tickets_) {
      if (t.external_ref == ref) co_return std::optional(t);
    }
    co_return std::optional<connectors::Ticket>{};
  }
  boost::asio::awaitable<Result<connectors::Ticket>> create(connectors::TicketDraft draft) override {
    std::lock_guard lock(mutex_);
    ++creates_;
    const Fault fault = take();
    if (fault == Fault::kRefuses) co_return fail(ErrorCode::kInvalid, "the queue does not exist");
    if (fault == Fault::kUnavailable) co_return fail(ErrorCode::kUnavailable, "connection refused");
    if (fault == Fault::kDenied) co_return fail(ErrorCode::kDenied, "the token is wrong");
    connectors::Ticket t{std::to_string(tickets_.size() + 1), std::to_string(4711 + tickets_.size()), "new", draft.external_ref,
                         ""};
    tickets_.push_back(t);
    drafts_.push_back(std::move(draft));
    if (fault == Fault::kCreatesButAnswerIsLost) co_return fail(ErrorCode::kUnknown, "no answer");
    co_return t;
  }
  boost::asio::awaitable<Result<bool>> has_comment(std::string, std::string ref) override {
    std::lock_guard lock(mutex_);
    co_return std::any_of(comments_.begin(), comments_.end(), [&](const auto& c) { return c.external_ref == ref; });
  }
  boost::asio::awaitable<Result<void>> append(std::string, connectors::TicketComment comment) override {
    std::lock_guard lock(mutex_);
    const Fault fault = take();
    if (fault == Fault::kUnavailable) co_return fail(ErrorCode::kUnavailable, "connection refused");
    comments_.push_back(std::move(comment));
    if (fault == Fault::kCreatesButAnswerIsLost) co_return fail(ErrorCode::kUnknown, "no answer");
    co_return Result<void>{};
  }
  boost::asio::awaitable<Result<connectors::Ticket>> read(std::string) override {
    co_return fail(ErrorCode::kNotFound, "not asked for");
  }

  void next(std::deque<Fault> faults) {
    std::lock_guard lock(mutex_);
    faults_ = std::move(faults);
  }
  std::size_t tickets() const {
    std::lock_guard lock(mutex_);
    return tickets_.size();
  }
  std::size_t creates() const {
    std::lock_guard lock(mutex_);
    return creates_;
  }
  std::vector<connectors::TicketComment> comments() const {
    std::lock_guard lock(mutex_);
    return comments_;
  }
  std::vector<connectors::TicketDraft> drafts() const {
    std::lock_guard lock(mutex_);
    return drafts_;
  }

 private:
  Fault take() {
    if (faults_.empty()) return Fault::kNone;
    Fault f = faults_.front();
    faults_.pop_front();
    return f;
  }
  std::string name_ = "tickets";
  mutable std::mutex mutex_;
  std::deque<Fault> faults_;
  std::vector<connectors::Ticket> tickets_;
  std::vector<connectors::TicketDraft> drafts_;
  std::vector<connectors::TicketComment> comments_;
  std::size_t finds_ = 0, creates_ = 0;
};

class RecordingChannel final : public connectors::Channel {
 public:
  RecordingChannel(std::string name, connectors::Capabilities can) : name_(std::move(name)), can_(can) {}
  const std::string& name() const override { return name_; }
  connectors::Capabilities capabilities() const override { return can_; }
  boost::asio::awaitable<Result<connectors::Receipt>> send(connectors::Outbound m) override {
    ++under_way_;
    while (is_held_ && co_await async::sleep_for(std::chrono::milliseconds{1})) {
    }
    --under_way_;
    std::lock_guard lock(mutex_);
    if (failures_ > 0) {
      --failures_;
      co_return fail(ErrorCode::kUnavailable, "the relay is busy");
    }
    sent_.push_back(std::move(m));
    co_return connectors::Receipt{"<" + sent_.back().id + "@test>", ""};
  }
  void fail_next(int n) {
    std::lock_guard lock(mutex_);
    failures_ = n;
  }
  // A slow receiver: nothing is sent until hold(false).
  void hold(bool is_held) { is_held_ = is_held; }
  int under_way() const { return under_way_; }
  std::vector<connectors::Outbound> sent() const {
    std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  std::atomic<bool> is_held_ = false;
  std::atomic<int> under_way_ = 0;
  std::string name_;
  connectors::Capabilities can_;
  mutable std::mutex mutex_;
  int failures_ = 0;
  std::vector<connectors::Outbound> sent_;
};

// The system clock, which tests may put forward.
class ForwardClock final : public Clock {
 public:
  Timestamp now() const override { return system_clock().now() + std::chrono::milliseconds{forward_.load()}; }
  void advance(std::chrono::milliseconds by) { forward_ += by.count(); }

 private:
  std::atomic<std::int64_t> forward_ = 0;
};

class GatewayFixture : public testing::Test {
 protected:
  using Fault = FaultyTickets::Fault;
  static std::shared_ptr<const flow::Content> content() {
    static const auto loaded = [] {
      const std::filesystem::path config = std::filesystem::path(USHER_SOURCE_DIR) / "config";
      std::vector<flow::ContentProblem> problems;
      auto c = flow::load_content({config / "dialogs", config / "kb", config / "mail"}, problems);
      for (const auto& p : problems) {
        if (!p.is_warning) ADD_FAILURE() << p.file << ":" << p.line << ": " << p.message;
      }
      return c;
    }();
    return loaded;
  }

  void SetUp() override { begin(); }
  void TearDown() override { end(); }

  void begin(std::chrono::milliseconds number_wait = std::chrono::milliseconds{60'000}) {
    io_ = std::make_unique<async::IoThreads>(2);
    tasks_ = std::make_unique<async::TaskGroup>();
    channels_ = std::make_unique<flow::Channels>();
    channels_->add(chat_, "", true);
    channels_->add(mail_, "email", false);
    publisher_ = std::make_unique<flow::Publisher>(*channels_, clock_);
    escalation_ = std::make_unique<flow::Escalation>(
        flow::EscalationSettings{
            "tickets", "secret", "Test", "", clock_.now(), {{"P3", "2 hours"}}, {{"P3", "2 小时"}}, colocated_},
        current_, *channels_, *publisher_, clock_);
    flow::OutboxSettings settings;
    settings.backoff = {std::chrono::milliseconds{1}, std::chrono::milliseconds{5}};
    settings.poll = std::chrono::milliseconds{10};
    settings.pause_on_denied = std::chrono::milliseconds{20};
    settings.number_wait = number_wait;
    runner_ = std::make_unique<flow::OutboxRunner>(io_->executor(1), *tasks_, *database_, *channels_, tickets_, *escalation_,
                                                   *publisher_, clock_, settings);
    turns_ = std::make_unique<flow::Turns>(current_, *channels_, *escalation_, *publisher_, clock_);
    turns_->on_case([this](CaseId id) { runner_->await_number(std::move(id)); });
    conversations_ = std::make_unique<flow::Conversations>(*io_, *tasks_, *database_, *turns_, clock_);
    flow::Publisher::Hooks hooks;
    hooks.kick_outbox = [this] { runner_->kick(); };
    hooks.reserve = [this](const store::OutboxRow& row) { return runner_->reserve(row); };
    hooks.deliver = [this](flow::Handed handed) { runner_->deliver(std::move(handed)); };
    publisher_->set_hooks(std::move(hooks));
    intake_ = std::make_unique<flow::Intake>(*database_, clock_, flow::IntakeLimits{database_.folder(), 1, 1, 10'000});
    intake_->set_worker([this](flow::Work w) { conversations_->enqueue(std::move(w)); },
                        [this] { return conversations_->backlog(); }, turns_.get());
    io_->start();
    ASSERT_TRUE(conversations_->recover());
    ASSERT_TRUE(runner_->start());
  }
  void end() {
    if (!io_) return;
    runner_->drain(std::chrono::seconds{60});
    tasks_->cancel();
    ASSERT_TRUE(tasks_->wait(std::chrono::seconds{60}));
    io_->stop();
    intake_.reset();
    conversations_.reset();
    runner_.reset();
    tasks_.reset();
    stopped_.push_back(std::move(io_));
  }

  Result<connectors::Accepted> accept(connectors::Inbound m) {
    std::promise<Result<connectors::Accepted>> promise;
    auto answer = promise.get_future();
    boost::asio::co_spawn(io_->context(0), intake_->accept(std::move(m)),
                          [&](std::exception_ptr e, Result<connectors::Accepted> r) {
                            promise.set_value(e ? fail(ErrorCode::kInternal, "threw") : std::move(r));
                          });
    return answer.get();
  }
  connectors::Inbound chat_message(const std::string& who, const std::string& text, const std::string& cmid = "") {
    connectors::Inbound m;
    m.channel = "webchat";
    m.dedup_key = who + "/" + (cmid.empty() ? std::to_string(++count_) : cmid);
    m.content_digest = crypto::sha256_hex(text);
    m.sender_id = m.recipient = who;
    m.text = text;
    m.thread_keys = m.own_keys = {"session:" + who};
    return m;
  }
  connectors::Inbound mail(const std::string& from, const std::string& id, const std::string& subject, const std::string& text,
                           std::vector<std::string> thread = {}) {
    connectors::Inbound m;
    m.channel = "email";
    m.dedup_key = m.content_digest = crypto::sha256_hex(from + id + text);
    m.raw = std::make_shared<const std::string>("raw " + text);
    m.sender_id = from;
    m.recipient = "support@test";
    m.subject = subject;
    m.text = text;
    m.language = "en";
    m.thread_keys = std::move(thread);
    m.own_keys = {"mid:" + id};
    return m;
  }
  // Says it and waits for the turn.
  connectors::Accepted say(const std::string& who, const std::string& text) {
    auto accepted = accept(chat_message(who, text));
    EXPECT_TRUE(accepted) << accepted.error().message;
    settle();
    return *accepted;
  }
  void escalate(const std::string& who) {
    for (const char* text : {"agent", "Ana Keller", "ana@customer.test", "agent"}) say(who, text);
  }

  // Until `done` holds; fails with `what`.
  void until(const std::function<bool()>& done, const char* what) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{180};  // a busy machine under sanitizers
    while (!done()) {
      if (std::chrono::steady_clock::now() > limit) FAIL() << "never: " << what;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }
  void settle() {
    until([&] { return conversations_->backlog() == 0; }, "all turns worked");
  }
  std::vector<std::string> column(const std::string& sql) {
    std::vector<std::string> out;
    auto r = database_->read_sync([&](sql::Tx& tx) -> Result<void> {
      auto q = tx.query(sql, {}, [&](const sql::Row& row) { out.push_back(row.is_null(0) ? "NULL" : row.text(0)); });
      if (!q) return fail(q.error());
      return {};
    });
    EXPECT_TRUE(r) << r.error().message << r.error().detail;
    return out;
  }
  std::string one(const std::string& sql) {
    auto rows = column(sql);
    return rows.empty() ? "" : rows.front();
  }

  ForwardClock clock_;
  // A Database goes before the io_contexts its callers run on: declared above it, destroyed after it.
  std::vector<std::unique_ptr<async::IoThreads>> stopped_;
  boost::asio::io_context other_process_;
  TestDatabase database_;
  flow::CurrentContent current_{content()};
  FaultyTickets tickets_;
  connectors::ColocatedTickets* colocated_ = nullptr;  // set before begin(): tickets of our own database instead
  RecordingChannel chat_{"webchat", {true, 0, 0, true, true, false}};
  RecordingChannel mail_{"email", {false, 0, 0, false, false, true}};
  std::unique_ptr<async::IoThreads> io_;
  std::unique_ptr<async::TaskGroup> tasks_;
  std::unique_ptr<flow::Channels> channels_;
  std::unique_ptr<flow::Publisher> publisher_;
  std::unique_ptr<flow::Escalation> escalation_;
  std::unique_ptr<flow::OutboxRunner> runner_;
  std::unique_ptr<flow::Turns> turns_;
  std::unique_ptr<flow::Conversations> conversations_;
  std::unique_ptr<flow::Intake> intake_;
  int count_ = 0;
};

}  // namespace usher::gateway
