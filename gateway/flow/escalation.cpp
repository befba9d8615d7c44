#include "gateway/flow/escalation.h"

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/text.h"

namespace usher::gateway::flow {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxSubject = 120;

std::string dump(const json& j) {
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string label_of(const dialogs::ScriptSet& scripts, const dialogs::State& state, const std::string& slot) {
  if (const auto* script = scripts.find(state.dialog)) {
    if (auto it = script->slots.find(slot); it != script->slots.end() && !it->second.label.empty())
      return it->second.label.in("en");
  }
  return slot;
}

// The ticket's text, for staff: English headings, the customer's own words untouched.
std::string ticket_body(const dialogs::ScriptSet& scripts, const store::Conversation& c, const dialogs::State& state,
                        const dialogs::OpenTicket& wish, const std::string& reference,
                        const std::vector<store::Message>& transcript) {
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
  if (!state.articles_shown.empty()) {
    out += "\nArticles shown\n";
    for (const auto& id : state.articles_shown) out += "  " + id + "\n";
  }
  out += "\nTranscript (times in UTC)\n";
  for (const auto& m : transcript) {
    std::string who = m.author == "customer" ? "Customer" : m.author == "bot" ? "Usher" : m.author;
    out += "  [" + to_rfc3339(m.at).substr(0, 19) + "] " + who + ": ";
    for (const auto& line : text::split(m.text, '\n')) out += line + "\n    ";
    out.resize(out.size() - 4);
  }
  return out;
}

std::string in_words(const std::map<std::string, std::string>& promise, const std::string& priority) {
  auto it = promise.find(priority);
  return it == promise.end() ? std::string{} : it->second;
}

}  // namespace

Escalation::Escalation(EscalationSettings settings, const CurrentContent& content, const Channels& channels,
                       const Publisher& publisher, const Clock& clock)
    : settings_(std::move(settings)), content_(content), channels_(channels), publisher_(publisher), clock_(clock) {}

std::string Escalation::external_ref(const ConversationId& conversation, const std::string& action, std::int64_t n) const {
  auto mac = crypto::hmac_sha256(settings_.secret, conversation.value + "|" + action + "|" + std::to_string(n));
  return "us-" + crypto::to_base32_crockford(std::string_view(mac).substr(0, 20));
}

Result<CaseId> Escalation::open(sql::Tx& tx, const store::Conversation& c, const dialogs::State& state,
                                const dialogs::OpenTicket& wish, const std::vector<BotMessage>& said, Staged& staged) const {
  const Timestamp now = clock_.now();
  const auto content = content_.get();
  store::Case k;
  k.id = {make_uuid_v7(now)};
  k.conversation = c.id;
  k.reference = make_case_reference();
  k.ticket_system = settings_.ticket_system;
  std::string subject = !c.subject.empty() ? c.subject : state.symptom;
  if (subject.empty()) subject = "Request by " + c.channel;
  k.subject = text::cut(text::collapse_spaces(subject), kMaxSubject);
  auto slot = [&](const char* name) {
    auto it = state.slots.find(name);
    return it == state.slots.end() ? std::string{} : it->second;
  };
  k.customer = !slot("contact_name").empty() ? slot("contact_name") : !c.contact_name.empty() ? c.contact_name : slot("contact");
  if (k.customer.empty() && c.contact_address.find('@') != std::string::npos) k.customer = c.contact_address;
  k.channel = c.channel;
  k.priority = wish.priority;
  k.fault_class = wish.fault_class;
  k.created_at = now;
  if (const auto* channel = channels_.find(c.channel); channel != nullptr && channel->can.one_answer) {
    for (const auto& m : said) k.preface += (k.preface.empty() ? "" : "\n\n") + m.text;
  }
  if (auto r = store::insert_case(tx, k); !r) return fail(std::move(r.error()));
  if (auto r = store::set_case(tx, c.id, k.id.value); !r) return fail(std::move(r.error()));
  if (auto r = store::add_key(tx, "ref:" + k.reference, c.id); !r) return fail(std::move(r.error()));

  auto transcript = store::messages_since(tx, c.id, 0);
  if (!transcript) return fail(std::move(transcript.error()));
  CreatePayload payload;
  payload.last_seq = transcript->empty() ? 0 : transcript->back().seq;
  auto& draft = payload.draft;
  draft.external_ref = external_ref(c.id, "create", 1);
  draft.subject = k.subject;
  draft.body = ticket_body(*content->scripts, c, state, wish, k.reference, *transcript);
  draft.requester = slot("contact").find('@') != std::string::npos     ? slot("contact")
                    : c.contact_address.find('@') != std::string::npos ? c.contact_address
                                                                       : std::string{};
  draft.requester_name = k.customer;
  draft.priority = wish.priority;
  draft.fault_class = wish.fault_class;
  draft.channel = c.channel;
  draft.language = state.language;
  draft.fields.assign(state.slots.begin(), state.slots.end());
  draft.fields.emplace_back("reference", k.reference);

  store::OutboxRow row;
  row.id = make_uuid_v7(now);
  row.kind = "create";
  row.target = settings_.ticket_system;
  row.lane = k.id.value;
  row.conversation = c.id;
  row.case_id = k.id.value;
  row.payload = to_json(payload);
  row.doubt = c.created_at < settings_.started_at;
  row.next_at = row.created_at = now;
  if (auto r = store::insert_outbox(tx, row); !r) return fail(std::move(r.error()));
  staged.has_outbox_rows = true;
  return k.id;
}

Result<void> Escalation::append(sql::Tx& tx, const store::Conversation& c, const std::string& text, std::int64_t seq,
                                Staged& staged) const {
  const Timestamp now = clock_.now();
  const CaseId case_id{c.case_id};
  auto n = store::next_append(tx, case_id);
  if (!n) return fail(std::move(n.error()));
  AppendPayload payload;
  payload.seq = seq;
  payload.comment.external_ref = external_ref(c.id, "append", *n);
  payload.comment.body = text;
  payload.comment.author = c.contact_address.find('@') != std::string::npos ? c.contact_address : c.contact_name;
  store::OutboxRow row;
  row.id = make_uuid_v7(now);
  row.kind = "append";
  row.target = settings_.ticket_system;
  row.lane = c.case_id;
  row.conversation = c.id;
  row.case_id = c.case_id;
  row.payload = to_json(payload);
  row.next_at = row.created_at = now;
  staged.has_outbox_rows = true;
  return store::insert_outbox(tx, row);
}

Result<void> Escalation::linked(sql::Tx& tx, const CaseId& id, const connectors::Ticket& ticket, Staged& staged) const {
  auto first = store::link_case(tx, id, ticket.id, ticket.number, ticket.url, clock_.now());
  if (!first) return fail(std::move(first.error()));
  auto k = store::load_case(tx, id);
  if (!k) return fail(std::move(k.error()));
  if (!*k) return fail(ErrorCode::kNotFound, "no such case", id.value);
  if (auto r = store::add_key(tx, "ref:" + (*k)->ticket_number, (*k)->conversation); !r) return r;
  const std::string told = (*k)->told;
  if (told == "number") return {};
  auto mine = store::advance_told(tx, id, told, "number");
  if (!mine) return fail(std::move(mine.error()));
  if (!*mine) return {};
  return tell(tx, **k, told.empty() ? "ticket_opened" : "ticket_confirmed", (*k)->ticket_number, staged);
}

Result<void> Escalation::tell_provisional(sql::Tx& tx, const CaseId& id, Staged& staged) const {
  auto mine = store::advance_told(tx, id, "", "provisional");
  if (!mine) return fail(std::move(mine.error()));
  if (!*mine) return {};
  auto k = store::load_case(tx, id);
  if (!k) return fail(std::move(k.error()));
  return tell(tx, **k, "ticket_provisional", (*k)->reference, staged);
}

Result<void> Escalation::tell(sql::Tx& tx, const store::Case& k, const char* what, const std::string& reference,
                              Staged& staged) const {
  auto c = store::load_conversation(tx, k.conversation);
  if (!c) return fail(std::move(c.error()));
  if (!*c) return fail(ErrorCode::kNotFound, "the case's conversation is gone", k.id.value);
  const auto content = content_.get();
  const std::string& language = (*c)->language;
  const std::string promise = in_words(language == "zh" ? settings_.promise_zh : settings_.promise_en, k.priority);
  const bool is_provisional = std::string_view(what) == "ticket_provisional";
  BotMessage m;
  const auto* channel = channels_.find(k.channel);
  if (channel != nullptr && channel->can.one_answer) {
    const bool is_news = std::string_view(what) == "ticket_confirmed";
    auto it = content->mail_templates.find((is_news ? "number_known." : "acknowledgement.") +
                                           (language == "zh" ? std::string("zh") : "en"));
    if (it == content->mail_templates.end()) return fail(ErrorCode::kInternal, "a mail template is missing", what);
    kainjow::mustache::mustache tmpl(it->second);
    tmpl.set_custom_escape([](const std::string& s) { return s; });  // plain text
    kainjow::mustache::data data;
    data.set("number", reference);
    data.set("reference", k.reference);
    data.set("provisional",
             is_provisional ? kainjow::mustache::data::type::bool_true : kainjow::mustache::data::type::bool_false);
    if (!promise.empty()) data.set("promise", promise);
    if (!k.preface.empty()) data.set("preface", k.preface);
    data.set("company", settings_.company);
    if (!settings_.progress_url.empty()) data.set("progress_url", settings_.progress_url);
    m.text = tmpl.render(data);
  } else {
    m.text = phrase(*content->scripts, what, language,
                    {{"number", reference}, {"reference", reference}, {"promise", promise}, {"company", settings_.company}});
  }
  auto seq = store::reserve_seq(tx, (*c)->id, 1, clock_.now());
  if (!seq) return fail(std::move(seq.error()));
  staged.references.push_back({k.channel, (*c)->contact_address, reference, is_provisional});
  return publisher_.stage(tx, **c, *seq, {m}, reference, staged);
}

// Written by hand: the body holds the whole transcript, and this runs inside the transaction.
std::string to_json(const CreatePayload& p) {
  std::string out;
  out.reserve(p.draft.body.size() + p.draft.body.size() / 8 + 1024);
  auto member = [&](const char* name, const std::string& value) {
    out.append(out.empty() ? "{\"" : ",\"").append(name).append("\":");
    text::append_json_string(out, value);
  };
  member("external_ref", p.draft.external_ref);
  member("subject", p.draft.subject);
  member("body", p.draft.body);
  member("requester", p.draft.requester);
  member("requester_name", p.draft.requester_name);
  member("priority", p.draft.priority);
  member("fault_class", p.draft.fault_class);
  member("channel", p.draft.channel);
  member("language", p.draft.language);
  out += ",\"fields\":[";
  for (const auto& [name, value] : p.draft.fields) {
    out += out.back() == '[' ? "[" : ",[";
    text::append_json_string(out, name);
    out += ',';
    text::append_json_string(out, value);
    out += ']';
  }
  return out + "],\"last_seq\":" + std::to_string(p.last_seq) + "}";
}

std::string to_json(const AppendPayload& p) {
  return dump({{"external_ref", p.comment.external_ref}, {"body", p.comment.body}, {"author", p.comment.author}, {"seq", p.seq}});
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
    for (const auto& f : j.at("fields")) p.draft.fields.emplace_back(f.at(0), f.at(1));
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
    p.comment.body = j.at("body");
    p.comment.author = j.at("author");
    p.seq = j.at("seq");
    return p;
  } catch (const json::exception& e) {
    return fail(ErrorCode::kInternal, "outbox row does not hold a comment", e.what());
  }
}

}  // namespace usher::gateway::flow
