// What the server writes down of its own accord: no value of a person stands in it.
#include <chrono>
#include <filesystem>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/world.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;

namespace {

constexpr const char* kCanaries[] = {"canary-account-8x", "203.0.113.214", "canary-card-8x", "canary-fp-8x",
                                     "canary-ring-8x"};

std::string canary_line(const std::string& account, int ts) {
  return fmt::format(
      R"({{"ts":{},"account":"{}","ip":"203.0.113.214","payment":"canary-card-8x","fingerprint":"canary-fp-8x"}})", ts,
      account);
}

// A second account beside the one, so that there is something to tell of the pair; and a canary among a ring.
void ingest_canaries(const Program& program) {
  std::string lines;
  for (int i = 0; i < 4; ++i) {
    lines += canary_line("canary-account-8x", 1767225600 + i) + "\n";
    lines += canary_line("another-8x", 1767225700 + i) + "\n";
  }
  for (const std::string& line : world_lines()) {
    if (!contains(line, "\"ring-1\"")) continue;
    std::string copy = line;
    copy.replace(copy.find("ring-1"), 6, "canary-ring-8x");
    lines += copy + "\n";
  }
  program.write("canaries.jsonl", lines);
  program.must_run({"ingest", "canaries.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
}

}  // namespace

TEST_CASE("log: no value of a person is in what the server writes down or counts") {
  Served served({"--no-login"}, {});
  ingest_canaries(served.program());
  const Client admin = served.as("admin");
  for (int tries = 0; tries < 100 && admin.get("/api/v1/accounts/canary-ring-8x").status != 200; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  int good = 0, refused = 0;
  std::string statuses;
  const auto count = [&](const Reply& reply) {
    (reply.status < 400 ? good : refused) += 1;
    statuses += fmt::format("{} ", reply.status);
  };
  for (const char* target :
       {"/api/v1/accounts/canary-account-8x", "/api/v1/accounts/canary-ring-8x", "/api/v1/search?q=canary-account-8x",
        "/api/v1/search?q=203.0.113.214", "/api/v1/why?a=canary-account-8x&b=another-8x",
        "/api/v1/accounts/canary-ring-8x-that-there-is-not", "/api/v1/rings/canary-ring-8x",
        "/api/v1/rings?sort=canary-card-8x", "/canary-fp-8x/203.0.113.214", "/api/v1/search?canary-card-8x=1"})
    count(admin.get(target));
  count(admin.post("/api/v1/search", R"(["canary-card-8x","canary-fp-8x","203.0.113.214"])"));
  count(admin.post("/api/v1/score", canary_line("canary-account-8x", 1767225700) + "\n{\"account\":canary-card-8x\n",
                   {{"Content-Type", "application/jsonl"}}));
  for (const char* decision : {"note", "canary-fp-8x"})
    count(admin.post(
        "/api/v1/verdicts",
        fmt::format(R"({{"target":"canary-account-8x","on":"account","decision":"{}","reason":"x"}})", decision)));
  count(admin.post("/api/v1/verdicts", R"({"target":"canary-nobody canary-card-8x","decision":"note","reason":"x"})"));
  count(served.anybody().bearer("rs_canary-card-8x").get("/api/v1/rings"));
  CAPTURE(statuses);
  CHECK(good >= 8);
  CHECK(refused >= 6);
  const std::string metrics = admin.get("/metrics").body;
  REQUIRE(contains(metrics, "ringscope_requests_total"));
  CHECK(served.stop() == 0);
  const Program& program = served.program();
  const std::string said = read_text(program.path("out")) + read_text(program.path("err"));
  REQUIRE(contains(said, "stopped"));
  const std::string audit = read_text(program.path("db/audit/log.jsonl"));
  REQUIRE(contains(audit, "search"));
  for (const char* canary : kCanaries) {
    CAPTURE(canary);
    CHECK(!contains(said, canary));
    CHECK(!contains(metrics, canary));
    CHECK(!contains(audit, canary));
    CHECK(!contains(read_text(program.path("db/LOG")), canary));
  }
}
