#include "gateway/app/mailbox_set.h"

#include <algorithm>

namespace usher::gateway::app {
namespace {

constexpr std::chrono::milliseconds kStopLimit{5'000};

connectors::email::MailboxSettings mailbox_settings(const MailboxSection& m) {
  using connectors::email::ImapOptions;
  using connectors::email::MailboxSettings;
  MailboxSettings out;
  out.name = m.name;
  out.imap.host = m.host;
  out.imap.port = static_cast<std::uint16_t>(m.port);
  out.imap.user = m.user;
  out.imap.password = m.password;
  using Auth = ImapOptions::Auth;
  out.imap.auth = m.auth == "login"         ? Auth::kLogin
                  : m.auth == "plain"       ? Auth::kPlain
                  : m.auth == "xoauth2"     ? Auth::kXoauth2
                  : m.auth == "oauthbearer" ? Auth::kOauthBearer
                                            : Auth::kAuto;
  out.imap.folder = m.folder;
  using After = ImapOptions::After;
  out.imap.after = m.after == "move" ? After::kMove : m.after == "flag" ? After::kFlag : After::kSeen;
  out.imap.flag = m.flag;
  out.imap.move_to = m.move_to;
  using Tls = MailboxSettings::Tls;
  out.tls = m.tls == "none" ? Tls::kNone : m.tls == "starttls" ? Tls::kStartTls : Tls::kImplicit;
  out.ca_file = m.ca_file;
  out.oauth = {m.oauth_token_url, m.oauth_client_id, m.oauth_client_secret, m.oauth_refresh_token, m.oauth_scope, {}};
  out.address = m.address;
  out.idle_limit = std::chrono::seconds{m.idle_seconds};
  out.poll_every = std::chrono::seconds{m.poll_seconds};
  out.retry_cap = std::chrono::seconds{m.retry_max_seconds};
  return out;
}

void note(std::string& words, const char* what, const std::string& name) {
  words += (words.empty() ? "" : "; ") + std::string(what) + " " + name;
}

}  // namespace

MailboxSet::MailboxSet(async::IoThreads& io, sql::Database& database, connectors::Inbox& inbox, net::OutboundClient& client,
                       const Clock& clock)
    : io_(io), inbox_(inbox), client_(client), clock_(clock), books_(database, clock) {}

MailboxSet::~MailboxSet() = default;

Result<std::string> MailboxSet::set(const std::vector<MailboxSection>& wanted, const connectors::email::EmailSettings& email) {
  auto now_of = [this](const std::string& name) {
    return std::find_if(mailboxes_.begin(), mailboxes_.end(), [&](const One& one) { return one.section.name == name; });
  };
  std::vector<One> next;
  std::vector<connectors::email::MailboxSource*> fresh;
  std::string what;
  for (const auto& section : wanted) {
    const auto now = now_of(section.name);
    if (section.enabled && now != mailboxes_.end() && now->section == section) {
      next.push_back({section, nullptr});  // its source moves over below
      continue;
    }
    if (!section.enabled) continue;
    auto made = connectors::email::watch_mailbox(io_.executor(++next_thread_), mailbox_settings(section), email, inbox_, books_,
                                                 client_, clock_);
    if (!made) return fail(made.error().code, "mailbox '" + section.name + "': " + made.error().message);
    note(what, now == mailboxes_.end() ? "added" : "changed", section.name);
    fresh.push_back(made->get());
    next.push_back({section, std::move(*made)});
  }
  std::vector<One> gone;
  {
    std::lock_guard lock(mutex_);
    for (auto& one : next) {
      if (!one.source) one.source = std::move(now_of(one.section.name)->source);
    }
    gone = std::exchange(mailboxes_, std::move(next));
  }
  for (auto& one : gone) {
    if (!one.source) continue;
    if (std::none_of(mailboxes_.begin(), mailboxes_.end(), [&](const One& m) { return m.section.name == one.section.name; }))
      note(what, "removed", one.section.name);
    // Before its successor begins: two on one mailbox would take the same mails.
    one.source->stop(kStopLimit);
    one.source.reset();
  }
  for (auto* source : fresh) source->start();
  return what;
}

void MailboxSet::stop(std::chrono::milliseconds limit) {
  std::vector<One> all;
  {
    std::lock_guard lock(mutex_);
    all.swap(mailboxes_);
  }
  for (auto& one : all) one.source->stop(limit);
}

std::vector<connectors::email::MailboxHealth> MailboxSet::health() const {
  std::lock_guard lock(mutex_);
  std::vector<connectors::email::MailboxHealth> out;
  for (const auto& one : mailboxes_) out.push_back(one.source->health());
  return out;
}

}  // namespace usher::gateway::app
