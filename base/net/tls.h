// Server certificates: loaded from PEM files, swapped at run time (SIGHUP) without dropping connections. TLS ≥ 1.2.
#pragma once
#include <memory>
#include <string>

#include "base/result.h"

namespace usher::net {

class TlsContext {
 public:
  virtual ~TlsContext() = default;
  virtual Result<void> reload() = 0;  // keeps the old pair on error
  virtual void* native() = 0;         // boost::asio::ssl::context*, for the .cpp files of base/net only
};

Result<std::shared_ptr<TlsContext>> load_tls(std::string certificate_chain_file, std::string private_key_file);

}  // namespace usher::net
