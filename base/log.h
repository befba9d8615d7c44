// Structured log: one JSON line per event on stderr (or a file), through spdlog. Thread-safe.
// {"ts":"2026-11-21T22:00:00.000Z","level":"info","event":"accepted","conversation":"…","channel":"webchat"}
// Secrets never: a field whose name is on the deny list (password, secret, token, authorization, cookie, signature, text, body)
// is written as "***". Control characters are escaped; values are cut at 2,000 bytes. A full or broken sink drops lines and
// counts them (metrics: usher_log_dropped_total), it never blocks intake.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace usher::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };

struct Field {
  std::string_view key;
  std::string value;
  bool is_number = false;  // written without quotes
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, std::int64_t v) : key(k), value(std::to_string(v)), is_number(true) {}
  Field(std::string_view k, std::uint64_t v) : key(k), value(std::to_string(v)), is_number(true) {}
  Field(std::string_view k, int v) : Field(k, static_cast<std::int64_t>(v)) {}
};
using Fields = std::initializer_list<Field>;

// Once, before the first line. `path` empty = stderr. Not calling it means: stderr, info.
void init(Level level, const std::string& path = {});
void set_level(Level level);

void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warn(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});
void flush();

}  // namespace usher::log
