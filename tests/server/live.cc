// What is told unasked, what is counted, and the end.
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/server/in_process.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;
using namespace std::chrono_literals;

namespace {

Wire open_stream(std::uint16_t port, const std::string& token) {
  Wire wire(port);
  wire.send(fmt::format("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n\r\n", port,
                        token));
  return wire;
}

std::string token_of(const Served& served, const std::string& role) {
  const std::string out =
      served.program().must_run({"token", "add", "watcher", "--role", role, "--db", "db", "--json"}).out;
  return nlohmann::json::parse(out).at("token");
}

}  // namespace

TEST_CASE("live: verdicts, runs and writers are told, to viewers as well, and no value with them") {
  Served served;
  Wire wire = open_stream(served.port(), token_of(served, "viewer"));
  const std::string begin = wire.read_until("event: run");
  CHECK(contains(begin, "text/event-stream"));
  CHECK(contains(begin, "retry: "));
  CHECK(served.as("analyst")
            .post("/api/v1/verdicts", R"({"target":"ip:203.0.113.1","decision":"benign","reason":"x"})")
            .status == 200);
  const std::string verdict = wire.read_until("event: verdict");
  CHECK(contains(verdict + wire.read_until("\n\n"), R"("word":"benign")"));
  CHECK(!contains(verdict, "203.0.113"));
  served.program().must_run({"detect", "--db", "db"});
  CHECK(contains(wire.read_until(R"("run":2,)"), "event: run"));
  const auto held = Store::open(served.program().path("db"), {.mode = OpenMode::write});
  CHECK(contains(wire.read_until(R"("writing":true)"), "event: ingest"));
}

TEST_CASE("live: streams are counted and bounded, and one that is closed makes room") {
  server::Limits limits;
  limits.streams = 2;
  limits.heartbeat = 50ms;
  const InProcess server(limits);
  const std::string token = server::add_token(server.scratch().path("db"), "ann", server::Role::viewer, 0, 0);
  {
    Wire a = open_stream(server.port(), token), b = open_stream(server.port(), token);
    CHECK(contains(a.read_until("event: run"), "200 OK"));
    CHECK(contains(b.read_until("event: run"), "200 OK"));
    CHECK(contains(a.read_until(":"), ":"));  // a heartbeat
    Wire c = open_stream(server.port(), token);
    CHECK(c.read().status == 503);
  }
  int status = 0;
  for (int tries = 0; tries < 40 && status != 200; ++tries) {
    std::this_thread::sleep_for(50ms);
    Wire again = open_stream(server.port(), token);
    status = contains(again.read_until("\r\n\r\n"), "200 OK") ? 200 : 503;
  }
  CHECK(status == 200);
}

TEST_CASE("live: what is answered is counted by route and status") {
  Served served;
  const Client admin = served.as("admin");
  CHECK(admin.get("/api/v1/rings").status == 200);
  CHECK(admin.get("/api/v1/rings").status == 200);
  CHECK(admin.get("/api/v1/rings/R-00000000").status == 404);
  const Reply reply = admin.get("/metrics");
  CHECK(contains(reply.header("content-type"), "version=0.0.4"));
  for (const char* line : {"ringscope_requests_total{route=\"rings.list\",status=\"200\"} 2\n",
                           "ringscope_requests_total{route=\"rings.show\",status=\"404\"} 1\n",
                           "ringscope_request_seconds_count{route=\"rings.list\"} 2\n", "ringscope_run 1\n",
                           "# TYPE ringscope_request_seconds histogram\n", "ringscope_cache_hits_total 1\n",
                           "ringscope_audited_total 2\n"}) {
    CAPTURE(line);
    CHECK(contains(reply.body, line));
  }
  CHECK(!contains(reply.body, "process_resident_memory_bytes 0\n"));
}

TEST_CASE("live: SIGTERM ends it after what is being answered, with open streams and idle connections") {
  Served served;
  Wire stream = open_stream(served.port(), token_of(served, "viewer"));
  (void)stream.read_until("event: run");
  const Wire idle(served.port());
  const auto begin = std::chrono::steady_clock::now();
  CHECK(served.stop() == 0);
  CHECK(std::chrono::steady_clock::now() - begin < 3s);
  CHECK(stream.is_closed_within(1s));
}

TEST_CASE("live: the program prints an address for a person, and none when it is told so") {
  const Served quiet({"--no-login"});
  CHECK(quiet.login().empty());
  Program program;
  const Outcome help = program.must_run({"serve", "--help"});
  for (const char* option : {"--listen", "--pages", "--tls-cert", "--allow-host"}) CHECK(contains(help.out, option));
}
