#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "connectors/email/email_channel.h"
#include "gateway/app/command.h"
#include "gateway/app/part_settings.h"
#include "gateway/flow/intake.h"

namespace usher::gateway::app {
// One mail on standard input, from an MTA's pipe. It is committed before this exits 0; a running service works it at once or at
// its start.
int deliver(const Common& common, const std::string& sender, const std::vector<std::string>& recipients) {
  auto settings = settings_of(common);
  if (!settings) return kTemporary;  // an operator's mistake must not bounce customers' mail
  log::init(log::Level::kWarn);
  auto raw = std::make_shared<std::string>();
  const auto limit = static_cast<std::size_t>(settings->email.max_message_bytes);
  char buffer[65536];
  while (std::size_t n = std::fread(buffer, 1, sizeof buffer, stdin)) {
    raw->append(buffer, n);
    if (raw->size() > limit)
      return complain(common, {ErrorCode::kTooLarge, "the mail is larger than " + std::to_string(limit) + " bytes"},
                      kUnavailable);
  }
  if (std::ferror(stdin) != 0) return complain(common, {ErrorCode::kIo, "standard input could not be read"}, kTemporary);
  if (raw->empty()) return complain(common, {ErrorCode::kInvalid, "standard input is empty: a mail is expected there"}, kUsage);
  // Pipes hand over lines as the system writes them; mail has CRLF.
  if (raw->find("\r\n") == std::string::npos) {
    std::string crlf;
    crlf.reserve(raw->size() + raw->size() / 32);
    for (char c : *raw) {
      if (c == '\n') crlf += '\r';
      crlf += c;
    }
    *raw = std::move(crlf);
  }
  auto database = open_store(*settings, false);
  if (!database) return complain(common, database.error(), kTemporary);
  auto secret = instance_secret(**database);
  if (!secret) return complain(common, secret.error(), kTemporary);
  const auto email = email_settings(*settings, *secret);
  connectors::email::MailEnvelope envelope;
  envelope.from = sender;
  envelope.is_from_known = !sender.empty();
  envelope.recipients = recipients;
  if (envelope.recipients.empty()) envelope.recipients = {connectors::email::from_address(email)};
  auto inbound = connectors::email::to_inbound(raw, envelope, email, system_clock().now());
  if (!inbound) return complain(common, inbound.error(), inbound.error().retry() ? kTemporary : kProblems);

  flow::Intake intake(
      **database, system_clock(),
      {settings->data.string(), static_cast<std::uint64_t>(settings->limits.min_free_megabytes) * 1024 * 1024, 1000, 0});
  boost::asio::io_context io;
  std::optional<Result<connectors::Accepted>> accepted;
  boost::asio::co_spawn(io, intake.accept(std::move(*inbound)), [&](std::exception_ptr e, Result<connectors::Accepted> r) {
    accepted = e ? Result<connectors::Accepted>(fail(ErrorCode::kInternal, "accepting failed")) : std::move(r);
  });
  io.run();
  database->reset();  // before `io`: the writer may still be handing the result over
  if (!accepted || !*accepted) {
    const Error error = accepted ? accepted->error() : Error{ErrorCode::kInternal, "accepting failed"};
    return complain(common, error, kTemporary);
  }
  if (common.as_json)
    print({{"id", (*accepted)->id}, {"conversation", (*accepted)->conversation_id}, {"duplicate", (*accepted)->is_duplicate}});
  return kOk;
}

}  // namespace usher::gateway::app
