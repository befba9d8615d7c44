// State ⇄ JSON. Unknown members are ignored and missing ones have their defaults, so that older and newer programs read each
// other's rows.
#include <nlohmann/json.hpp>

#include "dialogs/engine.h"

namespace usher::dialogs {
namespace {

using Json = nlohmann::json;

template <class T>
void read(const Json& object, const char* key, T& into) {
  if (const auto it = object.find(key); it != object.end() && !it->is_null()) it->get_to(into);
}

}  // namespace

std::string State::to_json() const {
  Json j = Json::object();
  // Only what differs from a new state is written: most of a conversation's states are small.
  const State fresh;
  auto write = [&](const char* key, const auto& value, const auto& otherwise) {
    if (value != otherwise) j[key] = value;
  };
  write("dialog", dialog, fresh.dialog);
  write("hash", hash, fresh.hash);
  write("step", step, fresh.step);
  j["language"] = language;
  write("slots", slots, fresh.slots);
  write("tried", tried, fresh.tried);
  write("articles_shown", articles_shown, fresh.articles_shown);
  write("shown_article", shown_article, fresh.shown_article);
  write("symptom", symptom, fresh.symptom);
  write("misunderstood", misunderstood, fresh.misunderstood);
  write("end", end, fresh.end);
  write("greeted", greeted, fresh.greeted);
  write("skipped", skipped, fresh.skipped);
  write("steps", steps, fresh.steps);
  for (const Past& p : history)
    j["history"].push_back({{"dialog", p.dialog}, {"step", p.step}, {"tried", p.tried}, {"undo", p.undo}});
  return j.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<State> State::from_json(std::string_view json) {
  try {
    const Json j = Json::parse(json);
    if (!j.is_object()) return std::nullopt;
    State s;
    read(j, "dialog", s.dialog);
    read(j, "hash", s.hash);
    read(j, "step", s.step);
    read(j, "language", s.language);
    read(j, "slots", s.slots);
    read(j, "tried", s.tried);
    read(j, "articles_shown", s.articles_shown);
    read(j, "shown_article", s.shown_article);
    read(j, "symptom", s.symptom);
    read(j, "misunderstood", s.misunderstood);
    read(j, "end", s.end);
    read(j, "greeted", s.greeted);
    read(j, "skipped", s.skipped);
    read(j, "steps", s.steps);
    if (const auto it = j.find("history"); it != j.end()) {
      if (!it->is_array()) return std::nullopt;
      for (const Json& e : *it) {
        Past& p = s.history.emplace_back();
        read(e, "dialog", p.dialog);
        read(e, "step", p.step);
        read(e, "tried", p.tried);
        read(e, "undo", p.undo);
      }
    }
    return s;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace usher::dialogs
