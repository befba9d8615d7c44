#include "connectors/email/settings.h"

#include "base/text.h"

namespace usher::connectors::email {
namespace {

std::string_view domain_of(std::string_view address) {
  auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

}  // namespace

bool is_own_domain(const EmailSettings& settings, std::string_view domain) {
  for (const auto& address : settings.addresses) {
    if (text::iequals_ascii(domain_of(address), domain)) return true;
  }
  return false;
}

std::string own_address(const EmailSettings& settings, std::string_view recipient) {
  auto lower = text::to_lower_ascii(recipient);
  auto at = lower.rfind('@');
  if (at == std::string::npos) {
    if (lower != "postmaster" || settings.addresses.empty()) return {};
    return "postmaster@" + message_id_domain(settings);
  }
  auto domain = lower.substr(at + 1);
  auto base = lower.substr(0, at);
  if (auto separator = base.find(settings.subaddress_separator); separator != std::string::npos && separator > 0)
    base.resize(separator);
  auto bare = base + "@" + domain;
  for (const auto& configured : settings.addresses) {
    auto address = text::to_lower_ascii(configured);
    if (address == lower || address == bare) return address;
    if (address.starts_with('@') && address.substr(1) == domain) return bare;
  }
  if (base == "postmaster" && is_own_domain(settings, domain)) return bare;
  return {};
}

std::string from_address(const EmailSettings& settings) {
  for (const auto& address : settings.addresses) {
    if (!address.starts_with('@')) return address;
  }
  return "postmaster@" + message_id_domain(settings);
}

std::string message_id_domain(const EmailSettings& settings) {
  if (!settings.message_id_domain.empty()) return settings.message_id_domain;
  if (!settings.addresses.empty() && !domain_of(settings.addresses.front()).empty()) {
    return text::to_lower_ascii(domain_of(settings.addresses.front()));
  }
  return settings.hostname;
}

}  // namespace usher::connectors::email
