// The table of all settings: one row is one key of usher.yaml. The reader, the JSON Schema and the reference are made from it.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gateway/app/settings.h"

namespace usher::gateway::app {

enum class Type : std::uint8_t { kString, kInteger, kNumber, kBoolean, kStrings, kMap, kSecret, kPath };

struct Key {
  std::string path;  // "http.port"; in a list's entry just the name
  Type type;
  std::string meaning;
  std::function<void*(void*)> at;  // (Settings* or entry*) → where the value goes: std::string*, std::int64_t*, double*, bool*, …
  std::int64_t min = 0, max = 0;   // kInteger and kNumber, when max > min
  std::vector<std::string> one_of;  // kString
  // As it stands in the file: a secret is read from the file that `x_file` names.
  std::string written() const { return type == Type::kSecret ? path + "_file" : path; }
};

// A list of entries that look alike, each with a name: webhooks, lookups.
struct List {
  std::string path, entry;  // "webhooks", "webhook"
  std::string meaning;
  std::vector<Key> keys;                   // the first is "name"
  std::function<void*(Settings&)> append;  // a new entry
  std::vector<std::string> taken;          // names it may not have
  std::vector<std::string> needed;         // keys that must have a value
};

const std::vector<Key>& setting_keys();
const std::vector<List>& setting_lists();
// "ticket_system.token" → "USHER_TICKET_SYSTEM_TOKEN".
std::string environment_variable(std::string path);

}  // namespace usher::gateway::app
