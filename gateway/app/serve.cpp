#include <pthread.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "gateway/app/command.h"
#include "gateway/app/service.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kDrainLimit{40};  // exit within 45 s (reliability.md §4.8)

log::Level level_of(const std::string& word) {
  if (word == "debug") return log::Level::kDebug;
  if (word == "warn") return log::Level::kWarn;
  return word == "error" ? log::Level::kError : log::Level::kInfo;
}

bool split_address(const std::string& text, std::string& host, std::int64_t& port) {
  auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  char* end = nullptr;
  const long value = std::strtol(text.c_str() + colon + 1, &end, 10);
  if (end == text.c_str() + colon + 1 || *end != '\0' || value < 0 || value > 65535) return false;
  host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  port = value;
  return true;
}

}  // namespace

int serve(const Common& common, const std::string& http, const std::string& smtp, const std::string& lmtp) {
  auto settings = settings_of(common);
  if (!settings) return kConfiguration;
  auto wrong_address = [&](const char* option, const std::string& value) {
    return complain(
        common,
        {ErrorCode::kInvalid, std::string(option) + " needs HOST:PORT, found '" + value + "'; for example 127.0.0.1:8080"},
        kUsage);
  };
  auto has_http = [&](Settings& s) { return http.empty() || split_address(http, s.http.host, s.http.port); };
  auto has_smtp = [&](Settings& s) {
    if (smtp == "off") s.email.enabled = false;
    return smtp == "off" || smtp.empty() || split_address(smtp, s.email.host, s.email.port);
  };
  auto has_lmtp = [&](Settings& s) { return lmtp.empty() || split_address(lmtp, s.email.lmtp_host, s.email.lmtp_port); };
  if (!has_http(*settings)) return wrong_address("--http", http);
  if (!has_smtp(*settings)) return wrong_address("--smtp", smtp);
  if (!has_lmtp(*settings)) return wrong_address("--lmtp", lmtp);
  log::init(level_of(settings->log.level), settings->log.file);

  // Signals are taken by this thread alone; every other thread inherits the mask.
  sigset_t signals;
  sigemptyset(&signals);
  for (int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, s);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  auto service = start_service(*settings);
  if (!service)
    return complain(common, service.error(), service.error().code == ErrorCode::kInvalid ? kConfiguration : kSoftware);
  const auto& at = (*service)->addresses();
  json listening = {{"http", at.http}};
  if (!at.smtp.empty()) listening["smtp"] = at.smtp;
  if (!at.lmtp.empty()) listening["lmtp"] = at.lmtp;
  print({{"listening", listening}});
  for (;;) {
    int signal_number = 0;
    if (sigwait(&signals, &signal_number) != 0) continue;
    if (signal_number == SIGHUP) {
      std::vector<SettingsProblem> problems;
      auto again = load_settings(common.config, problems);
      if (!common.data.empty()) again.data = common.data;
      if (!problems.empty()) {
        for (const auto& p : problems)
          log::error("settings_problem", {{"file", p.file}, {"line", p.line}, {"problem", p.message}, {"hint", p.hint}});
        log::error("reload refused; everything stays as it was", {{"detail", "the settings have problems"}});
        continue;
      }
      if (!has_http(again) || !has_smtp(again) || !has_lmtp(again)) continue;  // as at the start: they were right then
      auto done = (*service)->reload(again);
      if (done) {
        log::info("reloaded", {{"content", *done}});
      } else {
        log::error("reload refused; the old content stays", {{"detail", done.error().message}});
      }
      continue;
    }
    log::info("draining", {{"signal", signal_number}});
    (*service)->drain(kDrainLimit);
    return kOk;
  }
}

}  // namespace usher::gateway::app
