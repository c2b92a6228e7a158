// Webhooks: signatures of the standard, retries, 410, the guard, and a real exchange on the loopback.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <thread>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "engine/deliver/deliver.h"
#include "engine/deliver/webhook.h"
#include "engine/release/release.h"
#include "tests/engine/lab/scratch.h"
#include "tests/engine/release/histories.h"

using namespace ringscope;

namespace {

constexpr Seconds kNow = 1'800'000'000;

class Told {
 public:
  Told() : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {
    begin_history(*store_);
    Random random(5);
    for (int step = 0; step < 30; ++step) take_step(*store_, random, kNow);
    REQUIRE(store_->last_event() > 10);
  }
  Store& store() { return *store_; }
  std::vector<Endpoint> one() const { return {{"a", "https://example.org/hook", new_secret()}}; }
  DeliverReport deliver_to(std::vector<Endpoint>& endpoints, const Poster& poster, Seconds now = kNow) {
    return deliver(*store_, endpoints, {.events_a_message = 4, .now = now}, poster,
                   [&] { write_endpoints(*store_, endpoints); });
  }

 private:
  Scratch scratch_{"webhooks"};
  std::unique_ptr<Store> store_;
};

std::string header(const PostRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "";
}

// Accepts one connection on the loopback, keeps what it is sent and answers.
class Listener {
 public:
  explicit Listener(std::string answer) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(socket_, 1) == 0);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer = std::move(answer)] {
      const int peer = accept(socket_, nullptr, nullptr);
      if (peer < 0) return;
      std::array<char, 4096> piece{};
      while (received_.find("\"data\"") == std::string::npos) {
        const ssize_t got = read(peer, piece.data(), piece.size());
        if (got <= 0) break;
        received_.append(piece.data(), static_cast<std::size_t>(got));
      }
      if (!answer.empty() && write(peer, answer.data(), answer.size()) < 0) received_.clear();
      close(peer);
    });
  }
  ~Listener() { stop(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  std::string url() const { return fmt::format("http://127.0.0.1:{}/hook", port_); }
  const std::string& stop() {
    shutdown(socket_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    if (socket_ >= 0) close(std::exchange(socket_, -1));
    return received_;
  }

 private:
  int socket_;
  int port_ = 0;
  std::string received_;
  std::thread thread_;
};

PostRequest request_to(const std::string& url) {
  return {url, {{"webhook-id", "E-1"}}, R"({"type":"ringscope.feed","data":{}})", 2, true};
}

}  // namespace

TEST_CASE("webhooks: the signature is that of the standard's own example") {
  // Of the test vectors in the standard's libraries.
  CHECK(webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                          "{\"test\": 2432232314}") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  CHECK_THROWS_AS(secret_bytes("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), Error);
  CHECK_THROWS_AS(secret_bytes("whsec_Zm9v"), Error);
  CHECK(secret_bytes(new_secret()).size() == 32);
  CHECK(new_secret() != new_secret());
}

TEST_CASE("webhooks: messages cover all events once, in order, and name no account") {
  Told told;
  std::vector<Endpoint> endpoints = told.one();
  std::vector<PostRequest> requests;
  const DeliverReport report = told.deliver_to(endpoints, [&](const PostRequest& request) {
    requests.push_back(request);
    return PostAnswer{204, ""};
  });
  CHECK(report.sent == (told.store().last_event() + 3) / 4);
  std::uint64_t after = 0;
  for (const PostRequest& request : requests) {
    const auto body = nlohmann::json::parse(request.body);
    CHECK(body.at("type") == "ringscope.feed");
    CHECK(body.at("data").at("after") == after);
    after = body.at("data").at("next");
    CHECK(header(request, "webhook-id") == body.at("data").at("event_id"));
    CHECK(header(request, "webhook-signature") ==
          webhook_signature(endpoints[0].secret, header(request, "webhook-id"), kNow, request.body));
    CHECK(request.body.find("\"a1") == std::string::npos);
  }
  CHECK(after == told.store().last_event());
  CHECK(read_endpoints(told.store())[0].cursor == after);
  CHECK(told.deliver_to(endpoints, [](const PostRequest&) { return PostAnswer{204, ""}; }).sent == 0);
}

TEST_CASE("webhooks: what was not taken is tried again later, the same message, with growing pauses") {
  Told told;
  std::vector<Endpoint> endpoints = told.one();
  std::string id, body;
  Seconds now = kNow, pause = 0;
  int tries = 0;
  const Poster refuse = [&](const PostRequest& request) {
    if (tries++ == 0) id = header(request, "webhook-id"), body = request.body;
    CHECK(header(request, "webhook-id") == id);
    CHECK(request.body == body);
    return PostAnswer{503, ""};
  };
  while (endpoints[0].disabled.empty()) {
    CHECK(told.deliver_to(endpoints, refuse, now).failed == 1);
    if (!endpoints[0].disabled.empty()) break;
    CHECK(told.deliver_to(endpoints, refuse, endpoints[0].next_try - 1).failed == 0);  // not due
    CHECK(endpoints[0].next_try - now > pause);
    pause = endpoints[0].next_try - now;
    now = endpoints[0].next_try;
  }
  CHECK(tries == 10);
  CHECK(now - kNow > 2 * 86400);
  CHECK(endpoints[0].last_error == "HTTP status 503");
  CHECK(endpoints[0].cursor == 0);
  CHECK(retry_delay("E-1", 3) != retry_delay("E-2", 3));
}

TEST_CASE("webhooks: 410 disables at once, other endpoints go on") {
  Told told;
  std::vector<Endpoint> endpoints = {{"gone", "https://a.example/", new_secret()},
                                     {"there", "https://b.example/", new_secret()}};
  const DeliverReport report = told.deliver_to(endpoints, [](const PostRequest& request) {
    return PostAnswer{request.url == "https://a.example/" ? 410 : 200, ""};
  });
  CHECK(report.disabled == 1);
  CHECK(endpoints[0].disabled == "it answered 410 Gone");
  CHECK(endpoints[1].cursor == told.store().last_event());
}

TEST_CASE("webhooks: one that lags behind what is served is told so, and the others hear as ever") {
  Told told;
  std::vector<Endpoint> endpoints = told.one();
  endpoints.push_back({"b", "https://example.org/b", new_secret()});
  endpoints.push_back({"c", "https://example.org/c", new_secret()});
  const std::uint64_t last = told.store().last_event();
  endpoints[1].cursor = last - 1;
  endpoints[2].cursor = last + 7;  // of a store that was restored from an earlier copy
  trim_feed(told.store(), {"ann", "old", kNow}, 2);
  std::map<std::string, std::vector<nlohmann::json>> bodies;
  std::set<std::string> ids;
  const Poster poster = [&](const PostRequest& request) {
    bodies[request.url].push_back(nlohmann::json::parse(request.body));
    ids.insert(header(request, "webhook-id"));
    return PostAnswer{204, ""};
  };
  CHECK(told.deliver_to(endpoints, poster).sent == 3);
  for (const char* url : {"https://example.org/hook", "https://example.org/c"}) {
    REQUIRE(bodies[url].size() == 1);
    CHECK(bodies[url][0].at("type") == "ringscope.feed-gap");
    CHECK(bodies[url][0].at("data").at("first") == last - 1);
    CHECK(bodies[url][0].at("data").at("high_water") == last);
    CHECK(bodies[url][0].at("data").at("snapshot") == "ringscope export --level state");
  }
  REQUIRE(bodies["https://example.org/b"].size() == 1);
  CHECK(bodies["https://example.org/b"][0].at("type") == "ringscope.feed");
  CHECK(ids.size() == 3);
  for (const Endpoint& one : endpoints) {
    CHECK(one.cursor == last);
    CHECK(one.disabled.empty());
  }
  CHECK(told.deliver_to(endpoints, poster).sent == 0);
  for (Random random(6); told.store().last_event() == last;) take_step(told.store(), random, kNow);
  CHECK(told.deliver_to(endpoints, poster).sent >= 3);
  CHECK(bodies["https://example.org/hook"].back().at("type") == "ringscope.feed");
}

TEST_CASE("webhooks: a crash after sending sends the same message again") {
  Told told;
  std::vector<Endpoint> endpoints = told.one();
  std::vector<std::string> ids;
  const Poster crash = [&](const PostRequest& request) -> PostAnswer {
    ids.push_back(header(request, "webhook-id"));
    if (ids.size() == 1) throw std::runtime_error("killed");
    return {200, ""};
  };
  CHECK_THROWS_AS(told.deliver_to(endpoints, crash), std::runtime_error);
  endpoints = read_endpoints(told.store());
  told.deliver_to(endpoints, crash);
  REQUIRE(ids.size() > 2);
  CHECK(ids[0] == ids[1]);
  CHECK(std::ranges::count(ids, ids[2]) == 1);
}

TEST_CASE("webhooks: their file is its owner's, and one process at a time uses it") {
  Told told;
  write_endpoints(told.store(), told.one());
  struct stat rights {};
  REQUIRE(stat((told.store().path() / "delivery" / "webhooks.json").c_str(), &rights) == 0);
  CHECK((rights.st_mode & 0777) == 0600);
  const EndpointLock lock(told.store());
  CHECK_THROWS_AS(EndpointLock(told.store()), Error);
  CHECK(endpoint_to_json(told.one()[0]).find("whsec_") == std::string::npos);
}

TEST_CASE("post: addresses of one's own network are known in every spelling") {
  for (const char* ip : {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
                         "100.64.0.1", "0.0.0.0", "::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1",
                         "64:ff9b::a00:1", "224.0.0.1", "255.255.255.255", "nonsense"}) {
    CAPTURE(ip);
    CHECK(is_private_address(ip));
  }
  for (const char* ip : {"8.8.8.8", "172.32.0.1", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"}) {
    CAPTURE(ip);
    CHECK_FALSE(is_private_address(ip));
  }
}

TEST_CASE("post: addresses are taken apart, and what is none is refused") {
  const Url url = parse_url("https://example.org:8443/a/b?c=d#e");
  CHECK(url.tls);
  CHECK(url.host == "example.org");
  CHECK(url.port == "8443");
  CHECK(url.path == "/a/b?c=d");
  CHECK(parse_url("https://example.org").path == "/");
  CHECK(parse_url("http://[::1]:80/x").host == "::1");
  for (const char* bad : {"ftp://a/", "https://", "https://a:b/", "https://a:70000/", "https://user@a/",
                          "https://[::1/", "https://a/ b", "https://a?b", "example.org"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(parse_url(bad), Error);
  }
}

TEST_CASE("post: a real exchange, and what stands in its way") {
  Listener taken("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
  CHECK(post(request_to(taken.url())).status == 204);
  const std::string& sent = taken.stop();
  CHECK(sent.starts_with("POST /hook HTTP/1.1\r\n"));
  CHECK(sent.find("webhook-id: E-1\r\n") != std::string::npos);
  CHECK(sent.find("Content-Type: application/json\r\n") != std::string::npos);

  Listener moved("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
  CHECK(post(request_to(moved.url())).status == 302);  // not followed

  Listener endless("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x'));
  CHECK(post(request_to(endless.url())).status == 0);

  PostRequest guarded = request_to("https://127.0.0.1:9/hook");
  guarded.private_too = false;
  CHECK(post(guarded).error.find("private network") != std::string::npos);
  guarded.url = "https://localhost/hook";
  CHECK(post(guarded).error.find("private network") != std::string::npos);
  guarded.url = "http://example.org/";
  CHECK(post(guarded).status == 0);
}

TEST_CASE("post: one that never answers is given up in time") {
  const int silent = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(bind(silent, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(listen(silent, 1) == 0);
  getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size);
  PostRequest request = request_to(fmt::format("http://127.0.0.1:{}/", ntohs(address.sin_port)));
  request.timeout_seconds = 1;
  CHECK(post(request).error == "no answer within 1 s");
  close(silent);
}
