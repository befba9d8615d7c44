#include "gateway/flow/turns.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "gateway/flow/feedback.h"
#include "gateway/flow/learning.h"
#include "gateway/store/learning.h"
#include "gateway/store/ledger.h"
#include "gateway/store/timers.h"

namespace usher::gateway::flow {
namespace {

// What the engine looks at of one message, in code points: who writes more has said what it is about. Transcript and ticket have
// all of it.
constexpr std::size_t kUnderstood = 2000;
constexpr std::size_t kLanguageSample = 800;  // bytes

std::string choice_of(const std::string& extra) {
  if (extra.find("\"choice\"") == std::string::npos) return {};
  auto j = nlohmann::json::parse(extra, nullptr, false);
  return j.is_object() ? j.value("choice", std::string{}) : std::string{};
}

// At most `bytes` of it; a character cut in two is no harm to a guess.
std::string_view beginning(std::string_view s, std::size_t bytes) {
  while (bytes < s.size() && bytes > 0 && (static_cast<unsigned char>(s[bytes]) & 0xc0) == 0x80) --bytes;
  return s.substr(0, bytes);
}

// What a turn leaves beside the conversation: its timer, what a troubleshoot block taught, what articles did, a rating.
Result<void> write_aside(sql::Tx& tx, const PlannedTurn& p, const Content& content) {
  if (p.due != p.due_before) {
    if (auto r = store::set_timer(tx, p.row.id, p.due); !r) return r;
  }
  for (const auto& outcome : p.turn.outcomes) {
    if (auto r = note_outcome(tx, *content.scripts, p.row.id, outcome, p.row.updated_at); !r) return r;
  }
  if (auto r = count_turn(tx, p.row, p.turn, p.row.updated_at); !r) return r;
  if (p.turn.rating == 0) return {};
  return store::save_rating(tx, p.row.id.value, p.turn.rating, to_millis(p.row.updated_at));
}

connectors::Capabilities can_of(const ChannelInfo* channel) {
  return channel != nullptr ? channel->can : connectors::Capabilities{};
}

// Values a customer typed freely do not go back to somebody who may not have written them: a script may repeat them.
void hide_own_words(std::vector<BotMessage>& messages, const dialogs::State& state) {
  constexpr std::size_t kFree = 16;  // bytes: a name of a script's own option is shorter, or no harm
  auto hide = [&messages](const std::string& words) {
    if (words.size() < kFree) return;
    for (auto& m : messages) {
      for (std::size_t at = 0; (at = m.text.find(words, at)) != std::string::npos; at += std::string_view("…").size())
        m.text.replace(at, words.size(), "…");
    }
  };
  hide(state.symptom);
  for (const auto& [name, value] : state.slots) hide(value);
}

}  // namespace

Turns::Turns(const CurrentContent& content, const Channels& channels, const Escalation& escalation, const Publisher& publisher,
             const Clock& clock)
    : content_(content), channels_(channels), escalation_(escalation), publisher_(publisher), clock_(clock) {}

PlannedTurn Turns::plan(store::Conversation row, dialogs::State state, store::Waiting waiting, std::int64_t due) const {
  PlannedTurn p;
  const ChannelInfo* channel = channels_.find(row.channel);
  const std::string& words = waiting.message.text;
  dialogs::Said said{words.size() > kUnderstood ? text::cut(words, kUnderstood) : words, choice_of(waiting.message.extra),
                     text::guess_language(beginning(words, kLanguageSample)), waiting.attachments, to_rfc3339(clock_.now())};
  const std::string_view subject = row.version == 0 ? std::string_view(row.subject) : std::string_view{};
  p.turn = run_turn(*content_.get(), std::move(state), said, can_of(channel), channel != nullptr ? channel->entry : std::string{},
                    subject);
  p.waiting = std::move(waiting);
  p.row = std::move(row);
  p.due_before = due;
  if (!p.turn.look_up) finish(p);
  return p;
}

PlannedTurn Turns::plan_silence(store::Conversation row, dialogs::State state, std::int64_t due) const {
  PlannedTurn p;
  p.turn = run_turn(*content_.get(), std::move(state), dialogs::TimePassed{to_rfc3339(clock_.now())},
                    can_of(channels_.find(row.channel)), {});
  p.row = std::move(row);
  p.due_before = due;
  // A reminder is not repeated by itself: without a new time the timer has done its work.
  if (!p.turn.wake_after) p.turn.wake_after = std::chrono::seconds{0};
  if (!p.turn.look_up) finish(p);
  return p;
}

void Turns::go_on(PlannedTurn& p, dialogs::LookedUp answer) const {
  p.turn = resume_turn(*content_.get(), std::move(p.turn), std::move(answer), can_of(channels_.find(p.row.channel)));
  if (!p.turn.look_up) finish(p);
}

std::vector<std::string> Turns::missing_versions(const dialogs::State& state) const {
  std::vector<std::string> missing;
  const auto content = content_.get();
  auto look = [&](const std::string& dialog, const std::string& hash) {
    const auto* script = hash.empty() ? nullptr : content->scripts->find(dialog, hash);
    if (!hash.empty() && (script == nullptr || script->hash != hash)) missing.push_back(hash);
  };
  look(state.dialog, state.hash);
  for (const auto& frame : state.calls) look(frame.dialog, frame.hash);
  return missing;
}

// What the turn makes of the conversation's row.
void Turns::finish(PlannedTurn& p) const {
  auto& row = p.row;
  row.state = p.turn.state.to_json();
  row.language = p.turn.state.language;
  row.status = p.turn.state.end.empty() ? "open" : p.turn.state.end;
  row.dialog = p.turn.state.dialog;
  if (auto name = p.turn.state.slots.find("contact_name"); name != p.turn.state.slots.end() && !name->second.empty()) {
    row.contact_name = name->second;
  }
  row.updated_at = clock_.now();
  p.due = p.turn.wake_after ? store::due_at(row.updated_at, *p.turn.wake_after) : p.due_before;
  if (!row.reply.is_verified) hide_own_words(p.turn.messages, p.turn.state);
  if (p.turn.ticket && row.case_id.empty()) {
    p.opening = escalation_.prepare(row, p.turn.state, *p.turn.ticket, p.turn.messages);
    row.case_id = p.opening->k.id.value;
  }
}

// The customer asked how the case stands; the conversation itself is the proof of identity.
BotMessage Turns::status_of(const store::Conversation& row, const std::optional<store::Case>& known) const {
  BotMessage m;
  const auto content = content_.get();
  m.text = known ? phrase(*content->scripts, "status_open", row.language,
                          {{"number", known->best_reference()}, {"reference", known->reference}})
                 : phrase(*content->scripts, "status_none", row.language);
  return m;
}

Result<void> Turns::write(sql::Tx& tx, PlannedTurn& p) const {
  if (auto r = write_turn(tx, p); !r) return r;
  // Of a message that opens a conversation the ledger row comes after.
  if (p.staged.not_sent.empty() || p.opens_conversation || p.is_silence()) return {};
  return store::note_in_ledger(tx, p.waiting.ledger_id, "not answered: " + p.staged.not_sent);
}

Result<void> Turns::report(sql::Tx& tx, const store::FailedAddress& f, Staged& staged) const {
  auto mine = store::failure_told(tx, f.address);
  if (!mine) return fail(std::move(mine.error()));
  auto c = store::load_conversation(tx, f.conversation);
  if (!c) return fail(std::move(c.error()));
  if (!*mine || !*c) return {};
  const Timestamp now = clock_.now();
  auto seq = store::reserve_seq(tx, f.conversation, 1, now);
  if (!seq) return fail(std::move(seq.error()));
  const std::string words = "Mail to " + f.address + " does not arrive: " + text::collapse_spaces(f.status + " " + f.reason) +
                            ". Nothing more is sent there until a mail comes from it.";
  const store::Message line{*seq, make_uuid_v7(now), "bot", words, {}, R"({"not_sent":"for staff"})", now};
  if (auto r = store::insert_message(tx, f.conversation, line); !r) return r;
  auto k = store::case_of(tx, f.conversation);
  if (!k) return fail(std::move(k.error()));
  return *k ? escalation_.append(tx, **c, **k, words, *seq, staged, "Usher") : Result<void>{};
}

Result<void> Turns::write_turn(sql::Tx& tx, PlannedTurn& p) const {
  auto& row = p.row;
  const ChannelInfo* channel = channels_.find(row.channel);
  const bool is_live = channel != nullptr && channel->can.is_live;
  const bool one_answer = channel != nullptr && channel->can.one_answer;
  p.fate = "answered";

  std::optional<store::Case> known;
  // Where only one answer goes out, what was said goes into the acknowledgement, which is sent when the number is known.
  std::vector<BotMessage> said = p.opening && one_answer ? std::vector<BotMessage>{} : p.turn.messages;
  std::string reference;
  if (!p.opening && !row.case_id.empty()) {
    auto k = store::load_case(tx, {row.case_id});
    if (!k) return fail(std::move(k.error()));
    known = std::move(*k);
    if (known) reference = known->best_reference();
    if (!p.turn.follow_ups.empty() && said.empty() && is_live) {
      BotMessage received;
      received.text =
          phrase(*content_.get()->scripts, "follow_up_received", row.language, {{"number", reference}, {"reference", reference}});
      said.push_back(std::move(received));
    }
  }

  if (p.turn.status_at)
    said.insert(said.begin() + static_cast<std::ptrdiff_t>(std::min(*p.turn.status_at, said.size())), status_of(row, known));
  const auto lines = static_cast<std::int64_t>(said.size());
  const std::int64_t numbers = lines + (p.opening && escalation_.numbers_at_once() ? 1 : 0);
  std::int64_t first = 0;
  p.staged.is_new_lane = p.opens_conversation;
  if (p.opens_conversation) {
    first = p.waiting.message.seq + 1;
    row.last_seq = p.waiting.message.seq + numbers;
    row.version = 1;
    if (auto r = store::insert_conversation(tx, row); !r) return r;
  } else {
    auto place = store::commit_turn(tx, row, row.version, numbers, p.is_silence() ? 0 : 1);
    if (!place) return fail(std::move(place.error()));
    first = place->first_seq;
    row.version += 1;
    row.subject = std::move(place->subject);
    // An answer goes to the newest message, which may have come while this turn waited.
    if (channel != nullptr && !channel->is_pull) row.reply = store::ReplyContext::from_json(place->reply_context);
  }
  if (auto r = write_aside(tx, p, *content_.get()); !r) return r;
  if (auto r = publisher_.stage(tx, row, first, said, reference, p.staged); !r) return r;
  if (p.opening) {
    const std::int64_t last = first + lines - 1;
    if (!escalation_.numbers_at_once()) p.awaits_number = p.opening->k.id;
    return escalation_.open(tx, row, std::move(*p.opening), last, last + 1, p.staged);
  }
  if (known && (p.turn.ticket || !p.turn.follow_ups.empty())) {
    p.fate = "appended";
    return escalation_.append(tx, row, *known, p.waiting.message.text, p.waiting.message.seq, p.staged);
  }
  return {};
}

void Turns::done(PlannedTurn& p) const {
  static auto& turns = metrics::counter("usher_turns_total", "turns committed");
  turns.add();
  publisher_.publish(p.staged);
  if (p.awaits_number && on_case_) on_case_(*p.awaits_number);
  log::info("turn", {{"conversation", p.row.id.value}, {"step", p.turn.state.step}, {"status", p.row.status}});
}

}  // namespace usher::gateway::flow
