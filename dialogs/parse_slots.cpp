// What a slot is: one value a script asks for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "dialogs/parse_reader.h"

namespace usher::dialogs {
namespace {

using Kind = YamlNode::Kind;

constexpr std::array<std::pair<std::string_view, SlotType>, 13> kTypes = {{{"text", SlotType::kText},
                                                                           {"name", SlotType::kName},
                                                                           {"email", SlotType::kEmail},
                                                                           {"phone", SlotType::kPhone},
                                                                           {"contact", SlotType::kContact},
                                                                           {"model", SlotType::kModel},
                                                                           {"serial", SlotType::kSerial},
                                                                           {"error_code", SlotType::kErrorCode},
                                                                           {"number", SlotType::kNumber},
                                                                           {"date", SlotType::kDate},
                                                                           {"yes_no", SlotType::kYesNo},
                                                                           {"choice", SlotType::kChoice},
                                                                           {"photo", SlotType::kPhoto}}};

void read_type(Reader& r, const YamlNode& map, Slot& s) {
  const YamlEntry* t = map.find("type");
  if (t == nullptr || !r.is(t->value, Kind::kScalar, "'type'", "name one type")) return;
  const auto known = std::ranges::find(kTypes, t->value.scalar, &std::pair<std::string_view, SlotType>::first);
  if (known != kTypes.end()) {
    s.type = known->second;
    return;
  }
  std::vector<std::string> names;
  for (const auto& [name, type] : kTypes) names.emplace_back(name);
  r.problem(t->value.at, fmt::format("there is no slot type '{}'", t->value.scalar),
            nearest_hint(t->value.scalar, names, fmt::format("types: {}", fmt::join(names, ", "))));
}

void read_range(Reader& r, const YamlNode& map, Slot& s) {
  s.min = r.number(map, "min", -kAnyNumber, kAnyNumber);
  s.max = r.number(map, "max", -kAnyNumber, kAnyNumber);
  for (const char* key : {"min", "max"}) {
    if (const YamlEntry* e = map.find(key); e != nullptr && s.type != SlotType::kNumber)
      r.problem(e->at, fmt::format("only a slot of type 'number' has '{}'", key), "write type: number or remove it");
  }
  if (s.min && s.max && *s.min > *s.max)
    r.problem(map.find("min")->value.at, "'min' is greater than 'max': no number fits", "swap them");
}

void read_checksum(Reader& r, const YamlNode& map, Slot& s) {
  static const std::vector<std::string> kChecksums = {"luhn", "mod36", "imei"};
  s.checksum = r.scalar(map, "checksum");
  if (s.checksum.empty() || std::ranges::find(kChecksums, s.checksum) != kChecksums.end()) return;
  r.problem(map.find("checksum")->value.at, fmt::format("there is no checksum '{}'", s.checksum),
            nearest_hint(s.checksum, kChecksums, "use luhn, mod36 or imei"));
}

void read_catalogue_of(Reader& r, const YamlNode& map, Slot& s) {
  s.open_catalogue = r.flag(map, "open", true);
  const YamlEntry* e = map.find("catalogue");
  if (e == nullptr) {
    if (const YamlEntry* open = map.find("open")) r.problem(open->at, "'open' means nothing without 'catalogue'", "remove it");
    return;
  }
  const std::string name = r.scalar(map, "catalogue", "name a .csv file of the folder, without .csv");
  if (name.empty()) return;
  const auto known = r.shared.catalogue_hash.find(name);
  if (known == r.shared.catalogue_hash.end()) {
    std::vector<std::string> names;
    for (const auto& [n, hash] : r.shared.catalogue_hash) names.push_back(n);
    r.problem(e->value.at, fmt::format("there is no catalogue '{}'", name),
              nearest_hint(name, names, fmt::format("add the file {}.csv", name)));
    return;
  }
  if (const auto it = r.shared.catalogues.find(name); it != r.shared.catalogues.end()) s.catalogue = it->second;
  r.uses.insert(fmt::format("catalogue {} {}", name, known->second));
  const bool fits = s.type == SlotType::kModel || s.type == SlotType::kText || s.type == SlotType::kName ||
                    s.type == SlotType::kErrorCode || s.type == SlotType::kSerial;
  if (!fits) r.problem(e->at, "a slot of this type has no catalogue", "write type: model or type: text");
}

}  // namespace

Slot read_slot(Reader& r, const YamlEntry& e) {
  Slot s;
  s.name = e.key;
  s.at = e.at;
  s.file = r.source.file;
  if (!is_name(e.key, true)) r.problem(e.at, fmt::format("'{}' is not a slot name", e.key), "use small letters, digits and _");
  const YamlNode& map = e.value;
  if (!r.is(map, Kind::kMap, fmt::format("the slot '{}'", e.key), "write type:, label: and ask: below it")) return s;
  static const std::vector<std::string> kKeys = {"type",     "label",        "ask",       "reask",    "pattern",
                                                 "checksum", "pattern_hint", "options",   "required", "max_length",
                                                 "min",      "max",          "catalogue", "open",     "confirm"};
  r.only(map, kKeys, "a slot");
  read_type(r, map, s);
  s.label = r.text(map, "label");
  s.ask = r.text(map, "ask");
  s.reask = r.text(map, "reask");
  s.pattern_hint = r.text(map, "pattern_hint");
  if (const YamlEntry* p = map.find("pattern")) {
    s.compiled = r.pattern(p->value, "'pattern'", true);
    if (s.compiled) s.pattern = p->value.scalar;
  }
  read_checksum(r, map, s);
  s.required = r.flag(map, "required", true);
  s.confirm = r.flag(map, "confirm", false);
  s.max_length = r.count(map, "max_length", 1, 10'000).value_or(s.max_length);
  read_range(r, map, s);
  read_catalogue_of(r, map, s);
  const YamlEntry* options = map.find("options");
  if (s.type == SlotType::kChoice) {
    s.options = r.options(map, false, e.at, 2);
    prepare(s.options);
  } else if (options != nullptr) {
    r.problem(options->at, "only a slot of type 'choice' has options", "write type: choice or remove them");
  }
  return s;
}

std::map<std::string, Slot> read_slots(Reader& r, const YamlNode& node) {
  std::map<std::string, Slot> out;
  if (!r.is(node, Kind::kMap, "'slots'", "write one slot name on each line below it")) return out;
  for (const YamlEntry& e : node.entries) out.emplace(e.key, read_slot(r, e));
  return out;
}

}  // namespace usher::dialogs
