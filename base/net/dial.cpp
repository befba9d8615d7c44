#include "base/net/dial.h"

#include <openssl/ssl.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_mode.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/net/tcp_stream.h"

namespace usher::net {
namespace asio = boost::asio;
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;
using Resolver = asio::ip::basic_resolver<tcp, async::Executor>;

class ClientTlsContext final : public TlsContext {
 public:
  explicit ClientTlsContext(asio::ssl::context context) : context_(std::move(context)) {}
  Result<void> reload() override { return {}; }
  void* native() override { return &context_; }

 private:
  asio::ssl::context context_;
};

}  // namespace

asio::awaitable<Result<std::shared_ptr<ByteStream>>> dial(async::Executor executor, std::string host, std::uint16_t port,
                                                          std::shared_ptr<TlsContext> tls, milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  const auto left = [until] {
    return std::max(milliseconds{1}, std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now()));
  };
  const std::string where = host + " port " + std::to_string(port);
  auto& context = executor.context();
  bool is_late = false;
  boost::system::error_code ec;
  Resolver resolver(executor);
  TcpSocket socket(executor);
  async::Deadlines::Guard guard(async::Deadlines::of(context), limit, [&is_late, &resolver, &socket] {
    is_late = true;
    boost::system::error_code ignored;
    resolver.cancel();
    socket.close(ignored);
  });
  auto found = co_await resolver.async_resolve(host, std::to_string(port), asio::redirect_error(asio::use_awaitable, ec));
  if (is_late) co_return fail(ErrorCode::kTimeout, "the name " + host + " was not resolved in time");
  if (ec) co_return fail(ErrorCode::kUnavailable, "the name " + host + " cannot be resolved: " + ec.message());
  ec = asio::error::host_not_found;
  for (const auto& entry : found) {
    if (is_late) break;
    boost::system::error_code ignored;
    socket.close(ignored);
    co_await socket.async_connect(entry.endpoint(), asio::redirect_error(asio::use_awaitable, ec));
    if (!ec || ec == asio::error::operation_aborted) break;
  }
  if (is_late) co_return fail(ErrorCode::kTimeout, "no connection to " + where + " in time");
  if (ec) co_return fail(ErrorCode::kUnavailable, "no connection to " + where + ": " + ec.message());
  guard.reset();
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto peer = socket.remote_endpoint(ignored);
  auto stream = std::make_shared<TcpStream>(context, std::move(socket), peer.address().to_string(), std::move(host));
  if (tls) {
    auto encrypted = co_await stream->start_tls(std::move(tls), left());
    if (!encrypted) co_return fail(std::move(encrypted.error()));
  }
  co_return std::shared_ptr<ByteStream>(std::move(stream));
}

Result<std::shared_ptr<TlsContext>> client_tls(const std::string& ca_file) {
  try {
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_verify_mode(asio::ssl::verify_peer);
    context.set_default_verify_paths();
    if (!ca_file.empty()) {
      boost::system::error_code ec;
      context.load_verify_file(ca_file, ec);
      if (ec) return fail(ErrorCode::kIo, "cannot use the trust anchor " + ca_file + ": " + ec.message());
    }
    return std::make_shared<ClientTlsContext>(std::move(context));
  } catch (const boost::system::system_error& e) {
    return fail(ErrorCode::kInternal, "TLS could not be set up", e.what());
  }
}

}  // namespace usher::net
