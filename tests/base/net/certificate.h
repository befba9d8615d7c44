// A self-signed certificate for "localhost" and 127.0.0.1 in a temporary folder, gone with the object.
#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace usher::net::testing {

class Certificate {
 public:
  Certificate() {
    std::string pattern = (std::filesystem::temp_directory_path() / "usher-tls-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    write();
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate() { std::filesystem::remove_all(folder); }

  // A new key and certificate in the same files.
  void write() const {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    X509_set_version(x509, 2);
    static int serial = 1;
    ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key);
    X509_NAME* name = X509_get_subject_name(x509);
    const std::string common = "localhost";
    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC, const_cast<unsigned char*>(bytes(common)), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(x509, key, EVP_sha256());
    std::FILE* file = std::fopen(chain().c_str(), "w");
    PEM_write_X509(file, x509);
    std::fclose(file);
    file = std::fopen(this->key().c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(x509);
    EVP_PKEY_free(key);
  }

  std::string chain() const { return folder + "/cert.pem"; }
  std::string key() const { return folder + "/key.pem"; }
  std::string folder;

 private:
  static const unsigned char* bytes(const std::string& s) {
    return static_cast<const unsigned char*>(static_cast<const void*>(s.c_str()));
  }
};

}  // namespace usher::net::testing
