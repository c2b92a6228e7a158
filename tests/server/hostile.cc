// HTTP from those who mean no good: all of it is refused or bounded.
#include <atomic>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/sanitizers.h"
#include "tests/server/in_process.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;
using namespace std::chrono_literals;

namespace {

server::Limits quick() {
  server::Limits limits;
  limits.header = 400ms;
  limits.idle = 400ms;
  limits.body = 400ms;
  limits.write = 600ms;
  limits.heartbeat = 100ms;
  limits.farewell = 2s;
  return limits;
}

std::string hello(std::uint16_t port, const std::string& target = "/healthz", const std::string& more = "") {
  return fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\n", target, port, more);
}

}  // namespace

TEST_CASE("hostile: headers that drip in are cut off, however lively") {
  const InProcess server(quick());
  Wire wire(server.port());
  const auto begin = std::chrono::steady_clock::now();
  bool open = true;
  for (const char c : hello(server.port()) + std::string(200, 'x')) {
    if (!(open = wire.send(std::string(1, c)))) break;
    if (wire.is_closed_within(20ms)) break;
  }
  const auto taken = std::chrono::steady_clock::now() - begin;
  CHECK(taken > 300ms);
  CHECK(taken < 1500ms);
  CHECK(server.anybody().get("/healthz").status == 200);
}

TEST_CASE("hostile: a connection that says nothing, or nothing more, is closed") {
  const InProcess server(quick());
  const Wire silent(server.port());
  CHECK(silent.is_closed_within(2s));
  Wire once(server.port());
  once.send(hello(server.port()));
  CHECK(once.read().status == 200);
  once.send(hello(server.port()));
  CHECK(once.read().status == 200);
  CHECK(once.is_closed_within(2s));
}

TEST_CASE("hostile: giant headers are refused at 8 KiB") {
  const InProcess server(quick());
  const Client client = server.anybody();
  CHECK(client.get("/healthz", {{"X-Padding", std::string(7000, 'x')}}).status == 200);
  CHECK(client.get("/healthz", {{"X-Padding", std::string(9000, 'x')}}).status == 431);
  CHECK(client.get("/" + std::string(9000, 'x')).status == 431);
  Headers many;
  for (int i = 0; i < 400; ++i) many.emplace_back(fmt::format("X-H-{}", i), "some value or other");
  CHECK(client.get("/healthz", many).status == 431);
  // One that never ends: the server stops reading it and closes.
  Wire endless(server.port());
  endless.send(fmt::format("GET / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX-Padding: ", server.port()));
  std::size_t sent = 0;
  for (const std::string block(64 << 10, 'x'); sent < (256U << 20) && endless.send(block); sent += block.size()) {
  }
  CHECK(sent < (64U << 20));
}

TEST_CASE("hostile: bodies larger than the route takes are refused before they are read") {
  const InProcess server(quick());
  const Client analyst = server.as("analyst");
  const std::string target = "/api/v1/verdicts";
  CHECK(analyst.post(target, std::string(257 << 10, 'x')).status == 413);
  CHECK(analyst.ask("POST", target, "", {{"Content-Type", "application/json"}, {"Content-Length", "99999999999"}})
            .status >= 400);
  // In chunks, without a length: as soon as they are too many.
  const InProcess patient([] {
    server::Limits limits = quick();
    limits.body = 5s;
    return limits;
  }());
  const std::string token = server::add_token(patient.scratch().path("db"), "ann", server::Role::analyst, 0, 0);
  Wire wire(patient.port());
  wire.send(
      fmt::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n"
                  "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                  target, patient.port(), token));
  std::size_t sent = 0;
  for (const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
       sent < (64U << 20) && wire.send(chunk); sent += chunk.size()) {
  }
  CHECK(sent < (16U << 20));
  // Whoever is refused anyway need not send it.
  CHECK(server.anybody().post(target, std::string(100 << 10, 'x')).status == 401);
}

TEST_CASE("hostile: a body that does not come is not waited for") {
  const InProcess server(quick());
  const std::string token = server::add_token(server.scratch().path("db"), "ann", server::Role::analyst, 0, 0);
  Wire wire(server.port());
  wire.send(
      fmt::format("POST /api/v1/verdicts HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n"
                  "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
                  server.port(), token));
  CHECK(wire.is_closed_within(2s));
}

TEST_CASE("hostile: what is no HTTP, or smuggles, is refused") {
  const InProcess server(quick());
  const std::string host = fmt::format("Host: 127.0.0.1:{}\r\n", server.port());
  for (const std::string& text : {
           std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a greeting of TLS\r\n\r\n"),
           std::string("GET /healthz\r\n\r\n"),
           std::string("GET  /healthz HTTP/1.1\r\n") + host + "\r\n",
           "GET /healthz HTTP/9.9\r\n" + host + "\r\n",
           "GET /healthz HTTP/1.1\r\nA b: c\r\n" + host + "\r\n",
           "GET /healthz HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
           "GET /healthz HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
           "POST /login HTTP/1.1\r\n" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST /login HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
           std::string("GET /healthz HTTP/1.1\r\n\r\n"),
           "GET http://evil.example/ HTTP/1.1\r\n" + host + "\r\n",
           "CONNECT evil.example:443 HTTP/1.1\r\n" + host + "\r\n",
           "TRACE / HTTP/1.1\r\n" + host + "\r\n",
       }) {
    CAPTURE(text);
    Wire wire(server.port());
    wire.send(text);
    const Reply reply = wire.read(true, 2s);
    CHECK((reply.status == 0 || (reply.status >= 400 && reply.status < 500)));
    CHECK(reply.body.find("ok\n") == std::string::npos);
  }
  CHECK(server.anybody().get("/healthz").status == 200);
}

TEST_CASE("hostile: no path leads out of the pages") {
  const Scratch outside("outside");
  outside.write("secret.txt", "SECRET");
  std::filesystem::create_directories(outside.path("pages/assets"));
  outside.write("pages/index.html", "<p>the page</p>");
  outside.write("pages/assets/app-1a2b.js", "let x;");
  outside.write("pages/assets/app-1a2b.js.gz", "GZIP");
  std::filesystem::create_symlink(outside.path("secret.txt"), outside.path("pages/link.txt"));
  server::AppOptions app;
  app.pages = outside.path("pages");
  const InProcess server(quick(), app);
  const Client client = server.anybody();
  for (const char* path : {"/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt",
                           "/assets/%2e%2e/%2e%2e/secret.txt", "/..\\secret.txt", "/.%00./secret.txt", "//secret.txt",
                           "/assets//app-1a2b.js", "/link.txt", "/secret.txt", "/%", "/%zz", "/%ff", "/index.html%00",
                           "/assets/", "/./index.html", "/server/tokens.jsonl"}) {
    CAPTURE(path);
    const Reply reply = client.get(path);
    CHECK((reply.status == 400 || reply.status == 404));
    CHECK(reply.body.find("SECRET") == std::string::npos);
  }
  CHECK(client.get("/").body == "<p>the page</p>");
  CHECK(client.get("/rings/R-12").body == "<p>the page</p>");
  const Reply script = client.get("/assets/app-1a2b.js");
  CHECK(script.body == "let x;");
  CHECK(script.header("cache-control").find("immutable") != std::string::npos);
  CHECK(client.get("/assets/app-1a2b.js", {{"Accept-Encoding", "gzip, br"}}).body == "GZIP");
  CHECK(client.get("/assets/app-1a2b.js", {{"If-None-Match", script.header("etag")}}).status == 304);
}

TEST_CASE("hostile: when all connections are taken the longest idle one makes room") {
  server::Limits limits = quick();
  limits.connections = 8;
  limits.header = limits.idle = 20s;
  const InProcess server(limits);
  std::vector<Wire> idle;
  for (int i = 0; i < 8; ++i) idle.emplace_back(server.port());
  CHECK(server.anybody().get("/healthz").status == 200);
  CHECK(idle.front().is_closed_within(2s));
  CHECK(!idle.back().is_closed_within(100ms));
}

TEST_CASE("hostile: 1,000 idle connections and as many that drip take no memory, and others are served meanwhile" *
          doctest::skip(kThreadSanitizer)) {
  Served served;
  const Client ann = served.as("analyst");
  CHECK(ann.get("/api/v1/rings").status == 200);
  const std::size_t before = served.resident_bytes();
  std::vector<Wire> idle;
  for (int i = 0; i < 1000; ++i) {
    idle.emplace_back(served.port());
    if (i % 2 == 0) idle.back().send("GET / HTTP/1.1\r\nX-Slow: " + std::string(100, 'x'));
  }
  for (int i = 0; i < 20; ++i) CHECK(ann.get("/api/v1/rings").status == 200);
  const std::size_t during = served.resident_bytes();
  MESSAGE("resident: ", before >> 10, " KiB before, ", during >> 10, " KiB with 1,000 connections");
  CHECK(during < before + (16U << 20));
  for (int round = 0; round < 200; ++round) {
    Wire wire(served.port());
    wire.send("GET / HTTP/1.1\r\nX-Big: " + std::string(20'000, 'x'));
  }
  CHECK(served.resident_bytes() < before + (24U << 20));
  CHECK(ann.get("/api/v1/rings").status == 200);
}

TEST_CASE("hostile: more requests than can be answered are shed, and those that wait too long as well") {
  server::AppOptions app;
  app.threads = 1;
  app.most_waiting = 2;
  const InProcess server(quick(), app);
  const Client admin = server.as("admin");
  std::atomic<int> answered{0}, shed{0}, other{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 24; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const Reply reply = admin.get(fmt::format("/api/v1/rings?min_size={}", 1 + t * 100 + i));
        if (reply.status == 200) {
          ++answered;
        } else if (reply.status == 503 && !reply.header("retry-after").empty()) {
          ++shed;
        } else {
          ++other;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(other == 0);
  CHECK(answered > 0);
  CHECK(admin.get("/api/v1/rings").status == 200);
  const std::string metrics = admin.get("/metrics").body;
  CHECK(metrics.find(fmt::format("ringscope_requests_shed_total {}\n", shed.load())) != std::string::npos);

  server::AppOptions hurried;
  hurried.budget = 0ms;
  const InProcess impatient(quick(), hurried);
  CHECK(impatient.as("admin").get("/api/v1/rings").code() == "budget");
}
