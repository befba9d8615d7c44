#include "base/sql/checkpointer.h"

#include <pthread.h>
#include <sqlite3.h>

namespace usher::sql {
namespace {

constexpr int kLittle = 400;  // frames: some milliseconds of the writer's time
constexpr int kMaxPasses = 6;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<SqliteConnection> connection, Failed failed)
    : connection_(std::move(connection)), failed_(std::move(failed)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  is_last_pass_ = true;
  wake_.notify_all();
  thread_.join();
}

void Checkpointer::finish() {
  is_last_pass_ = true;
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return !is_asked_; });
}

void Checkpointer::begin() {
  {
    const std::lock_guard lock(mutex_);
    if (is_asked_) return;
    is_asked_ = true;
    is_last_pass_ = false;
  }
  wake_.notify_all();
}

void Checkpointer::run() {
  ::pthread_setname_np(::pthread_self(), "usher-ckpt");
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return is_asked_ || is_closing_; });
    if (is_closing_) return;
    lock.unlock();
    int copied_before = 0;
    for (int pass = 0; pass < kMaxPasses && (pass == 0 || !is_last_pass_); ++pass) {
      int copied = 0;
      const int code = connection_->checkpoint(false, &copied);
      if (code != SQLITE_OK) {
        if ((code & 0xff) != SQLITE_BUSY) failed_(code, connection_->to_error(code, "wal_checkpoint"));
        break;
      }
      // A reader that stays keeps us from copying beyond what it sees.
      if (frames_ - copied <= kLittle || copied <= copied_before) break;
      copied_before = copied;
    }
    done_ = true;
    lock.lock();
    is_asked_ = false;
    wake_.notify_all();
  }
}

}  // namespace usher::sql
