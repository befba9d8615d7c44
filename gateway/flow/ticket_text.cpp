#include "gateway/flow/ticket_text.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "connectors/json_input.h"

namespace usher::gateway::flow {
namespace {

using nlohmann::json;

std::string label_of(const dialogs::ScriptSet& scripts, const dialogs::State& state, const std::string& slot) {
  if (const auto* script = scripts.find(state.dialog)) {
    if (auto it = script->slots.find(slot); it != script->slots.end() && !it->second.label.empty())
      return it->second.label.in("en");
  }
  return slot;
}

std::string named(const store::Message& message, const char* member, std::string_view title) {
  if (message.extra.empty()) return {};
  const auto extra = json::parse(message.extra, nullptr, false);
  const auto files = extra.is_object() ? extra.find(member) : extra.end();
  if (files == extra.end() || !files->is_array() || files->empty()) return {};
  std::string names;
  for (const auto& name : *files) names += (names.empty() ? "" : ", ") + name.get<std::string>();
  return "[" + std::string(title) + ": " + names + "]";
}

}  // namespace

std::string text_and_refused(const store::Message& message) {
  const auto refused = named(message, "refused", "refused, see the raw mail");
  return message.text + (message.text.empty() || refused.empty() ? "" : " ") + refused;
}

std::string ticket_head(const dialogs::ScriptSet& scripts, const store::Conversation& c, const dialogs::State& state,
                        const dialogs::OpenTicket& wish, const std::string& reference) {
  std::string out;
  if (!state.symptom.empty()) out += "Problem\n  " + state.symptom + "\n\n";
  out += "Customer\n";
  out += "  Channel: " + c.channel + "\n  Language: " + state.language + "\n";
  if (!c.contact_name.empty()) out += "  Name: " + c.contact_name + "\n";
  if (c.contact_address.find('@') != std::string::npos) out += "  Address: " + c.contact_address + "\n";
  out += "  Reference: " + reference + "\n\nAssessment\n  Priority: " + wish.priority + "\n";
  if (!wish.fault_class.empty()) out += "  Fault class: " + wish.fault_class + "\n";
  if (!state.dialog.empty()) out += "  Script: " + state.dialog + "\n";
  bool has_details = false;
  for (const auto& [name, value] : state.slots) {
    if (value.empty() || name == "symptom") continue;
    if (!has_details) out += "\nDetails\n";
    has_details = true;
    out += "  " + label_of(scripts, state, name) + ": " + value + "\n";
  }
  if (!state.tried.empty()) {
    out += "\nSteps tried\n";
    int n = 0;
    for (const auto& [what, answer] : state.tried)
      out += "  " + std::to_string(++n) + ". " + what + (answer.empty() ? "" : " -> " + answer) + "\n";
  }
  if (!state.consents.empty()) {
    out += "\nConsent\n";
    for (const auto& given : state.consents) {
      out += "  " + std::string(given.answer == "agree" ? "Agreed" : "Declined") + (given.at.empty() ? "" : " at " + given.at) +
             " (" + given.language + "): " + given.wording + "\n";
    }
  }
  if (!state.articles_shown.empty()) {
    out += "\nArticles shown\n";
    for (const auto& id : state.articles_shown) out += "  " + id + "\n";
  }
  return out;
}

void append_transcript(std::string& body, const std::vector<store::Message>& transcript) {
  body += "\nTranscript (times in UTC)\n";
  for (const auto& m : transcript) {
    std::string who = m.author == "customer" ? "Customer" : m.author == "bot" ? "Usher" : m.author;
    body += "  [" + to_rfc3339(m.at).substr(0, 19) + "] " + who + ": ";
    // Which message they came with; the files themselves are the ticket's attachments.
    const auto files = named(m, "attachments", "files");
    const auto words = text_and_refused(m);
    for (const auto& line : text::split(words + (words.empty() || files.empty() ? "" : " ") + files, '\n'))
      body += line + "\n    ";
    body.resize(body.size() - 4);
  }
}

std::string to_json(const CreatePayload& p) {
  const auto& d = p.draft;
  return connectors::to_json_text(json{{"external_ref", d.external_ref},
                                       {"subject", d.subject},
                                       {"body", d.body},
                                       {"requester", d.requester},
                                       {"requester_name", d.requester_name},
                                       {"priority", d.priority},
                                       {"fault_class", d.fault_class},
                                       {"channel", d.channel},
                                       {"language", d.language},
                                       {"queue", d.queue},
                                       {"fields", d.fields},
                                       {"last_seq", p.last_seq}});
}

std::string to_json(const AppendPayload& p) {
  return connectors::to_json_text(json{{"external_ref", p.comment.external_ref}, {"author", p.comment.author}, {"seq", p.seq}});
}

Result<CreatePayload> create_from_json(const std::string& text) {
  try {
    auto j = json::parse(text);
    CreatePayload p;
    p.draft.external_ref = j.at("external_ref");
    p.draft.subject = j.at("subject");
    p.draft.body = j.at("body");
    p.draft.requester = j.at("requester");
    p.draft.requester_name = j.at("requester_name");
    p.draft.priority = j.at("priority");
    p.draft.fault_class = j.at("fault_class");
    p.draft.channel = j.at("channel");
    p.draft.language = j.at("language");
    p.draft.queue = j.at("queue");
    j.at("fields").get_to(p.draft.fields);
    p.last_seq = j.at("last_seq");
    return p;
  } catch (const json::exception& e) {
    return fail(ErrorCode::kInternal, "outbox row does not hold a ticket", e.what());
  }
}

Result<AppendPayload> append_from_json(const std::string& text) {
  try {
    auto j = json::parse(text);
    AppendPayload p;
    p.comment.external_ref = j.at("external_ref");
    p.comment.author = j.at("author");
    p.seq = j.at("seq");
    return p;
  } catch (const json::exception& e) {
    return fail(ErrorCode::kInternal, "outbox row does not hold a comment", e.what());
  }
}

}  // namespace usher::gateway::flow
