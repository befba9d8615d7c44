#include "connectors/webchat/webchat_channel.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/post.hpp>

#include "base/async/backoff.h"
#include "base/async/sleep.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "connectors/webchat/channel_impl.h"
#include "connectors/webchat/files.h"

namespace usher::connectors::webchat {

namespace asio = boost::asio;
using asio::awaitable;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kMaxHeld = 256;  // more arrived meanwhile: read the transcript instead
constexpr milliseconds kBusyPause{2000};
constexpr milliseconds kUnavailablePause{5000};
constexpr std::uint64_t kMaxJitterMs = 5000;
constexpr std::string_view kRateDetail = "rate:";
constexpr double kSessionsPerAddress = 10;          // a household, a small office
constexpr std::size_t kMaxFormFields = 192 * 1024;  // what a form has besides its files: text, names, boundaries

Error rate_error(milliseconds wait) {
  return {ErrorCode::kBusy, "too many messages at once; wait a moment", std::string(kRateDetail) + std::to_string(wait.count())};
}

bool is_rate(const Error& error) {
  return error.code == ErrorCode::kBusy && error.detail.starts_with(kRateDetail);
}

// What the customer may read; the store's own words stay in the log.
std::string_view refusal_message(std::string_view code) {
  if (code == "busy") return "too much at the moment; your message was not stored, please try again";
  if (code == "cmid_conflict") return "this cmid was used before for another message";
  return "messages cannot be stored at the moment; please try again";
}

metrics::Counter& refused(std::string_view code) {
  return metrics::counter("usher_webchat_refused_total", "Webchat messages not stored, by reason", {{"code", std::string(code)}});
}

}  // namespace

std::string_view refusal_code(const Error& error) {
  if (const auto code = files_refusal(error); !code.empty()) return code;
  switch (error.code) {
    case ErrorCode::kConflict:
      return "cmid_conflict";
    case ErrorCode::kTooLarge:
      return "too_long";
    case ErrorCode::kInvalid:
      return "invalid";
    case ErrorCode::kBusy:
      return is_rate(error) ? "rate" : "busy";
    default:
      return "unavailable";
  }
}

std::optional<milliseconds> retry_after_of(const Error& error) {
  if (is_rate(error)) {
    const std::string_view digits = std::string_view(error.detail).substr(kRateDetail.size());
    std::int64_t wait = kBusyPause.count();
    std::from_chars(digits.data(), digits.data() + digits.size(), wait);
    return milliseconds{wait};
  }
  const std::string_view code = refusal_code(error);
  if (code == "busy") return kBusyPause;
  if (code == "unavailable") return kUnavailablePause;
  return std::nullopt;
}

WebchatChannel::Impl::Impl(WebchatSettings s, Inbox& i, History& h, const Clock& c)
    : settings(std::move(s)),
      inbox(i),
      history(h),
      clock(c),
      rates(settings.rate),
      files_rates(settings.files_rate),
      address_rates(Rate{settings.files_rate.per_second * kSessionsPerAddress, settings.files_rate.burst * kSessionsPerAddress}),
      open_sockets(metrics::gauge("usher_webchat_sockets", "Webchat sockets open now")) {}

// --- the way in, for both forms ---

awaitable<Result<Accepted>> WebchatChannel::Impl::accept(SessionKey key, Msg msg, std::string lang) {
  std::string session_key = key.text();
  if (const auto wait = rates.take(session_key, clock.now()); wait.count() > 0) co_return fail(rate_error(wait));
  // Bytes are an upper bound of code points; only what might be too long is counted.
  if (settings.max_text != 0 && msg.text.size() > settings.max_text && text::length(msg.text) > settings.max_text)
    co_return fail(ErrorCode::kTooLarge, "a message may have " + std::to_string(settings.max_text) + " characters");
  if (auto ready = inbox.ready(); !ready) co_return fail(ready.error().code, std::string(), ready.error().message);

  std::string content = msg.text;
  content.push_back('\0');
  content += msg.choice;
  for (const Attachment& a : msg.attachments) content.append(1, '\0').append(a.file_name).append(1, '\0').append(a.sha256);
  Inbound inbound;
  inbound.channel = settings.name;
  // The cmid first: it grows with time, so the index of known messages is appended to, not written all over. The session has a
  // fixed length and stands last, so no two pairs give one key.
  inbound.dedup_key = msg.cmid + "@" + session_key;
  inbound.content_digest = crypto::sha256_hex(content);
  inbound.recipient = settings.name;
  inbound.text = std::move(msg.text);
  inbound.choice = std::move(msg.choice);
  inbound.attachments = std::move(msg.attachments);
  inbound.language = std::move(lang);
  inbound.thread_keys = {session_key};
  inbound.own_keys = {session_key};
  inbound.sender_id = std::move(session_key);
  co_return co_await inbox.accept(std::move(inbound));
}

awaitable<Result<Accepted>> WebchatChannel::Impl::accept_files(SessionKey key, Msg msg, Form form, std::string remote,
                                                               std::string lang) {
  if (form.files.empty()) co_return co_await accept(key, std::move(msg), std::move(lang));
  const auto now = clock.now();
  for (const auto wait : {files_rates.take(key.text(), now), address_rates.take(remote, now)}) {
    if (wait.count() > 0) co_return fail(rate_error(wait));
  }
  if (auto ready = inbox.ready(); !ready) co_return fail(ready.error().code, std::string(), ready.error().message);
  auto examine = [form = std::move(form), limit = settings.max_files_bytes, lang] { return examine_files(form, limit, lang); };
  Result<std::vector<Attachment>> files;
  if (settings.pool != nullptr) {
    auto done = co_await async::offload<Result<std::vector<Attachment>>>(*settings.pool, std::move(examine));
    if (!done) co_return fail(std::move(done.error()));
    files = std::move(*done);
  } else {
    files = examine();
  }
  if (!files) co_return fail(std::move(files.error()));
  msg.attachments = std::move(*files);
  co_return co_await accept(key, std::move(msg), std::move(lang));
}

void WebchatChannel::Impl::wake(const SessionKey& key) {
  for (auto& waiter : waiters.of(key)) {
    asio::post(waiter->timer.get_executor(), [waiter] {
      waiter->woken = true;
      waiter->timer.cancel();
    });
  }
}

void WebchatChannel::Impl::tell_others(const SessionKey& key, std::int64_t seq, const Socket* self) {
  wake(key);
  for (auto& other : sockets.of(key)) {
    if (other.get() == self) continue;
    asio::post(other->socket->executor(), [this, other, seq] {
      if (seq > other->last_seq) start_catching_up(other);
    });
  }
}

// --- order: everything a socket shows goes through deliver() or catch_up() ---

void WebchatChannel::Impl::deliver(const std::shared_ptr<Socket>& self, std::int64_t seq, Socket::Frame frame) {
  if (self->is_closed || !self->is_known || seq <= self->last_seq) return;
  if (self->reading || self->accepting) {
    if (self->held.size() < kMaxHeld) self->held.emplace_back(seq, std::move(frame));
    return;
  }
  if (seq > self->last_seq + 1) return start_catching_up(self);
  self->last_seq = seq;
  self->say(*frame);
}

void WebchatChannel::Impl::flush_held(const std::shared_ptr<Socket>& self) {
  if (self->held.empty() || self->reading || self->accepting) return;
  auto held = std::exchange(self->held, {});
  std::ranges::sort(held, {}, [](const auto& item) { return item.first; });
  for (auto& [seq, frame] : held) {
    if (seq > self->last_seq + 1) return start_catching_up(self);  // reads the rest of them, too
    deliver(self, seq, std::move(frame));
  }
}

void WebchatChannel::Impl::start_catching_up(const std::shared_ptr<Socket>& self) {
  if (self->is_closed || !self->is_known) return;
  if (self->reading || self->accepting) {
    self->look_again = true;  // the read that runs may have begun before what is new was stored
    return;
  }
  self->look_again = false;
  self->reading = true;
  if (!tasks.spawn(self->socket->executor(), "webchat_catch_up", catch_up(self))) self->reading = false;
}

awaitable<void> WebchatChannel::Impl::catch_up(std::shared_ptr<Socket> self) {
  for (bool more = true; more && !self->is_closed;) {
    auto past = co_await history.since(self->key.text(), self->last_seq);
    more = false;
    if (self->accepting) {
      // It may hold the very line that is being stored; shown before its ack, the client could not know it for its own.
      self->look_again = true;
      break;
    }
    if (!past) {
      // The gap stays visible in the client's seq; the next message, or its next hello, reads again.
      log::warn("webchat_history_failed", {{"reason", past.error().message}, {"detail", past.error().detail}});
      self->held.clear();
      break;
    }
    const std::int64_t before = self->last_seq;
    for (const ChatMessage& m : past->messages) {
      if (m.seq <= self->last_seq) continue;
      self->last_seq = m.seq;
      self->say(message_frame(m));
    }
    if (self->last_seq >= past->last_seq) break;
    more = self->last_seq > before;              // the history comes in pages
    if (!more) self->last_seq = past->last_seq;  // what is missing is not for the customer's eyes
  }
  self->reading = false;
  after_reading(self);
}

void WebchatChannel::Impl::after_reading(const std::shared_ptr<Socket>& self) {
  if (self->look_again) start_catching_up(self);
  flush_held(self);
}

// --- one WebSocket session ---

void WebchatChannel::Impl::not_understood(Socket& self, const Error& error) {
  self.say(error_frame(error.code == ErrorCode::kTooLarge ? "too_large" : "invalid", error.message));
  if (++self.errors >= settings.max_errors) self.close(1008, "too many frames that are not understood");
}

awaitable<void> WebchatChannel::Impl::hello(std::shared_ptr<Socket> self, Hello hello) {
  self->lang = language_of(hello.lang);
  // A token that is not ours (forged, or the secret changed) begins anew: it gives no access, and the visitor is not locked out.
  const auto seed = hello.session.empty() ? std::nullopt : check_token(hello.session, settings.secret);
  Transcript past;
  if (seed) {
    sockets.remove(self->key, self.get());
    self->seed = *seed;
    self->key = key_of_token(hello.session);
    self->is_known = true;
    self->reading = true;  // what is pushed from here on waits for the welcome
    sockets.add(self->key, self);
    auto read = co_await history.since(self->key.text(), hello.seq);
    if (!read) {
      log::warn("webchat_history_failed", {{"reason", read.error().message}, {"detail", read.error().detail}});
      self->say(pause_frame(kUnavailablePause));
      self->close(1013, "try again later");
      co_return;
    }
    past = std::move(*read);
  }
  self->is_known = true;
  self->reading = false;
  self->last_seq = std::min(hello.seq, past.last_seq);
  const std::string token = seed ? std::move(hello.session) : token_of(self->seed, settings.secret);
  self->say(welcome_frame(token, past.conversation_id, past.last_seq, past.ref));
  if (past.conversation_id.empty()) self->say(message_frame(history.greeting(self->lang)));
  for (const ChatMessage& m : past.messages) {
    if (m.seq <= self->last_seq) continue;
    self->last_seq = m.seq;
    self->say(message_frame(m));
  }
  if (self->last_seq < past.last_seq) start_catching_up(self);
  after_reading(self);
}

awaitable<void> WebchatChannel::Impl::message(std::shared_ptr<Socket> self, Msg msg) {
  std::string cmid = msg.cmid;
  self->accepting = true;
  auto accepted = co_await accept(self->key, std::move(msg), self->lang);
  self->accepting = false;
  if (accepted) {
    self->strikes = 0;
    self->say(ack_frame(cmid, accepted->id, accepted->seq, accepted->case_ref));
    // The ack shows the customer's own line. With something missing before it, the transcript is read, this line included.
    if (accepted->seq == self->last_seq + 1)
      self->last_seq = accepted->seq;
    else if (accepted->seq > self->last_seq)
      start_catching_up(self);
    after_reading(self);
    if (!accepted->is_duplicate) tell_others(self->key, accepted->seq, self.get());
    co_return;
  }
  const Error& error = accepted.error();
  const std::string_view code = refusal_code(error);
  refused(code).add();
  const bool says_why = code == "rate" || code == "too_long" || code == "invalid";
  self->say(nack_frame(
      {cmid, std::string(code), says_why ? error.message : std::string(refusal_message(code)), retry_after_of(error)}));
  after_reading(self);
  if (code == "rate") {
    if (++self->strikes >= settings.max_strikes) self->close(1008, "too many messages");
    co_return;
  }
  if (code != "busy" && code != "unavailable") co_return;
  log::warn("webchat_not_stored", {{"code", to_string(error.code)}, {"reason", error.message}, {"detail", error.detail}});
  if (code == "unavailable") self->say(pause_frame(kUnavailablePause));
  // Not reading is what slows a sender down that does not listen to us.
  co_await async::sleep_for(settings.pause);
}

awaitable<void> WebchatChannel::Impl::frame(std::shared_ptr<Socket> self, std::string text) {
  auto parsed = parse_client_frame(text);
  if (!parsed) {
    not_understood(*self, parsed.error());
  } else if (auto* greeting = std::get_if<Hello>(&*parsed)) {
    if (self->is_known)
      not_understood(*self, {ErrorCode::kInvalid, "hello was said already"});
    else
      co_await hello(self, std::move(*greeting));
  } else if (!self->is_known) {
    not_understood(*self, {ErrorCode::kInvalid, "the first frame must be hello"});
  } else {
    co_await message(self, std::get<Msg>(std::move(*parsed)));
  }
}

// This frame lives as long as the connection: what handling a message needs is in the frame of frame(), which does not.
awaitable<void> WebchatChannel::websocket(std::shared_ptr<net::WebSocket> socket, std::string) {
  auto self = std::make_shared<Socket>();
  self->socket = std::move(socket);
  // Every socket starts as the session it would be given: so it is in the table, and drain() finds it, before it says anything.
  self->seed = make_seed();
  self->key = key_of_token(token_of(self->seed, impl_->settings.secret));
  impl_->sockets.add(self->key, self);
  impl_->open_sockets.add(1);
  if (impl_->draining) {
    self->say(bye_frame("", milliseconds(async::random_u64() % (kMaxJitterMs + 1))));
    self->close(1012, "the server restarts");
  }
  while (!self->is_closed) {
    auto text = co_await self->socket->receive();
    if (!text) break;
    co_await impl_->frame(self, std::move(*text));
  }
  self->is_closed = true;
  impl_->sockets.remove(self->key, self.get());
  impl_->open_sockets.add(-1);
}

// --- the channel ---

WebchatChannel::WebchatChannel(WebchatSettings settings, Inbox& inbox, History& history, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(settings), inbox, history, clock)) {}

WebchatChannel::~WebchatChannel() {
  impl_->tasks.cancel();
  impl_->tasks.wait(std::chrono::seconds{5});
}

const std::string& WebchatChannel::name() const {
  return impl_->settings.name;
}

Capabilities WebchatChannel::capabilities() const {
  return {.buttons = true, .html = true, .is_live = true};
}

awaitable<Result<Receipt>> WebchatChannel::send(Outbound message) {
  const auto key = SessionKey::parse(message.recipient);
  std::size_t there = 0;
  if (key) {
    impl_->wake(*key);
    for (auto& socket : impl_->sockets.of(*key)) {
      ++there;
      asio::post(socket->socket->executor(), [impl = impl_.get(), socket] { impl->start_catching_up(socket); });
    }
  }
  co_return Receipt{.remote_id = message.id, .note = "shown on " + std::to_string(there) + " sockets"};
}

void WebchatChannel::push(const std::string& session_key, ChatMessage message) {
  const auto key = SessionKey::parse(session_key);
  if (!key) return;
  impl_->wake(*key);
  const auto listening = impl_->sockets.of(*key);
  if (listening.empty()) return;
  const auto frame = std::make_shared<const std::string>(message_frame(message));
  // post, never dispatch: two pushes keep their order whichever thread they come from.
  for (const auto& socket : listening) {
    asio::post(socket->socket->executor(),
               [impl = impl_.get(), socket, frame, seq = message.seq] { impl->deliver(socket, seq, frame); });
  }
}

void WebchatChannel::push_ref(const std::string& session_key, std::string ref, bool provisional) {
  const auto key = SessionKey::parse(session_key);
  if (!key) return;
  impl_->wake(*key);
  const std::string frame = ref_frame(ref, provisional);
  for (auto& socket : impl_->sockets.of(*key))
    asio::post(socket->socket->executor(), [socket, frame] {
      if (socket->is_known) socket->say(frame);
    });
}

void WebchatChannel::pause_all(milliseconds retry_after) {
  const std::string frame = pause_frame(retry_after);
  for (auto& socket : impl_->sockets.all()) asio::post(socket->socket->executor(), [socket, frame] { socket->say(frame); });
}

void WebchatChannel::drain() {
  impl_->draining = true;
  for (auto& waiter : impl_->waiters.all())
    asio::post(waiter->timer.get_executor(), [waiter] {
      waiter->woken = true;
      waiter->timer.cancel();
    });
  for (auto& socket : impl_->sockets.all()) {
    asio::post(socket->socket->executor(), [impl = impl_.get(), socket] {
      const std::string resume = socket->is_known ? token_of(socket->seed, impl->settings.secret) : std::string();
      socket->say(bye_frame(resume, milliseconds(async::random_u64() % (kMaxJitterMs + 1))));
      socket->close(1012, "the server restarts");
    });
  }
}

bool WebchatChannel::wait_idle(milliseconds limit) {
  return impl_->tasks.wait(limit);
}
std::size_t WebchatChannel::sockets() const {
  return impl_->sockets.size();
}

std::string WebchatChannel::new_token() const {
  return token_of(make_seed(), impl_->settings.secret);
}

std::optional<std::string> WebchatChannel::session_key_of(std::string_view token) const {
  if (!check_token(token, impl_->settings.secret)) return std::nullopt;
  return key_of_token(token).text();
}

awaitable<Result<Accepted>> WebchatChannel::post(std::string token, Msg message, std::string lang) {
  if (!check_token(token, impl_->settings.secret)) co_return fail(ErrorCode::kInvalid, "this session is not known");
  const SessionKey key = key_of_token(token);
  auto accepted = co_await impl_->accept(key, std::move(message), language_of(lang));
  if (accepted && !accepted->is_duplicate) impl_->tell_others(key, accepted->seq, nullptr);
  if (!accepted) refused(refusal_code(accepted.error())).add();
  co_return accepted;
}

awaitable<Result<Accepted>> WebchatChannel::post_files(std::string token, Msg message, Form form, std::string remote,
                                                       std::string lang) {
  if (!check_token(token, impl_->settings.secret)) co_return fail(ErrorCode::kInvalid, "this session is not known");
  const SessionKey key = key_of_token(token);
  auto accepted = co_await impl_->accept_files(key, std::move(message), std::move(form), std::move(remote), language_of(lang));
  if (accepted && !accepted->is_duplicate) impl_->tell_others(key, accepted->seq, nullptr);
  if (!accepted) refused(refusal_code(accepted.error())).add();
  co_return accepted;
}

std::size_t WebchatChannel::max_form_bytes() const {
  return impl_->settings.max_files_bytes + kMaxFormFields;
}

}  // namespace usher::connectors::webchat
