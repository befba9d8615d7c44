// One HTTP/1.1 connection: reads requests, asks the handler, writes answers, until either side closes. Internal to base/net.
#pragma once
#include "base/net/http_server_state.h"

namespace usher::net {

// On the shard's thread. The coroutine of the connection belongs to server.sessions.
void start_connection(ServerState& server, Shard& shard, TcpSocket socket, const boost::asio::ip::address& peer,
                      ConnectionLimits::Slot slot);

// The bytes of an answer's head. `length` is announced also when the body is not sent (HEAD). Headers that the server owns
// (Content-Length, Transfer-Encoding, Connection) are not taken from the handler; one holding CR, LF or NUL is dropped and
// logged.
struct HeadStyle {
  bool close = false;
  bool http10 = false;
};
std::string response_head(const HttpResponse& response, std::size_t length, HeadStyle style);

}  // namespace usher::net
