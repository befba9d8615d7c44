#include "gateway/flow/history.h"

#include <nlohmann/json.hpp>

#include "gateway/flow/turn.h"
#include "gateway/store/cases.h"
#include "gateway/store/files.h"

namespace usher::gateway::flow {

using connectors::webchat::ChatMessage;
using connectors::webchat::Transcript;

ChatMessage to_chat_message(const store::Message& m) {
  ChatMessage out;
  out.seq = m.seq;
  out.id = m.id;
  out.from = m.author;
  out.text = m.text;
  out.html = m.html;
  out.at = m.at;
  if (m.extra.empty()) return out;
  auto extra = nlohmann::json::parse(m.extra, nullptr, false);
  if (!extra.is_object()) return out;
  out.slot = extra.value("slot", "");
  if (auto picture = extra.value("picture", ""); !picture.empty())
    out.picture = picture.contains("://") ? std::move(picture) : "/" + picture;
  if (auto files = extra.find("attachments"); files != extra.end() && files->is_array()) {
    for (const auto& name : *files) out.files.push_back(name.get<std::string>());
  }
  if (auto choices = extra.find("choices"); choices != extra.end() && choices->is_array()) {
    for (const auto& c : *choices) out.choices.push_back({c.value("id", ""), c.value("label", "")});
  }
  return out;
}

boost::asio::awaitable<Result<Transcript>> ChatHistory::since(std::string session_key, std::int64_t seq) {
  co_return co_await sql::read_returning<Transcript>(database_, [session_key, seq](sql::Tx& tx) -> Result<Transcript> {
    Transcript t;
    auto match = store::find_by_key(tx, session_key);
    if (!match) return fail(std::move(match.error()));
    if (!*match) return t;
    t.conversation_id = (*match)->id.value;
    t.last_seq = seq;
    auto messages = store::messages_since(tx, (*match)->id, seq);
    if (!messages) return fail(std::move(messages.error()));
    for (const auto& m : *messages) {
      t.messages.push_back(to_chat_message(m));
      t.last_seq = m.seq;
    }
    if (!(*match)->case_id.empty()) {
      auto k = store::load_case(tx, {(*match)->case_id});
      if (!k) return fail(std::move(k.error()));
      // Shown once it was told: before that the number may come any moment.
      if (*k && !(*k)->told.empty()) {
        t.ref = (*k)->told == "number" ? (*k)->ticket_number : (*k)->reference;
        t.provisional = (*k)->told != "number";
      }
    }
    return t;
  });
}

boost::asio::awaitable<Result<std::optional<connectors::Attachment>>> ChatHistory::file(std::string session_key, std::int64_t seq,
                                                                                        std::string name) {
  using Found = std::optional<connectors::Attachment>;
  co_return co_await sql::read_returning<Found>(database_, [session_key, seq, name](sql::Tx& tx) -> Result<Found> {
    auto match = store::find_by_key(tx, session_key);
    if (!match) return fail(std::move(match.error()));
    if (!*match) return Found{};
    return store::find_attachment(tx, (*match)->id, seq, name);
  });
}

ChatMessage ChatHistory::greeting(std::string lang) {
  const auto content = content_.get();
  dialogs::State state;
  if (!lang.empty()) state.language = lang;
  connectors::Capabilities can;
  can.buttons = true;
  auto turn = run_turn(*content, std::move(state), dialogs::Opened{lang}, can, "");
  ChatMessage out;
  out.id = "greeting";
  out.from = "bot";
  out.at = clock_.now();
  for (const auto& m : turn.messages) {
    out.text += (out.text.empty() ? "" : "\n\n") + m.text;
    for (const auto& c : m.choices) out.choices.push_back(c);
  }
  return out;
}

}  // namespace usher::gateway::flow
