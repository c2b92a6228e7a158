#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "engine/ask/account.h"
#include "engine/ask/read_run.h"
#include "engine/ask/why.h"
#include "engine/detect/ring/ring_json.h"
#include "tests/engine/sample.h"

using namespace ringscope;

namespace {

template <class Body>
ErrorCode code_of(const Body& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("nothing was thrown");
  return ErrorCode::internal;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("read_run: before any detection it says what to do") {
  SampleStore sample;
  CHECK_THROWS_WITH_AS(latest_run(sample.store()), doctest::Contains("ringscope detect"), Error);
}

TEST_CASE("read_run: a published run reads back, members put together again") {
  SampleStore sample;
  sample.publish_run();
  const RunSummary run = latest_run(sample.store());
  CHECK(run.run == 1);
  CHECK(run.digest == "00ff");
  const std::vector<Ring> rings = read_rings(sample.store(), 1, RingParts::members);
  REQUIRE(rings.size() == 1);
  Ring expected = sample_ring();
  expected.run = 1;
  CHECK(ring_to_json(rings[0]) == ring_to_json(expected));
  CHECK(read_rings(sample.store(), 1, RingParts::heads).at(0).members.size() == 3);
}

TEST_CASE("read_run: a ring is found by its id, by the beginning of it, and without the R-") {
  SampleStore sample;
  sample.publish_run();
  for (const char* id : {"R-7f3a91c2", "R-7", "7f3a"}) {
    CAPTURE(id);
    CHECK(find_ring(sample.store(), 1, id).members.at(1).name == "bob");
  }
  for (const char* id : {"", "R-8", "3a91", "R-7f3a91c2x"}) {
    CAPTURE(id);
    CHECK(code_of([&] { find_ring(sample.store(), 1, id); }) == ErrorCode::not_found);
  }
}

TEST_CASE("read_run: a beginning of several ids is wrong usage, an id in full never") {
  SampleStore sample;
  std::vector<Ring> rings(3, sample_ring());
  rings[0].id = "R-7f";
  rings[1].id = "R-7f3a";
  rings[2].id = "R-9";
  for (Ring& ring : rings) ring.members.clear();
  RunSummary run = sample_run();
  publish(sample.store(), rings, run, {});
  CHECK(code_of([&] { find_ring(sample.store(), 1, "R-7"); }) == ErrorCode::usage);
  CHECK(find_ring(sample.store(), 1, "R-7f").id == "R-7f");
}

TEST_CASE("account: the page holds facts, activity, entities by bits, and the ring") {
  SampleStore sample;
  sample.publish_run();
  const AccountPage page = account_page(sample.store(), "bob");
  CHECK(page.facts.plan.value() == "free");
  CHECK(page.activity.requests == 4);
  CHECK(page.activity.hours[7] == 4);
  CHECK(page.activity.active_days == 1);
  REQUIRE(page.activity.capabilities.size() == 1);
  CHECK(page.activity.capabilities[0] == std::pair<std::string, double>("coding", 0.75));
  REQUIRE(page.entities.size() == 2);
  const AccountEntity& card = page.entities[0];
  CHECK(card.kind == "payment");
  CHECK(card.value == "card-1");
  CHECK(card.count == 6);
  CHECK(card.days == 2);
  CHECK(card.first == start_of_day(kSampleDay) + 10);
  CHECK(card.last == start_of_day(kSampleDay + 2) + 20);
  CHECK(card.accounts == 2);
  CHECK(card.bits == 20.5);
  CHECK(page.entities[1].accounts == 3);
  REQUIRE(page.ring);
  CHECK(page.ring->ring == "R-7f3a91c2");
  CHECK(page.ring->ring_size == 3);
  CHECK(page.ring->member.membership == 0.9);
  const auto json = nlohmann::json::parse(account_to_json(page));
  CHECK(json.at("ring").at("ring_tier") == "ban");
  REQUIRE(page.extraction);  // held against the run's baseline
  CHECK(page.extraction->probability < 0.5);
  CHECK(json.at("extraction").at("features").size() == page.extraction->features.size());
}

TEST_CASE("account: outside of rings and before detections there is a page too") {
  SampleStore sample;
  CHECK(account_page(sample.store(), "ann").run == 0);
  CHECK(!account_page(sample.store(), "ann").extraction);
  CHECK(account_page(sample.store(), "ann").entities.at(0).accounts == 0);
  sample.publish_run();
  CHECK(!account_page(sample.store(), "dan").ring);
  CHECK(account_page(sample.store(), "dan").extraction);
  CHECK(nlohmann::json::parse(account_to_json(account_page(sample.store(), "dan"))).at("ring").is_null());
}

TEST_CASE("account: an unknown one is not found, with the near name as a hint") {
  SampleStore sample;
  CHECK(code_of([&] { account_page(sample.store(), "zoe"); }) == ErrorCode::not_found);
  CHECK_THROWS_WITH_AS(account_page(sample.store(), " Ann"), doctest::Contains("did you mean \"ann\"?"), Error);
}

TEST_CASE("why: shared entities come with bits, population and times of both") {
  SampleStore sample;
  sample.publish_run();
  const WhyAnswer answer = why(sample.store(), "ann", "bob");
  REQUIRE(answer.shared.size() == 1);
  CHECK(answer.shared[0].value == "card-1");
  CHECK(answer.shared[0].accounts == 2);
  CHECK(answer.shared[0].count_b == 6);
  CHECK(answer.shared[0].last_a == start_of_day(kSampleDay + 2) + 20);
  CHECK(answer.bits == 20.5);
  CHECK(answer.link_bits == 20);
  CHECK(answer.path_end == PathEnd::found);
  CHECK(answer.ring_a == answer.ring_b);
  CHECK(contains(answer.meaning, "Both are in ring R-7f3a91c2."));
  CHECK(nlohmann::json::parse(why_to_json(answer)).at("same_ring") == true);
}

TEST_CASE("why: when only a hub is shared, the strongest chain of links is shown") {
  SampleStore sample;
  sample.publish_run();
  const WhyAnswer answer = why(sample.store(), "ann", "cy");
  REQUIRE(answer.shared.size() == 1);
  CHECK(answer.bits == 0);
  CHECK(answer.path_end == PathEnd::found);
  REQUIRE(answer.path.size() == 2);
  CHECK(answer.path[0].from == "ann");
  CHECK(answer.path[0].to == "bob");
  CHECK(answer.path[0].value == "card-1");
  CHECK(answer.path[1].bits == 10);
  CHECK(answer.path[1].kind == "ip");
}

TEST_CASE("why: strangers have no chain, and nothing has bits before a detection") {
  SampleStore sample;
  const WhyAnswer before = why(sample.store(), "ann", "bob");
  CHECK(before.shared.size() == 1);
  CHECK(contains(before.meaning, "run 'ringscope detect'"));
  sample.publish_run();
  const WhyAnswer answer = why(sample.store(), "bob", "dan");
  CHECK(answer.shared.empty());
  CHECK(answer.path_end == PathEnd::no_path);
  CHECK(contains(answer.meaning, "share nothing directly"));
  CHECK(contains(answer.meaning, "dan is in no ring"));
  CHECK(code_of([&] { why(sample.store(), "bob", "bob"); }) == ErrorCode::usage);
  CHECK(code_of([&] { why(sample.store(), "bob", "zoe"); }) == ErrorCode::not_found);
}
