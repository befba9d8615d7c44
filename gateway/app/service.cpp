#include "gateway/app/service.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

#include "base/async/offload.h"
#include "base/async/sleep.h"
#include "base/async/task_group.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "connectors/email/email_channel.h"
#include "connectors/email/smtp_server.h"
#include "connectors/registry.h"
#include "connectors/webchat/webchat_channel.h"
#include "connectors/webhook/webhook_channel.h"
#include "dialogs/understand.h"
#include "gateway/api/api.h"
#include "gateway/app/mailbox_set.h"
#include "gateway/app/part_settings.h"
#include "gateway/flow/conversation.h"
#include "gateway/flow/curation.h"
#include "gateway/flow/editions.h"
#include "gateway/flow/feedback.h"
#include "gateway/flow/history.h"
#include "gateway/flow/intake.h"
#include "gateway/flow/learning.h"
#include "gateway/flow/lookups.h"
#include "gateway/flow/outbox.h"

namespace usher::gateway::app {
namespace {

using connectors::webchat::WebchatChannel;
using connectors::webhook::WebhookChannel;

std::string first_problems(const std::vector<flow::ContentProblem>& problems) {
  std::string out;
  int shown = 0;
  for (const auto& p : problems) {
    if (p.is_warning) continue;
    if (++shown > 3) return out + "; and more (run `usher check`)";
    out += (out.empty() ? "" : "; ") + fmt::format("{}:{}:{}: {}", p.file, p.line, p.column, p.message);
  }
  return out;
}

class RunningService final : public Service {
 public:
  explicit RunningService(Settings settings) : s_(std::move(settings)) {}

  ~RunningService() override {
    if (!drained_) drain(std::chrono::seconds{0});
    if (lock_ >= 0) ::close(lock_);
  }

  Result<void> start() {
    auto database = open_store(s_, true);
    if (!database) return fail(std::move(database.error()));
    database_ = std::move(*database);
    if (auto r = lock_data_folder(); !r) return r;
    editions_ = std::make_unique<flow::Editions>(*database_, clock_,
                                                 flow::ContentFolders{s_.content.dialogs, s_.content.kb, s_.content.mail,
                                                                      flow::HelpPages{s_.help_centre, s_.http.public_url}},
                                                 world_of(s_));
    curation_ = std::make_unique<flow::Curation>(*database_, clock_, s_.content.kb);
    feedback_ = std::make_unique<flow::Feedback>(
        *database_, clock_, [this](std::map<kb::ArticleKey, kb::Usage> usage) { curation_->on_usage(std::move(usage)); });
    if (auto r = load_content_now(); !r) return r;
    auto secret = instance_secret(*database_);
    if (!secret) return fail(std::move(secret.error()));
    secret_ = std::move(*secret);
    metrics::gauge("usher_unsafe_durability", "1: what is acknowledged may be lost in a power cut, by configuration")
        .set(s_.limits.unsafe_durability ? 1 : 0);
    if (s_.limits.unsafe_durability) {
      log::error("UNSAFE: messages are acknowledged before they are on disk; a power cut loses them",
                 {{"setting", "limits.unsafe_durability"}});
    }

    const std::size_t cores =
        s_.http.threads > 0 ? static_cast<std::size_t>(s_.http.threads) : std::max(1u, std::thread::hardware_concurrency());
    io_ = std::make_unique<async::IoThreads>(cores);
    pool_ = std::make_unique<async::Pool>(2);
    curation_->set_pool(*pool_);
    curation_->on_wants_merge([this] { tasks_.spawn(io_->executor(0), "library merge", merge_library()); });
    outbound_ = net::make_outbound_client(io_->executor(0));

    if (auto r = make_ticket_system(); !r) return r;
    intake_ = std::make_unique<flow::Intake>(
        *database_, clock_,
        flow::IntakeLimits{s_.data.string(), static_cast<std::uint64_t>(s_.limits.min_free_megabytes) * 1024 * 1024, 1000,
                           static_cast<std::size_t>(s_.limits.max_backlog)});
    history_ = std::make_unique<flow::ChatHistory>(*database_, *content_, clock_);
    if (auto r = make_channels(); !r) return r;

    publisher_ = std::make_unique<flow::Publisher>(channels_, clock_);
    publisher_->set_mail_limits({s_.email.max_answers_per_address, s_.email.max_answers_per_hour});
    escalation_ = std::make_unique<flow::Escalation>(
        flow::EscalationSettings{tickets_->name(), secret_, s_.company, s_.http.public_url, clock_.now(), s_.answers.promise_en,
                                 s_.answers.promise_zh, tickets_->colocated()},
        *content_, channels_, *publisher_, clock_);
    runner_ = std::make_unique<flow::OutboxRunner>(io_->executor(io_->size() - 1), tasks_, *database_, channels_, *tickets_,
                                                   *escalation_, *publisher_, clock_, outbox_settings(s_));
    turns_ = std::make_unique<flow::Turns>(*content_, channels_, *escalation_, *publisher_, clock_);
    turns_->on_case([this](CaseId id) { runner_->await_number(std::move(id)); });
    conversations_ = std::make_unique<flow::Conversations>(*io_, tasks_, *database_, *turns_, clock_);
    lookups_ = std::make_unique<flow::Lookups>(lookup_services(s_), *outbound_);
    conversations_->set_outside(
        {[this](dialogs::LookUp wish) { return lookups_->ask(std::move(wish)); },
         [this](std::vector<std::string> versions) { return editions_->bring(std::move(versions), *content_, *pool_); }});
    flow::Publisher::Hooks hooks;
    hooks.kick_outbox = [this] { runner_->kick(); };
    hooks.reserve = [this](const store::OutboxRow& row) { return runner_->reserve(row); };
    hooks.deliver = [this](flow::Handed handed) { runner_->deliver(std::move(handed)); };
    if (webchat_) {
      hooks.push = [this](const std::string&, const std::string& contact, const store::Message& m) {
        webchat_->push(contact, flow::to_chat_message(m));
      };
      hooks.push_reference = [this](const std::string& channel, const std::string& contact, const std::string& reference,
                                    bool provisional) {
        if (channel == webchat_->name()) webchat_->push_ref(contact, reference, provisional);
      };
    }
    publisher_->set_hooks(std::move(hooks));
    intake_->set_worker([this](flow::Work work) { conversations_->enqueue(std::move(work)); },
                        [this] { return conversations_->backlog(); }, turns_.get());

    io_->start();
    auto recovered = conversations_->recover();
    if (!recovered) return fail(std::move(recovered.error()));
    if (*recovered > 0)
      log::info("taking up messages that were accepted but not worked",
                {{"conversations", static_cast<std::int64_t>(*recovered)}});
    if (auto r = runner_->start(); !r) return r;
    tasks_.spawn(io_->executor(0), "word lists", load_words());
    tasks_.spawn(io_->executor(0), "disk watch", watch_disk());
    tasks_.spawn(io_->executor(0), "delivery watch", conversations_->watch());
    tasks_.spawn(io_->executor(0), "learning", learn());
    tasks_.spawn(io_->executor(0), "feedback", count_feedback());
    return listen();
  }

  const Addresses& addresses() const override { return addresses_; }

  Result<std::string> reload(const Settings& settings) override {
    if (auto r = load_content_now(); !r) return fail(std::move(r.error()));
    for (auto& tls : {http_tls_, smtp_tls_}) {
      if (!tls) continue;
      if (auto r = tls->reload(); !r) return fail(std::move(r.error()));
    }
    auto mailboxes = mailboxes_->set(settings.email.mailboxes, email_settings_);
    if (!mailboxes) return fail(std::move(mailboxes.error()));
    s_.email.mailboxes = settings.email.mailboxes;
    std::string waiting;
    for (const auto& path : changed_settings(s_, settings)) waiting += (waiting.empty() ? "" : ", ") + path;
    if (!waiting.empty()) log::warn("settings_need_restart", {{"changed", waiting}});
    const auto content = content_->get();
    return fmt::format("{} scripts, {} articles{}", content->scripts->scripts.size(), content->library->size(),
                       mailboxes->empty() ? "" : "; mailboxes: " + *mailboxes);
  }

  void drain(std::chrono::seconds limit) override {
    drained_ = true;
    const auto until = std::chrono::steady_clock::now() + limit;
    auto left = [&](std::chrono::milliseconds at_most) {
      auto now = std::chrono::steady_clock::now();
      return now >= until ? std::chrono::milliseconds{0}
                          : std::min(at_most, std::chrono::duration_cast<std::chrono::milliseconds>(until - now));
    };
    if (intake_) intake_->drain();
    if (mailboxes_) mailboxes_->stop(left(std::chrono::seconds{5}));
    if (smtp_) smtp_->stop(left(std::chrono::seconds{30}));
    if (lmtp_) lmtp_->stop(left(std::chrono::seconds{30}));
    if (webchat_) webchat_->drain();
    if (http_) http_->drain(left(std::chrono::seconds{10}));
    if (webchat_) webchat_->wait_idle(left(std::chrono::seconds{2}));
    while (conversations_ && conversations_->backlog() > 0 && left(std::chrono::seconds{1}).count() > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    if (runner_) runner_->drain(left(std::chrono::seconds{20}));
    tasks_.cancel();
    tasks_.wait(std::chrono::seconds{5});
    http_.reset();
    api_.reset();
    smtp_.reset();
    lmtp_.reset();
    mailboxes_.reset();
    if (io_) io_->stop();
    if (feedback_) {
      if (auto r = feedback_->flush(); !r)
        log::warn("what visitors of the help pages did last is not counted", {{"detail", r.error().detail}});
    }
    webhooks_.clear();
    webchat_.reset();
    email_.reset();
    tickets_.reset();
    outbound_.reset();
    if (database_) {
      if (auto r = database_->checkpoint(); !r)
        log::warn("the last checkpoint failed; the next start recovers", {{"detail", r.error().detail}});
      database_.reset();
    }
    log::info("drained");
    log::flush();
  }

 private:
  // Two services on one database would each take the other's deliveries for abandoned. The lock goes with the process, whatever
  // ends it.
  Result<void> lock_data_folder() {
    const std::string path = (s_.data / "usher.lock").string();
    lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) return fail(ErrorCode::kIo, "cannot open " + path + ": " + std::strerror(errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) {
      // Whom `usher dialog publish` tells to reload.
      const std::string pid = std::to_string(::getpid()) + "\n";
      if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, pid.data(), pid.size(), 0) < 0)
        return fail(ErrorCode::kIo, "cannot write " + path + ": " + std::strerror(errno));
      return {};
    }
    return fail(ErrorCode::kBusy, "another usher serves the data folder '" + s_.data.string() +
                                      "' already; stop it first, or name another folder with --data");
  }

  Result<void> load_content_now() {
    std::vector<flow::ContentProblem> problems;
    auto library = curation_->load(problems);
    if (!library) return fail(std::move(library.error()));
    if (!*library) return fail(ErrorCode::kInvalid, "articles have problems: " + first_problems(problems));
    for (const auto& p : problems) log::warn(p.message, {{"file", p.file}, {"line", p.line}, {"hint", p.hint}});
    problems.clear();
    auto content = editions_->load(problems, *library);
    if (!content) return fail(std::move(content.error()));
    if (!*content) return fail(ErrorCode::kInvalid, "scripts or articles have problems: " + first_problems(problems));
    if (!content_) content_ = std::make_unique<flow::CurrentContent>(*content);
    curation_->serve(*content_, **content);
    if (auto r = feedback_->refresh(true); !r) return r;
    return flow::refresh_learned(*database_, *content_, clock_.now());
  }

  Result<void> make_ticket_system() {
    auto made = connectors::make_ticket_system(ticket_settings(s_), {database_.get(), outbound_.get(), &clock_});
    if (!made) return fail(std::move(made.error()));
    tickets_ = std::move(*made);
    return {};
  }

  Result<void> make_channels() {
    if (s_.webchat.enabled) {
      auto w = webchat_settings(s_, secret_);
      w.pool = pool_.get();
      webchat_ = std::make_unique<WebchatChannel>(std::move(w), *intake_, *history_, clock_);
      channels_.add(*webchat_, s_.webchat.entry, true);
    }
    email_settings_ = email_settings(s_, secret_);
    email_ = std::make_unique<connectors::email::EmailChannel>(email_settings_, *outbound_, clock_);
    channels_.add(*email_, s_.email.entry, false);
    for (const auto& hook : s_.webhooks) {
      auto made = WebhookChannel::make(webhook_settings(hook), *intake_, *outbound_, clock_);
      if (!made) return fail(std::move(made.error()));
      channels_.add(**made, hook.entry, false);
      webhooks_.push_back(std::move(*made));
    }
    return {};
  }

  Result<void> listen() {
    mailboxes_ = std::make_unique<MailboxSet>(*io_, *database_, *intake_, *outbound_, clock_);
    if (auto r = open_ports(); !r) return r;
    auto begun = mailboxes_->set(s_.email.mailboxes, email_settings_);
    return begun ? Result<void>{} : fail(std::move(begun.error()));
  }

  Result<void> open_ports() {
    if (!s_.http.tls_certificate.empty()) {
      auto tls = net::load_tls(s_.http.tls_certificate, s_.http.tls_key);
      if (!tls) return fail(std::move(tls.error()));
      http_tls_ = std::move(*tls);
    }
    api::Parts parts;
    parts.database = database_.get();
    parts.clock = &clock_;
    parts.content = content_.get();
    parts.curation = curation_.get();
    parts.feedback = feedback_.get();
    parts.kb_folder = s_.content.kb;
    parts.public_url = s_.http.public_url;
    parts.help_centre = s_.help_centre;
    parts.channels = &channels_;
    parts.intake = intake_.get();
    parts.email = &email_settings_;
    parts.release = intake_.get();
    parts.mailboxes = [this] { return mailboxes_->health(); };
    parts.outbox = runner_.get();
    parts.kick_outbox = [this] { runner_->kick(); };
    parts.webchat = webchat_.get();
    parts.history = history_.get();
    for (const auto& hook : webhooks_) parts.webhooks[hook->name()] = hook.get();
    parts.pool = pool_.get();
    parts.dialogs_folder = s_.content.dialogs;
    parts.ticket_system = tickets_->name();
    parts.company = s_.company;
    parts.metrics_from = s_.http.metrics_from;
    parts.demo_page = s_.http.demo_page;
    parts.is_https = http_tls_ != nullptr || s_.http.public_url.starts_with("https://");
    api_ = std::make_unique<api::Api>(std::move(parts));
    net::HttpServerOptions http;
    http.host = s_.http.host;
    http.port = static_cast<std::uint16_t>(s_.http.port);
    http.tls = http_tls_;
    http.trusted_proxies = s_.http.trusted_proxies;
    auto server = net::serve_http(*io_, std::move(http), *api_);
    if (!server) return fail(std::move(server.error()));
    http_ = std::move(*server);
    addresses_.http = fmt::format("{}://{}:{}", http_tls_ ? "https" : "http", s_.http.host, http_->port());

    if (!s_.email.enabled) return {};
    if (!s_.email.tls_certificate.empty()) {
      auto tls = net::load_tls(s_.email.tls_certificate, s_.email.tls_key);
      if (!tls) return fail(std::move(tls.error()));
      smtp_tls_ = std::move(*tls);
    }
    auto smtp = smtp_options(s_);
    smtp.tls = smtp_tls_;
    auto listener = connectors::email::serve_smtp(*io_, smtp, email_settings(s_, secret_), *intake_, clock_);
    if (!listener) return fail(std::move(listener.error()));
    smtp_ = std::move(*listener);
    addresses_.smtp = fmt::format("{}:{}", s_.email.host, smtp_->port());
    if (s_.email.lmtp_port < 0) return {};
    smtp.host = s_.email.lmtp_host;
    smtp.port = static_cast<std::uint16_t>(s_.email.lmtp_port);
    smtp.lmtp = true;
    listener = connectors::email::serve_smtp(*io_, smtp, email_settings(s_, secret_), *intake_, clock_);
    if (!listener) return fail(std::move(listener.error()));
    lmtp_ = std::move(*listener);
    addresses_.lmtp = fmt::format("{}:{}", s_.email.lmtp_host, lmtp_->port());
    return {};
  }

  boost::asio::awaitable<void> watch_disk() {
    constexpr int kEvery = 10;  // seconds between two pauses told to idle chats
    for (int tick = 0; co_await async::sleep_for(std::chrono::seconds{1}); ++tick) {
      if (intake_->watch_disk() && webchat_ && tick % kEvery == 0) webchat_->pause_all(std::chrono::seconds{kEvery});
    }
  }

  // What troubleshoot blocks have learned comes into the content every few minutes.
  boost::asio::awaitable<void> learn() {
    while (co_await async::sleep_for(std::chrono::minutes{5})) {
      auto done = co_await async::offload<Result<void>>(
          *pool_, [this] { return flow::refresh_learned(*database_, *content_, clock_.now()); });
      if (!done || !*done) log::warn("what was learned could not be read; trying again later");
    }
  }

  boost::asio::awaitable<void> load_words() {
    auto done = co_await pool_->run([] { dialogs::load_word_lists(); });
    if (!done) log::warn("the word lists are read with the first message: too much to do");
  }

  boost::asio::awaitable<void> merge_library() {
    auto done = co_await pool_->run([this] { curation_->merge(); });
    if (!done) log::warn("the articles' index is merged later: too much to do");
  }

  // What visitors of the help pages did is written every ten seconds, the ranking looks at it every minute.
  boost::asio::awaitable<void> count_feedback() {
    constexpr int kMinute = 6, kDay = 24 * 60 * kMinute;
    for (int tick = 0; co_await async::sleep_for(std::chrono::seconds{10}); ++tick) {
      auto done = co_await async::offload<Result<void>>(*pool_, [this, tick]() -> Result<void> {
        if (auto r = feedback_->flush(); !r) return r;
        if (tick % kDay == 0) {
          if (auto r = feedback_->purge(); !r) return r;
        }
        return tick % kMinute == 0 ? feedback_->refresh(false) : Result<void>{};
      });
      if (!done || !*done) log::warn("feedback on articles could not be counted; trying again");
    }
  }

  // In order of dependence: what stands below uses what stands above it.
  Settings s_;
  const Clock& clock_ = system_clock();
  Addresses addresses_;
  bool drained_ = false;
  int lock_ = -1;
  std::string secret_;
  std::unique_ptr<flow::CurrentContent> content_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<flow::Editions> editions_;
  std::unique_ptr<flow::Curation> curation_;
  std::unique_ptr<flow::Feedback> feedback_;
  async::TaskGroup tasks_;
  std::unique_ptr<async::IoThreads> io_;
  std::unique_ptr<async::Pool> pool_;
  std::unique_ptr<net::OutboundClient> outbound_;
  std::unique_ptr<flow::Lookups> lookups_;
  std::unique_ptr<connectors::TicketSystem> tickets_;
  std::unique_ptr<flow::Intake> intake_;
  std::unique_ptr<flow::ChatHistory> history_;
  std::unique_ptr<WebchatChannel> webchat_;
  connectors::email::EmailSettings email_settings_;
  std::unique_ptr<connectors::email::EmailChannel> email_;
  std::vector<std::unique_ptr<WebhookChannel>> webhooks_;
  flow::Channels channels_;
  std::unique_ptr<flow::Publisher> publisher_;
  std::unique_ptr<flow::Escalation> escalation_;
  std::unique_ptr<flow::OutboxRunner> runner_;
  std::unique_ptr<flow::Turns> turns_;
  std::unique_ptr<flow::Conversations> conversations_;
  std::shared_ptr<net::TlsContext> http_tls_, smtp_tls_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<net::HttpServer> http_;
  std::unique_ptr<connectors::email::SmtpServer> smtp_, lmtp_;
  std::unique_ptr<MailboxSet> mailboxes_;
};

}  // namespace

Result<std::unique_ptr<Service>> start_service(const Settings& settings) {
  auto service = std::make_unique<RunningService>(settings);
  if (auto r = service->start(); !r) return fail(std::move(r.error()));
  return service;
}

}  // namespace usher::gateway::app
