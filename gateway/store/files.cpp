#include "gateway/store/files.h"

namespace usher::gateway::store {

Result<std::optional<connectors::Attachment>> find_attachment(sql::Tx& tx, const ConversationId& id, std::int64_t seq,
                                                              const std::string& file_name) {
  std::optional<connectors::Attachment> found;
  auto r = tx.query(
      "SELECT file_name, content_type, sha256, content FROM attachments "
      "WHERE conversation_id = $1 AND seq = $2 AND file_name = $3 ORDER BY id LIMIT 1",
      {id.value, seq, file_name}, [&](const sql::Row& row) {
        connectors::Attachment a;
        a.file_name = row.text(0);
        a.content_type = row.text(1);
        a.sha256 = row.text(2);
        a.content = std::make_shared<const std::string>(row.text(3));
        found = std::move(a);
      });
  if (!r) return fail(std::move(r.error()));
  return found;
}

}  // namespace usher::gateway::store
