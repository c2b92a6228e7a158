// Listens, and serves until it is told to stop.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "server/app.h"

namespace ringscope::server {

// How much of the server one client may hold, and for how long.
struct Limits {
  std::size_t header_bytes = 8 << 10;
  std::size_t connections = 1024;               // more: the one that has waited longest without a request is closed
  std::size_t streams = 128;                    // of events
  std::chrono::milliseconds header{10'000};     // from the first wait to the last byte of the headers
  std::chrono::milliseconds idle{60'000};       // between two requests of a connection
  std::chrono::milliseconds body{30'000};       // to the last byte of the body
  std::chrono::milliseconds write{30'000};      // that a client may take none of what is sent
  std::chrono::milliseconds heartbeat{15'000};  // of streams
  std::chrono::milliseconds farewell{10'000};   // that open requests have at the end
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 7080;                       // 0: any that is free
  std::vector<std::string> allow_hosts;            // names beside those of the address
  std::filesystem::path tls_certificate, tls_key;  // PEM; empty: no TLS
  Limits limits;
  AppOptions app;  // its gate is set by the server
};

// Whether an address is this machine's own only. Throws Error usage for what is no address.
bool is_loopback(const std::string& address);

class Server {
 public:
  // Opens the store and listens; nobody is answered before run(). Throws Error usage (address), refused (an address
  // that others reach, without TLS and tokens), io (the port is taken), and what opening the store throws.
  explicit Server(ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  std::string address() const;  // "http://127.0.0.1:7080"
  App& app();
  // Serves until stop(), and then until what was being answered has been, at most Limits::farewell.
  void run();
  // From any thread.
  void stop();
  // SIGTERM and SIGINT stop it; a second one at once.
  void stop_at_signals();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ringscope::server
