// One call through libcurl: the configured easy handle, what its callbacks collect, and how the end of it reads as a Result.
// Internal to base/net.
#pragma once
#include <curl/curl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/net/http_client.h"

namespace usher::net {

struct SlistFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Slist = std::unique_ptr<curl_slist, SlistFree>;
inline void append(Slist& list, const std::string& line) {
  curl_slist* grown = curl_slist_append(list.get(), line.c_str());
  if (grown == nullptr) return;
  static_cast<void>(list.release());
  list.reset(grown);
}

// One call under way: the easy handle and what its callbacks collect.
struct Transfer {
  Transfer() : easy(curl_easy_init()) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { curl_easy_cleanup(easy); }

  CURL* easy;
  Slist headers;
  std::string upload;
  std::size_t uploaded = 0;
  std::size_t max_response = 0;
  std::size_t header_bytes = 0;
  bool allow_private = true;
  std::atomic<bool> cancelled{false};  // both are looked at also while libcurl blocks
  const std::atomic<bool>* abort_all = nullptr;
  std::chrono::steady_clock::time_point give_up = std::chrono::steady_clock::time_point::max();
  std::function<void(curl_socket_t)> opened;  // told of each socket
  bool denied = false;
  bool too_large = false;
  HttpReply reply;
  MailReply mail;
  bool mail_reply_open = false;  // inside a multi-line reply
  std::array<char, CURL_ERROR_SIZE> error{};
  std::move_only_function<void(CURLcode)> done;
};

// kInvalid when the call cannot be made as it is.
Result<std::unique_ptr<Transfer>> prepare_http(HttpCall call);
Result<std::unique_ptr<Transfer>> prepare_mail(const MailCall& call);
// After the transfer has ended with `code`.
Result<HttpReply> finish_http(Transfer& transfer, CURLcode code);
Result<MailReply> finish_mail(Transfer& transfer, CURLcode code);

// Shared by both.
bool has_control(std::string_view text);
Result<void> check_url(const std::string& url, std::string_view scheme_a, std::string_view scheme_b);
void set_common(Transfer& transfer, const std::string& url, const CallLimits& limits, const std::string& ca_file);
std::string reason_of(const Transfer& transfer, CURLcode code);
template <class T>
void set(CURL* easy, CURLoption option, T value) {
  curl_easy_setopt(easy, option, value);
}

}  // namespace usher::net
