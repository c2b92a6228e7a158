// How what is shared holds a group together: goods dealt out of several stocks, and what was met once.
#include "engine/detect/judge/evidence.h"

#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include "engine/detect/project/weigh.h"
#include "tests/engine/detect/cluster/pool_town.h"
#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using namespace testing;

constexpr std::size_t kMembers = 60;

// Member m has thing deal(m) of the layer.
template <class Deal>
void deal_out(std::vector<Holders>& things, std::size_t layer, std::size_t members, const Deal& deal) {
  std::vector<std::vector<Vertex>> holders;
  for (Vertex m = 0; m < members; ++m) {
    const std::size_t thing = deal(m);
    if (holders.size() <= thing) holders.resize(thing + 1);
    holders[thing].push_back(m);
  }
  for (std::vector<Vertex>& some : holders) {
    if (some.size() > 1) things.emplace_back(layer, std::move(some));
  }
}

// How interlocked thirty accounts of a town are that were given what `give(town, account, number)` gives.
double interlocked_in_town(const std::function<void(PoolTown&, Vertex, Vertex)>& give) {
  PoolTown town;
  Group group;
  for (Vertex m = 0; m < 30; ++m) {
    group.members.push_back(town.person());
    give(town, group.members.back(), m);
  }
  Snapshot snapshot = town.snapshot();
  snapshot.sightings.resize(snapshot.graph().edge_count());
  return gather_evidence(snapshot, nullptr, weigh(snapshot.graph(), {}), group).interlocked;
}

}  // namespace

TEST_CASE("interlocked: two stocks hold together what neither does") {
  std::vector<Holders> things;
  deal_out(things, 0, kMembers, [](std::size_t m) { return m / 3; });             // a card for three accounts
  deal_out(things, 1, kMembers, [](std::size_t m) { return (m + 1) / 3 % 20; });  // a device for three others
  CHECK(interlocked_by(things, std::vector<char>(2), kMembers) == doctest::Approx(1 - 3.0 / kMembers));
  CHECK(interlocked_by(things, {1, 1}, kMembers) == 0);  // two places
  // The third kind adds nothing: only pairs are looked at, and two of them hold everybody.
  deal_out(things, 2, kMembers, [](std::size_t m) { return m / 2; });
  CHECK(interlocked_by(things, std::vector<char>(3), kMembers) == doctest::Approx(1 - 3.0 / kMembers));
}

TEST_CASE("interlocked: households share all with the same few, a house has one gateway") {
  std::vector<Holders> households;
  deal_out(households, 0, kMembers, [](std::size_t m) { return m / 3; });
  deal_out(households, 1, kMembers, [](std::size_t m) { return m / 3; });
  CHECK(interlocked_by(households, std::vector<char>(2), kMembers) == 0);
  std::vector<Holders> house;
  deal_out(house, 0, kMembers, [](std::size_t) { return 0; });
  deal_out(house, 1, kMembers, [](std::size_t m) { return m / 4; });
  CHECK(interlocked_by(house, std::vector<char>(2), kMembers) == 0);
  std::vector<Holders> one_kind;
  deal_out(one_kind, 0, kMembers, [](std::size_t m) { return m / 4; });
  CHECK(interlocked_by(one_kind, std::vector<char>(2), kMembers) == 0);
  CHECK(interlocked_by({}, std::vector<char>(2), kMembers) == 0);
}

TEST_CASE("interlocked: what members have to themselves, and no machine beside an address") {
  const auto cards = [](PoolTown& town, Vertex account, Vertex m) { town.share_card(account, m / 3); };
  const auto machines = [](PoolTown& town, Vertex account, Vertex m) { town.machine(account, (m + 1) / 3 % 10); };
  const auto homes = [](PoolTown& town, Vertex account, Vertex m) { town.address(account, 90'000 + (m + 1) / 3 % 10); };
  const auto both = [](const auto& one, const auto& other) {
    return [=](PoolTown& town, Vertex account, Vertex m) {
      one(town, account, m);
      other(town, account, m);
    };
  };
  CHECK(interlocked_in_town(both(cards, machines)) == doctest::Approx(0.9));
  CHECK(interlocked_in_town(both(cards, homes)) == doctest::Approx(0.9));
  CHECK(interlocked_in_town(both(machines, homes)) == 0);  // shared desks, shared flats
  CHECK(interlocked_in_town(cards) == 0);
  const auto popular = [&](PoolTown& town, Vertex account, Vertex m) {  // as many strangers use each machine
    machines(town, account, m);
    for (Vertex stranger = 3 * m; stranger < 3 * m + 3; ++stranger) town.machine(stranger, (m + 1) / 3 % 10);
  };
  CHECK(interlocked_in_town(both(cards, popular)) == 0);
  const auto at_work = [&](PoolTown& town, Vertex account, Vertex m) {  // half of them are at one address, then all
    both(cards, machines)(town, account, m);
    if (m % 2 == 0) town.address(account, 80'000);
  };
  CHECK(interlocked_in_town(at_work) == doctest::Approx(0.3));
  const auto in_house = [&](PoolTown& town, Vertex account, Vertex m) {
    both(cards, machines)(town, account, m);
    town.address(account, 80'000);
  };
  CHECK(interlocked_in_town(in_house) == 0);
}

TEST_CASE("met once: all that is shared is of one day, by what it weighs") {
  // Twelve on one address and one machine in one hour, and `later` of them at another address two weeks on.
  const auto met_once = [](Vertex later) {
    PoolTown town;
    Group group;
    for (Vertex m = 0; m < 12; ++m) {
      const Vertex account = town.person();
      group.members.push_back(account);
      town.address(account, 90'000);
      town.machine(account, 1);
      if (m < later) town.address(account, 80'000);
    }
    Snapshot snapshot = town.snapshot();
    const BipartiteGraph graph = snapshot.graph();
    snapshot.sightings.resize(graph.edge_count());
    for (const Vertex member : group.members) {
      const auto rights = graph.rights_of(member);
      for (std::size_t i = 0; i < rights.size(); ++i) {
        const bool again = graph.right_degree(rights[i]) == later;
        Sighting& sighting = snapshot.sightings[graph.left_begin(member) + i];
        sighting.first = kSecondsPerDay * (again ? 115 : 101) + member % 3600;
        sighting.last = sighting.first + 600;
      }
    }
    return gather_evidence(snapshot, nullptr, weigh(graph, {}), group).met_once;
  };
  CHECK(met_once(0) == 1);
  CHECK(met_once(2) > 0.9);   // two are neighbours
  CHECK(met_once(11) < 0.8);  // nearly all met again
}

TEST_CASE("met once: a lesson is an explanation in doubt, for an operator makes accounts in one sitting") {
  Traits traits;
  traits.size = 12;
  traits.has_activity = true;
  traits.active_days = 25;
  traits.member_days = 15;
  traits.daily_requests = 3;
  traits.signup_hour = 1;
  traits.address_reach = 1;
  CHECK(explained(traits, "classroom") == 0);
  traits.met_once = 1;
  CHECK(explained(traits, "classroom") == doctest::Approx(0.4));
}

TEST_CASE("interlocked: speaks for a ring, and against people who met somewhere") {
  Traits traits = colleagues();
  const double office = explained(traits, "office");
  CHECK(feature(traits, "interlocked") == 0);
  CHECK(office > 0.9);
  traits.interlocked = 0.3;  // as freelancers of an agency are, who have its clients' cards
  CHECK(feature(traits, "interlocked") == 0);
  CHECK(explained(traits, "office") == office);
  traits.interlocked = 0.9;
  CHECK(feature(traits, "interlocked") == 1);
  CHECK(explained(traits, "office") == 0);
}

}  // namespace ringscope
