// Webhooks over TLS: to a receiver with a certificate of a private authority, and to none that is not what it should
// be.
#include <fstream>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/deliver/post.h"
#include "tests/engine/deliver/certificates.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;
using testing::Certificate;

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

// Takes one connection on the loopback; 204 to what is posted.
class Receiver {
 public:
  explicit Receiver(const Certificate& certificate)
      : acceptor_(context_, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)), tls_(asio::ssl::context::tls_server) {
    const testing::Pem pem = certificate.pem();
    tls_.use_certificate(asio::buffer(pem.certificate), asio::ssl::context::pem);
    tls_.use_private_key(asio::buffer(pem.key), asio::ssl::context::pem);
    thread_ = std::thread([this] { serve(); });
  }
  ~Receiver() { stop(); }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  std::string url(const std::string& host = "localhost") const {
    return fmt::format("https://{}:{}/hook", host, acceptor_.local_endpoint().port());
  }
  // The body that came; empty: none did.
  const std::string& stop() {
    if (thread_.joinable()) thread_.join();
    return body_;
  }

 private:
  void serve() {
    boost::system::error_code error;
    boost::beast::ssl_stream<boost::beast::tcp_stream> stream(boost::beast::tcp_stream(acceptor_.accept()), tls_);
    stream.handshake(asio::ssl::stream_base::server, error);
    boost::beast::flat_buffer buffer;
    http::request<http::string_body> request;
    if (!error) http::read(stream, buffer, request, error);
    if (error) return;
    body_ = request.body();
    const http::response<http::empty_body> answer(http::status::no_content, 11);
    http::write(stream, answer, error);
  }

  asio::io_context context_;
  Tcp::acceptor acceptor_;
  asio::ssl::context tls_;
  std::thread thread_;
  std::string body_;
};

// An authority, and the file that tells of it.
class Authority {
 public:
  Authority() : certificate_({.name = "test authority", .authority = true}) {
    std::ofstream(file()) << certificate_.pem().certificate;
  }
  std::string file() const { return scratch_.path("ca.pem"); }
  const Certificate& certificate() const { return certificate_; }

 private:
  Scratch scratch_{"tls"};
  Certificate certificate_;
};

PostAnswer post_to(const Receiver& receiver, const std::string& ca_file) {
  return post({.url = receiver.url(), .headers = {}, .body = "news", .private_too = true, .ca_file = ca_file});
}

}  // namespace

TEST_CASE("post: a receiver whose certificate is of a private authority is told, once the authority is given") {
  const Authority authority;
  const Certificate good({.issuer = &authority.certificate()});
  Receiver trusted(good);
  const PostAnswer answer = post_to(trusted, authority.file());
  CHECK(answer.error == "");
  CHECK(answer.status == 204);
  CHECK(trusted.stop() == "news");
  Receiver unknown(good);
  const PostAnswer refused = post_to(unknown, "");
  CHECK(refused.status == 0);
  CHECK(refused.error.find("the certificate is not trusted: unable to get local issuer certificate") == 0);
  CHECK(unknown.stop() == "");
}

TEST_CASE("post: a certificate of another name, of nobody, expired, not yet valid or of another authority is refused") {
  const Authority authority, other;
  const auto check_refused = [&](const Certificate& certificate, const std::string& why) {
    CAPTURE(why);
    Receiver receiver(certificate);
    const PostAnswer answer = post_to(receiver, authority.file());
    CHECK(answer.status == 0);
    CHECK(answer.error == "the certificate is not trusted: " + why);
    CHECK(receiver.stop() == "");
  };
  check_refused(Certificate({.name = "example.org", .issuer = &authority.certificate()}), "it is not of localhost");
  check_refused(Certificate({}), "self-signed certificate");
  check_refused(Certificate({.issuer = &authority.certificate(), .from = -7200, .to = -60}), "certificate has expired");
  check_refused(Certificate({.issuer = &authority.certificate(), .from = 3600, .to = 7200}),
                "certificate is not yet valid");
  check_refused(Certificate({.issuer = &other.certificate()}), "certificate signature failure");  // of the same name
}

TEST_CASE("post: a file of authorities that is none, and a receiver that does not speak TLS, are told") {
  const Authority authority;
  const Certificate good({.issuer = &authority.certificate()});
  const PostAnswer none =
      post({.url = "https://127.0.0.1:9/", .headers = {}, .body = "", .private_too = true, .ca_file = "/nowhere.pem"});
  CHECK(none.status == 0);
  CHECK(none.error != "");
  Receiver receiver(good);
  const std::string plain = "http" + receiver.url().substr(5);
  CHECK(post({.url = plain, .headers = {}, .body = "news"}).error == "only https is sent to");
  const PostAnswer spoken = post({.url = plain, .headers = {}, .body = "news", .private_too = true});
  CHECK(spoken.status == 0);
  CHECK(receiver.stop() == "");
}
