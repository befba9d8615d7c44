// The webchat channel's view of the past: the transcript by session. Implements connectors::webchat::History on the store.
#pragma once
#include "base/sql/database.h"
#include "connectors/webchat/webchat_channel.h"
#include "gateway/flow/content.h"
#include "gateway/store/conversations.h"

namespace usher::gateway::flow {

// A transcript row as the chat shows it.
connectors::webchat::ChatMessage to_chat_message(const store::Message& m);

class ChatHistory final : public connectors::webchat::History {
 public:
  ChatHistory(sql::Database& database, const CurrentContent& content, const Clock& clock)
      : database_(database), content_(content), clock_(clock) {}

  boost::asio::awaitable<Result<connectors::webchat::Transcript>> since(std::string session_key, std::int64_t seq) override;
  connectors::webchat::ChatMessage greeting(std::string lang) override;
  boost::asio::awaitable<Result<std::optional<connectors::Attachment>>> file(std::string session_key, std::int64_t seq,
                                                                             std::string name) override;

 private:
  sql::Database& database_;
  const CurrentContent& content_;
  const Clock& clock_;
};

}  // namespace usher::gateway::flow
