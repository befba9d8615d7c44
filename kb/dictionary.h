// The terms of an index and their numbers. A number once given stays: an edit adds a small layer of new terms, a merge joins the
// layers to one. A value: copying shares the layers. Immutable but for Writer; thread-safe for reading.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace usher::kb {

class Dictionary {
 public:
  std::optional<std::uint32_t> id(std::string_view term) const;
  std::size_t size() const { return size_; }  // one more than the largest number
  void for_each(const std::function<void(std::string_view term, std::uint32_t id)>& visit) const;  // in no order
  // The same in one layer. Linear in the number of terms.
  Dictionary merged() const;

  class Writer;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view term) const { return std::hash<std::string_view>()(term); }
  };
  using Layer = std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>>;

  std::vector<std::shared_ptr<const Layer>> layers_;  // the largest first
  std::size_t size_ = 0;
};

// Reads from a dictionary and gives numbers to what it does not have. Used by one thread.
class Dictionary::Writer {
 public:
  explicit Writer(Dictionary from) : from_(std::move(from)), next_(static_cast<std::uint32_t>(from_.size_)) {}
  std::uint32_t add(std::string_view term);
  // The dictionary with what was added; the writer is used up.
  Dictionary finish();

 private:
  Dictionary from_;
  Layer added_;
  std::uint32_t next_;
};

}  // namespace usher::kb
