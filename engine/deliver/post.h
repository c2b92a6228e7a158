// One POST of a body to a URL, with a guard against sending into one's own network.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringscope {

struct PostRequest {
  std::string url;  // https://HOST[:PORT]/PATH; http only with `private_too`
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int timeout_seconds = 15;  // of all of it
  bool private_too = false;  // addresses of this machine and of private networks, and http, are allowed
  std::string ca_file{};     // PEM: authorities that are trusted besides those of the system; empty: none
};

struct PostAnswer {
  int status = 0;     // of HTTP; 0: none came
  std::string error;  // why none came, or why it was not tried
};

// Redirects are not followed, for they could lead anywhere. The address that was checked is the one that is connected
// to, so a name cannot change its meaning in between. Certificates and names are verified; what is wrong with one is
// told. Does not throw.
PostAnswer post(const PostRequest& request);

// Whether an address must not be sent to: this machine, private, link-local, shared (RFC 6598), documentation,
// multicast, reserved, or an IPv6 address that stands for such an IPv4 one.
bool is_private_address(std::string_view ip);

struct Url {
  bool tls = true;
  std::string host, port, path;
};
// Throws Error usage: another scheme, a user name, no host, a bad port.
Url parse_url(std::string_view url);

}  // namespace ringscope
