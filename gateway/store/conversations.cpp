#include "gateway/store/conversations.h"

#include <nlohmann/json.hpp>
#include "gateway/store/rows.h"

// An UPDATE and then a SELECT where RETURNING would do: for RETURNING SQLite opens a temporary table each time, which costs more
// than the statement.
namespace usher::gateway::store {
namespace {

using nlohmann::json;

constexpr std::string_view kColumns =
    "id, channel, contact_id, contact_address, contact_name, language, status, dialog, state, version, last_seq, may_answer, "
    "subject, "
    "reply_context, case_id, created_at, updated_at";

Conversation read_conversation(const sql::Row& row) {
  Conversation c;
  c.id = {row.text(0)};
  c.channel = row.text(1);
  c.contact_id = row.text(2);
  c.contact_address = row.text(3);
  c.contact_name = row.text(4);
  c.language = row.text(5);
  c.status = row.text(6);
  c.dialog = row.text(7);
  c.state = row.text(8);
  c.version = row.integer(9);
  c.last_seq = row.integer(10);
  c.may_answer = row.integer(11) != 0;
  c.subject = row.text(12);
  c.reply = ReplyContext::from_json(row.text(13));
  c.case_id = row.text(14);
  c.created_at = from_millis(row.integer(15));
  c.updated_at = from_millis(row.integer(16));
  return c;
}

Message read_message(const sql::Row& row, int first) {
  return {row.integer(first),
          row.text(first + 1),
          row.text(first + 2),
          row.text(first + 3),
          row.text(first + 4),
          row.text(first + 5),
          from_millis(row.integer(first + 6))};
}

}  // namespace

std::string ReplyContext::to_json() const {
  if (recipient.empty() && message_id.empty() && references.empty()) return {};
  json j{{"recipient", recipient}, {"message_id", message_id}, {"references", references}};
  if (looks != ReplyContext{}.looks) j["looks"] = looks;
  if (!is_verified) j["unverified"] = true;
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

ReplyContext ReplyContext::from_json(const std::string& text) {
  ReplyContext c;
  if (text.empty()) return c;
  auto j = json::parse(text, nullptr, false);
  if (!j.is_object()) return c;
  c.recipient = j.value("recipient", "");
  c.message_id = j.value("message_id", "");
  c.references = j.value("references", std::vector<std::string>{});
  c.looks = j.value("looks", c.looks);
  c.is_verified = !j.value("unverified", false);
  return c;
}

Result<std::optional<KeyMatch>> find_by_key(sql::Tx& tx, const std::string& key) {
  constexpr std::string_view kReference = "ref:";
  std::optional<KeyMatch> match;
  auto take = [&](const sql::Row& row) { match = KeyMatch{{row.text(0)}, row.text(1), row.text(2)}; };
  // A ticket system that was replaced may have given the same number: the older case keeps it.
  auto r = key.starts_with(kReference)
               ? tx.query(
                     "SELECT c.id, c.contact_address, c.case_id FROM conversations c WHERE c.id = "
                     "(SELECT conversation_id FROM (SELECT id, conversation_id FROM cases WHERE reference = $1 UNION ALL "
                     "SELECT id, conversation_id FROM cases WHERE ticket_number = $1) AS known ORDER BY id LIMIT 1)",
                     {std::string_view(key).substr(kReference.size())}, take)
               : tx.query(
                     "SELECT c.id, c.contact_address, c.case_id FROM thread_keys k "
                     "JOIN conversations c ON c.id = k.conversation_id WHERE k.key = $1",
                     {key}, take);
  if (!r) return fail(std::move(r.error()));
  return match;
}

Result<void> add_key(sql::Tx& tx, const std::string& key, const ConversationId& id) {
  return done(tx.exec("INSERT INTO thread_keys (key, conversation_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", {key, id.value}));
}

Result<std::string> upsert_contact(sql::Tx& tx, const std::string& channel, const std::string& address, const std::string& name,
                                   const std::string& new_id, Timestamp now) {
  std::string id, known_as;
  auto r =
      tx.query("SELECT id, name FROM contacts WHERE address = $1 AND channel = $2", {address, channel}, [&](const sql::Row& row) {
        id = row.text(0);
        known_as = row.text(1);
      });
  if (r && id.empty()) {
    id = new_id;
    r = tx.exec("INSERT INTO contacts (id, channel, address, name, created_at) VALUES ($1, $2, $3, $4, $5)",
                {id, channel, address, name, to_millis(now)});
  } else if (r && !name.empty() && name != known_as) {
    r = tx.exec("UPDATE contacts SET name = $2 WHERE id = $1", {id, name});
  }
  if (!r) return fail(std::move(r.error()));
  return id;
}

Result<void> insert_conversation(sql::Tx& tx, const Conversation& c) {
  return done(tx.exec(
      "INSERT INTO conversations (id, channel, contact_id, contact_address, contact_name, language, status, dialog, state, "
      "version, last_seq, waiting, may_answer, subject, reply_context, case_id, created_at, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14, $15, $16, $17)",
      {c.id.value, c.channel, c.contact_id, c.contact_address, c.contact_name, c.language, c.status, c.dialog, c.state, c.version,
       c.last_seq, std::int64_t{c.may_answer}, c.subject, c.reply.to_json(), or_null(c.case_id), to_millis(c.created_at),
       to_millis(c.updated_at)}));
}

Result<std::optional<Conversation>> load_conversation(sql::Tx& tx, const ConversationId& id) {
  std::optional<Conversation> c;
  static const std::string sql = "SELECT " + std::string(kColumns) + " FROM conversations WHERE id = $1";
  auto r = tx.query(sql, {id.value}, [&](const sql::Row& row) { c = read_conversation(row); });
  if (!r) return fail(std::move(r.error()));
  return c;
}

Result<NextSeq> next_seq(sql::Tx& tx, const ConversationId& id, bool to_work, Timestamp now) {
  NextSeq next;
  auto r = tx.exec("UPDATE conversations SET last_seq = last_seq + 1, waiting = waiting + $3, updated_at = $2 WHERE id = $1",
                   {id.value, to_millis(now), std::int64_t{to_work}});
  if (r) {
    r = tx.query("SELECT last_seq, waiting FROM conversations WHERE id = $1", {id.value},
                 [&](const sql::Row& row) { next = {row.integer(0), row.integer(1)}; });
  }
  if (!r) return fail(std::move(r.error()));
  if (next.seq == 0) return fail(ErrorCode::kNotFound, "no such conversation", id.value);
  return next;
}

Result<void> set_reply_context(sql::Tx& tx, const ConversationId& id, const ReplyContext& reply, const std::string& subject) {
  return done(tx.exec(
      "UPDATE conversations SET reply_context = $2, subject = CASE WHEN subject = '' THEN $3 ELSE subject END WHERE id = $1",
      {id.value, reply.to_json(), subject}));
}

Result<TurnPlace> commit_turn(sql::Tx& tx, const Conversation& c, std::int64_t expected_version, std::int64_t messages,
                              std::int64_t worked) {
  std::optional<TurnPlace> place;
  auto r = tx.exec(
      "UPDATE conversations SET state = $2, status = $3, dialog = $4, language = $5, contact_name = $6, updated_at = $7, "
      "version = version + 1, waiting = waiting - $11, last_seq = last_seq + $8, case_id = $10 WHERE id = $1 AND version = $9",
      {c.id.value, c.state, c.status, c.dialog, c.language, c.contact_name, to_millis(c.updated_at), messages, expected_version,
       or_null(c.case_id), worked});
  if (r && *r > 0) {
    r = tx.query("SELECT last_seq, subject, reply_context FROM conversations WHERE id = $1", {c.id.value},
                 [&](const sql::Row& row) { place = TurnPlace{row.integer(0) - messages + 1, row.text(1), row.text(2)}; });
  }
  if (!r) return fail(std::move(r.error()));
  if (!place) return fail(ErrorCode::kConflict, "conversation moved on meanwhile", c.id.value);
  return std::move(*place);
}

Result<std::int64_t> reserve_seq(sql::Tx& tx, const ConversationId& id, std::int64_t count, Timestamp now) {
  std::optional<std::int64_t> last;
  auto r = tx.exec("UPDATE conversations SET last_seq = last_seq + $2, updated_at = $3 WHERE id = $1",
                   {id.value, count, to_millis(now)});
  if (r) {
    r = tx.query("SELECT last_seq FROM conversations WHERE id = $1", {id.value},
                 [&](const sql::Row& row) { last = row.integer(0); });
  }
  if (!r) return fail(std::move(r.error()));
  if (!last) return fail(ErrorCode::kNotFound, "no such conversation", id.value);
  return *last - count + 1;
}

Result<void> insert_message(sql::Tx& tx, const ConversationId& id, const Message& m) {
  return done(tx.exec(
      "INSERT INTO messages (conversation_id, seq, id, author, text, html, extra, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {id.value, m.seq, m.id, m.author, m.text, or_null(m.html), or_null(m.extra), to_millis(m.at)}));
}

Result<std::vector<Message>> messages_since(sql::Tx& tx, const ConversationId& id, std::int64_t seq, std::int64_t limit) {
  std::vector<Message> out;
  auto r = tx.query(
      "SELECT seq, id, author, text, html, extra, at FROM messages WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
      {id.value, seq, limit}, [&](const sql::Row& row) { out.push_back(read_message(row, 0)); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<Waiting>> waiting_messages(sql::Tx& tx, const ConversationId& id) {
  std::vector<Waiting> out;
  auto r = tx.query(
      "SELECT l.id, l.kind, (SELECT count(*) FROM attachments a WHERE a.conversation_id = l.conversation_id AND a.seq = l.seq), "
      "m.seq, m.id, m.author, m.text, m.html, m.extra, m.at FROM ledger l "
      "JOIN messages m ON m.conversation_id = l.conversation_id AND m.seq = l.seq "
      "WHERE l.conversation_id = $1 AND l.fate = 'accepted' ORDER BY l.seq",
      {id.value}, [&](const sql::Row& row) {
        out.push_back({row.text(0), row.text(1), read_message(row, 3), static_cast<int>(row.integer(2))});
      });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> insert_attachment(sql::Tx& tx, const std::string& attachment_id, const ConversationId& id, std::int64_t seq,
                               const connectors::Attachment& a) {
  return done(
      tx.exec("INSERT INTO attachments (id, conversation_id, seq, file_name, content_type, sha256, is_inline, content) "
              "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
              {attachment_id, id.value, seq, a.file_name, a.content_type, a.sha256, std::int64_t{a.is_inline},
               sql::Blob{a.content ? std::string_view(*a.content) : std::string_view{}}}));
}

Result<std::vector<connectors::Attachment>> load_attachments(sql::Tx& tx, const ConversationId& id, std::int64_t first,
                                                             std::int64_t last) {
  std::vector<connectors::Attachment> out;
  auto r = tx.query(
      "SELECT file_name, content_type, sha256, is_inline, content FROM attachments "
      "WHERE conversation_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq, id",
      {id.value, first, last}, [&](const sql::Row& row) {
        connectors::Attachment a;
        a.file_name = row.text(0);
        a.content_type = row.text(1);
        a.sha256 = row.text(2);
        a.is_inline = row.integer(3) != 0;
        a.content = std::make_shared<const std::string>(row.text(4));
        out.push_back(std::move(a));
      });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<ConversationListing>> list_conversations(sql::Tx& tx, std::int64_t limit, const std::string& before) {
  std::vector<ConversationListing> out;
  static const std::string sql =
      "SELECT " + std::string(kColumns) +
      ", (SELECT text FROM messages m WHERE m.conversation_id = conversations.id ORDER BY seq DESC LIMIT 1), "
      "(SELECT at FROM messages m WHERE m.conversation_id = conversations.id ORDER BY seq DESC LIMIT 1), "
      "(SELECT coalesce(ticket_number, reference) FROM cases k WHERE k.conversation_id = conversations.id) "
      "FROM conversations WHERE ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $1";
  auto r = tx.query(sql, {limit, before}, [&](const sql::Row& row) {
    ConversationListing l;
    l.conversation = read_conversation(row);
    l.last_text = row.text(17);
    l.last_at = from_millis(row.maybe_integer(18).value_or(to_millis(l.conversation.updated_at)));
    l.reference = row.text(19);
    out.push_back(std::move(l));
  });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<TraceRow>> traces_of(sql::Tx& tx, const ConversationId& id) {
  std::vector<TraceRow> out;
  auto r = tx.query(
      "SELECT m.seq, l.trace FROM messages m JOIN ledger l ON l.id = m.id "
      "WHERE m.conversation_id = $1 AND m.author = 'customer' AND l.trace IS NOT NULL ORDER BY m.seq",
      {id.value}, [&](const sql::Row& row) { out.push_back({row.integer(0), row.text(1)}); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

}  // namespace usher::gateway::store
