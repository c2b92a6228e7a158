// Who asks.
#pragma once

#include <string>

#include "server/roles.h"

namespace ringscope::server {

struct Principal {
  std::string name;
  Role role = Role::viewer;
  bool by_cookie = false;    // a browser's session, which must show its CSRF word to write
  bool by_owner = false;     // who started the server, by the address that was printed
  std::string csrf;          // that word
  std::int64_t expires = 0;  // of the session or token, epoch seconds; 0: never

  bool may(Permission permission) const { return server::may(role, permission); }
  bool masked() const { return !may(Permission::raw); }
};

}  // namespace ringscope::server
