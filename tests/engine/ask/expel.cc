#include "engine/ask/expel.h"

#include "tests/engine/ask/bench.h"

using namespace ringscope;
using namespace ringscope::testing;

namespace {

std::vector<std::string> values_of(const Expulsion& expulsion) {
  std::vector<std::string> values;
  values.reserve(expulsion.things.size());
  for (const ExpellingThing& thing : expulsion.things) values.push_back(thing.value);
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

TEST_CASE("expel: one thing that all links hang on is enough, though more is shared") {
  Bench bench;
  bench.add("ann", {{"ip", "key"}, {"ip", "weak-1"}, {"ip", "weak-2"}});
  bench.add("bob", {{"ip", "key"}, {"ip", "weak-1"}});
  bench.add("cy", {{"ip", "key"}, {"ip", "weak-2"}});
  bench.link("ann", "bob", 30);
  bench.link("ann", "cy", 30);
  bench.ring("R-a", Tier::ban, {"ann", "bob", "cy"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  REQUIRE(answer);
  CHECK(answer->by == ExpelledBy::links);
  CHECK(values_of(*answer) == std::vector<std::string>{"key"});
  CHECK(answer->smallest);
  CHECK(answer->links == 2);
  CHECK(answer->things[0].members == 2);
  CHECK(answer->cohesion == 1);
  CHECK(!bench.expulsion("dan"));
}

TEST_CASE("expel: of things that only surprise together it is enough to take one from each pair") {
  Bench bench;
  bench.add("ann", {{"ip", "weak-1"}, {"ip", "weak-2"}, {"ip", "weak-3"}});
  bench.add("bob", {{"ip", "weak-1"}, {"ip", "weak-2"}});
  bench.add("cy", {{"ip", "weak-2"}, {"ip", "weak-3"}});
  bench.link("ann", "bob", 30);
  bench.link("ann", "cy", 30);
  bench.ring("R-a", Tier::ban, {"ann", "bob", "cy"});
  bench.publish_run();
  CHECK(values_of(*bench.expulsion("ann")) == std::vector<std::string>{"weak-2"});
  CHECK(bench.expulsion("ann")->smallest);
}

TEST_CASE("expel: a thing that vouches by itself must go, whatever the bits") {
  Bench bench;
  bench.add("ann", {{"email", "weak-m"}, {"ip", "weak-1"}, {"ip", "weak-2"}});
  bench.add("bob", {{"email", "weak-m"}, {"ip", "weak-1"}, {"ip", "weak-2"}});
  bench.link("ann", "bob", 30);
  bench.ring("R-a", Tier::ban, {"ann", "bob"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  // The mail and, of the addresses that still surprise together, one.
  CHECK(answer->things.size() == 2);
  const auto values = values_of(*answer);
  CHECK(std::find(values.begin(), values.end(), "weak-m") != values.end());
}

TEST_CASE("expel: where much of its own is not shared, less cohesion is the shorter way") {
  Bench bench;
  std::vector<Seen> mine = {{"ip", "one"}, {"ip", "two"}, {"ip", "three"}};
  for (int i = 0; i < 20; ++i) mine.emplace_back("payment", fmt::format("own-{}", i));
  bench.add("ann", mine);
  bench.add("bob", {{"ip", "one"}, {"ip", "x"}});
  bench.add("cy", {{"ip", "two"}});
  bench.add("dan", {{"ip", "three"}});
  for (const char* name : {"bob", "cy", "dan"}) bench.link("ann", name, 30);
  bench.ring("R-a", Tier::ban, {"ann", "bob", "cy", "dan"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  CHECK(answer->by == ExpelledBy::cohesion);
  CHECK(answer->things.size() == 1);
  CHECK(answer->smallest);
  CHECK(answer->cohesion == doctest::Approx(27.0 / 227));
}

TEST_CASE("expel: a tie that no test explains is cut by all that is shared, and then not proven smallest") {
  Bench bench;
  bench.add("ann", {{"ip", "weak-1"}});
  bench.add("bob", {{"ip", "weak-1"}});
  bench.link("ann", "bob", 20);
  bench.ring("R-a", Tier::ban, {"ann", "bob"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  CHECK(answer->unexplained == 1);
  CHECK(answer->things.size() == 1);
  CHECK(!answer->smallest);
}

TEST_CASE("expel: a tie stronger than what is shared explains is cut by no less than everything") {
  Bench bench;
  for (const char* name : {"ann", "bob"}) bench.add(name, {{"ip", "weak-1"}, {"ip", "weak-2"}, {"ip", "weak-3"}});
  bench.link("ann", "bob", 80);
  bench.ring("R-a", Tier::ban, {"ann", "bob"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  CHECK(answer->unexplained == 1);
  CHECK(answer->things.size() == 3);
  CHECK(!answer->smallest);
}

TEST_CASE("expel: a member of a pool that no link ties is held by no thing; a ring too large is not searched") {
  Bench bench;
  bench.add("ann", {{"ip", "weak-1"}});
  bench.add("bob", {{"ip", "weak-1"}});
  bench.ring("R-a", Tier::ban, {"ann", "bob"}).members[0].likeness = 3;
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  CHECK(answer->by == ExpelledBy::nothing);
  CHECK(answer->things.empty());
  CHECK(answer->likeness == 3);
  CHECK(contains(answer->meaning, "like the others in 3 kinds"));
  CHECK(bench.expulsion("ann", {.most_members = 1})->by == ExpelledBy::too_large);
}
