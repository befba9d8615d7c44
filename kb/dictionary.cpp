#include "kb/dictionary.h"

#include <utility>

namespace usher::kb {

std::optional<std::uint32_t> Dictionary::id(std::string_view term) const {
  for (const auto& layer : layers_) {
    if (const auto found = layer->find(term); found != layer->end()) return found->second;
  }
  return std::nullopt;
}

void Dictionary::for_each(const std::function<void(std::string_view term, std::uint32_t id)>& visit) const {
  for (const auto& layer : layers_) {
    for (const auto& [term, id] : *layer) visit(term, id);
  }
}

Dictionary Dictionary::merged() const {
  if (layers_.size() < 2) return *this;
  auto all = std::make_shared<Layer>();
  all->reserve(size_);
  for (const auto& layer : layers_) all->insert(layer->begin(), layer->end());
  Dictionary result;
  result.layers_.push_back(std::move(all));
  result.size_ = size_;
  return result;
}

std::uint32_t Dictionary::Writer::add(std::string_view term) {
  if (const auto known = from_.id(term)) return *known;
  if (const auto found = added_.find(term); found != added_.end()) return found->second;
  added_.emplace(term, next_);
  return next_++;
}

Dictionary Dictionary::Writer::finish() {
  Dictionary result = std::move(from_);
  if (added_.empty()) return result;
  result.size_ = next_;
  auto& layers = result.layers_;
  // Each layer at least twice the next keeps their number logarithmic; the first, the large one, is left to merged().
  while (layers.size() > 1 && layers.back()->size() < 2 * added_.size()) {
    added_.insert(layers.back()->begin(), layers.back()->end());
    layers.pop_back();
  }
  layers.push_back(std::make_shared<const Layer>(std::move(added_)));
  return result;
}

}  // namespace usher::kb
