#include "gateway/flow/mailboxes.h"

#include <algorithm>

#include "base/log.h"
#include "gateway/store/mailboxes.h"

namespace usher::gateway::flow {
namespace {

using connectors::email::ImapMark;
using connectors::email::ImapSession;

// "20-Nov-2026", as IMAP's SEARCH SINCE wants it.
std::string imap_date(Timestamp t) {
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(t)};
  return fmt::format("{}-{}-{}", static_cast<unsigned>(day.day()), kMonths[static_cast<unsigned>(day.month()) - 1],
                     static_cast<int>(day.year()));
}

ImapMark mark_of(const store::MailboxMark& kept) {
  return {static_cast<std::uint32_t>(kept.from_uid), kept.since};
}

}  // namespace

boost::asio::awaitable<Result<ImapMark>> Mailboxes::open(std::string mailbox, ImapSession::State state) {
  const auto now = clock_.now();
  return sql::write_returning<ImapMark>(database_, [mailbox = std::move(mailbox), state, now](sql::Tx& tx) -> Result<ImapMark> {
    auto kept = store::load_mailbox(tx, mailbox);
    if (!kept) return fail(std::move(kept.error()));
    if (*kept && (*kept)->validity == std::int64_t{state.validity}) return mark_of(**kept);
    // What lies there already and was read is none of ours; everything from now on is.
    store::MailboxMark fresh{state.validity, state.next_uid == 0 ? INT64_C(4294967295) : std::int64_t{state.next_uid}, {}, now};
    if (*kept && (*kept)->validity != 0) {
      // Numbered anew: what came since we last looked may have been read by others. What is taken twice then is recognised by its
      // content. Days are the server's own: one more on the safe side.
      fresh.since = imap_date((*kept)->seen_at - std::chrono::days{2});
      log::warn("mailbox_renumbered", {{"mailbox", mailbox}, {"since", fresh.since}});
    }
    if (auto r = store::save_mailbox(tx, mailbox, fresh); !r) return fail(std::move(r.error()));
    return mark_of(fresh);
  });
}

boost::asio::awaitable<Result<std::map<std::uint32_t, Mailboxes::Fate>>> Mailboxes::known(std::string mailbox,
                                                                                          std::uint32_t validity,
                                                                                          std::vector<std::uint32_t> uids) {
  using Known = std::map<std::uint32_t, Fate>;
  return sql::read_returning<Known>(
      database_, [mailbox = std::move(mailbox), validity, uids = std::move(uids)](sql::Tx& tx) -> Result<Known> {
        Known out;
        if (uids.empty()) return out;
        auto rows = store::load_mailbox_mails(tx, mailbox, validity, uids.front(), uids.back());
        if (!rows) return fail(std::move(rows.error()));
        for (const auto& [uid, row] : *rows) {
          out[uid] = row.state == "filed"     ? Fate::kFiled
                     : row.state == "taken"   ? Fate::kTaken
                     : row.state == "skipped" ? Fate::kSkipped
                                              : Fate::kTrying;
        }
        return out;
      });
}

boost::asio::awaitable<Result<void>> Mailboxes::filed(std::string mailbox, std::uint32_t validity,
                                                      std::vector<std::uint32_t> uids) {
  const auto now = clock_.now();
  return database_.write([mailbox = std::move(mailbox), validity, uids = std::move(uids), now](sql::Tx& tx) -> Result<void> {
    for (auto uid : uids) {
      if (auto r = store::mail_filed(tx, mailbox, validity, uid, now); !r) return r;
    }
    return {};
  });
}

boost::asio::awaitable<Result<void>> Mailboxes::only(std::string mailbox, std::uint32_t validity,
                                                     std::vector<std::uint32_t> found) {
  const auto now = clock_.now();
  return database_.write([mailbox = std::move(mailbox), validity, found = std::move(found), now](sql::Tx& tx) -> Result<void> {
    auto unfiled = store::load_unfiled_mails(tx, mailbox, validity);
    if (!unfiled) return fail(std::move(unfiled.error()));
    for (auto uid : *unfiled) {
      if (std::binary_search(found.begin(), found.end(), uid)) continue;
      if (auto r = store::mail_filed(tx, mailbox, validity, uid, now); !r) return r;
    }
    return {};
  });
}

boost::asio::awaitable<Result<Mailboxes::Failure>> Mailboxes::failed(std::string mailbox, std::uint32_t validity,
                                                                     std::uint32_t uid, std::string cause) {
  const auto now = clock_.now();
  return sql::write_returning<Failure>(
      database_, [mailbox = std::move(mailbox), validity, uid, cause = std::move(cause), now](sql::Tx& tx) -> Result<Failure> {
        auto row = store::mail_failed(tx, mailbox, validity, uid, cause, kMaxTries, now);
        if (!row) return fail(std::move(row.error()));
        return Failure{row->state == "skipped" ? Fate::kSkipped : Fate::kTrying, row->tries};
      });
}

boost::asio::awaitable<Result<Mailboxes::Counts>> Mailboxes::looked(std::string mailbox, std::uint32_t validity) {
  const auto now = clock_.now();
  return sql::write_returning<Counts>(database_, [mailbox = std::move(mailbox), validity, now](sql::Tx& tx) -> Result<Counts> {
    if (auto r = store::mailbox_seen(tx, mailbox, now); !r) return fail(std::move(r.error()));
    auto counts = store::count_mailbox(tx, mailbox, validity);
    if (!counts) return fail(std::move(counts.error()));
    return Counts{counts->taken, counts->unfiled, counts->trying, counts->skipped};
  });
}

boost::asio::awaitable<Result<std::string>> Mailboxes::kept_token(std::string mailbox, std::string seed) {
  return sql::read_returning<std::string>(database_, [mailbox = std::move(mailbox), seed = std::move(seed)](sql::Tx& tx) {
    return store::load_mailbox_token(tx, mailbox, seed);
  });
}

boost::asio::awaitable<Result<void>> Mailboxes::keep_token(std::string mailbox, std::string seed, std::string token) {
  return database_.write([mailbox = std::move(mailbox), seed = std::move(seed), token = std::move(token)](sql::Tx& tx) {
    return store::save_mailbox_token(tx, mailbox, seed, token);
  });
}

}  // namespace usher::gateway::flow
