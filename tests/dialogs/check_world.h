// What the tests of the prover share: a small world of its own (slots, texts, articles, services, channels), so that they do not
// depend on the shipped scripts, and the shipped scripts with what lies around them.
#pragma once
#include <string>
#include <vector>

#include "dialogs/check.h"
#include "tests/dialogs/scripts.h"

namespace usher::dialogs {

inline Source small_texts() {
  std::string bytes = "patience: { remind_after: 10m, give_up_after: 24h, then: ticket }\ntexts:\n";
  for (const std::string& key : text_keys()) bytes += fmt::format("  \"{}\": {{ en: {} text, zh: 文字 }}\n", key, key);
  return {"texts.yaml", bytes};
}

inline Source small_slots() {
  return {"slots.yaml", R"(slots:
  contact: { type: contact, label: { en: Contact, zh: 联系 }, ask: { en: "How to reach you?", zh: 怎么联系？ } }
  serial: { type: serial, required: false, label: { en: Serial, zh: 序列号 }, ask: { en: "Serial number?", zh: 序列号？ } }
)"};
}

inline bool has_article(std::string_view id, std::string_view language) {
  return id == "here" || (id == "english" && language == "en");
}

// `scripts` beside the small slots and texts. The world has the articles "here" and, in English only, "english"; the service
// "warranty"; a chat with three buttons and a text channel of 160 characters.
inline World small_world(const std::vector<Source>& sources) {
  World world;
  world.has_article = has_article;
  world.services = {"warranty"};
  world.knows_services = true;
  world.channels = {{"chat", {.buttons = true, .max_buttons = 3}}, {"sms", {.max_text = 160}}};
  world.sources = &sources;
  return world;
}

struct Proof {
  std::vector<Problem> problems;
  bool parsed = false;
};
inline Proof prove_small(std::vector<Source> sources) {
  for (const Source& shared : {small_texts(), small_slots()}) {
    if (std::ranges::find(sources, shared.file, &Source::file) == sources.end()) sources.push_back(shared);
  }
  Proof out;
  const auto set = parse(sources, out.problems);
  out.parsed = set != nullptr;
  if (set) out.problems = check(*set, small_world(sources));
  return out;
}

// The world of the shipped scripts, without usher.yaml.
inline World shipped_world(const std::vector<Source>& sources) {
  World world;
  world.has_article = [](std::string_view id, std::string_view language) {
    return std::filesystem::exists(fmt::format(USHER_SOURCE_DIR "/config/kb/{}.{}.md", id, language));
  };
  world.sources = &sources;
  return world;
}

inline std::string with_codes(const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& p : problems) {
    out += fmt::format("{}:{}:{}: {}[{}] {} ({})\n", p.file, p.line, p.column, p.is_warning ? "warning " : "", p.code, p.message,
                       p.hint);
  }
  return out;
}

}  // namespace usher::dialogs
