#include "connectors/json_input.h"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace usher::connectors {
namespace {

using nlohmann::json;

// Builds the value as nlohmann's own DOM builder does, and stops at the first thing we refuse. Iterative: depth costs no stack.
class StrictReader final : public nlohmann::json_sax<json> {
 public:
  explicit StrictReader(int max_depth) : max_depth_(static_cast<std::size_t>(max_depth)) {}

  json root;
  std::string error;

  bool null() override { return add(json(nullptr)); }
  bool boolean(bool value) override { return add(json(value)); }
  bool number_integer(number_integer_t value) override { return add(json(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(json(value)); }
  bool number_float(number_float_t value, const string_t&) override { return add(json(value)); }
  bool string(string_t& value) override { return add(json(std::move(value))); }
  bool binary(binary_t&) override { return refuse("binary value"); }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (open_.back()->contains(name)) return refuse("a name appears twice in one object");
    member_ = &(*open_.back())[std::move(name)];
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    return refuse("not valid JSON at byte " + std::to_string(position));
  }

 private:
  json* place(json value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *member_ = std::move(value);
    return member_;
  }
  bool add(json value) {
    place(std::move(value));
    return true;
  }
  bool open(json value) {
    if (open_.size() >= max_depth_) return refuse("nested deeper than " + std::to_string(max_depth_));
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool refuse(std::string why) {
    if (error.empty()) error = std::move(why);
    return false;
  }

  std::size_t max_depth_;
  std::vector<json*> open_;  // a parent does not move while a child is open: only the innermost grows
  json* member_ = nullptr;
};

}  // namespace

Result<json> parse_json(std::string_view text, int max_depth) {
  // The library takes a NUL for the end of its input and would not look at what follows.
  if (text.find('\0') != std::string_view::npos) return fail(ErrorCode::kInvalid, "not valid JSON: it holds a NUL byte");
  StrictReader reader(max_depth);
  try {
    if (json::sax_parse(text.begin(), text.end(), &reader)) return std::move(reader.root);
  } catch (const std::exception& e) {
    return fail(ErrorCode::kInvalid, "not valid JSON", e.what());
  }
  return fail(ErrorCode::kInvalid, reader.error.empty() ? "not valid JSON" : std::move(reader.error));
}

std::string to_json_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}
std::string to_json_text(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace usher::connectors
