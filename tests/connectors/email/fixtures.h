// What the email tests share: settings of an invented gateway and access to tests/connectors/email/data.
#pragma once
#include <memory>
#include <string>

#include "connectors/email/settings.h"
#include "tests/connectors/email/corpus.h"

namespace usher::connectors::email {

inline EmailSettings test_settings() {
  EmailSettings s;
  s.addresses = {"support@gw.example"};
  s.from_name = "Support, GW";
  s.hostname = "gw.example";
  s.secret = "test secret";
  return s;
}

inline std::string fixture(const char* name) {
  return read_file(std::filesystem::path(USHER_SOURCE_DIR) / "tests/connectors/email/data" / name);
}

inline MailEnvelope envelope_from(std::string from) {
  MailEnvelope e;
  e.from = std::move(from);
  e.recipients = {"support@gw.example"};
  return e;
}

inline std::shared_ptr<const std::string> shared(std::string s) {
  return std::make_shared<const std::string>(std::move(s));
}

}  // namespace usher::connectors::email
