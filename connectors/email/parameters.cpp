#include "connectors/email/parameters.h"

#include <array>
#include <charconv>

#include "base/text.h"
#include "connectors/email/charset.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxPieces = 100;

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && std::string_view(" \t\r\n").find(s.front()) != std::string_view::npos) s.remove_prefix(1);
  while (!s.empty() && std::string_view(" \t\r\n").find(s.back()) != std::string_view::npos) s.remove_suffix(1);
  return s;
}

struct Pieces {
  std::array<std::optional<std::string>, kMaxPieces> bytes;
  std::string charset;
  bool is_any = false;
};

// "name*", "name*0", "name*0*" → which piece, and whether it is in percent signs.
struct Key {
  std::size_t index = 0;
  bool is_encoded = false;
};
std::optional<Key> key_of(std::string_view written, std::string_view name) {
  if (written.size() <= name.size() || written[name.size()] != '*' || !text::iequals_ascii(written.substr(0, name.size()), name))
    return std::nullopt;
  auto rest = written.substr(name.size() + 1);
  if (rest.empty()) return Key{0, true};
  Key key;
  key.is_encoded = rest.ends_with('*');
  if (key.is_encoded) rest.remove_suffix(1);
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), key.index);
  if (error != std::errc{} || end != rest.data() + rest.size() || key.index >= kMaxPieces) return std::nullopt;
  return key;
}

void take(Pieces& pieces, Key key, std::string value) {
  if (key.is_encoded) {
    auto first = value.find('\'');
    auto second = first == std::string::npos ? first : value.find('\'', first + 1);
    if (key.index == 0 && second != std::string::npos) {
      pieces.charset = value.substr(0, first);
      value.erase(0, second + 1);
    }
    // A plus is a plus here, unlike in the query of a URL.
    std::string decoded;
    for (std::size_t i = 0; i < value.size(); ++i) {
      unsigned byte = 0;
      auto* begin = value.data() + i + 1;
      bool is_hex = value[i] == '%' && i + 2 < value.size() && std::from_chars(begin, begin + 2, byte, 16).ptr == begin + 2;
      decoded += is_hex ? static_cast<char>(byte) : value[i];
      if (is_hex) i += 2;
    }
    value = std::move(decoded);
  }
  pieces.is_any = true;
  if (!pieces.bytes[key.index]) pieces.bytes[key.index] = std::move(value);
}

}  // namespace

std::optional<std::string> extended_parameter(std::string_view field, std::string_view name) {
  if (field.find('*') == std::string_view::npos) return std::nullopt;
  Pieces pieces;
  std::size_t at = std::min(field.find(';'), field.size());
  while (at < field.size()) {
    ++at;  // the semicolon
    auto equals = field.find_first_of("=;", at);
    if (equals == std::string_view::npos) break;
    if (field[equals] == ';') {
      at = equals;
      continue;
    }
    auto key = key_of(trimmed(field.substr(at, equals - at)), name);
    at = field.find_first_not_of(" \t\r\n", equals + 1);
    if (at == std::string_view::npos) break;
    std::string value;
    if (field[at] == '"') {
      for (++at; at < field.size() && field[at] != '"'; ++at) {
        if (field[at] == '\\' && at + 1 < field.size()) ++at;
        value += field[at];
      }
      at = std::min(field.find(';', at), field.size());
    } else {
      auto end = std::min(field.find(';', at), field.size());
      value = trimmed(field.substr(at, end - at));
      at = end;
    }
    if (key) take(pieces, *key, std::move(value));
  }
  if (!pieces.is_any || !pieces.bytes[0]) return std::nullopt;
  std::string bytes;
  for (const auto& piece : pieces.bytes) {
    if (!piece) break;
    bytes += *piece;
  }
  // Some encode the whole name as an encoded word first and cut that in pieces.
  auto utf8 = to_utf8(bytes, pieces.charset);
  return utf8.find("=?") == std::string::npos ? utf8 : decode_header(utf8);
}

}  // namespace usher::connectors::email
