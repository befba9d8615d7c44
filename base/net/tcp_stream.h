// A TCP socket as a ByteStream, in clear or under TLS, with time limits: what the listener and dial() share. Internal to
// base/net.
#pragma once
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/async/deadlines.h"
#include "base/net/acceptor.h"
#include "base/net/byte_stream.h"

namespace usher::net {

class TcpStream : public ByteStream {
 public:
  // `peer_name`: of the server this is a connection to, which its certificate must be made for; empty: we are the server.
  TcpStream(boost::asio::io_context& context, TcpSocket socket, std::string remote, std::string peer_name = {});
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;
  ~TcpStream() override;

  boost::asio::awaitable<Result<std::size_t>> read_some(std::span<char> into, std::chrono::milliseconds limit) override;
  boost::asio::awaitable<Result<void>> write(std::string bytes, std::chrono::milliseconds limit) override;
  boost::asio::awaitable<Result<void>> start_tls(std::shared_ptr<TlsContext> tls, std::chrono::milliseconds limit) override;
  void close() override;
  // A close with unread bytes in the socket sends a reset, and a reset overtakes the last answer: what a peer still sends is read
  // and dropped, for a moment.
  boost::asio::awaitable<void> close_gently();

  bool is_tls() const override { return tls_ != nullptr; }
  const std::string& remote() const override { return remote_; }
  async::Executor executor() override { return context_.get_executor(); }

 private:
  class Limit;
  struct Tls;

  boost::asio::io_context& context_;
  TcpSocket socket_;
  std::unique_ptr<Tls> tls_;
  std::string remote_, peer_name_;
};

}  // namespace usher::net
