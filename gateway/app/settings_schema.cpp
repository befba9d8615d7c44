// What people and editors see of the table: the JSON Schema and the reference.
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "gateway/app/settings_keys.h"

namespace usher::gateway::app {
namespace {

const char* type_name(Type type) {
  switch (type) {
    case Type::kString:
    case Type::kSecret:
    case Type::kPath:
      return "string";
    case Type::kInteger:
      return "integer";
    case Type::kNumber:
      return "number";
    case Type::kBoolean:
      return "boolean";
    case Type::kStrings:
      return "array";
    case Type::kMap:
      return "object";
  }
  return "string";
}

}  // namespace

std::string settings_schema() {
  using nlohmann::ordered_json;
  ordered_json root = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                       {"title", "Usher configuration"},
                       {"type", "object"},
                       {"additionalProperties", false},
                       {"properties", ordered_json::object()}};
  auto place = [&](const std::string& path, ordered_json value) {
    ordered_json* node = &root;
    auto parts = text::split(path, '.');
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      auto& next = (*node)["properties"][parts[i]];
      if (next.is_null()) next = {{"type", "object"}, {"additionalProperties", false}, {"properties", ordered_json::object()}};
      node = &next;
    }
    (*node)["properties"][parts.back()] = std::move(value);
  };
  for (const auto& k : setting_keys()) {
    ordered_json v = {{"type", type_name(k.type)}, {"description", k.meaning}};
    if (k.type == Type::kSecret)
      v["description"] = k.meaning + " Path of a file that holds it; or set " + environment_variable(k.path) + ".";
    if (!k.one_of.empty()) v["enum"] = k.one_of;
    if (k.max > k.min) {
      v["minimum"] = k.min;
      v["maximum"] = k.max;
    }
    if (k.type == Type::kStrings) v["items"] = {{"type", "string"}};
    if (k.type == Type::kMap) v["additionalProperties"] = {{"type", "string"}};
    place(k.written(), std::move(v));
  }
  for (const auto& list : setting_lists()) {
    ordered_json entry = {
        {"type", "object"}, {"additionalProperties", false}, {"required", {"name"}}, {"properties", ordered_json::object()}};
    for (const auto& k : list.keys) {
      ordered_json v = {{"type", type_name(k.type)}, {"description", k.meaning}};
      if (!k.one_of.empty()) v["enum"] = k.one_of;
      entry["properties"][k.written()] = std::move(v);
    }
    place(list.path, {{"type", "array"}, {"description", list.meaning}, {"items", std::move(entry)}});
  }
  return root.dump(2) + "\n";
}

std::string settings_reference() {
  Settings defaults;
  std::string out = "| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const auto& k : setting_keys()) {
    void* at = k.at(&defaults);
    std::string value;
    switch (k.type) {
      case Type::kString:
        value = *static_cast<std::string*>(at);
        break;
      case Type::kSecret:
        value = "";
        break;
      case Type::kPath:
        value = static_cast<std::filesystem::path*>(at)->string();
        break;
      case Type::kInteger:
        value = std::to_string(*static_cast<std::int64_t*>(at));
        break;
      case Type::kNumber:
        value = fmt::format("{}", *static_cast<double*>(at));
        break;
      case Type::kBoolean:
        value = *static_cast<bool*>(at) ? "true" : "false";
        break;
      case Type::kStrings:
        for (const auto& v : *static_cast<std::vector<std::string>*>(at)) value += (value.empty() ? "" : ", ") + v;
        break;
      case Type::kMap:
        for (const auto& [name, v] : *static_cast<std::map<std::string, std::string>*>(at))
          value += (value.empty() ? "" : ", ") + name + ": " + v;
        break;
    }
    out += "| `" + k.written() + "` | " + (k.type == Type::kSecret ? "secret" : type_name(k.type)) + " | " +
           (value.empty() ? "" : "`" + value + "`") + " | " + k.meaning + (k.one_of.empty() ? "" : " One of:");
    for (const auto& v : k.one_of) out += " `" + v + "`";
    out += " |\n";
  }
  for (const auto& list : setting_lists()) {
    for (const auto& k : list.keys) {
      out += "| `" + list.path + "[]." + k.written() + "` | " + (k.type == Type::kSecret ? "secret" : type_name(k.type)) +
             " | | " + k.meaning + " |\n";
    }
  }
  return out;
}

}  // namespace usher::gateway::app
