// What of the ledger is read without the lists of accounts.
#include <doctest/doctest.h>

#include "engine/ledger/chronicle.h"
#include "engine/ledger/ring_event_json.h"
#include "tests/engine/ingest/ingest_for_tests.h"

using namespace ringscope;

namespace {

Standing standing(std::size_t members) {
  Standing one{.ring = "R-00000001", .version = 3, .live = true, .tier = Tier::ban, .born = 1, .run = 4, .day = 20'000};
  for (std::size_t m = 0; m < members; ++m) {
    one.members.push_back({100 + m, m % 2 == 0 ? Tier::ban : Tier::watch});
    one.since.push_back(m % 3 == 0 ? kNoDay : static_cast<Day>(20'000 + m));
  }
  one.parents = {"R-00000002"};
  one.events = {5, 9};
  return one;
}

}  // namespace

TEST_CASE("standing head: all but the members, of a ring of any size") {
  for (const std::size_t members : {0, 1, 2, 500}) {
    const std::string text = standing_to_json(standing(members));
    Standing whole = standing_from_json(text);
    CHECK(whole == standing(members));
    whole.members.clear();
    whole.since.clear();
    CHECK(standing_head_from_json(text) == whole);
  }
  CHECK_THROWS_AS(standing_head_from_json("{\"members\":[[1,\"ban\",2]]"), Error);
  CHECK_THROWS_AS(standing_head_from_json("nothing"), Error);
}

TEST_CASE("events naming a ring: those in which it is, and no others") {
  test::Bench bench;
  const auto writer = bench.store().run_writer();
  RingEvent event;
  event.run = 1;
  event.day = 20'000;
  event.ring = "R-00000001";
  event.came = {{7, Tier::ban, {}}};
  writer->add_event(stored_event_to_json(event));
  event.change = RingChange::grown;
  event.came = {{8, Tier::ban, "R-00000002"}, {9, Tier::ban, {}}};
  writer->add_event(stored_event_to_json(event));
  event.came = {{10, Tier::ban, "R-00000003"}};
  writer->add_event(stored_event_to_json(event));
  writer->commit("{}");
  Standing where{.ring = "R-00000001"};
  where.events = {1, 2, 3};
  const std::vector<RingEvent> named = events_naming(bench.store(), where, "R-00000002");
  REQUIRE(named.size() == 1);
  CHECK(named[0] == events_of(bench.store(), where)[1]);
  CHECK(events_naming(bench.store(), where, "R-00000009").empty());
  where.events = {4};
  CHECK_THROWS_AS(events_naming(bench.store(), where, "R-00000002"), Error);
}
