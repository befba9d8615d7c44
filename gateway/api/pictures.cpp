#include "gateway/api/pictures.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

#include "base/crypto.h"
#include "base/text.h"
#include "gateway/api/api.h"

namespace usher::gateway::api {
namespace {

constexpr std::size_t kMaxBytes = 2 * 1024 * 1024;
constexpr std::size_t kMaxKept = 16 * 1024 * 1024;
constexpr std::size_t kMaxParts = 4;
constexpr std::size_t kMaxName = 200;
constexpr std::chrono::seconds kFresh{2};

constexpr auto kTypes = std::to_array<std::pair<std::string_view, std::string_view>>({{".svg", "image/svg+xml"},
                                                                                      {".png", "image/png"},
                                                                                      {".jpg", "image/jpeg"},
                                                                                      {".jpeg", "image/jpeg"},
                                                                                      {".webp", "image/webp"},
                                                                                      {".gif", "image/gif"}});

bool is_plain_part(std::string_view part) {
  return !part.empty() && part.front() != '.' && std::ranges::all_of(part, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
  });
}

// Null when it is not there, no plain file, or too large.
std::shared_ptr<const Picture> read_picture(const std::filesystem::path& file, std::string_view type) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(file, ec)) return nullptr;
  std::ifstream in(file, std::ios::binary);
  std::string bytes(kMaxBytes + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const auto size = static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0));
  if (size == 0 || size > kMaxBytes) return nullptr;
  bytes.resize(size);
  bytes.shrink_to_fit();
  auto picture = std::make_shared<Picture>();
  picture->content_type = std::string(type);
  picture->etag = "\"" + crypto::sha256_hex(bytes).substr(0, 20) + "\"";
  picture->bytes = std::move(bytes);
  return picture;
}

}  // namespace

std::string_view picture_type(std::string_view name) {
  if (name.size() > kMaxName) return {};
  const auto parts = text::split(name, '/');
  if (parts.size() > kMaxParts || !std::ranges::all_of(parts, is_plain_part)) return {};
  const std::string lower = text::to_lower_ascii(parts.back());
  for (const auto& [ending, type] : kTypes) {
    if (lower.ends_with(ending)) return type;
  }
  return {};
}

boost::asio::awaitable<Result<std::shared_ptr<const Picture>>> Pictures::find(std::string name) {
  const std::string_view type = picture_type(name);
  if (type.empty() || folder_.empty()) co_return std::shared_ptr<const Picture>();
  if (auto known = kept(name)) co_return std::move(*known);
  auto read = [file = folder_ / "pictures" / name, type] { return read_picture(file, type); };
  std::shared_ptr<const Picture> picture;
  if (pool_ != nullptr) {
    auto done = co_await async::offload<std::shared_ptr<const Picture>>(*pool_, std::move(read));
    if (!done) co_return fail(std::move(done.error()));
    picture = std::move(*done);
  } else {
    picture = read();
  }
  // Names that are not there are not kept: anybody can make them up.
  if (picture) keep(name, picture);
  co_return picture;
}

std::optional<std::shared_ptr<const Picture>> Pictures::kept(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto it = kept_.find(name);
  if (it == kept_.end() || Clock::now() - it->second.at > kFresh) return std::nullopt;
  return it->second.picture;
}

void Pictures::keep(const std::string& name, std::shared_ptr<const Picture> picture) {
  const std::lock_guard lock(mutex_);
  if (auto it = kept_.find(name); it != kept_.end()) {
    kept_bytes_ -= it->second.picture->bytes.size();
    kept_.erase(it);
  }
  if (kept_bytes_ + picture->bytes.size() > kMaxKept) {
    kept_.clear();
    kept_bytes_ = 0;
  }
  kept_bytes_ += picture->bytes.size();
  kept_[name] = {std::move(picture), Clock::now()};
}

boost::asio::awaitable<net::HttpResponse> picture(Call call) {
  constexpr std::string_view kPrefix = "/pictures/";
  if (!call.request.path.starts_with(kPrefix)) co_return problem(404, "not_found", "there is no picture at this address");
  auto found = co_await call.pictures->find(call.request.path.substr(kPrefix.size()));
  if (!found) co_return problem(found.error());
  if (!*found) co_return problem(404, "not_found", "there is no picture at this address");
  const Picture& p = **found;
  const auto known = call.request.headers.find("If-None-Match");
  net::HttpResponse response;
  response.status = known && *known == p.etag ? 304 : 200;
  response.headers.add("Content-Type", p.content_type);
  response.headers.add("ETag", p.etag);
  response.headers.add("Cache-Control", "public, max-age=60");
  // An SVG opened by itself is a document: it may not act.
  response.headers.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  // The chat element shows it on other sites' pages.
  response.headers.add("Cross-Origin-Resource-Policy", "cross-origin");
  if (response.status == 200) response.body = p.bytes;
  co_return response;
}

}  // namespace usher::gateway::api
