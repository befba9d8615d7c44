#include "gateway/flow/escalation.h"

#include "base/crypto.h"
#include "base/text.h"
#include "connectors/email/html_body.h"
#include "gateway/flow/ticket_text.h"
#include "gateway/store/ledger.h"

namespace usher::gateway::flow {
namespace {

constexpr std::size_t kMaxSubject = 120;
// Stands for the number in words made before it is known. Control characters: nobody's text has it.
constexpr std::string_view kNumberHere = "\x1a#\x1a";

std::string in_words(const std::map<std::string, std::string>& promise, const std::string& priority) {
  auto it = promise.find(priority);
  return it == promise.end() ? std::string{} : it->second;
}

bool is_address(const std::string& s) {
  return s.find('@') != std::string::npos;
}

void put_number(std::string& text, const std::string& number) {
  for (std::size_t at = 0; (at = text.find(kNumberHere, at)) != std::string::npos; at += number.size())
    text.replace(at, kNumberHere.size(), number);
}

}  // namespace

Escalation::Escalation(EscalationSettings settings, const CurrentContent& content, const Channels& channels,
                       const Publisher& publisher, const Clock& clock)
    : settings_(std::move(settings)), content_(content), channels_(channels), publisher_(publisher), clock_(clock) {}

std::string Escalation::external_ref(const ConversationId& conversation, const std::string& action, std::int64_t n) const {
  auto mac = crypto::hmac_sha256(settings_.secret, conversation.value + "|" + action + "|" + std::to_string(n));
  return "us-" + crypto::to_base32_crockford(std::string_view(mac).substr(0, 20));
}

Escalation::Opening Escalation::prepare(const store::Conversation& c, const dialogs::State& state,
                                        const dialogs::OpenTicket& wish, const std::vector<BotMessage>& said) const {
  const Timestamp now = clock_.now();
  Opening out;
  auto& k = out.k;
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
  if (k.customer.empty() && is_address(c.contact_address)) k.customer = c.contact_address;
  k.channel = c.channel;
  k.priority = wish.priority;
  k.fault_class = wish.fault_class;
  k.created_at = now;
  if (const auto* channel = channels_.find(c.channel); channel != nullptr && channel->can.one_answer) {
    for (const auto& m : said) k.preface += (k.preface.empty() ? "" : "\n\n") + m.text;
  }

  auto& draft = out.draft;
  // Nobody outside reads a ticket of our own: the conversation's id is key enough, and ids come in order.
  draft.external_ref = numbers_at_once() ? c.id.value : external_ref(c.id, "create", 1);
  draft.subject = k.subject;
  draft.body = ticket_head(*content_.get()->scripts, c, state, wish, k.reference);
  draft.requester = is_address(slot("contact")) ? slot("contact") : is_address(c.contact_address) ? c.contact_address : "";
  draft.requester_name = k.customer;
  draft.priority = wish.priority;
  draft.fault_class = wish.fault_class;
  draft.channel = c.channel;
  draft.language = state.language;
  draft.queue = wish.queue;
  for (const auto& [name, value] : state.slots) {
    if (name != "symptom" || !numbers_at_once()) draft.fields.emplace_back(name, value);  // the body begins with it
  }
  draft.fields.emplace_back("reference", k.reference);
  if (numbers_at_once()) {
    out.told = words(k, News::kOpened, c.language, std::string(kNumberHere));
    k.preface.clear();
  }
  return out;
}

Result<void> Escalation::open(sql::Tx& tx, const store::Conversation& c, Opening opening, std::int64_t last_seq,
                              std::int64_t told_seq, Staged& staged) const {
  auto& k = opening.k;
  if (settings_.colocated != nullptr) {
    auto ticket = settings_.colocated->create_in(tx, opening.draft, {c.id.value, last_seq});
    if (!ticket) return fail(std::move(ticket.error()));
    k.state = "linked";
    k.told = "number";
    k.ticket_id = std::move(ticket->id);
    k.ticket_number = std::move(ticket->number);
    k.ticket_url = std::move(ticket->url);
    if (auto r = store::insert_case(tx, k); !r) return r;
    put_number(opening.told.text, k.ticket_number);
    put_number(opening.told.mail_html, text::html_escape(k.ticket_number));
    staged.references.push_back({k.channel, c.contact_address, k.ticket_number, false});
    return publisher_.stage(tx, c, told_seq, {std::move(opening.told)}, k.ticket_number, staged);
  }
  if (auto r = store::insert_case(tx, k); !r) return r;
  store::OutboxRow row;
  row.id = make_uuid_v7(k.created_at);
  row.kind = "create";
  row.target = settings_.ticket_system;
  row.lane = k.id.value;
  row.conversation = c.id;
  row.case_id = k.id.value;
  row.payload = to_json(CreatePayload{std::move(opening.draft), last_seq});
  row.doubt = c.created_at < settings_.started_at;
  row.next_at = row.created_at = k.created_at;
  return publisher_.queue(tx, std::move(row), true, staged);
}

Result<void> Escalation::append(sql::Tx& tx, const store::Conversation& c, const store::Case& k, const std::string& text,
                                std::int64_t seq, Staged& staged, const std::string& author) const {
  connectors::TicketComment comment;
  comment.author = !author.empty() ? author : is_address(c.contact_address) ? c.contact_address : c.contact_name;
  // A case of a ticket system that was replaced, or one without its ticket, goes the way of the outbox.
  if (settings_.colocated != nullptr && k.ticket_system == settings_.ticket_system && !k.ticket_id.empty()) {
    comment.external_ref = "message " + std::to_string(seq);
    comment.body = text;
    return settings_.colocated->append_in(tx, k.ticket_id, comment, {c.id.value, seq});
  }
  const Timestamp now = clock_.now();
  auto n = store::next_append(tx, k.id);
  if (!n) return fail(std::move(n.error()));
  comment.external_ref = external_ref(c.id, "append", *n);
  store::OutboxRow row;
  row.id = make_uuid_v7(now);
  row.kind = "append";
  row.target = settings_.ticket_system;
  row.lane = k.id.value;
  row.conversation = c.id;
  row.case_id = k.id.value;
  row.payload = to_json(AppendPayload{std::move(comment), seq});
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
  const std::string told = (*k)->told;
  if (told == "number") return {};
  auto mine = store::advance_told(tx, id, told, "number");
  if (!mine) return fail(std::move(mine.error()));
  if (!*mine) return {};
  return tell(tx, **k, told.empty() ? News::kOpened : News::kConfirmed, (*k)->ticket_number, staged);
}

Result<void> Escalation::tell_provisional(sql::Tx& tx, const CaseId& id, Staged& staged) const {
  auto mine = store::advance_told(tx, id, "", "provisional");
  if (!mine) return fail(std::move(mine.error()));
  if (!*mine) return {};
  auto k = store::load_case(tx, id);
  if (!k) return fail(std::move(k.error()));
  return tell(tx, **k, News::kProvisional, (*k)->reference, staged);
}

Result<void> Escalation::tell(sql::Tx& tx, const store::Case& k, News news, const std::string& reference, Staged& staged) const {
  auto c = store::load_conversation(tx, k.conversation);
  if (!c) return fail(std::move(c.error()));
  if (!*c) return fail(ErrorCode::kNotFound, "the case's conversation is gone", k.id.value);
  auto seq = store::reserve_seq(tx, (*c)->id, 1, clock_.now());
  if (!seq) return fail(std::move(seq.error()));
  staged.references.push_back({k.channel, (*c)->contact_address, reference, news == News::kProvisional});
  if (auto r = publisher_.stage(tx, **c, *seq, {words(k, news, (*c)->language, reference)}, reference, staged); !r) return r;
  if (staged.not_sent.empty()) return {};
  return store::note_in_ledger_of(tx, (*c)->id, "not answered: " + staged.not_sent);
}

BotMessage Escalation::words(const store::Case& k, News news, const std::string& language, const std::string& number) const {
  const auto content = content_.get();
  const std::string promise = in_words(language == "zh" ? settings_.promise_zh : settings_.promise_en, k.priority);
  BotMessage m;
  const auto* channel = channels_.find(k.channel);
  const std::string name =
      (news == News::kConfirmed ? "number_known." : "acknowledgement.") + std::string(language == "zh" ? "zh" : "en");
  const auto it = content->mail_templates.find(name);  // there: load_content saw to it
  if (channel == nullptr || !channel->can.one_answer || it == content->mail_templates.end()) {
    const char* key = news == News::kOpened        ? "ticket_opened"
                      : news == News::kProvisional ? "ticket_provisional"
                                                   : "ticket_confirmed";
    m.text = phrase(*content->scripts, key, language,
                    {{"number", number}, {"reference", number}, {"promise", promise}, {"company", settings_.company}});
    return m;
  }
  std::map<std::string, std::string> values{{"number", number}, {"reference", k.reference}, {"company", settings_.company}};
  if (news == News::kProvisional) values["provisional"] = "yes";
  if (!promise.empty()) values["promise"] = promise;
  if (!k.preface.empty()) values["preface"] = k.preface;
  if (!settings_.progress_url.empty()) values["progress_url"] = settings_.progress_url;
  m.text = it->second->render(values);
  // Without a template of its own the HTML part is made from the text.
  if (const auto html = content->mail_templates.find(name + ".html"); html != content->mail_templates.end()) {
    if (!k.preface.empty()) values["preface"] = connectors::email::html_paragraphs(k.preface);
    m.mail_html = html->second->render(values);
  }
  return m;
}

}  // namespace usher::gateway::flow
