#include "engine/ask/expel.h"

#include "base/random.h"
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

// A ring of some twenty accounts that share things of every worth, hubs too, linked here and there.
void fill_at_random(Bench& bench, std::uint64_t seed) {
  Random random(seed);
  const auto size = 3 + random.below(20);
  const std::vector<std::string> kinds = {"email", "ip", "payment"};
  std::vector<std::string> names;
  std::vector<std::set<Seen>> things;
  for (std::uint64_t a = 0; a < size; ++a) {
    std::set<Seen> seen;
    for (std::uint64_t left = 1 + random.below(8); left > 0; --left) {
      const auto number = random.below(9);
      const std::string value = fmt::format("{}{}", number < 5 ? "weak-" : number < 8 ? "key-" : "hub-", number);
      seen.emplace(kinds[random.below(3)], value);
    }
    for (std::uint64_t left = random.chance(0.3) ? 40 : 2; left > 0; --left)
      seen.emplace("payment", fmt::format("own-{}-{}", a, left));
    things.push_back(seen);
    names.push_back(fmt::format("account-{}", a));
    bench.add(names.back(), {seen.begin(), seen.end()});
  }
  for (const std::string& kind : kinds) bench.hub({kind, "hub-8"}, HubCause::over_cap, 5000);
  for (std::uint64_t a = 0; a < size; ++a) {
    for (std::uint64_t b = 0; b < a; ++b) {
      const bool meet = std::ranges::any_of(things[a], [&](const Seen& thing) { return things[b].contains(thing); });
      if (meet && random.chance(0.5)) bench.link(names[a], names[b], random.chance(0.8) ? 30 : 80);
    }
  }
  const std::vector<std::string> inside(names.begin(), names.end() - static_cast<std::ptrdiff_t>(random.below(3)));
  bench.ring("R-a", Tier::ban, inside);
  bench.publish_run();
}

}  // namespace

TEST_CASE("expel: what the run counted answers as all members' rows do, on random rings") {
  std::map<ExpelledBy, int> answers;
  int named = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    Bench counting, reading;
    reading.counted = false;
    for (Bench* bench : {&counting, &reading}) fill_at_random(*bench, seed);
    for (int a = 0; a < 23; ++a) {
      const std::string name = fmt::format("account-{}", a);
      CAPTURE(name);
      const auto fast = counting.expulsion(name), plain = reading.expulsion(name);
      REQUIRE(fast.has_value() == plain.has_value());
      if (!fast) continue;
      ++answers[fast->by];
      CHECK(fast->by == plain->by);
      CHECK(fast->smallest == plain->smallest);
      CHECK(fast->links == plain->links);
      CHECK(fast->unexplained == plain->unexplained);
      CHECK(fast->cohesion == plain->cohesion);
      CHECK(fast->meaning == plain->meaning);
      REQUIRE(fast->things.size() == plain->things.size());
      for (std::size_t i = 0; i < fast->things.size(); ++i) {
        CHECK(fast->things[i].kind == plain->things[i].kind);
        CHECK(fast->things[i].value == plain->things[i].value);
        CHECK(fast->things[i].accounts == plain->things[i].accounts);
        CHECK(fast->things[i].members == plain->things[i].members);
        ++named;
      }
    }
  }
  CHECK(answers.size() == 3);
  CHECK(named > 200);
}

TEST_CASE("expel: of a ring that the run counted only linked members are read, so a large one is answered") {
  for (const bool counted : {true, false}) {
    Bench bench;
    bench.counted = counted;
    std::vector<std::string> names;
    for (int i = 0; i < 10; ++i) {
      names.push_back(fmt::format("account-{}", i));
      bench.add(names.back(), {{"ip", "key"}});
    }
    bench.link("account-0", "account-1", 30);
    bench.ring("R-a", Tier::ban, names);
    bench.publish_run();
    const auto answer = bench.expulsion("account-0", {.most_read = 1});
    CHECK(answer->by == (counted ? ExpelledBy::links : ExpelledBy::too_large));
    if (counted) CHECK(answer->things.at(0).members == 9);
  }
}

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

TEST_CASE(
    "expel: a member of a pool that no link ties is held by no thing; with more links than may be read it is not "
    "searched") {
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
  Bench tied;
  for (const char* name : {"ann", "bob"}) tied.add(name, {{"ip", "key"}});
  tied.link("ann", "bob", 30);
  tied.ring("R-a", Tier::ban, {"ann", "bob"});
  tied.publish_run();
  CHECK(tied.expulsion("ann", {.most_read = 0})->by == ExpelledBy::too_large);
}
