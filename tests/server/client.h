// A small client of HTTP over plain sockets that can also misbehave.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace ringscope::testing {

struct Reply {
  int status = 0;                              // 0: the connection was closed without an answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;
  nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
  // "error.code" of a refusal; empty when it is none.
  std::string code() const;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// One connection to 127.0.0.1.
class Wire {
 public:
  explicit Wire(std::uint16_t port);
  ~Wire();
  Wire(Wire&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // False when the other side has closed.
  bool send(std::string_view bytes) const;
  // One answer, with its body; status 0 when the connection ends or nothing comes in time.
  Reply read(bool has_body = true, std::chrono::milliseconds patience = std::chrono::seconds(20));
  // Whatever comes until the text has come, or the time is over.
  std::string read_until(std::string_view text, std::chrono::milliseconds patience = std::chrono::seconds(20));
  // Whether the other side closes it in time.
  bool is_closed_within(std::chrono::milliseconds patience) const;

 private:
  bool more(std::chrono::steady_clock::time_point end);

  int socket_ = -1;
  std::string held_;
};

// Asks a server as one user.
class Client {
 public:
  explicit Client(std::uint16_t port) : port_(port) {}

  Client with(const std::string& name, const std::string& value) const;
  Client bearer(const std::string& token) const { return with("Authorization", "Bearer " + token); }
  Reply get(const std::string& target, const Headers& more = {}) const { return ask("GET", target, "", more); }
  Reply post(const std::string& target, const std::string& body, const Headers& more = {}) const;
  Reply ask(const std::string& method, const std::string& target, const std::string& body,
            const Headers& more = {}) const;
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_;
  Headers headers_;
};

}  // namespace ringscope::testing
