// The server without its sockets: takes requests, gives answers.
//
// A request comes in two steps. Its headers are enough to say who asks what and whether that is allowed; what is
// refused is refused before a byte of its body is read. Then the body, and the work, on threads of the pool that the
// route's cost names; when too many wait there, it is shed with 503.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/config.h"
#include "server/answer_cache.h"
#include "server/audit.h"
#include "server/gate.h"
#include "server/pages.h"
#include "server/pool.h"
#include "server/routes.h"
#include "server/services.h"
#include "server/target.h"

namespace ringscope::server {

struct AppOptions {
  std::filesystem::path store;                         // directory; tokens and audit lie in it
  std::function<std::unique_ptr<Store>()> open_read;   // a consistent state of it (or of a snapshot)
  std::function<std::unique_ptr<Store>()> open_write;  // null: nothing can be written
  std::function<std::unique_ptr<Store>(const std::string& name)> open_snapshot;
  std::filesystem::path pages;  // directory; empty: none
  Config config;
  std::string version;  // of the program
  GateOptions gate;
  std::size_t threads = 2;  // that answer
  std::size_t most_waiting = 256;
  std::chrono::milliseconds budget{5'000};         // of a request, from its headers to its answer
  std::chrono::milliseconds heavy_budget{60'000};  // of exports and scoring
  std::size_t cache_bytes = std::size_t{32} << 20;
};

class App {
 public:
  explicit App(AppOptions options);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // A request that was let in, or the answer that it is refused (or served from memory) with.
  struct Admission {
    std::optional<Answer> answer;  // there is nothing more to read or to do
    std::string route;             // name, for metrics
    std::size_t most_body = 0;     // bytes
    Head head;
    const Route* to = nullptr;
    Arguments arguments;
    Principal principal;
    std::chrono::steady_clock::time_point begin;
  };
  // Quick: what is in memory, no look at the store. Never throws.
  Admission admit(Head head) noexcept;
  // `done` is called once, on any thread, perhaps at once.
  void answer(Admission admission, std::string body, const std::function<void(Answer)>& done);
  // No request is answered any more: waits for those that are, drops those that wait.
  void stop();
  // After the answer has gone out, or could not.
  void count(const Admission& admission, unsigned status);

  Hub& hub() { return hub_; }
  Metrics& metrics() { return metrics_; }
  void set_connections(std::uint64_t open) { connections_ = open; }
  // A word for the address that is printed at the start.
  std::string login_word(const std::string& name, Role role);

 private:
  Answer outside_api(const Head& head, const Target& target);
  Answer log_in(const Head& head, std::string_view word);
  Answer logged_in(const std::string& cookie);
  Answer metrics_answer(const Head& head);
  void make_answer(const Admission& admission, const std::string& body, const std::function<void(Answer)>& done);
  Answer answer_now(const Admission& admission, const std::string& body);
  Answer made(const Admission& admission, const std::string& body, const std::shared_ptr<const View>& view);
  void audit(const Admission& admission, const View& view, const Answer& answer);

  AppOptions options_;
  Hub hub_;
  Metrics metrics_;
  TokenList tokens_;
  Sessions sessions_;
  Gate gate_;
  Pages pages_;
  Audit audit_;
  Mask mask_;
  AnswerCache cache_;
  ViewKeeper views_;
  StoreWriter writer_;
  OperatorLists lists_;
  Services services_;
  std::string openapi_;
  std::atomic<std::uint64_t> connections_{0};
  std::unique_ptr<Pool> readers_, heavy_, writers_;  // last: they use all the others
};

}  // namespace ringscope::server
