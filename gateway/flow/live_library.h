// The library everybody searches, and how it changes while it is searched. A change is taken up at once (kb::Library::with); what
// takes longer (reading everything anew, merging) goes on beside it, and what changed meanwhile is put in again afterwards. The
// content's snapshot follows. Thread-safe; its functions work for up to a few milliseconds, building ones for longer: call them
// from a pool's thread.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/flow/content.h"
#include "gateway/flow/revising.h"
#include "kb/library.h"

namespace usher::gateway::flow {

class LiveLibrary {
 public:
  using Pointer = std::shared_ptr<const kb::Library>;
  struct Built {
    Pointer library;
    std::map<kb::ArticleKey, std::int64_t> revisions;  // what it was made of
  };
  struct Swap {
    Pointer before, after;
  };

  // Takes up what is newer than what is served.
  Swap apply(const std::vector<Change>& changes);
  // `build` makes a library while changes go on; then it is served, with those changes put in again. One build at a time. When
  // `build` gives no library the old one stays.
  Result<Pointer> rebuild(const std::function<Result<Built>()>& build);
  void set_usage(std::map<kb::ArticleKey, kb::Usage> usage);
  // When many changes have come together; does nothing otherwise, or while another build is under way.
  void merge_if_wanted();
  bool wants_merge() const;

  Pointer get() const;
  // From now on `content` has this library; `loaded` is all the rest of it.
  void serve(CurrentContent& content, const Content& loaded);

 private:
  void publish();  // under mutex_

  mutable std::mutex mutex_;
  std::mutex building_;  // held by who builds; taken before mutex_
  Pointer library_;
  CurrentContent* content_ = nullptr;
  std::map<kb::ArticleKey, std::int64_t> revisions_;
  std::map<kb::ArticleKey, kb::Usage> usage_;
  bool is_building_ = false;
  std::vector<Change> meanwhile_;
};

}  // namespace usher::gateway::flow
