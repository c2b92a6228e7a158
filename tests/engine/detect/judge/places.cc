// At how many places the accounts of a group are.
#include "engine/detect/judge/places.h"

#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/detect/cluster/pool_town.h"
#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using namespace testing;

TEST_CASE("places: networks that hold half of the members, and those that a member has in common with two others") {
  PoolTown town;
  std::vector<Vertex> members;
  for (std::uint64_t i = 0; i < 20; ++i) {
    for (int neighbours = 0; neighbours < 30; ++neighbours) town.person();  // no two members live in one network
    const Vertex account = town.person();
    members.push_back(account);
    town.address(account, kDealer.addresses + 30 * (i % 5));           // five networks of four members
    if (i < 6) town.address(account, kOther.addresses + (i % 3) * 7);  // one network of six
    if (i < 2) town.address(account, kOther.addresses + 600);          // two are not enough
  }
  const Snapshot snapshot = town.snapshot();
  const Habits habits = town.habits();
  const Places places = places_of(snapshot, &habits, members);
  CHECK(places.hold_half == 3);  // six members, and of the next fullest those that are not yet counted
  CHECK(places.common == doctest::Approx((20.0 + 6) / 20).epsilon(0.2));  // somebody may live beside two others
  CHECK(places.reach == doctest::Approx(0.3).epsilon(0.2));               // the network of six
  CHECK(places.outside < 0.3);
  const Places home = places_of(snapshot, &habits, std::vector<Vertex>{0});
  CHECK(home.reach == 1);
  CHECK(home.outside > 0);  // neighbours
  const Places addresses = places_of(snapshot, nullptr, members);
  CHECK(addresses.hold_half == 3);  // three of the five, each at one address
  CHECK(addresses.common == doctest::Approx(1.0).epsilon(0.2));
  CHECK(places_of(Snapshot{}, nullptr, members).hold_half == 0);
}

// Sixty accounts of five names, each on four networks; `network` chooses by name and account.
template <class Network>
double dealt(Network network, std::uint64_t names = 5, int outsiders = 0) {
  PoolTown town;
  std::vector<Vertex> members;
  for (std::uint64_t i = 0; i < 60; ++i) {
    members.push_back(town.nameless());
    town.name(members.back(), i % names);
    for (std::uint64_t n = 0; n < 4; ++n)
      town.address(members.back(), kDealer.addresses + 30 * network(town.random(), i % names, n));
  }
  for (int i = 0; i < outsiders; ++i) town.name(town.person(), static_cast<std::uint64_t>(i) % names);
  return dealt_names_of(town.habits(), members);
}

TEST_CASE("places: names of their own dealt out to accounts that meet on many networks, whoever bears which") {
  const auto pool = [](Random& random, std::uint64_t, std::uint64_t) { return random.below(100); };
  CHECK(dealt(pool) == 1);
  CHECK(dealt(pool, 2) == 0);       // a firm before and after it took another name
  CHECK(dealt(pool, 5, 100) == 0);  // of public providers
  CHECK(dealt([](Random&, std::uint64_t name, std::uint64_t n) { return 4 * name + n; }) == 0);  // teams, at home each
  CHECK(dealt([](Random&, std::uint64_t, std::uint64_t n) { return n; }) == 0);                  // brands of one firm
  CHECK(dealt([next = std::uint64_t{0}](Random&, std::uint64_t, std::uint64_t) mutable { return next++; }) ==
        0);  // apart
}

TEST_CASE("places: whom names were dealt to are no people of one body, but may be customers of one payer") {
  Traits traits = people();
  traits.payers = 1.0 / 40;
  traits.payer_reach = 1;
  traits.addresses = 1.0 / 40;
  REQUIRE(explained(traits, "course") > 0.3);
  REQUIRE(explained(traits, "pipeline") == 1);
  traits.dealt_names = 1;
  CHECK(explained(traits, "course") == 0);
  CHECK(explained(traits, "pipeline") == 1);
  CHECK(feature(traits, "dealt_names") == 1);
}

TEST_CASE("places: a group is part of a body of people that bears its name and is on its network") {
  PoolTown town;
  std::vector<Vertex> students, members;
  for (std::uint64_t i = 0; i < 100; ++i) {
    students.push_back(town.silent_colleague(1));  // of one mail domain, at one address
    if (i < 20) members.push_back(students.back());
  }
  for (const Vertex member : members) town.address(member, 7'000'000);  // machines of their own
  for (int i = 0; i < 5; ++i) members.push_back(town.nameless());
  const Habits habits = town.habits();
  const Body laboratory = body_of(habits, members);
  CHECK(laboratory.reach == 1);
  CHECK(laboratory.outside == doctest::Approx(0.8));
  CHECK(laboratory.together == 1);
  const Body all = body_of(habits, students);
  CHECK(all.reach == 1);
  CHECK(all.outside == 0);
  CHECK(all.together == 0);
  std::vector<Vertex> townspeople(200);
  std::iota(townspeople.begin(), townspeople.end(), Vertex{0});
  CHECK(body_of(habits, townspeople).together < 0.1);  // a public provider's, wherever they live
  CHECK(body_of(Habits{}, members).reach == 0);
  const std::vector<Vertex> nameless{town.nameless(), town.nameless()};
  CHECK(body_of(town.habits(), nameless).reach == 0);
  Habits nothing;  // layers without a thing in them
  nothing.layers = habits.layers;
  nothing.arrays = World(2, habits.layers.size()).build();
  CHECK(body_of(nothing, std::vector<Vertex>{0, 1}).reach == 0);
}

TEST_CASE("places: a house's mail domain is asked of those whose mail is known, if that is half of them") {
  PoolTown town;
  std::vector<Vertex> members;
  members.reserve(23);
  for (int i = 0; i < 12; ++i) members.push_back(town.silent_colleague(1));
  for (int i = 0; i < 8; ++i) members.push_back(town.nameless());
  for (int i = 0; i < 3; ++i) members.push_back(town.person());  // of public providers
  const Habits habits = town.habits();
  const std::span<const Vertex> all = members;
  CHECK(house_domain_of(habits, all.first(20)) == 1);
  CHECK(house_domain_of(habits, all) == doctest::Approx(12.0 / 15));
  CHECK(house_domain_of(habits, all.subspan(9, 11)) == doctest::Approx(0.0));      // three of a domain of twelve
  CHECK(house_domain_of(habits, all.subspan(8, 12)) == doctest::Approx(4.0 / 6));  // four of twelve: half at least
}

TEST_CASE("places: whose machines and addresses are a pool's, or who is banned again and again, is no campus") {
  const auto campus = [](const Traits& traits) { return explained(traits, "campus"); };
  Traits traits;
  traits.size = 200;
  traits.kinds = {0, 1};
  traits.has_activity = true;
  traits.has_templates = true;
  traits.address_reach = 0.3;
  traits.places = 2;
  traits.common_places = 1.5;
  CHECK(campus(traits) == 1);
  Traits scattered = traits;  // the fullest networks hold few of them
  scattered.places = 15;
  CHECK(campus(scattered) == 0);
  Traits roaming = traits;  // each is on many
  roaming.common_places = 9;
  CHECK(campus(roaming) == 0);
  Traits evading = traits;
  evading.banned = 0.2;
  CHECK(campus(evading) == 0);
  traits.banned = 0.005;  // one, which happens to everybody
  CHECK(campus(traits) == 1);
}

}  // namespace
}  // namespace ringscope
