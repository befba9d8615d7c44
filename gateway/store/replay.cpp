#include "gateway/store/replay.h"

#include <algorithm>

namespace usher::gateway::store {

Result<std::vector<Recorded>> recorded_since(sql::Tx& tx, Timestamp since, std::int64_t limit) {
  std::vector<Recorded> out;
  auto r = tx.query(
      "SELECT c.id, c.channel, c.language, c.created_at, c.state, k.priority, k.fault_class FROM conversations c "
      "LEFT JOIN cases k ON k.conversation_id = c.id WHERE c.created_at >= $1 ORDER BY c.created_at DESC, c.id DESC LIMIT $2",
      {to_millis(since), limit}, [&](const sql::Row& row) {
        Recorded& c = out.emplace_back();
        c.id = {std::string(row.text(0))};
        c.channel = row.text(1);
        c.language = row.text(2);
        c.created_at = from_millis(row.integer(3));
        c.state = row.text(4);
        c.priority = row.text(5);
        c.fault_class = row.text(6);
      });
  if (!r) return fail(std::move(r.error()));
  std::ranges::reverse(out);
  return out;
}

Result<std::vector<RecordedLine>> recorded_lines(sql::Tx& tx, const ConversationId& id) {
  std::vector<RecordedLine> out;
  auto r = tx.query(
      "SELECT m.seq, m.author, m.text, m.extra, m.at, "
      "(SELECT count(*) FROM attachments a WHERE a.conversation_id = m.conversation_id AND a.seq = m.seq) "
      "FROM messages m WHERE m.conversation_id = $1 ORDER BY m.seq",
      {id.value}, [&](const sql::Row& row) {
        RecordedLine& line = out.emplace_back();
        line.seq = row.integer(0);
        line.author = row.text(1);
        line.text = row.text(2);
        line.extra = row.text(3);
        line.at = from_millis(row.integer(4));
        line.attachments = static_cast<int>(row.integer(5));
      });
  if (!r) return fail(std::move(r.error()));
  return out;
}

}  // namespace usher::gateway::store
