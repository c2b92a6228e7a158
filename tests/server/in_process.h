// The server in this process, with limits small enough to be met in a test.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "server/server.h"
#include "tests/engine/lab/scratch.h"
#include "tests/server/client.h"

namespace ringscope::testing {

class InProcess {
 public:
  // Over an empty store.
  explicit InProcess(const server::Limits& limits, server::AppOptions app = {});
  ~InProcess();

  std::uint16_t port() const { return server_->port(); }
  Client anybody() const { return Client(port()); }
  // With a new token of this role.
  Client as(const std::string& role) const;
  server::Server& server() { return *server_; }
  const Scratch& scratch() const { return scratch_; }

 private:
  Scratch scratch_{"server"};
  std::unique_ptr<server::Server> server_;
  std::thread thread_;
};

}  // namespace ringscope::testing
