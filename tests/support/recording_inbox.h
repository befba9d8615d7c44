// An Inbox that keeps what it is given and answers like the real one: the same key and content again is a duplicate, the same key
// with other content a conflict. Errors can be ordered. One thread at a time.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/channel.h"

namespace usher::test {

class RecordingInbox : public connectors::Inbox {
 public:
  boost::asio::awaitable<Result<connectors::Accepted>> accept(connectors::Inbound message) override {
    ++calls;
    if (next_error) co_return fail(*std::exchange(next_error, std::nullopt));
    const std::string key = message.channel + "|" + message.dedup_key;
    if (const auto seen = seen_.find(key); seen != seen_.end()) {
      if (seen->second.first != message.content_digest) co_return fail(ErrorCode::kConflict, "same key, other content");
      connectors::Accepted again = seen->second.second;
      again.is_duplicate = true;
      co_return again;
    }
    connectors::Accepted accepted;
    accepted.seq = next_seq++;
    accepted.id = "L" + std::to_string(accepted.seq);
    accepted.conversation_id = "C1";
    accepted.case_ref = case_ref;
    seen_[key] = {message.content_digest, accepted};
    messages.push_back(std::move(message));
    co_return accepted;
  }
  Result<void> ready() const override {
    if (not_ready) return fail(*not_ready);
    return {};
  }

  std::vector<connectors::Inbound> messages;
  int calls = 0;
  std::int64_t next_seq = 1;
  std::string case_ref;
  std::optional<Error> next_error;
  std::optional<Error> not_ready;

 private:
  std::map<std::string, std::pair<std::string, connectors::Accepted>> seen_;
};

}  // namespace usher::test
