// The parts of the server, each by itself.
#include <atomic>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "server/answer_cache.h"
#include "server/api_error.h"
#include "server/body_pipe.h"
#include "server/mask.h"
#include "server/pool.h"
#include "server/secrets.h"
#include "server/sessions.h"
#include "server/target.h"

using namespace ringscope;
using namespace ringscope::server;

TEST_CASE("parts: a target is taken apart and decoded") {
  const Target target = parse_target("/a%2Fb/c%20d?x=1+2&y=%26&flag&x=3");
  CHECK(target.segments == std::vector<std::string>{"a/b", "c d"});
  REQUIRE(target.parameters.size() == 4);
  CHECK(target.parameters[0] == std::pair<std::string, std::string>("x", "1 2"));
  CHECK(target.parameters[1].second == "&");
  CHECK(target.parameters[2] == std::pair<std::string, std::string>("flag", ""));
  CHECK(parse_target("/").segments.empty());
  CHECK(percent_decoded(percent_encoded("ä/ b%\"?"), true) == "ä/ b%\"?");
  for (const char* bad : {"", "a", "*", "/a/", "//", "/a//b", "/.", "/..", "/%2e%2E", "/a\\b", "/%0a", "/%7f",
                          "/%C0%AF", "/%ED%A0%80", "/a?x=%ff", "/a?x=%g0", "/a%4"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS((void)parse_target(bad), ApiError);
  }
  std::string many = "/a?";
  for (int i = 0; i < 65; ++i) many += "x=1&";
  CHECK_THROWS_AS((void)parse_target(many), ApiError);
}

TEST_CASE("parts: random words differ and are long; hashes and comparisons are what they should be") {
  CHECK(random_word() != random_word());
  CHECK(random_word().size() == 43);
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(same_secret("abc", "abc"));
  CHECK(!same_secret("abc", "abd"));
  CHECK(!same_secret("abc", "abcd"));
}

TEST_CASE("parts: a one-time word works once and in time; a session ends by age, by rest, and makes room") {
  TokenList no_tokens("/nonexistent");
  Sessions sessions({.lifetime = 100, .idle = 30, .login = 10, .most = 2});
  const std::string word = sessions.one_time_word("ann", Role::admin, 0);
  CHECK(!sessions.begin_by_word("guess", 1));
  const auto cookie = sessions.begin_by_word(word, 9);
  REQUIRE(cookie);
  CHECK(!sessions.begin_by_word(word, 9));
  CHECK(!sessions.begin_by_word(sessions.one_time_word("ann", Role::admin, 0), 10));
  CHECK(sessions.find(*cookie, 30, no_tokens)->name == "ann");
  CHECK(sessions.find(*cookie, 59, no_tokens));
  CHECK(!sessions.find(*cookie, 90, no_tokens));
  const std::string a = *sessions.begin_by_word(sessions.one_time_word("a", Role::viewer, 200), 200);
  const std::string b = *sessions.begin_by_word(sessions.one_time_word("b", Role::viewer, 200), 201);
  const std::string c = *sessions.begin_by_word(sessions.one_time_word("c", Role::viewer, 200), 202);
  CHECK(!sessions.find(a, 203, no_tokens));
  CHECK(sessions.find(b, 203, no_tokens)->csrf != sessions.find(c, 203, no_tokens)->csrf);
  sessions.end(b);
  CHECK(!sessions.find(b, 204, no_tokens));
  for (Seconds t = 210; t < 302; t += 20) CHECK(sessions.find(c, t, no_tokens));
  CHECK(!sessions.find(c, 302, no_tokens));
}

TEST_CASE("parts: a mask leaves words, counts, times, accounts and rings, and nothing else") {
  const Mask mask("key"), other("another");
  const nlohmann::json given = {
      {"account", "u-1"},
      {"summary",
       "3 accounts on 2026-01-31 share 1,200 things, 81% in R-7f3a91c2: 203.0.113.7, fe80::1 and a@b.example."},
      {"reasons", {"u-1 has chromebook, 4929123412341234 and 538877-d367", "day-by-day in ip/net"}},
      {"details", {"payment 538877-d367"}},
      {"verdict", {{"by", "ann"}, {"reason", "his card is 4929"}, {"word", "reject"}}},
      {"target", "ip 203.0.113.7"},
      {"entities", {{{"kind", "fingerprint"}, {"value", "chromebook"}, {"bits", 3.5}}}},
      {"new_text", "203.0.113.7"}};
  const auto masked = nlohmann::json::parse(mask.document(given.dump()));
  const std::string text = masked.dump();
  for (const char* value : {"203.0.113.7", "fe80", "b.example", "chromebook", "4929", "538877"}) {
    CAPTURE(value);
    CHECK(text.find(value) == std::string::npos);
  }
  const std::string pseudonym = masked["entities"][0]["value"];
  CHECK(pseudonym.starts_with("fingerprint-"));
  CHECK(masked["reasons"][0].get<std::string>().find(pseudonym) != std::string::npos);
  CHECK(masked["reasons"][1] == "day-by-day in ip/net");
  CHECK(masked["summary"].get<std::string>().starts_with(
      "3 accounts on 2026-01-31 share 1,200 things, 81% in R-7f3a91c2: "));
  CHECK(masked["account"] == "u-1");
  CHECK(masked["verdict"]["word"] == "reject");
  CHECK(masked["entities"][0]["bits"] == 3.5);
  CHECK(masked["details"].empty());
  CHECK(mask.pseudonym("ip", "x") == Mask("key").pseudonym("ip", "x"));
  CHECK(mask.pseudonym("ip", "x") != other.pseudonym("ip", "x"));
}

TEST_CASE("parts: a pipe holds back who makes faster than the other takes, and breaks off when it leaves") {
  BodyPipe pipe;
  std::atomic<std::size_t> made = 0;
  bool gone = false;
  std::thread maker([&] {
    try {
      for (const std::string piece(100'000, 'x'); made < 50'000'000; made += piece.size()) pipe.push(piece);
    } catch (const Gone&) {
      gone = true;
    }
    pipe.finish(!gone);
  });
  std::size_t taken = 0;
  while (taken < 10'000'000) {
    if (const auto piece = pipe.take()) taken += piece->size();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(made <= taken + 1'300'000);
  pipe.abandon();
  maker.join();
  CHECK(gone);
  CHECK(!pipe.is_complete());
}

TEST_CASE("parts: what waits for a thread is bounded") {
  Pool pool(1, 2);
  std::mutex held;
  std::unique_lock lock(held);
  int done = 0;
  const auto job = [&] {
    const std::scoped_lock wait(held);
    ++done;
  };
  CHECK(pool.post(job));
  while (pool.running() == 0) std::this_thread::yield();
  CHECK(pool.post(job));
  CHECK(pool.post(job));
  CHECK(!pool.post(job));
  CHECK(pool.waiting() == 2);
  lock.unlock();
  while (pool.waiting() + pool.running() > 0) std::this_thread::yield();
  CHECK(done == 3);
}

TEST_CASE("parts: kept answers are of one view, and the longest unasked make room") {
  AnswerCache cache(10'000);
  const auto answer = [](char c, std::size_t size) { return json_answer(std::string(size, c)); };
  cache.keep(1, "a", answer('a', 100));
  CHECK((*cache.find(1, "a")->body)[0] == 'a');
  CHECK(!cache.find(1, "b"));
  cache.keep(1, "large", answer('l', 9'000));
  CHECK(!cache.find(1, "large"));
  for (char c = 'b'; c < 'z'; ++c) {
    CHECK(cache.find(1, "a"));
    cache.keep(1, std::string(1, c), answer(c, 400));
  }
  CHECK(cache.find(1, "a"));
  CHECK(!cache.find(1, "b"));
  CHECK(!cache.find(2, "a"));
  cache.keep(1, "old", answer('o', 10));
  CHECK(!cache.find(1, "old"));
}
