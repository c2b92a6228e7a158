// Who hardly ever comes back to a network.
#include "engine/detect/judge/wandering.h"

#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/detect/cluster/pool_town.h"
#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using namespace testing;

constexpr Vertex kMembers = 20;

// Accounts at twelve addresses, a day at each, which are `apart` from one another.
std::vector<Vertex> proxied(PoolTown& town, std::uint64_t from, std::uint64_t apart) {
  std::vector<Vertex> members;
  for (std::uint64_t i = 0; i < kMembers; ++i) {
    members.push_back(town.silent_colleague(i));
    for (std::uint64_t a = 0; a < 12; ++a) town.address(members.back(), from + 1200 * i + apart * a);
  }
  return members;
}

// Everybody of the town is so many days at either of two addresses.
Snapshot seen(const PoolTown& town, std::uint32_t days_of_people) {
  Snapshot snapshot = town.snapshot();
  const BipartiteGraph graph = snapshot.graph();
  for (Vertex account = 0; account < graph.left_count(); ++account) {
    const Sighting sighting{.days = account < kPeople ? days_of_people : 1};
    snapshot.sightings.insert(snapshot.sightings.end(), graph.left_degree(account), sighting);
  }
  return snapshot;
}

std::vector<Vertex> people() {
  std::vector<Vertex> some(200);
  std::iota(some.begin(), some.end(), Vertex{0});
  return some;
}

TEST_CASE("wandering: by the exits of a pool, at home, and at home by addresses that change") {
  PoolTown town;
  const std::vector<Vertex> pool = proxied(town, 10'000'000, 30);       // a network each
  const std::vector<Vertex> private_v6 = proxied(town, 20'000'400, 1);  // a network or two
  const Snapshot snapshot = seen(town, 6);
  const Habits habits = town.habits();
  const Wandering wandering(snapshot, &habits);
  CHECK(wandering.of(pool).value() > 0.95);
  CHECK(wandering.of(private_v6).value() < 0.95);
  CHECK(wandering.of(people()).value() == doctest::Approx(0.5).epsilon(0.1));
  // Where networks are not derived, addresses are all there is.
  const Wandering by_address(snapshot, nullptr);
  CHECK(by_address.of(private_v6).value() == doctest::Approx(by_address.of(pool).value()));
}

TEST_CASE("wandering: the exits of a firm are its place, those of a pool are more") {
  const auto by_exits = [](std::uint64_t exits) {
    PoolTown town;
    std::vector<Vertex> members;
    for (Vertex i = 0; i < kMembers; ++i) {
      members.push_back(town.silent_colleague(1));
      for (std::uint64_t a = 0; a < 6; ++a) town.address(members.back(), 10'000'000 + 30 * ((i + a) % exits));
    }
    const Snapshot snapshot = seen(town, 3);
    const Habits habits = town.habits();
    return Wandering(snapshot, &habits).of(members).value();
  };
  CHECK(by_exits(6) < 0.5);    // and their office: one place
  CHECK(by_exits(24) > 0.95);  // a quarter of the members at each
}

TEST_CASE("wandering: of who is seen on few days it is not known, nor where there are no addresses") {
  PoolTown town;
  const std::vector<Vertex> pool = proxied(town, 10'000'000, 30);
  const Snapshot snapshot = seen(town, 2);
  const Habits habits = town.habits();
  const Wandering wandering(snapshot, &habits);
  CHECK(wandering.of(pool).has_value());
  CHECK(!wandering.of(people()));
  std::vector<Vertex> mixed = people();
  mixed.resize(kMembers + 1);  // more than half
  mixed.insert(mixed.end(), pool.begin(), pool.end());
  CHECK(!wandering.of(mixed));
  CHECK(!wandering.of(std::vector<Vertex>(pool.begin(), pool.begin() + 3)));
  Snapshot nowhere = snapshot;
  nowhere.layers[kIp].name = "device";
  CHECK(!Wandering(nowhere, &habits).of(pool));
}

TEST_CASE("wandering: speaks for a ring, and against people who are at home or at work") {
  Traits traits = colleagues();
  const double office = explained(traits, "office");
  CHECK(office > 0.9);
  CHECK(feature(traits, "wandering") == 0);
  traits.wandering = 0.6;  // as who travels, or has his own line and his telephone's
  CHECK(feature(traits, "wandering") == 0);
  CHECK(explained(traits, "office") == office);
  traits.wandering = 0.9;
  CHECK(feature(traits, "wandering") == 1);
  CHECK(explained(traits, "office") == 0);
}

}  // namespace
}  // namespace ringscope
