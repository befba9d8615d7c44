#include "gateway/flow/live_library.h"

namespace usher::gateway::flow {
namespace {

LiveLibrary::Pointer with(const LiveLibrary::Pointer& library, std::map<kb::ArticleKey, std::int64_t>& revisions,
                          const std::vector<Change>& changes) {
  std::map<kb::ArticleKey, const Change*> newest;
  for (const Change& c : changes) {
    auto& seen = revisions[c.key];
    if (seen >= c.revision) continue;
    seen = c.revision;
    newest[c.key] = &c;
  }
  if (newest.empty()) return library;
  std::vector<kb::Article> changed;
  std::vector<kb::ArticleKey> removed;
  for (const auto& [key, change] : newest) {
    if (change->article) {
      changed.push_back(*change->article);
    } else {
      removed.push_back(key);
    }
  }
  return library->with(std::move(changed), std::move(removed));
}

}  // namespace

LiveLibrary::Swap LiveLibrary::apply(const std::vector<Change>& changes) {
  const std::lock_guard lock(mutex_);
  Swap swap{library_, library_};
  if (!library_) return swap;
  if (is_building_) meanwhile_.insert(meanwhile_.end(), changes.begin(), changes.end());
  swap.after = with(library_, revisions_, changes);
  if (swap.after != library_) {
    library_ = swap.after;
    publish();
  }
  return swap;
}

Result<LiveLibrary::Pointer> LiveLibrary::rebuild(const std::function<Result<Built>()>& build) {
  const std::lock_guard one(building_);
  {
    const std::lock_guard lock(mutex_);
    is_building_ = true;
    meanwhile_.clear();
  }
  auto built = build();
  const std::lock_guard lock(mutex_);
  is_building_ = false;
  if (!built) return fail(std::move(built.error()));
  revisions_ = std::move(built->revisions);
  library_ = with(built->library, revisions_, meanwhile_);
  if (!usage_.empty()) library_ = library_->with_usage(usage_);
  meanwhile_.clear();
  publish();
  return library_;
}

void LiveLibrary::set_usage(std::map<kb::ArticleKey, kb::Usage> usage) {
  const std::lock_guard lock(mutex_);
  usage_ = std::move(usage);
  if (!library_) return;
  library_ = library_->with_usage(usage_);
  publish();
}

bool LiveLibrary::wants_merge() const {
  const std::lock_guard lock(mutex_);
  return library_ && library_->wants_merge();
}

void LiveLibrary::merge_if_wanted() {
  std::unique_lock one(building_, std::try_to_lock);
  if (!one) return;
  Built built;
  {
    const std::lock_guard lock(mutex_);
    if (!library_ || !library_->wants_merge()) return;
    is_building_ = true;
    meanwhile_.clear();
    built = {library_, revisions_};
  }
  built.library = built.library->merged();
  const std::lock_guard lock(mutex_);
  is_building_ = false;
  revisions_ = std::move(built.revisions);
  library_ = with(built.library, revisions_, meanwhile_);
  if (!usage_.empty()) library_ = library_->with_usage(usage_);
  meanwhile_.clear();
  publish();
}

LiveLibrary::Pointer LiveLibrary::get() const {
  const std::lock_guard lock(mutex_);
  return library_;
}

void LiveLibrary::serve(CurrentContent& content, const Content& loaded) {
  const std::lock_guard lock(mutex_);
  content_ = &content;
  content.change([&](const Content&) {
    auto next = std::make_shared<Content>(loaded);
    next->library = library_;
    next->shown = loaded.shown->anew();
    return next;
  });
}

void LiveLibrary::publish() {
  if (content_ == nullptr) return;
  content_->change([&](const Content& old) {
    auto next = std::make_shared<Content>(old);
    next->library = library_;
    // What was rendered is known by the addresses of articles, which the old library takes with it.
    next->shown = old.shown->anew();
    return next;
  });
}

}  // namespace usher::gateway::flow
