#include "gateway/flow/publish.h"

#include <nlohmann/json.hpp>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"

namespace usher::gateway::flow {
namespace {

using nlohmann::json;

connectors::Outbound to_outbound(const store::Conversation& c, const std::string& id, const BotMessage& m,
                                 const std::string& reference, Timestamp now) {
  connectors::Outbound o;
  o.id = id;
  o.channel = c.channel;
  o.conversation_id = c.id.value;
  o.recipient = c.contact_address;
  o.language = c.language;
  o.text = m.text;
  o.html = m.html;
  o.choices = m.choices;
  // A name and a subject are the sender's own words: they go back only to somebody who is who they say (MAIL-07).
  if (c.reply.is_verified) {
    o.recipient_name = c.contact_name;
    o.subject = c.subject;
  }
  o.reference = reference;
  o.in_reply_to = c.reply.message_id;
  o.references = c.reply.references;
  o.created_at = now;
  return o;
}

BotMessage merged(const std::vector<BotMessage>& messages) {
  BotMessage one = messages.front();
  for (std::size_t i = 1; i < messages.size(); ++i) {
    one.text += "\n\n" + messages[i].text;
    if (!messages[i].choices.empty()) one.choices = messages[i].choices;
    if (!messages[i].slot.empty()) one.slot = messages[i].slot;
  }
  one.html = messages.size() == 1 ? one.mail_html : std::string{};
  return one;
}

std::string with_reason(std::string extra, const std::string& not_sent) {
  if (extra.empty()) {
    extra = "{";
  } else {
    extra.back() = ',';
  }
  extra += "\"not_sent\":";
  text::append_json_string(extra, not_sent);
  return extra += '}';
}

store::AutomaticMail automatic_mail(const store::Conversation& c) {
  return {c.contact_address, c.reply.message_id.empty() ? c.id.value : c.reply.message_id, connectors::email::topic_of(c.subject),
          static_cast<connectors::email::Looks>(c.reply.looks)};
}

std::string domain_of(const std::string& address) {
  auto at = address.rfind('@');
  return at == std::string::npos ? std::string{} : text::to_lower_ascii(address.substr(at + 1));
}

}  // namespace

Result<void> Publisher::stage(sql::Tx& tx, const store::Conversation& c, std::int64_t first_seq,
                              const std::vector<BotMessage>& messages, const std::string& reference, Staged& staged) const {
  const Timestamp now = clock_.now();
  const ChannelInfo* channel = channels_.find(c.channel);
  const bool is_pushed = !messages.empty() && channel != nullptr && !channel->is_pull;
  std::string not_sent;
  if (is_pushed && !c.may_answer) {
    not_sent = "no automatic answer may go to this mail";
  } else if (is_pushed && channel->can.one_answer) {
    auto why_not = store::admit_mail(tx, automatic_mail(c), mail_limits_, now);
    if (!why_not) return fail(std::move(why_not.error()));
    staged.not_sent = not_sent = std::move(*why_not);
  }
  std::int64_t seq = first_seq;
  for (const auto& m : messages) {
    store::Message row{seq++, make_uuid_v7(now), "bot", m.text, m.html, m.extra_json(), now};
    if (!not_sent.empty()) row.extra = with_reason(std::move(row.extra), not_sent);
    if (auto r = store::insert_message(tx, c.id, row); !r) return r;
    if (channel != nullptr && channel->is_pull) staged.lines.push_back({c.channel, c.contact_address, std::move(row)});
  }
  if (!not_sent.empty()) log::warn("an answer is not sent", {{"conversation", c.id.value}, {"why", not_sent}});
  if (!is_pushed || !not_sent.empty()) return {};
  auto send = [&](const BotMessage& m) -> Result<void> {
    store::OutboxRow row;
    row.id = make_uuid_v7(now);
    row.kind = "message";
    row.target = c.channel;
    row.lane = c.id.value;
    row.conversation = c.id;
    if (channel->can.one_answer) row.domain = domain_of(c.contact_address);
    auto message = std::make_shared<connectors::Outbound>(to_outbound(c, row.id, m, reference, now));
    row.payload = outbound_to_json(*message);
    row.next_at = row.created_at = now;
    return queue(tx, std::move(row), std::exchange(staged.is_new_lane, false), staged, std::move(message));
  };
  if (channel->can.one_answer) return send(merged(messages));
  for (const auto& m : messages) {
    if (auto r = send(m); !r) return r;
  }
  return {};
}

Result<void> Publisher::queue(sql::Tx& tx, store::OutboxRow row, bool is_first, Staged& staged,
                              std::shared_ptr<connectors::Outbound> message) const {
  auto place = is_first && hooks_.reserve ? hooks_.reserve(row) : Place{};
  if (!place.place) {
    staged.has_outbox_rows = true;
    return store::insert_outbox(tx, row);
  }
  row.state = "leased";
  row.epoch = row.attempts = 1;
  row.next_at = row.created_at + place.lease;
  if (auto r = store::insert_outbox(tx, row); !r) return r;
  row.payload = message ? std::string{} : std::move(row.payload);  // stored; nobody reads it again
  staged.handed.push_back({std::move(row), std::move(place.place), std::move(message)});
  return {};
}

void Publisher::publish(Staged& staged) const {
  for (auto& handed : std::exchange(staged.handed, {})) hooks_.deliver(std::move(handed));
  for (const auto& line : staged.lines) {
    if (hooks_.push) hooks_.push(line.channel, line.contact, line.message);
  }
  for (const auto& r : staged.references) {
    if (hooks_.push_reference) hooks_.push_reference(r.channel, r.contact, r.reference, r.provisional);
  }
  if (staged.has_outbox_rows && hooks_.kick_outbox) hooks_.kick_outbox();
}

// By hand: once per answer, inside the transaction.
std::string outbound_to_json(const connectors::Outbound& m) {
  std::string out;
  out.reserve(m.text.size() + m.html.size() + 768);
  auto member = [&](std::string_view name, const std::string& value) {
    out.append(out.empty() ? "{\"" : ",\"").append(name).append("\":");
    text::append_json_string(out, value);
  };
  member("id", m.id);
  member("channel", m.channel);
  member("conversation", m.conversation_id);
  member("recipient", m.recipient);
  member("recipient_name", m.recipient_name);
  member("language", m.language);
  member("text", m.text);
  member("html", m.html);
  member("subject", m.subject);
  member("reference", m.reference);
  member("in_reply_to", m.in_reply_to);
  out += ",\"references\":[";
  for (const auto& id : m.references) {
    if (&id != m.references.data()) out += ',';
    text::append_json_string(out, id);
  }
  out += "],\"choices\":[";
  for (const auto& c : m.choices) {
    out += &c == m.choices.data() ? "{\"id\":" : ",{\"id\":";
    text::append_json_string(out, c.id);
    out += ",\"label\":";
    text::append_json_string(out, c.label);
    out += '}';
  }
  out.append(m.is_automatic ? "],\"is_automatic\":true" : "],\"is_automatic\":false");
  out.append(",\"created_at\":").append(std::to_string(to_millis(m.created_at)));
  return out += '}';
}

Result<connectors::Outbound> outbound_from_json(const std::string& text) {
  try {
    auto j = json::parse(text);
    connectors::Outbound m;
    m.id = j.at("id");
    m.channel = j.at("channel");
    m.conversation_id = j.at("conversation");
    m.recipient = j.at("recipient");
    m.recipient_name = j.at("recipient_name");
    m.language = j.at("language");
    m.text = j.at("text");
    m.html = j.at("html");
    for (const auto& c : j.at("choices")) m.choices.push_back({c.at("id"), c.at("label")});
    m.subject = j.at("subject");
    m.reference = j.at("reference");
    m.in_reply_to = j.at("in_reply_to");
    m.references = j.at("references").get<std::vector<std::string>>();
    m.is_automatic = j.at("is_automatic");
    m.created_at = from_millis(j.at("created_at"));
    return m;
  } catch (const json::exception& e) {
    return fail(ErrorCode::kInternal, "outbox row does not hold a message", e.what());
  }
}

}  // namespace usher::gateway::flow
