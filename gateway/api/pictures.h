// The pictures of scripts (`picture: pictures/caps.svg`): files below the scripts' folder, served under /pictures/. Read on the
// pool and kept for a moment; bounded. Thread-safe.
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/async/offload.h"
#include "base/result.h"

namespace usher::gateway::api {

struct Picture {
  std::string content_type, bytes, etag;
};

class Pictures {
 public:
  // `pool` null: read on the caller's thread (tests). An empty folder has no pictures.
  Pictures(std::filesystem::path dialogs_folder, async::Pool* pool) : folder_(std::move(dialogs_folder)), pool_(pool) {}

  // `name` is what follows /pictures/: up to four parts of letters, digits, "-", "_" and ".", none beginning with a dot; svg,
  // png, jpg, webp or gif, at most 2 MB. Null for anything else and for what is not there. A change of the file shows after 2 s.
  // kBusy: the pool has too much to do.
  boost::asio::awaitable<Result<std::shared_ptr<const Picture>>> find(std::string name);

 private:
  using Clock = std::chrono::steady_clock;
  struct Kept {
    std::shared_ptr<const Picture> picture;
    Clock::time_point at;
  };
  std::optional<std::shared_ptr<const Picture>> kept(const std::string& name);
  void keep(const std::string& name, std::shared_ptr<const Picture> picture);

  std::filesystem::path folder_;
  async::Pool* pool_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
  std::size_t kept_bytes_ = 0;
};

// The content type of a picture's name; empty when no such picture would be served.
std::string_view picture_type(std::string_view name);

}  // namespace usher::gateway::api
