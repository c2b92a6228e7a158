#include "tests/server/in_process.h"

#include <ctime>

#include "server/tokens.h"

namespace ringscope::testing {

InProcess::InProcess(const server::Limits& limits, server::AppOptions app) {
  const std::string store = scratch_.path("db");
  (void)Store::open(store, {.mode = OpenMode::create, .memory_bytes = 1 << 20});
  app.store = store;
  app.open_read = [store] { return Store::open(store, {.mode = OpenMode::read_only, .memory_bytes = 1 << 20}); };
  app.open_write = [store] { return Store::open(store, {.mode = OpenMode::write, .memory_bytes = 1 << 20}); };
  app.version = "test";
  server::ServerOptions options;
  options.port = 0;
  options.limits = limits;
  options.app = std::move(app);
  server_ = std::make_unique<server::Server>(std::move(options));
  thread_ = std::thread([this] { server_->run(); });
}

InProcess::~InProcess() {
  server_->stop();
  thread_.join();
}

Client InProcess::as(const std::string& role) const {
  static int next = 0;
  const std::string word = server::add_token(scratch_.path("db"), role + std::to_string(next++),
                                             *server::parse_role(role), std::time(nullptr), 0);
  return anybody().bearer(word);
}

}  // namespace ringscope::testing
