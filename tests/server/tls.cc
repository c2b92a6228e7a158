// TLS, with a certificate made for the test.
#include <memory>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "tests/engine/deliver/certificates.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;

namespace {

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
  const Pem pem = Certificate({}).pem();
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
