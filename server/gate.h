// Who is let in. A page of another site that runs in an analyst's browser can send requests to this server (under its
// own name, too, if it rebinds that to a loopback address), so being reachable means nothing: what counts is the name
// under which the server was called, where the request came from, and what it shows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "server/http.h"
#include "server/principal.h"
#include "server/sessions.h"
#include "server/tokens.h"

namespace ringscope::server {

struct GateOptions {
  std::vector<std::string> hosts;  // that the server goes by, in lower case, with ":port" where it is not the default
  bool secure = false;             // by TLS
};

class Gate {
 public:
  Gate(GateOptions options, TokenList& tokens, Sessions& sessions);

  // Every request: one Host header, and one that is ours (else 403, DNS rebinding); no Origin but our own, and nothing
  // that a browser says another site sent. Throws ApiError.
  void check_origin(const Head& head) const;
  // Who it is: by token, or by cookie and, when it writes, the word against forged requests. Throws ApiError 401, 403.
  Principal identify(const Head& head, Seconds now) const;

  // The cookie of a session, and one that ends it.
  std::string cookie_header(std::string_view value, Seconds lifetime) const;
  // The session's cookie among those that were sent; empty: none.
  std::string cookie_of(const Head& head) const;

 private:
  GateOptions options_;
  TokenList& tokens_;
  Sessions& sessions_;
};

}  // namespace ringscope::server
