// Certificates made for a test, by an authority made for it as well.
#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace ringscope::testing {

struct Pem {
  std::string certificate, key;
};

// Of a host, or of an authority; signed by itself or by another.
class Certificate {
 public:
  struct Options {
    std::string name = "localhost";
    const Certificate* issuer = nullptr;  // null: itself
    bool authority = false;
    long from = -60, to = 3600;  // seconds from now
  };

  explicit Certificate(const Options& options)
      : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), cert_(X509_new(), X509_free) {
    static long serial = 0;
    const Certificate& issuer = options.issuer != nullptr ? *options.issuer : *this;
    X509_set_version(cert_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert_.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(cert_.get()), options.from);
    X509_gmtime_adj(X509_getm_notAfter(cert_.get()), options.to);
    X509_set_pubkey(cert_.get(), key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert_.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(options.name.c_str()), -1, -1, 0);
    X509_set_issuer_name(cert_.get(), X509_get_subject_name(issuer.cert_.get()));
    if (options.authority) {
      extend(issuer, NID_basic_constraints, "critical,CA:TRUE");
    } else {
      extend(issuer, NID_subject_alt_name, "DNS:" + options.name);
    }
    X509_sign(cert_.get(), issuer.key_.get(), EVP_sha256());
  }

  Pem pem() const {
    const std::unique_ptr<BIO, int (*)(BIO*)> a(BIO_new(BIO_s_mem()), BIO_free), b(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(a.get(), cert_.get());
    PEM_write_bio_PrivateKey(b.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {text_of(a.get()), text_of(b.get())};
  }

 private:
  void extend(const Certificate& issuer, int what, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer.cert_.get(), cert_.get(), nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
        X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()), X509_EXTENSION_free);
    X509_add_ext(cert_.get(), extension.get(), -1);
  }

  static std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> cert_;
};

}  // namespace ringscope::testing
