#include "connectors/email/settings.h"

#include "base/text.h"

namespace usher::connectors::email {
namespace {

std::string_view domain_of(std::string_view address) {
  auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

// Both in lower case: "support+x@gw.example" and "support@gw.example".
bool has_subaddress(const EmailSettings& settings, std::string_view recipient, std::string_view address) {
  const auto at = address.rfind('@');
  return at != std::string_view::npos && domain_of(recipient) == domain_of(address) && recipient.rfind('@') > at &&
         recipient.starts_with(address.substr(0, at)) && recipient[at] == settings.subaddress_separator;
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
  for (const auto& configured : settings.addresses) {
    auto address = text::to_lower_ascii(configured);
    if (address == lower || (!address.starts_with('@') && has_subaddress(settings, lower, address))) return address;
  }
  auto base = lower.substr(0, at);
  if (auto separator = base.find(settings.subaddress_separator); separator != std::string::npos && separator > 0)
    base.resize(separator);
  for (const auto& configured : settings.addresses) {
    if (configured.starts_with('@') && text::iequals_ascii(std::string_view(configured).substr(1), domain))
      return base + "@" + domain;
  }
  if (base == "postmaster" && is_own_domain(settings, domain)) return base + "@" + domain;
  return {};
}

std::string_view subaddress_of(const EmailSettings& settings, std::string_view recipient) {
  const auto at = recipient.rfind('@');
  const auto own = own_address(settings, recipient);
  if (at == std::string_view::npos || own.empty()) return {};
  // The separator may stand in the address itself: "help-desk-anything" with "-".
  const auto base = own.rfind('@');
  return base >= at ? std::string_view{} : recipient.substr(base + 1, at - base - 1);
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
