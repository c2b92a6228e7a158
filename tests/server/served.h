// A small store with an obvious ring, and the real program serving it.
#pragma once

#include <map>
#include <string>

#include <sys/types.h>

#include "tests/cli/program.h"
#include "tests/server/client.h"

namespace ringscope::testing {

// The store is made once for all tests and copied for each.
class Served {
 public:
  // Starts `ringscope serve` with these further arguments on a free port, after writing these files.
  explicit Served(const Arguments& more = {}, const std::map<std::string, std::string>& files = {});
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  const Program& program() const { return program_; }
  std::uint16_t port() const { return port_; }
  pid_t process() const { return process_; }
  std::string login() const { return login_; }  // path and query of the address that was printed
  Client anybody() const { return Client(port_); }
  // With the token of a new user of this role.
  Client as(const std::string& role, const std::string& name = "");
  // With the cookie and the word against forged requests of whoever started the server.
  Client owner();
  std::string ring() const;  // id of the ring that is in the store
  std::size_t resident_bytes() const;
  // Sends SIGTERM and gives the exit status.
  int stop();

 private:
  Program program_;
  pid_t process_ = -1;
  std::uint16_t port_ = 0;
  std::string login_;
  Headers owner_;
  int next_name_ = 0;
};

}  // namespace ringscope::testing
