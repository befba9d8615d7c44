#include "gateway/flow/deliveries.h"

#include "base/async/sleep.h"
#include "gateway/flow/publish.h"
#include "gateway/flow/ticket_text.h"
#include "gateway/store/cases.h"
#include "gateway/store/mail_limits.h"

namespace usher::gateway::flow {

Verdict Verdict::of(Error e) {
  Verdict v;
  switch (e.code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kNotFound:
    case ErrorCode::kConflict:
    case ErrorCode::kInternal:
      v.kind = Kind::kDead;
      break;
    case ErrorCode::kDenied:
      v.kind = Kind::kDenied;
      break;
    case ErrorCode::kUnknown:
    case ErrorCode::kTooLarge:
      v.kind = Kind::kUnknown;
      break;
    default:
      v.kind = Kind::kRetry;
      break;
  }
  v.error = std::move(e);
  return v;
}

Verdict Verdict::sent(std::string remote_id) {
  Verdict v;
  v.kind = Kind::kSent;
  v.remote_id = std::move(remote_id);
  return v;
}

boost::asio::awaitable<Verdict> Deliveries::attempt(store::OutboxRow row, std::shared_ptr<connectors::Outbound> message) const {
  if (row.kind == "create") co_return co_await create(std::move(row));
  if (row.kind == "append") co_return co_await append(std::move(row));
  co_return co_await this->message(std::move(row), std::move(message));
}

boost::asio::awaitable<Verdict> Deliveries::create(store::OutboxRow row) const {
  auto payload = create_from_json(row.payload);
  if (!payload) co_return Verdict::of(std::move(payload.error()));
  auto as_sent = [](connectors::Ticket ticket) {
    Verdict v = Verdict::sent(ticket.id);
    v.ticket = std::move(ticket);
    return v;
  };
  if (row.doubt) {
    // It may exist already. Looked up twice, one index lag apart, before it is created again.
    for (int look = 0; look < 2; ++look) {
      if (look == 1) {
        if (index_lag_.count() == 0) break;
        if (!co_await async::sleep_for(index_lag_))
          co_return Verdict::of({ErrorCode::kUnknown, "stopped while looking a ticket up"});
      }
      auto found = co_await tickets_.find(payload->draft.external_ref);
      if (!found) {
        // Not knowing whether it exists is no reason to create it, and a look-up's own refusal is no verdict on the row.
        Error e = std::move(found.error());
        if (e.code != ErrorCode::kDenied) e.code = ErrorCode::kUnknown;
        co_return Verdict::of(std::move(e));
      }
      if (*found) co_return as_sent(std::move(**found));
    }
  }
  struct Needed {
    std::vector<store::Message> transcript;
    std::vector<connectors::Attachment> attachments;
  };
  auto read = [id = row.conversation, last = payload->last_seq](sql::Tx& tx) -> Result<Needed> {
    auto transcript = store::messages_since(tx, id, 0, last);
    if (!transcript) return fail(std::move(transcript.error()));
    auto attachments = store::load_attachments(tx, id, 1, last);
    if (!attachments) return fail(std::move(attachments.error()));
    return Needed{std::move(*transcript), std::move(*attachments)};
  };
  auto needed = co_await sql::read_returning<Needed>(database_, read);
  if (!needed) co_return Verdict::of({ErrorCode::kUnavailable, "the transcript could not be read", needed.error().detail});
  append_transcript(payload->draft.body, needed->transcript);
  payload->draft.attachments = std::move(needed->attachments);
  auto ticket = co_await tickets_.create(std::move(payload->draft));
  if (!ticket) co_return Verdict::of(std::move(ticket.error()));
  co_return as_sent(std::move(*ticket));
}

boost::asio::awaitable<Verdict> Deliveries::append(store::OutboxRow row) const {
  auto payload = append_from_json(row.payload);
  if (!payload) co_return Verdict::of(std::move(payload.error()));
  struct Needed {
    std::optional<store::Case> k;
    std::vector<store::Message> said;
    std::vector<connectors::Attachment> attachments;
  };
  auto needed = co_await sql::read_returning<Needed>(database_, [row, seq = payload->seq](sql::Tx& tx) -> Result<Needed> {
    Needed n;
    auto k = store::load_case(tx, {row.case_id});
    if (!k) return fail(std::move(k.error()));
    n.k = std::move(*k);
    auto said = store::messages_since(tx, row.conversation, seq - 1, 1);
    if (!said) return fail(std::move(said.error()));
    n.said = std::move(*said);
    auto attachments = store::load_attachments(tx, row.conversation, seq, seq);
    if (!attachments) return fail(std::move(attachments.error()));
    n.attachments = std::move(*attachments);
    return n;
  });
  if (!needed) co_return Verdict::of({ErrorCode::kUnavailable, "the case could not be read", needed.error().detail});
  if (!needed->k || needed->k->ticket_id.empty()) {
    co_return Verdict::of({ErrorCode::kUnavailable, "the case has no ticket yet", row.case_id});
  }
  const std::string ticket_id = needed->k->ticket_id;
  const Verdict sent = Verdict::sent(ticket_id);
  if (row.doubt) {
    auto there = co_await tickets_.has_comment(ticket_id, payload->comment.external_ref);
    if (!there) {
      Error e = std::move(there.error());
      if (e.code != ErrorCode::kDenied && e.code != ErrorCode::kNotFound) e.code = ErrorCode::kUnknown;
      co_return Verdict::of(std::move(e));
    }
    if (*there) co_return sent;
  }
  if (!needed->said.empty()) payload->comment.body = text_and_refused(needed->said.front());
  payload->comment.attachments = std::move(needed->attachments);
  auto done = co_await tickets_.append(ticket_id, std::move(payload->comment));
  if (!done) co_return Verdict::of(std::move(done.error()));
  co_return sent;
}

boost::asio::awaitable<Verdict> Deliveries::message(store::OutboxRow row, std::shared_ptr<connectors::Outbound> known) const {
  auto outbound = known ? Result<connectors::Outbound>(std::move(*known)) : outbound_from_json(row.payload);
  if (!outbound) co_return Verdict::of(std::move(outbound.error()));
  const ChannelInfo* channel = channels_.find(row.target);
  if (channel == nullptr) co_return Verdict::of({ErrorCode::kInvalid, "no channel named '" + row.target + "' is configured"});
  if (row.attempts > 1 && !row.domain.empty()) {
    // While it waited, another mail to the same address may have come back.
    auto failed = co_await sql::read_returning<std::optional<store::FailedAddress>>(
        database_, [to = outbound->recipient](sql::Tx& tx) { return store::failure_of(tx, to); });
    if (failed && *failed)
      co_return Verdict::of(
          {ErrorCode::kInvalid, "mail to this address does not arrive", (*failed)->status + " " + (*failed)->reason});
  }
  auto receipt = co_await channel->channel->send(std::move(*outbound));
  if (!receipt) co_return Verdict::of(std::move(receipt.error()));
  co_return Verdict::sent(std::move(receipt->remote_id));
}

}  // namespace usher::gateway::flow
