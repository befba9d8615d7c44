// The one real Request Tracker of this test program, and a look into it that does not go through the driver.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/async/io_threads.h"
#include "base/crypto.h"
#include "base/net/http_client.h"
#include "connectors/tickets/request_tracker.h"
#include "tests/support/rt/rt_server.h"
#include "tests/support/run.h"

namespace usher::connectors::tickets {

class RtFixture {
 public:
  // Started on first use, stopped when the program's tests are over. Null with the reason when there is no RT.
  static RtFixture* shared(std::string& why) {
    if (!tried()) {
      tried() = true;
      auto server = test::RtServer::start(reason());
      if (server) instance() = std::unique_ptr<RtFixture>(new RtFixture(std::move(server)));
    }
    why = reason();
    return instance().get();
  }
  static void end() { instance().reset(); }
  static async::IoThreads& io() {
    static async::IoThreads threads(1);
    threads.start();
    return threads;
  }

  test::RtServer& server() { return *server_; }
  net::OutboundClient& client() { return *client_; }
  RequestTrackerSettings settings() const {
    return {.base_url = server_->url() + "/",
            .token = server_->token(),
            .queue = "Support",
            .field_map = {{"serial", "SerialNumber"},
                          {"model", "ProductModel"},
                          {"@channel", "Channel"},
                          {"@priority", "CasePriority"},
                          {"@fault_class", "FaultClass"},
                          {"@language", "Language"}},
            .allow_private = true};
  }
  std::unique_ptr<RequestTracker> make() { return std::make_unique<RequestTracker>(settings(), *client_); }
  std::unique_ptr<RequestTracker> make(RequestTrackerSettings s) {
    return std::make_unique<RequestTracker>(std::move(s), *client_);
  }

  template <class T>
  T go(boost::asio::awaitable<T> task) {
    return test::run_on(io().executor(0), std::move(task));
  }

  // Below REST 2.0, as the user usher.
  nlohmann::json get(const std::string& path) {
    net::HttpCall call{.url = server_->url() + "/REST/2.0" + path, .allow_private = true};
    call.headers.add("Authorization", "token " + server_->token());
    call.headers.add("Connection", "close");  // an idle connection would keep one of RT's two workers
    auto reply = go(client_->http(std::move(call)));
    EXPECT_TRUE(reply) << path;
    return reply ? nlohmann::json::parse(reply->body, nullptr, false) : nlohmann::json();
  }
  std::vector<std::pair<std::string, std::string>> files(const std::string& ticket) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& a : attachments(ticket))
      if (!a.value("Filename", "").empty()) out.emplace_back(a.at("Filename").get<std::string>(), content(a));
    return out;
  }
  std::vector<std::string> texts(const std::string& ticket) {
    std::vector<std::string> out;
    for (const auto& a : attachments(ticket))
      if (a.value("Filename", "").empty() && a.value("ContentType", "") == "text/plain") out.push_back(content(a));
    return out;
  }
  std::string field(const std::string& ticket, const std::string& name) {
    for (const auto& f : get("/ticket/" + ticket).at("CustomFields"))
      if (f.at("name") == name && !f.at("values").empty()) return f.at("values").at(0).get<std::string>();
    return {};
  }

 private:
  explicit RtFixture(std::unique_ptr<test::RtServer> server)
      : server_(std::move(server)), client_(net::make_outbound_client(io().executor(0))) {}

  static bool& tried() {
    static bool value = false;
    return value;
  }
  static std::string& reason() {
    static std::string value;
    return value;
  }
  static std::unique_ptr<RtFixture>& instance() {
    static std::unique_ptr<RtFixture> value;
    return value;
  }

  std::vector<nlohmann::json> attachments(const std::string& ticket) {
    return get("/ticket/" + ticket + "/attachments?fields=Filename,ContentType&per_page=100").at("items");
  }
  std::string content(const nlohmann::json& attachment) {
    const auto full = get("/attachment/" + attachment.at("id").get<std::string>());
    return crypto::from_base64(without_line_ends(full.value("Content", ""))).value_or("?");
  }
  static std::string without_line_ends(std::string s) {
    std::erase_if(s, [](char c) { return c == '\n' || c == '\r'; });
    return s;
  }

  std::unique_ptr<test::RtServer> server_;
  std::unique_ptr<net::OutboundClient> client_;
};

}  // namespace usher::connectors::tickets
