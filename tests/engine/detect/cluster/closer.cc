// Strangers whom common exits glue to an operator's accounts.
#include <algorithm>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/detect/cluster/pool_search.h"
#include "tests/engine/detect/cluster/pool_town.h"

namespace ringscope {
namespace {

using namespace testing;

constexpr std::uint64_t kPrompts = 9'000'000;

std::vector<Vertex> joined(std::vector<Vertex> a, const std::vector<Vertex>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  return a;
}

// What is left of the group, and what it is parted into.
std::pair<Group, std::vector<Group>> part(const PoolTown& town, std::vector<Vertex> members) {
  const Snapshot snapshot = town.snapshot();
  const Habits habits = town.habits();
  GroupGauge gauge(snapshot, habits, 1);
  const PoolOptions options{.threads = 1};
  PoolSearch search(gauge, options, 1);
  Group group{.members = std::move(members), .cohesion = {}};
  search.take(group.members);
  std::vector<Group> closer;
  search.part_closer(group, closer);
  const std::vector<char> free = std::exchange(search.free(), {});
  CHECK(std::ranges::none_of(group.members, [&](Vertex account) { return free[account] != 0; }));
  for (const Group& pool : closer)
    CHECK(std::ranges::none_of(pool.members, [&](Vertex account) { return free[account] != 0; }));
  return {std::move(group), std::move(closer)};
}

void use_exits(PoolTown& town, Vertex account) {
  for (int a = 0; a < 6; ++a) town.address(account, kDealer.addresses + town.random().below(60));
}

void ask(PoolTown& town, Vertex account) {
  for (int t = 0; t < 4; ++t) town.ask(account, kPrompts + town.random().below(10));
}

// People who leave by the dealer's exits, as his customers do.
std::vector<Vertex> strangers(PoolTown& town, Vertex count) {
  std::vector<Vertex> accounts;
  for (Vertex i = 0; i < count; ++i) {
    accounts.push_back(town.person());
    use_exits(town, accounts.back());
  }
  return accounts;
}

TEST_CASE("closer: accounts alike in more than their group are parted from those whom its exits glued to them") {
  PoolTown town;
  const std::vector<Vertex> ring = town.pool(60, kDealer, kPrompts), others = strangers(town, 80);
  const auto [left, closer] = part(town, joined(ring, others));
  REQUIRE(closer.size() == 1);
  CHECK(closer[0].members == ring);
  CHECK(std::ranges::find(closer[0].likeness, "email") != closer[0].likeness.end());
  CHECK(left.members == others);
  CHECK(left.likeness.empty());
}

TEST_CASE("closer: two operators on the same exits are parted from the strangers there, and from each other") {
  PoolTown town;
  const PoolTown::Dealer exits_of_first{
      .addresses = kDealer.addresses, .issuer = kOther.issuer, .domains = kOther.domains};
  const std::vector<Vertex> first = town.pool(40, kDealer, kPrompts),
                            second = town.pool(40, exits_of_first, kPrompts + 100);
  const std::vector<Vertex> others = strangers(town, 120);
  const auto [left, closer] = part(town, joined(joined(first, second), others));
  REQUIRE(closer.size() == 2);
  CHECK(((closer[0].members == first && closer[1].members == second) ||
         (closer[0].members == second && closer[1].members == first)));
  CHECK(left.members == others);
}

TEST_CASE("closer: a group that is alike throughout stays one, and so do strangers") {
  PoolTown town;
  const std::vector<Vertex> ring = town.pool(80, kDealer, kPrompts), others = strangers(town, 80);
  for (const std::vector<Vertex>& members : {ring, others}) {
    const auto [left, closer] = part(town, members);
    CHECK(closer.empty());
    CHECK(left.members == members);
  }
}

TEST_CASE("closer: cells that ask what the others ask are not parted, though one has exits and names of its own") {
  PoolTown town;
  std::vector<Vertex> ring;
  for (std::uint64_t i = 0; i < 120; ++i) {
    const Vertex account = town.person();
    ring.push_back(account);
    ask(town, account);
    if (i >= 40) continue;
    town.name(account, 0);
    use_exits(town, account);
  }
  const auto [left, closer] = part(town, ring);
  CHECK(closer.empty());
  CHECK(left.members == ring);
}

TEST_CASE("closer: who has nothing of a kind is not parted from those who have the same of it") {
  PoolTown town;
  std::vector<Vertex> without;
  for (Vertex i = 0; i < 80; ++i) {
    without.push_back(town.nameless());
    use_exits(town, without.back());
  }
  std::vector<Vertex> named;
  for (Vertex i = 0; i < 40; ++i) {
    named.push_back(town.nameless());
    use_exits(town, named.back());
    town.name(named.back(), 0);
    ask(town, named.back());
  }
  const auto [left, closer] = part(town, joined(without, named));
  CHECK(closer.empty());
}

}  // namespace
}  // namespace ringscope
