#include "gateway/app/mail_known.h"

#include <cstdio>
#include <filesystem>

#include "base/log.h"
#include "base/sql/reader.h"
#include "gateway/app/part_settings.h"
#include "gateway/flow/mailroom.h"
#include "gateway/store/people.h"

namespace usher::gateway::app {
namespace {

namespace fs = std::filesystem;
namespace email = connectors::email;

constexpr std::size_t kMaxFileBytes = 4ull * 1024 * 1024 * 1024;  // an mbox is read whole

std::optional<email::EmailSettings> settings_for(const Common& common, const std::string& secret) {
  std::error_code ec;
  if (!fs::exists(common.config, ec) && common.config == Common{}.config) return email_settings(Settings{}, secret);
  auto settings = settings_of(common);
  if (!settings) return std::nullopt;
  return email_settings(*settings, secret);
}

std::string database_file(const std::string& as_of) {
  std::error_code ec;
  return fs::is_directory(as_of, ec) ? (fs::path(as_of) / "usher.db").string() : as_of;
}

}  // namespace

Result<std::string> read_all(const std::string& path) {
  std::string out;
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return fail(ErrorCode::kNotFound, "cannot open '" + path + "'");
  char buffer[65536];
  while (std::size_t n = std::fread(buffer, 1, sizeof buffer, file)) {
    out.append(buffer, n);
    if (out.size() > kMaxFileBytes) break;
  }
  const bool failed = std::ferror(file) != 0;
  if (file != stdin) std::fclose(file);
  if (failed) return fail(ErrorCode::kIo, "cannot read '" + path + "'");
  if (out.size() > kMaxFileBytes) return fail(ErrorCode::kTooLarge, "'" + path + "' is too large");
  return out;
}

std::string as_sent(std::string raw) {
  if (email::is_mbox(raw)) raw.erase(0, std::min(raw.find('\n'), raw.size() - 1) + 1);
  if (raw.find("\r\n") != std::string::npos) return raw;
  std::string out;
  out.reserve(raw.size() + raw.size() / 32);
  for (char c : raw) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

email::MailEnvelope envelope_for(const std::string& raw, const email::EmailSettings& settings, const MailOptions& options) {
  email::MimeOptions quick;
  quick.sniff_types = false;
  auto envelope = email::envelope_of(email::parse_mail(raw, quick), settings);
  if (options.sender != "?") {
    envelope.from = options.sender;
    envelope.is_from_known = true;
  }
  if (!options.to.empty()) envelope.recipients = options.to;
  return envelope;
}

int with_known(const Common& common, const std::string& as_of, const Look& look) {
  log::init(log::Level::kError);
  bool is_configured = true;
  auto run = [&](const std::string& secret, const email::Known& known, std::optional<Error>& failed) -> Result<void> {
    auto settings = settings_for(common, secret);
    is_configured = settings.has_value();
    return settings ? look(*settings, known, failed) : Result<void>{};
  };
  std::optional<Error> failed;
  Result<void> done;
  if (as_of.empty()) {
    done = run({}, {}, failed);
  } else {
    done = sql::look_into_sqlite(database_file(as_of), [&](sql::Tx& tx) -> Result<void> {
      auto secret = store::get_instance(tx, "secret");
      if (!secret) return fail(std::move(secret.error()));
      auto known = flow::known_in(tx, {}, failed);
      return run(secret->value_or(""), known, failed);
    });
  }
  if (!is_configured) return kConfiguration;
  if (!done) return complain(common, done.error(), done.error().code == ErrorCode::kNotFound ? kUsage : kProblems);
  if (failed) return complain(common, *failed, kSoftware);
  return kOk;
}

}  // namespace usher::gateway::app
