// RFC 2231: a parameter of a header field that is written in percent signs, with its charset, or in several pieces
// ("filename*0*=gb2312''%C8%D5; filename*1=.txt"). Pure. The charset goes through to_utf8, which knows the labels that lie.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace usher::connectors::email {

// The value of `name` (lower case) where it is written that way, valid UTF-8; nullopt where it is not (it may still be there as a
// plain "name=value"). Pieces may come in any order; those behind a gap are dropped.
std::optional<std::string> extended_parameter(std::string_view field, std::string_view name);

}  // namespace usher::connectors::email
