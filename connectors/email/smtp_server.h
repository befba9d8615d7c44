// The SMTP and LMTP listener: sockets around the pure smtp_session.
//
// A mail is acknowledged ("250 2.0.0 <ledger id>") only after Inbox::accept returned a value. Everything that goes wrong on our
// side is a temporary code, so the sender keeps the mail: 451 4.3.0 (disk, busy, processing over limit), 452 4.3.1 (no space),
// 421 4.3.2 (draining). Each connection lives on the io_context that accepted it. The server must outlive nothing but itself:
// stop() before destruction.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/async/io_threads.h"
#include "base/clock.h"
#include "base/net/tls.h"
#include "base/result.h"
#include "connectors/channel.h"
#include "connectors/email/settings.h"

namespace usher::connectors::email {

struct SmtpServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;                // 0: the system picks; see port()
  bool lmtp = false;                     // LHLO, one reply per recipient
  std::shared_ptr<net::TlsContext> tls;  // null: STARTTLS is not offered
  std::size_t max_connections = 2'000;
  std::size_t max_connections_per_address = 50;
  std::size_t max_connections_per_minute = 0;  // of one client address, after a burst of as many; 0: no limit
  std::size_t max_mails_per_minute = 0;        // begun by one client address; more: 450 4.7.1; 0: no limit
  // Proxies that must begin every connection with a PROXY header (proxy_header.h). The limits then count the clients behind them.
  std::vector<std::string> proxies;
  std::string auth_user, auth_password;                   // AUTH, under TLS only; empty: none
  bool auth_required = false;                             // before MAIL
  std::chrono::milliseconds idle_limit{5 * 60 * 1000};    // waiting for a command
  std::chrono::milliseconds data_stall_limit{60 * 1000};  // no byte at all inside DATA
  std::size_t min_data_rate = 500;                        // bytes a second over the whole DATA, after the first 30 s
  std::chrono::milliseconds processing_limit{
      60 * 1000};  // end of data to commit; longer is answered 451 (the commit may still happen)
  std::chrono::milliseconds write_limit{60 * 1000};
};

class SmtpServer {
 public:
  virtual ~SmtpServer() = default;
  virtual std::uint16_t port() const = 0;
  // New and idle sessions get 421 4.3.2; a DATA in flight may finish within `limit`, then everything is closed.
  // Blocks a non-I/O thread. Idempotent. The destructor calls it with 0.
  virtual void stop(std::chrono::milliseconds limit) = 0;
  virtual std::size_t connections() const = 0;
};

// Binds and starts accepting. kIo with host, port and reason when the address cannot be bound; kInvalid when the settings have no
// address. `inbox` and `clock` outlive the server.
Result<std::unique_ptr<SmtpServer>> serve_smtp(async::IoThreads& io, SmtpServerOptions options, EmailSettings settings,
                                               Inbox& inbox, const Clock& clock);

}  // namespace usher::connectors::email
