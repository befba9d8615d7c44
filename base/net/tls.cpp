#include "base/net/tls.h"

#include <mutex>
#include <vector>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <boost/asio/ssl/context.hpp>

namespace usher::net {
namespace {

namespace ssl = boost::asio::ssl;

Result<std::unique_ptr<ssl::context>> make_context(const std::string& chain, const std::string& key) {
  try {
    auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    boost::system::error_code ec;
    context->use_certificate_chain_file(chain, ec);
    if (ec) return fail(ErrorCode::kIo, "cannot read the TLS certificate chain " + chain + ": " + ec.message());
    context->use_private_key_file(key, ssl::context::pem, ec);
    if (ec) return fail(ErrorCode::kIo, "cannot use the TLS private key " + key + ": " + ec.message());
    if (SSL_CTX_check_private_key(native) != 1) {
      ERR_clear_error();
      return fail(ErrorCode::kInvalid, "the TLS private key " + key + " does not belong to the certificate " + chain);
    }
    return context;
  } catch (const boost::system::system_error& e) {
    return fail(ErrorCode::kInternal, "TLS could not be set up", e.what());
  }
}

class PemTlsContext final : public TlsContext {
 public:
  PemTlsContext(std::string chain, std::string key, std::unique_ptr<ssl::context> first)
      : chain_(std::move(chain)), key_(std::move(key)) {
    contexts_.push_back(std::move(first));
  }

  Result<void> reload() override {
    auto fresh = make_context(chain_, key_);
    if (!fresh) return fail(std::move(fresh.error()));
    std::lock_guard lock(mutex_);
    contexts_.push_back(std::move(*fresh));
    return {};
  }

  void* native() override {
    std::lock_guard lock(mutex_);
    return contexts_.back().get();
  }

 private:
  std::string chain_;
  std::string key_;
  std::mutex mutex_;
  // Old ones stay: another thread may be making a connection from one. A reload is a rare act of the operator.
  std::vector<std::unique_ptr<ssl::context>> contexts_;
};

}  // namespace

Result<std::shared_ptr<TlsContext>> load_tls(std::string certificate_chain_file, std::string private_key_file) {
  auto context = make_context(certificate_chain_file, private_key_file);
  if (!context) return fail(std::move(context.error()));
  return std::make_shared<PemTlsContext>(std::move(certificate_chain_file), std::move(private_key_file), std::move(*context));
}

}  // namespace usher::net
