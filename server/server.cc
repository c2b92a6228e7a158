#include "server/server.h"

#include <algorithm>
#include <system_error>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "server/connection_internal.h"

namespace ringscope::server {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Error_code = boost::system::error_code;

asio::ip::address parse_address(const std::string& text) {
  Error_code error;
  auto address = asio::ip::make_address(text, error);
  if (error) throw Error(ErrorCode::usage, "this is no address to listen on; give one like 127.0.0.1 or ::1", text);
  return address;
}

std::string host_text(const asio::ip::address& address) {
  return address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
}

// By whichever of these names a browser may have come. With the port, but without it where it is the scheme's own.
std::vector<std::string> hosts_of(const ServerOptions& options, const asio::ip::address& address, std::uint16_t port,
                                  bool secure) {
  std::vector<std::string> names = options.allow_hosts;
  if (!address.is_unspecified()) names.push_back(host_text(address));
  if (address.is_loopback()) names.emplace_back("localhost");
  std::vector<std::string> hosts;
  for (std::string& name : names) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (port == (secure ? 443 : 80)) hosts.push_back(name);
    hosts.push_back(fmt::format("{}:{}", name, port));
  }
  return hosts;
}

void check_exposure(const ServerOptions& options) {
  if (is_loopback(options.address)) return;
  if (options.tls_certificate.empty() || options.tls_key.empty())
    throw Error(ErrorCode::refused,
                "others can reach this address, so it is only served with TLS: --tls-cert and --tls-key",
                options.address);
  if (read_tokens(options.app.store).empty())
    throw Error(ErrorCode::refused,
                "others can reach this address, so it is only served when there are tokens: 'ringscope token add'",
                options.address);
}

}  // namespace

bool is_loopback(const std::string& address) { return parse_address(address).is_loopback(); }

struct Server::Impl {
  explicit Impl(ServerOptions given) : options(std::move(given)), acceptor(io), signals(io), ending(io) {
    check_exposure(options);
    load_tls();
    listen();
    open_app();
  }

  void load_tls();
  void listen();
  void open_app();
  void accept();
  void taken(tcp::socket socket);
  void end();

  ServerOptions options;
  std::unique_ptr<App> app;
  Connections connections;
  std::unique_ptr<ConnectionContext> context;
  std::unique_ptr<asio::ssl::context> tls;
  std::uint16_t port = 0;
  asio::io_context io{1};
  tcp::acceptor acceptor;
  asio::signal_set signals;
  asio::steady_timer ending;
  bool stopping = false;
};

void Server::Impl::load_tls() {
  if (options.tls_certificate.empty()) return;
  tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  Error_code error;
  tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                   asio::ssl::context::no_tlsv1_1 | asio::ssl::context::single_dh_use);
  tls->use_certificate_chain_file(options.tls_certificate.string(), error);
  if (error) throw Error(ErrorCode::usage, "cannot use the certificate: " + error.message(), options.tls_certificate);
  tls->use_private_key_file(options.tls_key.string(), asio::ssl::context::pem, error);
  if (error) throw Error(ErrorCode::usage, "cannot use the key: " + error.message(), options.tls_key.string());
}

void Server::Impl::listen() {
  const tcp::endpoint endpoint(parse_address(options.address), options.port);
  Error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    throw Error(ErrorCode::io, "cannot listen: " + error.message() + "; --listen names another address or port",
                fmt::format("{}:{}", options.address, options.port));
  port = acceptor.local_endpoint().port();
}

void Server::Impl::open_app() {
  const bool secure = tls != nullptr;
  options.app.gate = {hosts_of(options, parse_address(options.address), port, secure), secure};
  app = std::make_unique<App>(options.app);
  context.reset(new ConnectionContext{.app = *app,
                                      .limits = options.limits,
                                      .connections = connections,
                                      .secure = secure,
                                      .ending = false,
                                      .on_close = [this] { app->set_connections(connections.size()); }});
}

void Server::Impl::accept() {
  acceptor.async_accept([this](Error_code error, tcp::socket socket) {
    if (stopping || error == asio::error::operation_aborted) return;
    if (!error) {
      taken(std::move(socket));
      return accept();
    }
    // Out of descriptors: those that wait make room, and after a moment it goes on.
    if (AnyConnection* const longest = connections.longest_waiting()) longest->close();
    ending.expires_after(std::chrono::milliseconds(100));
    ending.async_wait([this](Error_code stopped) {
      if (!stopped) accept();
    });
  });
}

void Server::Impl::taken(tcp::socket socket) {
  if (connections.size() >= options.limits.connections) {
    app->metrics().count_refused_connection();
    AnyConnection* const longest = connections.longest_waiting();
    if (longest == nullptr) return refuse_connection(std::move(socket));
    longest->close();
  }
  app->metrics().count_connection();
  make_connection(std::move(socket), tls.get(), *context)->start();
  app->set_connections(connections.size());
}

void Server::Impl::end() {
  if (std::exchange(stopping, true)) return io.stop();
  Error_code ignored;
  acceptor.close(ignored);
  context->ending = true;
  connections.finish_all();
  ending.expires_after(options.limits.farewell);
  ending.async_wait([this](Error_code) { io.stop(); });
  context->on_close = [this] {
    if (connections.size() == 0) io.stop();
  };
  if (connections.size() == 0) io.stop();
}

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() {
  impl_->app->stop();  // nobody posts to the sockets' thread any more
  impl_->context->on_close = [] {};
  impl_->connections.close_all();
  impl_->io.restart();
  impl_->io.poll();
}

std::uint16_t Server::port() const { return impl_->port; }

std::string Server::address() const {
  return fmt::format("{}://{}:{}", impl_->tls ? "https" : "http", host_text(parse_address(impl_->options.address)),
                     impl_->port);
}

App& Server::app() { return *impl_->app; }

void Server::run() {
  impl_->accept();
  impl_->io.run();
}

void Server::stop() {
  asio::post(impl_->io, [this] { impl_->end(); });
}

void Server::stop_at_signals() {
  impl_->signals.add(SIGTERM);
  impl_->signals.add(SIGINT);
  const std::shared_ptr<std::function<void()>> wait = std::make_shared<std::function<void()>>();
  *wait = [this, weak = std::weak_ptr(wait)] {
    impl_->signals.async_wait([this, again = weak.lock()](Error_code error, int) {
      if (error) return;
      impl_->end();
      if (again) (*again)();
    });
  };
  (*wait)();
}

}  // namespace ringscope::server
