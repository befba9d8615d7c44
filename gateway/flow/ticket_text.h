// What staff read on a ticket, and the outbox payloads that ask a ticket system for it. A payload holds what was known when it
// was written, but no message's text and no attachment: these are read from the store, up to `last_seq` or of `seq`, when the row
// is sent.
#pragma once
#include <string>
#include <vector>

#include "connectors/ticket_system.h"
#include "dialogs/engine.h"
#include "dialogs/script.h"
#include "gateway/store/conversations.h"

namespace usher::gateway::flow {

// The ticket's text but for the transcript: English headings, the customer's own words untouched.
std::string ticket_head(const dialogs::ScriptSet& scripts, const store::Conversation& c, const dialogs::State& state,
                        const dialogs::OpenTicket& wish, const std::string& reference);
// The words of a message, and which of its attachments were not taken over ("[refused, see the raw mail: setup.exe (…)]").
std::string text_and_refused(const store::Message& message);
void append_transcript(std::string& body, const std::vector<store::Message>& transcript);

struct CreatePayload {
  connectors::TicketDraft draft;
  std::int64_t last_seq = 0;
};
struct AppendPayload {
  connectors::TicketComment comment;
  std::int64_t seq = 0;
};
std::string to_json(const CreatePayload& p);
std::string to_json(const AppendPayload& p);
Result<CreatePayload> create_from_json(const std::string& json);  // kInternal when it is not one
Result<AppendPayload> append_from_json(const std::string& json);

}  // namespace usher::gateway::flow
