// S/MIME that only wraps (RFC 8551 §3.5.2): a signature with the mail inside it. OpenSSL's CMS takes the wrapping off; nobody's
// signature is checked, so what comes out is believed as little as any mail. Pure; thread-safe.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace usher::connectors::email {

struct Smime {
  enum class Kind : std::uint8_t {
    kUnreadable,    // no CMS, or not whole
    kSigned,        // `content` is the entity that was signed
    kCertificates,  // certificates or revocations and nothing else
    kEncrypted,     // for a key we do not have
    kOther,         // compressed, digested: kept as it is
  } kind = Kind::kUnreadable;
  std::string content;  // a MIME entity, header and body
};

// `der`: the decoded content of an application/pkcs7-mime part, BER or DER.
Smime open_smime(std::string_view der);

}  // namespace usher::connectors::email
