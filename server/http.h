// Requests and answers as the routes see them: no socket, no library of HTTP.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringscope::server {

enum class Method : std::uint8_t { get, head, post, other };

// A request before its body has come. Headers that it did not have are empty.
struct Head {
  Method method = Method::get;
  std::string target;  // as it was sent: path and query
  std::string host, origin, authorization, cookie, csrf, if_none_match, content_type, accept_encoding;
  std::string fetch_site;  // Sec-Fetch-Site
  std::size_t hosts = 0;   // how many Host headers there were
  std::string peer;        // address of the other side
  bool secure = false;     // by TLS
};

// Takes a piece of a body that is made while it is sent; waits while the other side is slow. Throws Gone when it left.
using PieceSink = std::function<void(std::string_view piece)>;
// The other side has closed the connection, or the server stops.
struct Gone {};
class BodyPipe;

struct Answer {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::shared_ptr<const std::string> body;                     // null: none
  std::vector<std::pair<std::string, std::string>> headers{};  // further ones
  std::function<void(const PieceSink& sink)> pieces{};         // instead of a body: makes it …
  std::shared_ptr<BodyPipe> pipe{};                            // … and where its pieces come out
  bool events = false;                  // instead of a body: the connection becomes a stream of server-sent events
  std::vector<std::string> subjects{};  // for the audit, beside those that the parameters name; not sent

  Answer& with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

inline Answer answer_of(unsigned status, std::string content_type, std::string body) {
  return {status, std::move(content_type), std::make_shared<const std::string>(std::move(body))};
}
inline Answer json_answer(std::string body, unsigned status = 200) {
  return answer_of(status, "application/json", std::move(body));
}

}  // namespace ringscope::server
