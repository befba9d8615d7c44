// A TCP connection to a server that the operator configured, for line protocols (IMAP). No address guard: never for names that
// come out of messages. TLS of the stream is the client's side: the certificate must be made for `host`.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/async/io_threads.h"
#include "base/net/byte_stream.h"
#include "base/result.h"

namespace usher::net {

// Resolves and connects, trying the addresses one after the other, all within `limit`; begins TLS when `tls` is given. On
// `executor`, which the caller runs on. kUnavailable (name, refused, reset), kTimeout, kDenied (certificate), with the reason.
boost::asio::awaitable<Result<std::shared_ptr<ByteStream>>> dial(async::Executor executor, std::string host, std::uint16_t port,
                                                                 std::shared_ptr<TlsContext> tls,
                                                                 std::chrono::milliseconds limit);

// What clients trust: the system's authorities and those of `ca_file` (PEM, may be empty). TLS ≥ 1.2. kIo when the file cannot be
// used.
Result<std::shared_ptr<TlsContext>> client_tls(const std::string& ca_file);

}  // namespace usher::net
