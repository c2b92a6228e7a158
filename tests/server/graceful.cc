// What SIGTERM meets on its way: it is finished or refused, in full.
#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "storage/store.h"
#include "tests/cli/world.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;
using namespace std::chrono_literals;

namespace {

std::string note(const std::string& reason) {
  return fmt::format(R"({{"target":"ring-3","on":"account","decision":"note","reason":"{}"}})", reason);
}

// Status 0 where nobody listens any more.
Reply post(const Client& client, const std::string& target, const std::string& body,
           const std::string& media = "application/json") {
  try {
    return client.post(target, body, {{"Content-Type", media}});
  } catch (const std::runtime_error&) {
    return {};
  }
}

// Of all verdicts of the store.
std::set<std::string> reasons_in(const Program& program) {
  std::set<std::string> reasons;
  for (const nlohmann::json& one : json_lines_of(program.must_run({"verdicts", "list", "--db", "db", "--json"}).out))
    reasons.insert(one.at("reason"));
  return reasons;
}

}  // namespace

TEST_CASE("stop: what is being answered at SIGTERM is answered in full") {
  std::string body;
  for (int i = 0; i < 4; ++i) body += joined(world_lines());
  const auto lines = static_cast<std::size_t>(std::ranges::count(body, '\n'));
  int answered = 0;
  for (const auto wait : {5ms, 40ms, 80ms}) {
    Served served;
    const Client client = served.as("admin");
    Reply reply;
    std::thread asking([&] { reply = post(client, "/api/v1/score", body, "application/jsonl"); });
    std::this_thread::sleep_for(wait);
    CHECK(served.stop() == 0);
    asking.join();
    CAPTURE(reply.status);
    if (reply.status == 200) {
      ++answered;
      CHECK(static_cast<std::size_t>(std::ranges::count(reply.body, '\n')) == lines);
    } else {  // it had not come in yet
      CHECK((reply.status == 0 || reply.status == 503));
      CHECK((reply.status == 0 || !reply.code().empty()));
    }
  }
  CHECK(answered > 0);
}

TEST_CASE("stop: a verdict that is being written at SIGTERM is answered and there, or refused and not there") {
  // Somebody else writes to the store: the verdict waits for him, and then is written or given up.
  for (const auto held_for : {250ms, 1500ms}) {
    CAPTURE(held_for.count());
    Served served;
    const Client client = served.as("analyst");
    auto held = std::make_optional(Store::open(served.program().path("db"), {.mode = OpenMode::write}));
    Reply reply;
    std::thread asking([&] { reply = post(client, "/api/v1/verdicts", note("while it stops")); });
    std::thread releasing([&] {
      std::this_thread::sleep_for(held_for);
      held.reset();
    });
    std::this_thread::sleep_for(100ms);
    CHECK(served.stop() == 0);
    asking.join();
    releasing.join();
    CHECK(reply.status == (held_for < 600ms ? 200 : 503));
    CHECK(reply.json().is_object());
    CHECK(reasons_in(served.program()).contains("while it stops") == (reply.status == 200));
    served.program().must_run({"doctor", "--db", "db"});
  }
}

TEST_CASE("stop: at whatever moment SIGTERM comes, no verdict that was answered is lost and none is there by halves") {
  constexpr int kPosters = 3;
  for (const auto wait : {30ms, 150ms, 400ms}) {
    Served served;
    std::mutex mutex;
    std::set<std::string> sent, answered;
    std::atomic<bool> torn = false;
    const auto write = [&](const Client& client, int who) {
      for (int i = 0;; ++i) {
        const std::string reason = fmt::format("word {} of {}", i, who);
        {
          const std::scoped_lock lock(mutex);
          sent.insert(reason);
        }
        const Reply reply = post(client, "/api/v1/verdicts", note(reason));
        if (reply.status != 0 && !reply.json().is_object()) torn = true;
        if (reply.status == 0) return;
        const std::scoped_lock lock(mutex);
        if (reply.status == 200) answered.insert(reason);
      }
    };
    std::vector<std::thread> posters;
    for (int who = 0; who < kPosters; ++who) posters.emplace_back(write, served.as("analyst"), who);
    std::this_thread::sleep_for(wait);
    CHECK(served.stop() == 0);
    for (std::thread& poster : posters) poster.join();
    CHECK_FALSE(torn);
    const std::set<std::string> there = reasons_in(served.program());
    CHECK(std::ranges::includes(there, answered));
    CHECK(std::ranges::includes(sent, there));
    CHECK(there.size() - answered.size() <= kPosters);
    served.program().must_run({"doctor", "--db", "db"});
  }
}
