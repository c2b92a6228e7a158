// TLS, with a certificate made for the test.
#include <memory>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;

namespace {

struct Pem {
  std::string certificate, key;
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Pem make_certificate() {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> cert(X509_new(), X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
  X509_set_pubkey(cert.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(cert.get(), name);
  X509_sign(cert.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, int (*)(BIO*)> a(BIO_new(BIO_s_mem()), BIO_free), b(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(a.get(), cert.get());
  PEM_write_bio_PrivateKey(b.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(a.get()), text_of(b.get())};
}

// All that comes back; empty when there is no handshake with a version up to `newest`.
std::string ask_by_tls(std::uint16_t port, const std::string& request, int newest) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_max_proto_version(context.get(), newest);
  SSL_CTX_set_security_level(context.get(), 0);
  const std::unique_ptr<BIO, void (*)(BIO*)> bio(BIO_new_ssl_connect(context.get()), BIO_free_all);
  BIO_set_conn_hostname(bio.get(), fmt::format("127.0.0.1:{}", port).c_str());
  if (BIO_do_connect(bio.get()) <= 0) return "";
  BIO_write(bio.get(), request.data(), static_cast<int>(request.size()));
  std::string text;
  char buffer[4096];
  for (int got = 0; (got = BIO_read(bio.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

}  // namespace

TEST_CASE("tls: the server speaks TLS 1.2 and later, and its cookies are for TLS only") {
  const Pem pem = make_certificate();
  const Served served({"--tls-cert", "cert.pem", "--tls-key", "key.pem"},
                      {{"cert.pem", pem.certificate}, {"key.pem", pem.key}});
  const auto request = [&](const std::string& target) {
    return fmt::format(
        "GET {} HTTP/1.1\r\nHost: localhost:{}\r\nOrigin: https://localhost:{}\r\nConnection: close\r\n\r\n", target,
        served.port(), served.port());
  };
  CHECK(contains(ask_by_tls(served.port(), request("/healthz"), TLS1_3_VERSION), "ok\n"));
  CHECK(contains(ask_by_tls(served.port(), request("/healthz"), TLS1_2_VERSION), "ok\n"));
  CHECK(ask_by_tls(served.port(), request("/healthz"), TLS1_1_VERSION).empty());
  const std::string login = ask_by_tls(served.port(), request(served.login()), TLS1_3_VERSION);
  CHECK(contains(login, "Set-Cookie: __Host-ringscope="));
  CHECK(contains(login, "; Secure"));
  CHECK(contains(login, "Strict-Transport-Security"));
  CHECK(served.anybody().get("/healthz").status == 0);  // without TLS: nothing
}
