#include "gateway/flow/turns.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"

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

}  // namespace

Turns::Turns(const CurrentContent& content, const Channels& channels, const Escalation& escalation, const Publisher& publisher,
             const Clock& clock)
    : content_(content), channels_(channels), escalation_(escalation), publisher_(publisher), clock_(clock) {}

PlannedTurn Turns::plan(store::Conversation row, dialogs::State state, store::Waiting waiting) const {
  PlannedTurn p;
  const auto content = content_.get();
  const ChannelInfo* channel = channels_.find(row.channel);
  const connectors::Capabilities can = channel != nullptr ? channel->can : connectors::Capabilities{};
  const std::string& words = waiting.message.text;
  dialogs::Said said{words.size() > kUnderstood ? text::cut(words, kUnderstood) : words, choice_of(waiting.message.extra),
                     text::guess_language(beginning(words, kLanguageSample)), waiting.attachments};
  p.turn = run_turn(*content, std::move(state), said, can, channel != nullptr ? channel->entry : std::string{});
  p.waiting = std::move(waiting);

  row.state = p.turn.state.to_json();
  row.language = p.turn.state.language;
  row.status = p.turn.state.end.empty() ? "open" : p.turn.state.end;
  row.dialog = p.turn.state.dialog;
  if (auto name = p.turn.state.slots.find("contact_name"); name != p.turn.state.slots.end() && !name->second.empty()) {
    row.contact_name = name->second;
  }
  row.updated_at = clock_.now();
  if (p.turn.ticket && row.case_id.empty()) {
    p.opening = escalation_.prepare(row, p.turn.state, *p.turn.ticket, p.turn.messages);
    row.case_id = p.opening->k.id.value;
  }
  p.row = std::move(row);
  return p;
}

Result<void> Turns::write(sql::Tx& tx, PlannedTurn& p) const {
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
    auto place = store::commit_turn(tx, row, row.version, numbers);
    if (!place) return fail(std::move(place.error()));
    first = place->first_seq;
    row.version += 1;
    row.subject = std::move(place->subject);
    // An answer goes to the newest message, which may have come while this turn waited.
    if (channel != nullptr && !channel->is_pull) row.reply = store::ReplyContext::from_json(place->reply_context);
  }
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
