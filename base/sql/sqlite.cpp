// One writer thread with group commit, a few reader threads, one that copies the log. What a statement is stands in
// sqlite_connection.cpp.
#include <atomic>
#include <cstdlib>
#include <future>
#include <thread>

#include <pthread.h>
#include <sqlite3.h>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "base/sql/checkpointer.h"
#include "base/sql/database.h"
#include "base/sql/request_queue.h"
#include "base/sql/sqlite_connection.h"

namespace usher::sql {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

// Bounds what one COMMIT makes the others wait for; beyond some 50 operations a larger group is hardly cheaper per operation.
constexpr std::size_t kMaxGroup = 512;
// After 16 MB of write-ahead log it is copied into the database file: by the checkpointer, the last bit by the writer between two
// groups; the log starts again from its beginning when no reader needs it. At 160 MB readers are waited for.
constexpr int kCheckpointFrames = 4000;
constexpr int kLateFrames = kCheckpointFrames * 3 / 2;
constexpr int kMaxFrames = 10 * kCheckpointFrames;
constexpr int kExitIoError = 74;  // EX_IOERR of sysexits.h

struct Metrics {
  metrics::Counter& commits = metrics::counter("usher_sql_commits_total", "Transactions committed by the writer");
  metrics::Counter& operations = metrics::counter("usher_sql_operations_total", "Write operations run, whatever became of them");
  metrics::Gauge& waiting = metrics::gauge("usher_sql_waiting", "Write operations waiting for the writer");
  metrics::Histogram& commit_seconds =
      metrics::histogram("usher_sql_commit_seconds", "Time of one COMMIT including its fsync",
                         {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5});
};
const Metrics& sql_metrics() {
  static const Metrics instance;
  return instance;
}

// The disk did not keep what it was given. Nothing is answered any more: after a failed fsync the kernel may drop the dirty pages
// and a second fsync may report success, so only a restart, which reads the disk again, knows what is stored.
[[noreturn]] void stop_for_io_error(const char* during, const Error& error) {
  log::error("storage_failed", {{"during", during}, {"reason", error.message}, {"detail", error.detail}, {"next", "exit 74"}});
  log::flush();
  std::_Exit(kExitIoError);
}

Result<void> run_guarded(Op& op, Tx& tx) {
  try {
    return op(tx);
  } catch (const std::exception& e) {
    return fail(ErrorCode::kInternal, "the operation failed", e.what());
  } catch (...) {
    return fail(ErrorCode::kInternal, "the operation failed", "an exception of unknown type");
  }
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::unique_ptr<SqliteConnection> writer, std::unique_ptr<SqliteConnection> for_checkpoints,
                 std::vector<std::unique_ptr<SqliteConnection>> readers, std::size_t max_waiting)
      : writer_(std::move(writer)),
        checkpointer_(std::make_unique<Checkpointer>(std::move(for_checkpoints), checkpoint_failed)),
        readers_(std::move(readers)),
        writes_(max_waiting),
        reads_(max_waiting) {
    threads_.emplace_back([this] { write_loop(); });
    for (auto& reader : readers_) threads_.emplace_back([this, connection = reader.get()] { read_loop(*connection); });
  }

  ~SqliteDatabase() override {
    writes_.close();
    reads_.close();
    for (auto& thread : threads_) thread.join();
    // The writer closes last: the last connection to close folds the log into the database file.
    readers_.clear();
    checkpointer_.reset();
    writer_.reset();
  }

  asio::awaitable<Result<void>> write(Op op) override { return submit(writes_, std::move(op)); }
  asio::awaitable<Result<void>> read(Op op) override { return submit(reads_, std::move(op)); }
  Result<void> write_sync(Op op) override { return submit_sync(writes_, std::move(op)); }
  Result<void> read_sync(Op op) override { return submit_sync(reads_, std::move(op)); }
  Result<void> checkpoint() override { return submit_sync(writes_, nullptr); }

  Stats stats() const override {
    return {.commits = commits_.load(),
            .operations = operations_.load(),
            .waiting = writes_.size(),
            .last_commit = last_commit_.load()};
  }

 private:
  // Lazy: nothing is queued before the awaitable is awaited. The caller's coroutine is resumed by a post to its own executor,
  // never on a thread of this class; the work guard keeps that executor's io_context running meanwhile.
  static asio::awaitable<Result<void>> submit(RequestQueue& queue, Op op) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<void>)>(
        [&queue](auto handler, Op operation) {
          auto executor = asio::get_associated_executor(handler);
          Request request;
          request.op = std::move(operation);
          request.complete = [guard = asio::make_work_guard(executor),
                              handler = std::move(handler)](Result<void> result) mutable {
            const auto target = guard.get_executor();
            asio::post(target,
                       [handler = std::move(handler), result = std::move(result)]() mutable { handler(std::move(result)); });
            guard.reset();
          };
          if (auto accepted = queue.put(request); !accepted) request.finish(fail(std::move(accepted.error())));
        },
        asio::use_awaitable, std::move(op));
  }

  static Result<void> submit_sync(RequestQueue& queue, Op op) {
    std::promise<Result<void>> promise;
    auto future = promise.get_future();
    Request request;
    request.op = std::move(op);
    request.complete = [&promise](Result<void> result) { promise.set_value(std::move(result)); };
    if (auto accepted = queue.put(request); !accepted) return accepted;
    return future.get();
  }

  void write_loop() {
    ::pthread_setname_np(::pthread_self(), "usher-writer");
    for (;;) {
      auto group = writes_.take(kMaxGroup);
      if (group.empty()) return;
      sql_metrics().waiting.set(static_cast<double>(writes_.size()));
      // A checkpoint asked for stands between the operations before and behind it.
      for (std::size_t begin = 0; begin < group.size();) {
        std::size_t end = begin;
        while (end < group.size() && group[end].op) ++end;
        if (end > begin) run_group(std::span(group).subspan(begin, end - begin));
        if (end < group.size()) group[end++].finish(run_checkpoint(true));
        begin = end;
      }
      checkpoint_when_due();
    }
  }

  void checkpoint_when_due() {
    const int frames = writer_->wal_frames();
    if (frames < checkpointed_frames_) checkpointed_frames_ = 0;  // the log started again
    checkpointer_->note_frames(frames);
    if (frames - checkpointed_frames_ < kCheckpointFrames) return;
    if (!checkpointer_->take_done()) {
      checkpointer_->begin();
      if (frames - checkpointed_frames_ < kLateFrames) return;
      checkpointer_->finish();  // written faster than it is copied: the writer waits, or the log grows without end
      checkpointer_->take_done();
    }
    checkpointed_frames_ = frames;
    // A reader in the way (busy) only means that the next one does more.
    const int code = writer_->checkpoint(frames >= kMaxFrames);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) checkpoint_failed(code, writer_->to_error(code, "wal_checkpoint"));
  }

  static void checkpoint_failed(int code, const Error& error) {
    if ((code & 0xff) == SQLITE_IOERR) stop_for_io_error("wal_checkpoint", error);
    log::warn("checkpoint_failed", {{"reason", error.message}, {"detail", error.detail}});
  }

  // One transaction. Every request is finished exactly once, after its fate is on disk.
  void run_group(std::span<Request> group) {
    if (const int code = control("BEGIN IMMEDIATE"); code != SQLITE_OK) {
      finish_all(group, writer_->to_error(code, "BEGIN IMMEDIATE"));
      return;
    }
    const bool alone = group.size() == 1;
    bool any_stands = false;
    for (auto& request : group) {
      request.result = alone ? run_alone(request.op) : run_in_savepoint(request.op);
      any_stands = any_stands || request.result;
      if (!writer_->in_transaction()) {
        // SQLite rolled back everything, the neighbours' work too (disk full, out of memory). Nobody's change is stored.
        if (alone && !request.result) break;
        auto error =
            request.result ? Error{ErrorCode::kIo, "the transaction was rolled back; try again"} : request.result.error();
        if (error.code != ErrorCode::kIo) error = {ErrorCode::kIo, "the transaction was rolled back; try again", error.detail};
        count(group.size());
        finish_all(group, error);
        return;
      }
    }
    count(group.size());
    if (!writer_->in_transaction() || !any_stands) {
      if (writer_->in_transaction()) control("ROLLBACK");
    } else if (auto committed = commit(); !committed) {
      finish_all(group, committed.error());
      return;
    }
    for (auto& request : group) request.finish(std::move(request.result));
  }

  // Without neighbours the transaction itself is the savepoint.
  Result<void> run_alone(Op& op) {
    auto result = run_guarded(op, *writer_);
    stop_on_io_error("a statement");
    if (result && writer_->has_deferred_violations()) result = fail(broken_reference());
    return result;
  }

  Result<void> run_in_savepoint(Op& op) {
    if (const int code = control("SAVEPOINT op"); code != SQLITE_OK) return fail(writer_->to_error(code, "SAVEPOINT"));
    auto result = run_guarded(op, *writer_);
    stop_on_io_error("a statement");
    if (!writer_->in_transaction()) return result;
    // A reference left open would fail the whole group at COMMIT.
    if (result && writer_->has_deferred_violations()) result = fail(broken_reference());
    if (!result) control("ROLLBACK TO op");
    if (const int code = control("RELEASE op"); code != SQLITE_OK && result) result = fail(writer_->to_error(code, "RELEASE"));
    return result;
  }

  static Error broken_reference() {
    return {ErrorCode::kConflict, "the database refused the change: it refers to something that does not exist",
            "a deferred foreign key does not hold"};
  }

  Result<void> commit() {
    const auto begin = Clock::now();
    const int code = control("COMMIT");
    const auto took = Clock::now() - begin;
    if (code != SQLITE_OK) {
      auto error = writer_->to_error(code, "COMMIT");
      if (writer_->in_transaction()) control("ROLLBACK");
      return fail(std::move(error));
    }
    commits_.fetch_add(1);
    last_commit_.store(std::chrono::duration_cast<std::chrono::microseconds>(took));
    sql_metrics().commits.add();
    sql_metrics().commit_seconds.observe(std::chrono::duration<double>(took).count());
    return {};
  }

  Result<void> run_checkpoint(bool truncate) {
    const int code = writer_->checkpoint(truncate);
    if (code == SQLITE_OK) return {};
    auto error = writer_->to_error(code, "wal_checkpoint");
    if ((code & 0xff) == SQLITE_IOERR) stop_for_io_error("wal_checkpoint", error);
    return fail(std::move(error));
  }

  int control(const char* sql) {
    const int code = writer_->control(sql);
    stop_on_io_error(sql);
    return code;
  }

  void stop_on_io_error(const char* during) {
    if (const int code = writer_->take_io_error(); code != 0) stop_for_io_error(during, writer_->to_error(code, during));
  }

  void count(std::size_t operations) {
    operations_.fetch_add(operations);
    sql_metrics().operations.add(static_cast<double>(operations));
  }

  static void finish_all(std::span<Request> group, const Error& error) {
    for (auto& request : group) request.finish(fail(error));
  }

  void read_loop(SqliteConnection& connection) {
    ::pthread_setname_np(::pthread_self(), "usher-reader");
    for (;;) {
      auto one = reads_.take(1);
      if (one.empty()) return;
      auto& request = one.front();
      if (const int code = connection.control("BEGIN"); code != SQLITE_OK) {
        request.finish(fail(connection.to_error(code, "BEGIN")));
        continue;
      }
      auto result = run_guarded(request.op, connection);
      if (connection.in_transaction())
        connection.control("ROLLBACK");  // nothing was written; also ends a snapshot after an error
      request.finish(std::move(result));
    }
  }

  std::unique_ptr<SqliteConnection> writer_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_;
  RequestQueue writes_;
  RequestQueue reads_;
  int checkpointed_frames_ = 0;  // the writer thread's own
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> operations_{0};
  std::atomic<std::chrono::microseconds> last_commit_{};
  std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(Options options) {
  // SQLite counts its memory under one lock for all threads, at every malloc. Nobody reads the count. Refused, and not needed,
  // when the library is in use already.
  static const int statistics_off = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(statistics_off);
  auto writer = SqliteConnection::open(options, SqliteConnection::Mode::kWriter);
  if (!writer) return fail(std::move(writer.error()));
  std::vector<std::unique_ptr<SqliteConnection>> readers;
  for (int i = 0; i < std::max(1, options.readers); ++i) {
    auto reader = SqliteConnection::open(options, SqliteConnection::Mode::kReader);
    if (!reader) return fail(std::move(reader.error()));
    readers.push_back(std::move(*reader));
  }
  options.check_integrity = false;  // once is enough
  auto for_checkpoints = SqliteConnection::open(options, SqliteConnection::Mode::kWriter);
  if (!for_checkpoints) return fail(std::move(for_checkpoints.error()));
  return std::make_unique<SqliteDatabase>(std::move(*writer), std::move(*for_checkpoints), std::move(readers),
                                          options.max_waiting_writes);
}

}  // namespace usher::sql
