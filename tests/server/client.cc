#include "tests/server/client.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ringscope::testing {
namespace {

using Clock = std::chrono::steady_clock;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_ready(int socket, Clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
  pollfd one{socket, POLLIN, 0};
  return left > 0 && poll(&one, 1, static_cast<int>(left)) > 0;
}

Reply parse_head(const std::string& head) {
  Reply reply;
  reply.status = std::stoi(head.substr(9, 3));
  for (std::size_t begin = head.find("\r\n") + 2; begin < head.size();) {
    const std::size_t end = std::min(head.find("\r\n", begin), head.size());
    const std::string line = head.substr(begin, end - begin);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) reply.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
    begin = end + 2;
  }
  return reply;
}

}  // namespace

std::string Reply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string Reply::code() const {
  const auto document = json();
  return document.is_object() && document.contains("error") ? document["error"].value("code", "") : "";
}

Wire::Wire(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("cannot connect");
}

Wire::~Wire() {
  if (socket_ >= 0) close(socket_);
}

bool Wire::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Wire::more(Clock::time_point end) {
  char buffer[16384];
  if (!is_ready(socket_, end)) return false;
  const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  held_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

std::string Wire::read_until(std::string_view text, std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  while (held_.find(text) == std::string::npos && more(end)) {
  }
  return std::exchange(held_, {});
}

Reply Wire::read(bool has_body, std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  while (held_.find("\r\n\r\n") == std::string::npos) {
    if (!more(end)) return {};
  }
  const std::size_t head = held_.find("\r\n\r\n");
  Reply reply = parse_head(held_.substr(0, head));
  held_.erase(0, head + 4);
  if (!has_body || reply.status == 304 || reply.status == 100) return reply;
  if (reply.header("transfer-encoding") == "chunked") {
    for (;;) {
      while (held_.find("\r\n") == std::string::npos && more(end)) {
      }
      const std::size_t line = held_.find("\r\n");
      if (line == std::string::npos) return {};  // it broke off
      const std::size_t size = std::stoul(held_.substr(0, line), nullptr, 16);
      while (held_.size() < line + 4 + size && more(end)) {
      }
      if (held_.size() < line + 4 + size) return {};
      reply.body += held_.substr(line + 2, size);
      held_.erase(0, line + 4 + size);
      if (size == 0) return reply;
    }
  }
  const std::string length = reply.header("content-length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (held_.size() < size && more(end)) {
  }
  reply.body = held_.substr(0, size);
  held_.erase(0, size);
  return reply;
}

bool Wire::is_closed_within(std::chrono::milliseconds patience) const {
  const auto end = Clock::now() + patience;
  char buffer[4096];
  while (is_ready(socket_, end)) {
    if (recv(socket_, buffer, sizeof buffer, 0) <= 0) return true;
  }
  return false;
}

Client Client::with(const std::string& name, const std::string& value) const {
  Client other = *this;
  other.headers_.emplace_back(name, value);
  return other;
}

Reply Client::ask(const std::string& method, const std::string& target, const std::string& body,
                  const Headers& more) const {
  std::string text = fmt::format("{} {} HTTP/1.1\r\n", method, target);
  Headers all = headers_;
  all.insert(all.end(), more.begin(), more.end());
  if (std::ranges::none_of(all, [](const auto& header) { return header.first == "Host"; }))
    all.emplace_back("Host", fmt::format("127.0.0.1:{}", port_));
  if (!body.empty() || method == "POST") all.emplace_back("Content-Length", std::to_string(body.size()));
  for (const auto& [name, value] : all) text += fmt::format("{}: {}\r\n", name, value);
  Wire wire(port_);
  wire.send(text + "\r\n" + body);
  return wire.read(method != "HEAD");
}

Reply Client::post(const std::string& target, const std::string& body, const Headers& more) const {
  Headers all = more;
  if (std::ranges::none_of(all, [](const auto& header) { return header.first == "Content-Type"; }))
    all.emplace_back("Content-Type", "application/json");
  return ask("POST", target, body, all);
}

}  // namespace ringscope::testing
