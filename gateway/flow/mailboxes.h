// The books of the mailboxes that mail is fetched from (connectors/email/imap_source.h), in the store. Thread-safe.
#pragma once
#include "base/clock.h"
#include "base/sql/database.h"
#include "connectors/email/imap_source.h"

namespace usher::gateway::flow {

class Mailboxes final : public connectors::email::MailboxBooks {
 public:
  static constexpr std::int64_t kMaxTries = 3;  // then a message is skipped

  // Both outlive this.
  Mailboxes(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  boost::asio::awaitable<Result<connectors::email::ImapMark>> open(std::string mailbox,
                                                                   connectors::email::ImapSession::State state) override;
  boost::asio::awaitable<Result<std::map<std::uint32_t, Fate>>> known(std::string mailbox, std::uint32_t validity,
                                                                      std::vector<std::uint32_t> uids) override;
  boost::asio::awaitable<Result<void>> filed(std::string mailbox, std::uint32_t validity,
                                             std::vector<std::uint32_t> uids) override;
  boost::asio::awaitable<Result<void>> only(std::string mailbox, std::uint32_t validity,
                                            std::vector<std::uint32_t> found) override;
  boost::asio::awaitable<Result<Failure>> failed(std::string mailbox, std::uint32_t validity, std::uint32_t uid,
                                                 std::string cause) override;
  boost::asio::awaitable<Result<Counts>> looked(std::string mailbox, std::uint32_t validity) override;
  boost::asio::awaitable<Result<std::string>> kept_token(std::string mailbox, std::string seed) override;
  boost::asio::awaitable<Result<void>> keep_token(std::string mailbox, std::string seed, std::string token) override;

 private:
  sql::Database& database_;
  const Clock& clock_;
};

}  // namespace usher::gateway::flow
