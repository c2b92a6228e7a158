// Events and standings: numbered, written with their run or not at all.
#include <doctest/doctest.h>

#include "tests/storage/rows_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

std::vector<std::string> events_of(const Store& store, std::uint64_t first, std::uint64_t last) {
  std::vector<std::string> events;
  store.scan_events(first, last, [&](const StoredEvent& event) {
    events.push_back(std::to_string(event.seq) + " " + event.payload);
  });
  return events;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("ledger: events are numbered on over the runs, standings replace each other") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  CHECK(store->last_event() == 0);
  for (int run = 1; run <= 2; ++run) {
    const auto writer = store->run_writer();
    CHECK(writer->add_event("a" + std::to_string(run)) == static_cast<std::uint64_t>(2 * run - 1));
    writer->add_event("b" + std::to_string(run));
    writer->set_standing({"R-1", "after " + std::to_string(run)});
    writer->commit("{}");
  }
  CHECK(store->last_event() == 4);
  CHECK(events_of(*store, 1, UINT64_MAX) == Strings{"1 a1", "2 b1", "3 a2", "4 b2"});
  CHECK(events_of(*store, 2, 3) == Strings{"2 b1", "3 a2"});
  CHECK(events_of(*store, 3, 2).empty());
  CHECK(store->find_event(3)->payload == "a2");
  CHECK_FALSE(store->find_event(5).has_value());
  CHECK(store->find_standing("R-1")->payload == "after 2");
  CHECK_FALSE(store->find_standing("R-2").has_value());
}

TEST_CASE("ledger: what a run that never was committed told is not there, however much it wrote") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  {
    const auto writer = store->run_writer();
    writer->add_event("first");
    writer->set_standing({"R-1", "stands"});
    writer->commit("{}");
  }
  {
    const auto writer = store->run_writer();
    writer->add_event("lost");
    writer->set_standing({"R-1", "lost"});
    const std::string page(std::size_t{1} << 20, 'x');  // more than is held back in memory
    for (KeyHash account = 0; account < 20; ++account) writer->add_member({account, "R-1", page});
  }
  CHECK(events_of(*store, 1, UINT64_MAX) == Strings{"1 first"});
  CHECK(store->find_standing("R-1")->payload == "stands");
  CHECK(store->run_writer()->add_event("next") == 2);
}

TEST_CASE("ledger: a store of a program without a ledger has an empty one") {
  const TemporaryDirectory dir;
  { open_store(dir / "db")->run_writer()->commit("{}"); }
  const auto store = open_store(dir / "db", OpenMode::read_only);
  CHECK(store->last_event() == 0);
  CHECK(events_of(*store, 1, UINT64_MAX).empty());
}
