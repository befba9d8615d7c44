// Copies the write-ahead log into the database file, on a thread and a connection of its own, while the writer goes on. Internal
// to base/sql.
//
// The log begins anew only when all of it is copied and nobody adds meanwhile, which under load never happens by itself: the
// thread makes passes until little is left, and then says so, for the writer to copy that little between two groups.
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/sql/sqlite_connection.h"

namespace usher::sql {

class Checkpointer {
 public:
  // `failed` is told a result code other than SQLITE_OK with its Error, on the thread of this class; it may end the process.
  using Failed = std::function<void(int code, const Error&)>;
  Checkpointer(std::unique_ptr<SqliteConnection> connection, Failed failed);
  ~Checkpointer();  // after the pass under way
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  void note_frames(int in_log) { frames_ = in_log; }  // what the log holds now; by the writer
  void begin();                                       // nothing happens when it is at it already
  // True once after begin(), when what is left is little or copying did not get on.
  bool take_done() { return done_.exchange(false); }
  void finish();  // waits for the pass under way, the last one then: the log has grown enough

 private:
  void run();

  std::unique_ptr<SqliteConnection> connection_;
  Failed failed_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_asked_ = false, is_closing_ = false;  // under mutex_
  std::atomic<bool> is_last_pass_ = false;
  std::atomic<int> frames_ = 0;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace usher::sql
