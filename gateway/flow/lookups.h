// What scripts ask other services during a turn (`lookup:` steps): warranty, catalogue, assets. Over HTTP, within a time limit,
// as usher.yaml says under `lookups:`. Whatever goes wrong becomes LookedUp::kFailed with the reason: the script has a way for
// it.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/net/http_client.h"
#include "dialogs/engine.h"

namespace usher::gateway::flow {

struct LookupService {
  std::string name;
  std::string url;             // {parameter} is replaced by its value, percent-encoded
  std::string method = "GET";  // POST sends the parameters as one JSON object
  std::string token;           // bearer; empty = none
  std::string ca_file;
  std::chrono::milliseconds timeout{3000};
  bool allow_private = false;
};

class Lookups {
 public:
  Lookups(std::vector<LookupService> services, net::OutboundClient& client);

  // 2xx with JSON is kFound with the members asked for (missing ones left out); 404 and 410 are kNotFound; everything else,
  // an unknown service and a parameter of the URL without a value included, is kFailed.
  boost::asio::awaitable<dialogs::LookedUp> ask(dialogs::LookUp wish) const;

  std::vector<std::string> names() const;

 private:
  std::map<std::string, LookupService> services_;
  net::OutboundClient& client_;
};

// "https://x/{serial}" with serial = "A/1" → "https://x/A%2F1"; an unknown or empty parameter is an error naming it.
Result<std::string> fill_url(const std::string& url, const std::map<std::string, std::string>& parameters);
// The members of a JSON answer by their dotted names; numbers and booleans as text; objects and lists are left out.
Result<std::map<std::string, std::string>> members_of(const std::string& json, const std::vector<std::string>& names);

}  // namespace usher::gateway::flow
