#include "engine/deliver/post.h"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "engine/load/network.h"

namespace ringscope {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

constexpr auto kPrivate = std::to_array<std::string_view>(
    {"0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
     "192.0.0.0/24",   "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
     "203.0.113.0/24", "224.0.0.0/4",  "240.0.0.0/4",    "::/128",         "::1/128",        "64:ff9b::/96",
     "64:ff9b:1::/48", "100::/64",     "2001::/23",      "2001:db8::/32",  "2002::/16",      "fc00::/7",
     "fe80::/10",      "ff00::/8"});

bool holds(const Network& network, const Address& address) {
  return masked(address, network.bits) == masked(network.address, network.bits);
}

using Request = http::request<http::string_body>;

Request request_of(const PostRequest& post, const Url& url) {
  Request request(http::verb::post, url.path, 11);
  request.set(http::field::host, url.host);
  request.set(http::field::user_agent, "ringscope");
  request.set(http::field::content_type, "application/json");
  for (const auto& [name, value] : post.headers) request.set(name, value);
  request.keep_alive(false);
  request.body() = post.body;
  request.prepare_payload();
  return request;
}

// Runs one exchange step by step on a context of its own, all of it before a deadline.
class Exchange {
 public:
  Exchange(const PostRequest& post, const Url& url)
      : post_(post),
        url_(url),
        deadline_(std::chrono::steady_clock::now() + std::chrono::seconds(post.timeout_seconds)) {}

  PostAnswer run() {
    try {
      const Tcp::resolver::results_type found = resolve();
      if (const auto refused = refusal(found)) return {0, *refused};
      return url_.tls ? over_tls(found) : over_plain(found);
    } catch (const boost::system::system_error& error) {
      return {0, error.code().message()};
    } catch (const std::exception& error) {
      return {0, error.what()};
    }
  }

 private:
  // Waits until `start(handler)` has called its handler. Throws what it reports.
  template <class Start>
  void wait(const Start& start) {
    std::optional<boost::system::error_code> done;
    start([&done](const boost::system::error_code& error, auto&&...) { done = error; });
    context_.restart();
    while (!done && context_.run_one_until(deadline_) != 0) {
    }
    if (!done) throw Error(ErrorCode::io, fmt::format("no answer within {} s", post_.timeout_seconds));
    if (*done) throw boost::system::system_error(*done);
  }

  Tcp::resolver::results_type resolve() {
    Tcp::resolver resolver(context_);
    return resolver.resolve(url_.host, url_.port);
  }

  std::optional<std::string> refusal(const Tcp::resolver::results_type& found) const {
    if (post_.private_too) return std::nullopt;
    if (!url_.tls) return "only https is sent to";
    for (const auto& entry : found) {
      if (is_private_address(entry.endpoint().address().to_string()))
        return fmt::format("{} is an address of a private network; nothing is sent there", url_.host);
    }
    return std::nullopt;
  }

  template <class Stream>
  PostAnswer exchange(Stream& stream) {
    Request request = request_of(post_, url_);
    wait([&](auto handler) { http::async_write(stream, request, handler); });
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.header_limit(8 << 10);
    parser.body_limit(64 << 10);
    wait([&](auto handler) { http::async_read_header(stream, buffer, parser, handler); });
    return {static_cast<int>(parser.get().result_int()), {}};
  }

  PostAnswer over_plain(const Tcp::resolver::results_type& found) {
    beast::tcp_stream stream(context_);
    wait([&](auto handler) { stream.async_connect(found, handler); });
    return exchange(stream);
  }

  PostAnswer over_tls(const Tcp::resolver::results_type& found) {
    asio::ssl::context tls(asio::ssl::context::tls_client);
    tls.set_default_verify_paths();
    if (!post_.ca_file.empty()) tls.load_verify_file(post_.ca_file);
    beast::ssl_stream<beast::tcp_stream> stream(context_, tls);
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification(url_.host));
    if (SSL_set_tlsext_host_name(stream.native_handle(), url_.host.c_str()) != 1) return {0, "TLS refuses the name"};
    wait([&](auto handler) { beast::get_lowest_layer(stream).async_connect(found, handler); });
    try {
      wait([&](auto handler) { stream.async_handshake(asio::ssl::stream_base::client, handler); });
    } catch (const boost::system::system_error& error) {
      return {0, handshake_text(stream.native_handle(), error)};
    }
    return exchange(stream);
  }

  std::string handshake_text(SSL* tls, const boost::system::system_error& error) const {
    const auto told = [](const std::string& what) { return "the certificate is not trusted: " + what; };
    const long result = SSL_get_verify_result(tls);
    // The name is not OpenSSL's to check here, so it cannot say what is wrong with another's.
    if (result != X509_V_OK && result != X509_V_ERR_UNSPECIFIED) return told(X509_verify_cert_error_string(result));
    const bool refused =
        error.code().category() == asio::error::get_ssl_category() &&
        ERR_GET_REASON(static_cast<unsigned long>(error.code().value())) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    return refused ? told("it is not of " + url_.host) : error.code().message();
  }

  const PostRequest& post_;
  const Url& url_;
  std::chrono::steady_clock::time_point deadline_;
  asio::io_context context_;
};

}  // namespace

bool is_private_address(std::string_view ip) {
  const auto address = parse_network(ip);
  if (!address) return true;
  for (const std::string_view text : kPrivate) {
    const auto network = parse_network(text);
    if (network && is_ipv4(*network) == is_ipv4(*address) && holds(*network, address->address)) return true;
  }
  return false;
}

Url parse_url(std::string_view text) {
  const auto bad = [&](const char* what) { return Error(ErrorCode::usage, what, std::string(text)); };
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    url.tls = false;
    rest.remove_prefix(7);
  } else {
    throw bad("a webhook's address begins with https://");
  }
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view place = rest.substr(0, end);
  if (end < rest.size() && rest[end] != '/') throw bad("after the host a path begins with /");
  const std::string_view path = rest.substr(end, rest.find('#') - end);
  url.path = path.empty() ? "/" : std::string(path);
  if (url.path.find_first_of(" \r\n\t") != std::string::npos) throw bad("a space in the address");
  if (place.find('@') != std::string_view::npos) throw bad("no user name may stand in the address");
  const bool bracketed = place.starts_with('[');
  const std::size_t close = bracketed ? place.find(']') : 0;
  if (close == std::string_view::npos) throw bad("the bracket of the address is not closed");
  const std::size_t colon = place.find(':', close);
  url.port = url.tls ? "443" : "80";
  if (colon != std::string_view::npos) {
    url.port = place.substr(colon + 1);
    unsigned number = 0;
    const auto [stop, wrong] = std::from_chars(url.port.data(), url.port.data() + url.port.size(), number);
    if (wrong != std::errc() || stop != url.port.data() + url.port.size() || number == 0 || number > 65535)
      throw bad("the port must be a number up to 65535");
    place = place.substr(0, colon);
  }
  url.host = bracketed ? std::string(place.substr(1, close - 1)) : std::string(place);
  if (url.host.empty()) throw bad("no host in the address");
  return url;
}

PostAnswer post(const PostRequest& request) {
  try {
    const Url url = parse_url(request.url);
    return Exchange(request, url).run();
  } catch (const Error& error) {
    return {0, error.message()};
  }
}

}  // namespace ringscope
