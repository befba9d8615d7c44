#include "base/net/tcp_stream.h"

#include <array>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace usher::net {
namespace asio = boost::asio;

using std::chrono::milliseconds;

namespace {
constexpr milliseconds kLinger{2'000};
}

// A time limit of one operation: cancels the socket when it strikes.
class TcpStream::Limit {
 public:
  Limit(TcpStream* stream, milliseconds limit)
      : guard_(async::Deadlines::of(stream->context_), limit, [this, stream] {
          struck_ = true;
          boost::system::error_code ec;
          stream->socket_.cancel(ec);
        }) {}
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
  bool struck() const { return struck_; }

 private:
  bool struck_ = false;
  async::Deadlines::Guard guard_;
};

struct TcpStream::Tls {
  Tls(TcpSocket& socket, asio::ssl::context& context) : stream(socket, context) {}
  asio::ssl::stream<TcpSocket&> stream;
};

TcpStream::TcpStream(asio::io_context& context, TcpSocket socket, std::string remote, std::string peer_name)
    : context_(context), socket_(std::move(socket)), remote_(std::move(remote)), peer_name_(std::move(peer_name)) {}

TcpStream::~TcpStream() = default;

asio::awaitable<Result<std::size_t>> TcpStream::read_some(std::span<char> into, milliseconds limit) {
  boost::system::error_code ec;
  Limit guard(this, limit);
  const auto buffer = asio::buffer(into.data(), into.size());
  std::size_t n = 0;
  if (tls_) {
    n = co_await tls_->stream.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, ec));
  } else {
    n = co_await socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, ec));
  }
  if (n > 0) co_return n;
  if (guard.struck()) co_return fail(ErrorCode::kTimeout, "the peer sent nothing in time");
  // A peer that closes without a TLS close_notify has closed all the same; line protocols end by their own commands.
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated) co_return std::size_t{0};
  co_return fail(ErrorCode::kUnavailable, "the connection broke while reading", ec.message());
}

asio::awaitable<Result<void>> TcpStream::write(std::string bytes, milliseconds limit) {
  boost::system::error_code ec;
  Limit guard(this, limit);
  if (tls_) {
    co_await asio::async_write(tls_->stream, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
  } else {
    co_await asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
  }
  if (!ec) co_return Result<void>{};
  if (guard.struck()) co_return fail(ErrorCode::kTimeout, "the peer did not take the answer in time");
  co_return fail(ErrorCode::kUnavailable, "the connection broke while writing", ec.message());
}

asio::awaitable<Result<void>> TcpStream::start_tls(std::shared_ptr<TlsContext> tls, milliseconds limit) {
  if (tls_) co_return fail(ErrorCode::kConflict, "the connection is encrypted already");
  boost::system::error_code ec;
  Limit guard(this, limit);
  tls_ = std::make_unique<Tls>(socket_, *static_cast<asio::ssl::context*>(tls->native()));
  const bool is_client = !peer_name_.empty();
  SSL* native = tls_->stream.native_handle();
  if (is_client) {
    boost::system::error_code not_an_address;
    asio::ip::make_address(peer_name_, not_an_address);
    // SNI carries names only (RFC 6066 §3).
    if (not_an_address) SSL_ctrl(native, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, peer_name_.data());
    tls_->stream.set_verify_callback(asio::ssl::host_name_verification(peer_name_), ec);
  }
  co_await tls_->stream.async_handshake(is_client ? asio::ssl::stream_base::client : asio::ssl::stream_base::server,
                                        asio::redirect_error(asio::use_awaitable, ec));
  if (!ec) co_return Result<void>{};
  if (guard.struck()) co_return fail(ErrorCode::kTimeout, "the TLS handshake took too long");
  if (const long verdict = SSL_get_verify_result(native); is_client && verdict != X509_V_OK)
    co_return fail(ErrorCode::kDenied,
                   "the certificate of " + peer_name_ + " is not to be trusted: " + X509_verify_cert_error_string(verdict));
  co_return fail(ErrorCode::kUnavailable, "the TLS handshake failed", ec.message());
}

void TcpStream::close() {
  boost::system::error_code ec;
  socket_.shutdown(asio::socket_base::shutdown_both, ec);
  socket_.close(ec);
}

asio::awaitable<void> TcpStream::close_gently() {
  boost::system::error_code ec;
  socket_.shutdown(asio::socket_base::shutdown_send, ec);
  if (!ec) {
    Limit guard(this, kLinger);
    std::array<char, 4096> unread{};
    while (!ec && !guard.struck())
      co_await socket_.async_read_some(asio::buffer(unread), asio::redirect_error(asio::use_awaitable, ec));
  }
  close();
}

}  // namespace usher::net
