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

using troubleshoot::History;

Json of(const std::vector<Frame>& calls) {
  Json out = Json::array();
  for (const Frame& f : calls) out.push_back({{"dialog", f.dialog}, {"hash", f.hash}, {"next", f.next}});
  return out;
}

// Throws Json::exception when it is not a list of frames.
std::vector<Frame> frames(const Json& list) {
  std::vector<Frame> out;
  if (!list.is_array()) list.get_ref<const Json::array_t&>();
  for (const Json& e : list) {
    Frame& f = out.emplace_back();
    read(e, "dialog", f.dialog);
    read(e, "hash", f.hash);
    read(e, "next", f.next);
  }
  return out;
}

Json of(const Past& p) {
  Json out = {{"dialog", p.dialog}, {"step", p.step}};
  if (!p.hash.empty()) out["hash"] = p.hash;
  if (!p.calls.empty()) out["calls"] = of(p.calls);
  if (p.tried > 0) out["tried"] = p.tried;
  if (!p.undo.empty()) out["undo"] = p.undo;
  if (!p.check.empty()) out["check"] = p.check;
  if (!p.checked.empty()) out["checked"] = p.checked;
  return out;
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
  // As a rule the slot of that name says the same: its thousand characters are kept once.
  const auto told = slots.find("symptom");
  if (told == slots.end()) {
    write("symptom", symptom, fresh.symptom);
  } else if (told->second != symptom) {
    j["symptom"] = symptom;
  }
  write("misunderstood", misunderstood, fresh.misunderstood);
  write("unread", unread, fresh.unread);
  write("foretold", foretold, fresh.foretold);
  write("end", end, fresh.end);
  write("greeted", greeted, fresh.greeted);
  write("choosing", choosing, fresh.choosing);
  write("skipped", skipped, fresh.skipped);
  write("steps", steps, fresh.steps);
  write("last_step", last_step, fresh.last_step);
  write("today", today, fresh.today);
  write("reminded", reminded, fresh.reminded);
  write("to_confirm", to_confirm, fresh.to_confirm);
  write("as_written", as_written, fresh.as_written);
  write("side_question", side_question, fresh.side_question);
  write("offered", offered, fresh.offered);
  write("unanswered", unanswered, fresh.unanswered);
  write("idle", idle, fresh.idle);
  write("check", check, fresh.check);
  write("checked", checked, fresh.checked);
  write("heard", heard, fresh.heard);
  write("due", due, fresh.due);
  if (!calls.empty()) j["calls"] = of(calls);
  for (const Consent& c : consents)
    j["consents"].push_back(
        {{"step", c.step}, {"wording", c.wording}, {"language", c.language}, {"answer", c.answer}, {"at", c.at}});
  for (const Past& p : history) j["history"].push_back(of(p));
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
    if (const auto told = s.slots.find("symptom"); !j.contains("symptom") && told != s.slots.end()) s.symptom = told->second;
    read(j, "misunderstood", s.misunderstood);
    read(j, "unread", s.unread);
    read(j, "foretold", s.foretold);
    read(j, "end", s.end);
    read(j, "greeted", s.greeted);
    read(j, "choosing", s.choosing);
    read(j, "skipped", s.skipped);
    read(j, "steps", s.steps);
    read(j, "last_step", s.last_step);
    read(j, "today", s.today);
    read(j, "reminded", s.reminded);
    read(j, "to_confirm", s.to_confirm);
    read(j, "as_written", s.as_written);
    read(j, "side_question", s.side_question);
    read(j, "offered", s.offered);
    read(j, "unanswered", s.unanswered);
    read(j, "idle", s.idle);
    read(j, "check", s.check);
    read(j, "checked", s.checked);
    read(j, "heard", s.heard);
    read(j, "due", s.due);
    if (const auto it = j.find("calls"); it != j.end()) s.calls = frames(*it);
    if (const auto it = j.find("consents"); it != j.end()) {
      if (!it->is_array()) return std::nullopt;
      for (const Json& e : *it) {
        Consent& c = s.consents.emplace_back();
        read(e, "step", c.step);
        read(e, "wording", c.wording);
        read(e, "language", c.language);
        read(e, "answer", c.answer);
        read(e, "at", c.at);
      }
    }
    if (const auto it = j.find("history"); it != j.end()) {
      if (!it->is_array()) return std::nullopt;
      for (const Json& e : *it) {
        Past& p = s.history.emplace_back();
        read(e, "dialog", p.dialog);
        read(e, "hash", p.hash);
        read(e, "step", p.step);
        if (const auto c = e.find("calls"); c != e.end()) p.calls = frames(*c);
        read(e, "check", p.check);
        read(e, "checked", p.checked);
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
