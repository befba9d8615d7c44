#include "web/assets.h"

#include <algorithm>

namespace usher::web {

const Asset* find(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) return nullptr;
  constexpr std::string_view kPage = ".html";
  const bool is_page_name = path.find('.') == std::string_view::npos;
  const auto matches = [&](const Asset& asset) {
    if (!is_page_name) return asset.path == path;
    return asset.path.size() == path.size() + kPage.size() && asset.path.starts_with(path) && asset.path.ends_with(kPage);
  };
  const auto assets = all();
  const auto found = std::ranges::find_if(assets, matches);
  return found == assets.end() ? nullptr : &*found;
}

}  // namespace usher::web
