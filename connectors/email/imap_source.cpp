#include "connectors/email/imap_source.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <limits>
#include <mutex>
#include <set>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/backoff.h"
#include "base/async/task_group.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/net/dial.h"
#include "base/text.h"
#include "connectors/email/email_channel.h"

namespace usher::connectors::email {
namespace asio = boost::asio;
namespace {

using std::chrono::milliseconds;
using Next = ImapSession::Next;

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr milliseconds kDialLimit{30'000};
constexpr milliseconds kWriteLimit{30'000};
constexpr milliseconds kStopGently{3'000};
constexpr std::size_t kTakingAtOnce = 16;  // handed to the Inbox and not yet stored
constexpr std::size_t kTakingBytesAtOnce = 8 * 1024 * 1024;

// What is wrong with the mail itself is counted against it; the rest is our own trouble, and the mail waits.
bool is_fault_of_mail(ErrorCode code) {
  return code == ErrorCode::kInvalid || code == ErrorCode::kInternal || code == ErrorCode::kNotFound ||
         code == ErrorCode::kTooLarge || code == ErrorCode::kDenied;
}

class Source final : public MailboxSource {
 public:
  Source(async::Executor executor, MailboxSettings settings, EmailSettings email, std::shared_ptr<net::TlsContext> tls,
         Inbox& inbox, MailboxBooks& books, net::OutboundClient& client, const Clock& clock, MailboxPace pace)
      : executor_(executor),
        settings_(std::move(settings)),
        email_(std::move(email)),
        tls_(std::move(tls)),
        inbox_(inbox),
        books_(books),
        clock_(clock),
        key_(settings_.key()),
        tokens_(settings_.oauth, key_, client, books, clock),
        pace_(std::move(pace)),
        wake_(executor),
        settled_(executor),
        received_(metrics::counter("usher_mail_received_total", "Mails stored, by channel", {{"channel", email_.channel}})),
        is_up_(gauge("usher_mailbox_up", "1: the mailbox is connected and was looked through without an error")),
        waiting_(gauge("usher_mailbox_waiting", "Messages on the server that are not taken")),
        behind_(gauge("usher_mailbox_behind_seconds", "For how long something has been waiting, or nobody could look")),
        failures_(metrics::counter("usher_mailbox_errors_total", "Connections and messages that failed",
                                   {{"mailbox", settings_.name}})) {
    health_.name = settings_.name;
    health_.user = settings_.imap.user;
    health_.host = settings_.imap.host;
    health_.folder = settings_.imap.folder;
    health_.behind_since = clock_.now();
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() override {
    stop(milliseconds{0});
    // No alarm for a mailbox that nobody fetches from any more.
    is_up_.set(std::numeric_limits<double>::quiet_NaN());
    behind_.set(0);
    waiting_.set(0);
  }

  void start() override { tasks_.spawn(executor_, "mailbox", run()); }

  void stop(milliseconds limit) override {
    is_stopping_ = true;
    if (tasks_.size() == 0) return;
    tasks_.spawn(executor_, "mailbox stop", interrupt());
    if (tasks_.wait(std::max(limit, kStopGently))) return;
    tasks_.cancel();
    tasks_.wait(milliseconds{5'000});
  }

  MailboxHealth health() const override {
    std::lock_guard lock(mutex_);
    return health_;
  }

 private:
  metrics::Gauge& gauge(const char* name, const char* help) const {
    return metrics::gauge(name, help, {{"mailbox", settings_.name}});
  }

  template <class F>
  void note(F change) {
    std::lock_guard lock(mutex_);
    change(health_);
    is_up_.set(health_.is_ok() ? 1 : 0);
    waiting_.set(static_cast<double>(health_.waiting));
    behind_.set(health_.behind_since ? static_cast<double>((clock_.now() - *health_.behind_since).count()) / 1'000 : 0);
  }

  asio::awaitable<void> pause(milliseconds duration) {
    if (is_stopping_) co_return;
    if (pace_.pause) co_return co_await pace_.pause(duration);
    boost::system::error_code ec;
    wake_.expires_after(duration);
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }

  asio::awaitable<void> interrupt() {
    if (stream_) stream_->close();
    wake_.cancel();
    co_return;
  }

  asio::awaitable<void> run() {
    for (int attempt = 0; !is_stopping_;) {
      made_progress_ = false;
      const Error why = co_await one_connection();
      co_await settle_all(nullptr);
      stream_.reset();
      if (is_stopping_) break;
      failures_.add();
      const auto now = clock_.now();
      note([&](MailboxHealth& h) {
        h.is_connected = false;
        h.error = why.message;
        if (!h.behind_since) h.behind_since = now;
      });
      if (made_progress_) {
        attempt = 0;
        has_fresh_token_ = false;
      }
      const async::BackoffPolicy backoff{settings_.retry_base, settings_.retry_cap};
      const auto longest = async::full_jitter(backoff, attempt, ~std::uint64_t{0});
      auto wait = async::full_jitter(backoff, attempt++, pace_.random ? pace_.random() : async::random_u64());
      // Whatever is drawn, a server that is away is left alone for a while.
      wait = std::max(wait, longest / 4);
      // Asking again and again with a wrong password gets accounts locked.
      // A token may have been taken back before its time, though: once, another one is tried at once.
      const bool is_denied = why.code == ErrorCode::kDenied;
      const bool is_new_token_due = is_denied && tokens_.is_used() && !std::exchange(has_fresh_token_, true);
      if (is_denied && !is_new_token_due) wait = std::max(wait, settings_.denied_pause);
      const log::Fields fields = {{"mailbox", settings_.name},
                                  {"reason", why.message},
                                  {"detail", why.detail},
                                  {"again_in_ms", static_cast<std::int64_t>(wait.count())}};
      if (is_denied) {
        log::error("mailbox_denied", fields);
      } else {
        log::warn("mailbox_disconnected", fields);
      }
      co_await pause(wait);
    }
  }

  // One connection from greeting to end; why it ended.
  asio::awaitable<Error> one_connection() {
    const auto& imap = settings_.imap;
    const bool is_implicit = settings_.tls == MailboxSettings::Tls::kImplicit;
    auto dialed = co_await net::dial(executor_, imap.host, imap.port, is_implicit ? tls_ : nullptr, kDialLimit);
    if (!dialed) co_return dialed.error();
    stream_ = std::move(*dialed);
    ImapSession session(imap);
    tried_.clear();
    marked_.clear();
    is_compared_ = false;
    std::string buffer(kReadBytes, '\0');
    ImapSession::Step step;
    while (!is_stopping_) {
      if (!step.write.empty()) {
        auto written = co_await stream_->write(std::exchange(step.write, {}), kWriteLimit);
        if (!written) co_return broken(session, written.error());
      }
      switch (step.next) {
        case Next::kClose:
          if (session.error() && session.error()->code == ErrorCode::kDenied && tokens_.is_used()) tokens_.forget();
          co_return session.error().value_or(Error{ErrorCode::kUnavailable, "the connection was closed"});
        case Next::kRead: {
          auto n = co_await stream_->read_some(std::span<char>(buffer), settings_.command_limit);
          if (!n) co_return broken(session, n.error());
          if (*n == 0) co_return broken(session, {ErrorCode::kUnavailable, "the server closed the connection"});
          step = session.feed(std::string_view(buffer).substr(0, *n));
          break;
        }
        case Next::kWait: {
          bool has_looked = co_await looked(session.state());
          if (!has_looked) co_return Error{ErrorCode::kIo, "the books of the mailbox cannot be written"};
          step = {};
          auto n = co_await stream_->read_some(std::span<char>(buffer),
                                               session.is_idling() ? settings_.idle_limit : settings_.poll_every);
          if (n && *n == 0) co_return Error{ErrorCode::kUnavailable, "the server closed the connection"};
          if (!n && n.error().code != ErrorCode::kTimeout) co_return n.error();
          if (n) {
            step = session.feed(std::string_view(buffer).substr(0, *n));
            if (step.next != Next::kWait) tried_.clear();
          } else {
            tried_.clear();
            step = session.wake();
          }
          break;
        }
        case Next::kStartTls: {
          auto encrypted = co_await stream_->start_tls(tls_, kDialLimit);
          if (!encrypted) co_return encrypted.error();
          step = session.tls_started();
          break;
        }
        case Next::kToken: {
          auto token = co_await tokens_.get();
          if (!token) co_return token.error();
          step = session.token(*token);
          break;
        }
        case Next::kOpened: {
          auto mark = co_await books_.open(key_, session.state());
          if (!mark) co_return mark.error();
          log::info("mailbox_open", {{"mailbox", settings_.name},
                                     {"messages", static_cast<std::uint64_t>(session.state().messages)},
                                     {"validity", static_cast<std::uint64_t>(session.state().validity)}});
          step = session.opened(*mark);
          break;
        }
        case Next::kFound: {
          auto planned = co_await plan(&session);
          if (!planned) co_return planned.error();
          step = std::move(*planned);
          break;
        }
        case Next::kMessage: {
          if (auto begun = co_await begin(&session, session.take_message()); !begun) co_return begun.error();
          step = session.kept();
          break;
        }
        case Next::kSettle: {
          if (auto settled = co_await settle_all(&session); !settled) co_return settled.error();
          step = session.go_on();
          break;
        }
        case Next::kFailed: {
          if (session.failed_uid() != 0) {
            auto counted = co_await failed(session.failed_uid(), session.state().validity, session.error_text());
            if (!counted) co_return counted.error();
          } else {
            note([&](MailboxHealth& h) { h.warning = session.error_text(); });
            log::warn("mailbox_marking", {{"mailbox", settings_.name}, {"reason", session.error_text()}});
          }
          step = session.go_on();
          break;
        }
        case Next::kFiled: {
          auto filed = co_await books_.filed(key_, session.state().validity, session.filed());
          if (!filed) co_return filed.error();
          made_progress_ = true;
          step = session.go_on();
          break;
        }
      }
    }
    co_return Error{ErrorCode::kUnavailable, "going down"};
  }

  // A message under whose hands the connection broke comes last next time: if it is the cause, it holds up nobody.
  Error broken(const ImapSession& session, Error error) {
    if (session.fetching() != 0) last_.insert(session.fetching());
    return error;
  }

  asio::awaitable<Result<ImapSession::Step>> plan(ImapSession* session) {
    const auto validity = session->state().validity;
    if (validity != validity_) last_.clear();
    validity_ = validity;
    const auto& found = session->found();
    if (!is_compared_ && !session->is_found_cut()) {
      if (auto compared = co_await books_.only(key_, validity, found); !compared) co_return fail(std::move(compared.error()));
      is_compared_ = true;
    }
    std::vector<std::uint32_t> take, mark_only;
    std::int64_t waiting = 0;
    if (!found.empty()) {
      auto known = co_await books_.known(key_, validity, found);
      if (!known) co_return fail(std::move(known.error()));
      for (auto uid : found) {
        auto it = known->find(uid);
        using Fate = MailboxBooks::Fate;
        const bool is_open = it == known->end() || it->second == Fate::kTrying;
        if (is_open) ++waiting;
        if (is_open && tried_.insert(uid).second) take.push_back(uid);
        // Marking is tried once for each connection; a server may refuse it for good.
        if (it != known->end() && it->second == Fate::kTaken && marked_.insert(uid).second) mark_only.push_back(uid);
      }
      std::sort(take.begin(), take.end(), [this](std::uint32_t a, std::uint32_t b) {
        return std::pair(last_.contains(a), a) < std::pair(last_.contains(b), b);
      });
    }
    const auto now = clock_.now();
    note([&](MailboxHealth& h) {
      h.is_connected = true;
      h.error.clear();
      h.on_server = session->state().messages;
      h.waiting = waiting;
      if (waiting == 0) {
        h.behind_since.reset();
      } else if (!h.behind_since) {
        h.behind_since = now;
      }
    });
    co_return session->plan(std::move(take), std::move(mark_only));
  }

  // A message that the Inbox has, and what became of it.
  struct Taking {
    std::uint32_t uid = 0, validity = 0;
    std::size_t bytes = 0;
    std::string sender;
    std::vector<std::string> keys;  // own and thread keys
    // True: stored, to be marked. False: not this time. An error: our own trouble, nothing more is taken now.
    std::optional<Result<bool>> outcome;
  };

  bool may_belong_together(const Taking& a, const Taking& b) const {
    if (a.sender == b.sender) return true;
    return std::any_of(a.keys.begin(), a.keys.end(),
                       [&](const std::string& key) { return std::find(b.keys.begin(), b.keys.end(), key) != b.keys.end(); });
  }

  // Hands the message on. An error: our own trouble, with this one or one before.
  asio::awaitable<Result<void>> begin(ImapSession* session, ImapSession::Message message) {
    if (auto ready = inbox_.ready(); !ready) co_return fail(ErrorCode::kBusy, "no mail is taken now: " + ready.error().message);
    auto one = std::make_shared<Taking>();
    one->uid = message.uid;
    one->validity = session->state().validity;
    one->bytes = message.raw->size();
    MailEnvelope envelope;
    envelope.is_from_known = false;
    envelope.recipients = {settings_.address.empty() ? from_address(email_) : settings_.address};
    auto inbound = to_inbound(message.raw, std::move(envelope), email_, clock_.now());
    if (!inbound) {
      auto counted = co_await failed(one->uid, one->validity, inbound.error().message);
      if (!counted) co_return counted;
      one->outcome = false;
      taking_.push_back(std::move(one));
      co_return Result<void>{};
    }
    inbound->place = Inbound::Place{key_, one->validity, one->uid};
    inbound->facts.emplace_back("mailbox", key_ + " " + std::to_string(one->validity) + " " + std::to_string(one->uid));
    if (message.is_header_only) {
      inbound->hold_cause = "too_large";
      inbound->hold_evidence = std::to_string(message.size) + " bytes, of which only the header was fetched; the mail lies in " +
                               settings_.imap.folder + " of " + settings_.imap.user + " as message " +
                               std::to_string(message.uid);
    }
    one->sender = inbound->sender_id;
    one->keys = inbound->own_keys;
    one->keys.insert(one->keys.end(), inbound->thread_keys.begin(), inbound->thread_keys.end());
    auto has_room = [&] {
      std::size_t bytes = one->bytes;
      for (const auto& other : taking_) bytes += other->bytes;
      return taking_.size() < kTakingAtOnce && bytes <= kTakingBytesAtOnce &&
             std::none_of(taking_.begin(), taking_.end(), [&](const auto& other) { return may_belong_together(*other, *one); });
    };
    while (!taking_.empty() && !has_room()) {
      if (auto settled = co_await settle_first(session); !settled) co_return settled;
    }
    taking_.push_back(one);
    if (!tasks_.spawn(executor_, "mailbox message", take(one, std::move(*inbound))))
      one->outcome = fail(ErrorCode::kUnavailable, "going down");
    co_return Result<void>{};
  }

  // Up to the Inbox's write nothing waits, and tasks begin in the order they are spawned in: the Inbox gets them in that order.
  asio::awaitable<void> take(std::shared_ptr<Taking> one, Inbound inbound) {
    auto stored = co_await store(one, std::move(inbound));
    one->outcome = std::move(stored);
    settled_.cancel();
  }

  asio::awaitable<Result<bool>> store(std::shared_ptr<Taking> one, Inbound inbound) {
    auto accepted = co_await inbox_.accept(std::move(inbound));
    if (!accepted && is_fault_of_mail(accepted.error().code)) {
      auto counted = co_await failed(one->uid, one->validity, accepted.error().message);
      if (!counted) co_return fail(std::move(counted.error()));
      co_return false;
    }
    // kConflict: kept beside an earlier one with the same key. It is in the ledger.
    if (!accepted && accepted.error().code != ErrorCode::kConflict)
      co_return fail(accepted.error().code == ErrorCode::kDenied ? ErrorCode::kBusy : accepted.error().code,
                     "no mail can be stored now: " + accepted.error().message, accepted.error().detail);
    received_.add();
    made_progress_ = true;
    last_.erase(one->uid);
    marked_.insert(one->uid);
    const auto now = clock_.now();
    note([&](MailboxHealth& h) {
      h.mail_at = now;
      if (h.waiting > 0) --h.waiting;
    });
    co_return true;
  }

  // Waits for the one that was begun first. `session` null: it is gone.
  asio::awaitable<Result<void>> settle_first(ImapSession* session) {
    const auto one = taking_.front();
    while (!one->outcome) {
      boost::system::error_code ec;
      settled_.expires_after(std::chrono::minutes{1});
      co_await settled_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
    taking_.pop_front();
    if (!*one->outcome) co_return fail(one->outcome->error());
    if (session != nullptr) session->settled(one->uid, **one->outcome);
    co_return Result<void>{};
  }

  // The first error, when all have ended.
  asio::awaitable<Result<void>> settle_all(ImapSession* session) {
    Result<void> out;
    while (!taking_.empty()) {
      auto settled = co_await settle_first(session);
      if (!settled && out) out = std::move(settled);
    }
    co_return out;
  }

  asio::awaitable<Result<void>> failed(std::uint32_t uid, std::uint32_t validity, std::string cause) {
    failures_.add();
    auto failure = co_await books_.failed(key_, validity, uid, cause);
    if (!failure) co_return fail(std::move(failure.error()));
    const bool is_skipped = failure->fate == MailboxBooks::Fate::kSkipped;
    auto what = "message " + std::to_string(uid) + (is_skipped ? " is skipped: " : " could not be taken: ") + cause;
    log::warn(
        is_skipped ? "mailbox_skipped" : "mailbox_message_failed",
        {{"mailbox", settings_.name}, {"uid", static_cast<std::uint64_t>(uid)}, {"tries", failure->tries}, {"reason", cause}});
    note([&](MailboxHealth& h) { h.warning = std::move(what); });
    co_return Result<void>{};
  }

  asio::awaitable<bool> looked(ImapSession::State state) {
    const auto now = clock_.now();
    made_progress_ = true;
    auto counts = co_await books_.looked(key_, state.validity);
    if (!counts) co_return false;
    note([&](MailboxHealth& h) {
      h.seen_at = now;
      h.on_server = state.messages;
      h.books = *counts;
    });
    co_return true;
  }

  async::Executor executor_;
  MailboxSettings settings_;
  EmailSettings email_;
  std::shared_ptr<net::TlsContext> tls_;
  Inbox& inbox_;
  MailboxBooks& books_;
  const Clock& clock_;
  std::string key_;
  OAuthTokens tokens_;
  MailboxPace pace_;
  using Timer =
      asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, async::Executor>;
  Timer wake_, settled_;
  metrics::Counter& received_;
  metrics::Gauge& is_up_;
  metrics::Gauge& waiting_;
  metrics::Gauge& behind_;
  metrics::Counter& failures_;

  // On the executor only.
  std::shared_ptr<net::ByteStream> stream_;
  bool made_progress_ = false;
  bool has_fresh_token_ = false;  // asked for after a refusal
  std::uint32_t validity_ = 0;
  std::set<std::uint32_t> tried_;   // since the server was last left alone
  std::set<std::uint32_t> marked_;  // on this connection
  bool is_compared_ = false;        // the books with what is there, on this connection
  std::set<std::uint32_t> last_;
  std::deque<std::shared_ptr<Taking>> taking_;  // in the order they were begun in

  std::atomic<bool> is_stopping_{false};
  async::TaskGroup tasks_;
  mutable std::mutex mutex_;
  MailboxHealth health_;
};

}  // namespace

Result<std::unique_ptr<MailboxSource>> watch_mailbox(async::Executor executor, MailboxSettings settings, EmailSettings email,
                                                     Inbox& inbox, MailboxBooks& books, net::OutboundClient& client,
                                                     const Clock& clock, MailboxPace pace) {
  auto tls = net::client_tls(settings.ca_file);
  if (!tls) return fail(std::move(tls.error()));
  settings.imap.is_encrypted = settings.tls == MailboxSettings::Tls::kImplicit;
  settings.imap.use_starttls = settings.tls == MailboxSettings::Tls::kStartTls;
  settings.imap.has_token = !settings.oauth.token_url.empty();
  settings.imap.max_message_bytes = email.max_message_bytes;
  if (settings.oauth.ca_file.empty()) settings.oauth.ca_file = settings.ca_file;
  return std::make_unique<Source>(executor, std::move(settings), std::move(email), std::move(*tls), inbox, books, client, clock,
                                  std::move(pace));
}

}  // namespace usher::connectors::email
