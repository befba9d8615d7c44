#include "connectors/email/smime.h"

#include <climits>
#include <memory>

#include <openssl/cms.h>
#include <openssl/err.h>

namespace usher::connectors::email {

Smime open_smime(std::string_view der) {
  Smime out;
  if (der.empty() || der.size() > INT_MAX) return out;
  std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(der.data(), static_cast<int>(der.size())), &BIO_free);
  std::unique_ptr<CMS_ContentInfo, decltype(&CMS_ContentInfo_free)> cms(bio ? d2i_CMS_bio(bio.get(), nullptr) : nullptr,
                                                                        &CMS_ContentInfo_free);
  ERR_clear_error();
  if (!cms) return out;
  switch (OBJ_obj2nid(CMS_get0_type(cms.get()))) {
    case NID_pkcs7_signed:
      break;
    case NID_pkcs7_enveloped:
    case NID_id_smime_ct_authEnvelopedData:
    case NID_pkcs7_encrypted:
      out.kind = Smime::Kind::kEncrypted;
      return out;
    default:
      out.kind = Smime::Kind::kOther;
      return out;
  }
  auto** content = CMS_get0_content(cms.get());
  ERR_clear_error();
  if (content == nullptr || *content == nullptr || ASN1_STRING_length(*content) <= 0) {
    out.kind = Smime::Kind::kCertificates;
    return out;
  }
  out.kind = Smime::Kind::kSigned;
  out.content.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(*content)),
                     static_cast<std::size_t>(ASN1_STRING_length(*content)));
  return out;
}

}  // namespace usher::connectors::email
