// JSON from outside, read strictly: RFC 8259, valid UTF-8, no name twice in an object, bounded depth. Pure; never throws.
#pragma once
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

namespace usher::connectors {

// kInvalid with what is wrong and at which byte. The caller bounds the size.
Result<nlohmann::json> parse_json(std::string_view text, int max_depth = 32);

// A value as JSON text; bytes that are not UTF-8 become U+FFFD, so it never throws.
std::string to_json_text(const nlohmann::json& value);
std::string to_json_text(const nlohmann::ordered_json& value);

}  // namespace usher::connectors
