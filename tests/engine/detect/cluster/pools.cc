// Pools in towns whose every account is drawn by hand: who is found, who is left alone, who is told apart.
#include "engine/detect/cluster/pools.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/detect/cluster/pool_town.h"

namespace ringscope {
namespace {

using namespace testing;

std::size_t common(const std::vector<Vertex>& a, const std::vector<Vertex>& b) {
  std::vector<Vertex> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both.size();
}

bool has(const std::vector<std::string>& kinds, const std::string& kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

TEST_CASE("pools: accounts with a card and a machine each are found by what the pool has in common") {
  PoolTown town;
  const auto members = town.pool(60, kDealer, 10'000);
  const auto groups = town.find();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].members == members);
  CHECK(groups[0].cohesion.size() == 60);
  CHECK(has(groups[0].likeness, "ip"));
  CHECK(has(groups[0].likeness, "payment"));
  CHECK(has(groups[0].likeness, "email"));
  CHECK(has(groups[0].likeness, "template"));
  REQUIRE(groups[0].member_likeness.size() == 60);
  for (const MemberLikeness& member : groups[0].member_likeness) {
    CHECK(member.kinds >= 3);
    CHECK(member.odds > 3);
  }
}

TEST_CASE("pools: a town without one has none, and customers of one address pool are strangers") {
  PoolTown town;
  CHECK(town.find().empty());
  for (Vertex i = 0; i < 80; ++i) {
    const Vertex account = town.person();
    for (int a = 0; a < 6; ++a) town.address(account, kDealer.addresses + town.random().below(60));
  }
  CHECK(town.find().empty());
}

TEST_CASE("pools: two operators with one dealer are told apart by what they ask") {
  PoolTown town;
  const auto first = town.pool(60, kDealer, 10'000);
  const auto second = town.pool(50, kDealer, 20'000);
  const auto groups = town.find();
  REQUIRE(groups.size() == 2);
  for (const auto& group : groups) {
    const auto most = std::max(common(group.members, first), common(group.members, second));
    CHECK(most >= 45);
    CHECK(most == group.members.size());
  }
}

TEST_CASE("pools: two small operators with one dealer are not made one pool") {
  PoolTown town;
  const auto first = town.pool(10, kDealer, 10'000);
  const auto second = town.pool(10, kDealer, 20'000);
  for (const auto& group : town.find({{.members = first, .cohesion = {}}, {.members = second, .cohesion = {}}}))
    CHECK((common(group.members, first) == 0 || common(group.members, second) == 0));
}

TEST_CASE("pools: pairs that glued two operators together are taken apart") {
  PoolTown town;
  const auto first = town.pool(60, kDealer, 10'000);
  const auto second = town.pool(50, kDealer, 20'000);
  Group glued{.members = first, .cohesion = {}};
  glued.members.insert(glued.members.end(), second.begin(), second.end());
  const auto groups = town.find({glued});
  REQUIRE(groups.size() == 2);
  CHECK(std::max(common(groups[0].members, first), common(groups[0].members, second)) == groups[0].members.size());
  CHECK(groups[0].members.size() + groups[1].members.size() >= 105);
}

TEST_CASE("pools: accounts that ask six times as much of their own as of the pool's prompts ask alike") {
  PoolTown town;
  const auto members = town.pool(60, kDealer, 10'000);
  for (const Vertex account : members) {
    for (std::uint64_t t = 0; t < 25; ++t) town.ask(account, 1'000'000 + 100 * account + t);
  }
  const auto groups = town.find();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].members == members);
  CHECK(has(groups[0].likeness, "template"));
}

TEST_CASE("pools: one whose accounts ask for ends of their own is found in a crowd that pairs glued together") {
  PoolTown town;
  std::vector<Vertex> members;
  for (std::uint64_t i = 0; i < 60; ++i) members.push_back(town.pool(1, kDealer, 10'000 + 100 * i).front());
  Group glued{.members = members, .cohesion = {}};
  for (Vertex i = 0; i < 200; ++i) {
    glued.members.push_back(town.person());
    town.address(glued.members.back(), 900'000 + i % 5);
  }
  const auto groups = town.find({glued});
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].members.size() == 200);
  CHECK(groups[1].members == members);
  CHECK(!has(groups[1].likeness, "template"));
}

TEST_CASE("pools: offices that use the same proxies are no pool") {
  PoolTown town;
  for (std::uint64_t office = 0; office < 6; ++office) town.office(9, office, kDealer.addresses);
  for (const auto& group : town.find()) CHECK(group.members.size() <= 9);
}

TEST_CASE("pools: an office on a pool's proxies stays out of it") {
  PoolTown town;
  const auto members = town.pool(40, kDealer, 10'000);
  const auto colleagues = town.office(5, 1, kDealer.addresses);
  const auto groups = town.find();
  // Its prompts are its own, so it may be a group, but not with them.
  std::size_t found = 0;
  for (const auto& group : groups) {
    found += common(group.members, members) >= 38 ? 1 : 0;
    CHECK((common(group.members, colleagues) == 0 || common(group.members, members) == 0));
  }
  CHECK(found == 1);
}

TEST_CASE("pools: cells of one operator are united, those of two are not") {
  PoolTown town;
  const auto cells_of = [&](const PoolTown::Dealer& dealer, std::uint64_t prompts, std::uint64_t card) {
    std::vector<Group> cells;
    for (std::uint64_t c = 0; c < 2; ++c) {
      Group cell{.members = town.pool(20, dealer, prompts), .cohesion = {}};
      for (const Vertex account : cell.members) town.share_card(account, card + c);
      cells.push_back(std::move(cell));
    }
    return cells;
  };
  std::vector<Group> groups = cells_of(kDealer, 10'000, 1);
  const auto others = cells_of(kOther, 20'000, 3);
  groups.insert(groups.end(), others.begin(), others.end());
  const auto found = town.find(groups);
  REQUIRE(found.size() == 2);
  for (const Group& group : found) {
    CHECK(group.members.size() == 40);
    CHECK(group.cohesion.size() == 40);
    CHECK(group.members.back() - group.members.front() == 39);  // drawn one after the other
  }
}

TEST_CASE("pools: who asks what nobody else asks is a group, though nothing else is shared, also of five") {
  for (const Vertex size : {5U, 60U}) {
    PoolTown town;
    const std::vector<Vertex> ring = town.bare(size, 900'000);
    const std::vector<Group> found = town.find();
    CAPTURE(size);
    REQUIRE(found.size() == 1);
    CHECK(found[0].members.size() >= size - size / 20);
    CHECK(common(found[0].members, ring) == found[0].members.size());
    CHECK(has(found[0].likeness, "template"));
    CHECK(!has(found[0].likeness, "payment"));
  }
}

TEST_CASE("pools: the users of an application are not of the pool that serves such users, too") {
  PoolTown town;
  const auto pool = town.pool(120, kDealer, 10'000);
  std::vector<Vertex> users;
  for (int i = 0; i < 100; ++i) {  // on the application's addresses; the others ask nothing of its
    const Vertex account = town.person();
    for (int a = 0; a < 4; ++a) town.address(account, 900'000 + 40 * town.random().below(6));
    if (i % 5 < 4) users.push_back(account);
  }
  for (const Vertex user : users) {
    for (int t = 0; t < 6; ++t) town.ask(user, 10'000 + town.random().below(10));
  }
  bool found = false;
  for (const Group& group : town.find()) {
    if (common(group.members, pool) < 60) continue;
    found = true;
    CHECK(common(group.members, users) < 8);
  }
  CHECK(found);
}

TEST_CASE("pools: things of two kinds are enough without prompts, where hardly anybody else uses them") {
  // Sixty accounts on ten addresses and six cards.
  const auto found = [](int strangers) {
    PoolTown town;
    std::vector<Vertex> members;
    for (int i = 0; i < 60; ++i) {
      const Vertex account = town.person();
      for (int a = 0; a < 2; ++a) town.address(account, kDealer.addresses + town.random().below(10));
      town.share_card(account, town.random().below(6));
      members.push_back(account);
    }
    for (int i = 0; i < strangers; ++i) {
      const Vertex account = town.person();
      for (int a = 0; a < 2; ++a) town.address(account, kDealer.addresses + town.random().below(10));
    }
    std::size_t most = 0;
    for (const auto& group : town.find()) most = std::max(most, common(group.members, members));
    return most;
  };
  CHECK(found(0) >= 50);
  CHECK(found(200) == 0);
}

TEST_CASE("pools: who carries others' requests by addresses and cards of his own is one, whatever each of them asks") {
  PoolTown town;
  std::vector<Vertex> members;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Vertex account = town.person();
    for (int a = 0; a < 3; ++a) town.address(account, kDealer.addresses + town.random().below(20));
    town.share_card(account, town.random().below(10));
    for (int t = 0; t < 8; ++t) town.ask(account, 900'000 + 100 * (i % 10) + town.random().below(8));  // ten end users
    members.push_back(account);
  }
  std::size_t most = 0;
  for (const Group& group : town.find()) most = std::max(most, common(group.members, members));
  CHECK(most >= 80);
}

TEST_CASE("pools: prompts that many others ask make no group") {
  PoolTown town;
  for (Vertex account = 0; account < 1500; ++account) {
    for (int t = 0; t < 3; ++t) town.ask(account, 900'000 + town.random().below(12));
  }
  town.bare(10, 900'000);
  for (const Group& group : town.find()) CHECK(group.members.size() > 200);  // at most all who ask them
}

TEST_CASE("pools: a group that pairs made takes in those who ask what only its members ask") {
  PoolTown town;
  const std::vector<Vertex> ring = town.bare(8, 900'000);
  for (std::size_t i = 0; i < 4; ++i) town.share_card(ring[i], 1);
  const std::vector<Group> found = town.find({{.members = {ring.begin(), ring.begin() + 4}, .cohesion = {}}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].members == ring);
}

TEST_CASE("pools: two kinds that others have as well are enough where more are banned than chance explains") {
  PoolTown town;
  const auto bought = [&](std::uint64_t prompts) {  // nothing but a card's issuer from the dealer
    const std::uint64_t own = 1'000'000 * (10 + town.random().below(1'000'000));
    return town.pool(1, {.addresses = own, .issuer = kDealer.issuer, .domains = own}, prompts).front();
  };
  std::vector<Vertex> members;
  for (int i = 0; i < 60; ++i) members.push_back(bought(10'000));
  for (Vertex account = 0; account < kPeople; account += kPeople / 240) {  // who live all over the town
    for (int t = 0; t < 4; ++t) town.ask(account, 10'000 + town.random().below(10));
  }
  CHECK(town.find().empty());
  std::vector<Vertex> banned;
  for (Vertex account = 0; account < kPeople; account += 40) banned.push_back(account);  // one in forty
  std::vector<Vertex> everywhere = banned;
  everywhere.push_back(members.front());
  CHECK(town.find({}, true, 1, everywhere).empty());
  banned.insert(banned.end(), members.begin(), members.begin() + 48);
  const auto groups = town.find({}, true, 1, banned);
  REQUIRE(groups.size() == 1);
  CHECK(common(groups[0].members, members) >= 56);
  CHECK(groups[0].members.size() <= 66);
}

TEST_CASE("pools: banned accounts that have little in common are one where chance does not ban so many") {
  PoolTown town;
  std::vector<Vertex> members, customers, banned;
  for (Vertex i = 0; i < 200; ++i) {  // exits that others have as well, a card for two, prompts of its own
    members.push_back(town.person());
    for (int a = 0; a < 5; ++a) town.address(members.back(), kDealer.addresses + 30 * town.random().below(150));
    town.share_card(members.back(), i / 2);
    if (i % 10 < 7) banned.push_back(members.back());
  }
  for (Vertex i = 0; i < 60; ++i) {
    customers.push_back(town.person());
    for (int a = 0; a < 5; ++a) town.address(customers.back(), kDealer.addresses + 30 * town.random().below(150));
  }
  CHECK(town.find().empty());
  const std::vector<Vertex> few(banned.begin(), banned.begin() + 4);
  CHECK(town.find({}, true, 1, few).empty());
  const auto groups = town.find({}, true, 1, banned);
  REQUIRE(!groups.empty());
  const std::vector<Vertex>& found = groups[0].members;
  CHECK(common(found, banned) >= 50);
  CHECK(common(found, members) == found.size() - common(found, customers));
  CHECK(common(found, customers) <= 4);  // who are on the exits as well, and were not banned
}

TEST_CASE("pools: without activity the groups stay what they are") {
  PoolTown town;
  const auto members = town.pool(60, kDealer, 10'000);
  CHECK(town.find({}, false).empty());
  const auto groups = town.find({{.members = {members[0], members[1]}, .cohesion = {}}}, false);
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].members == std::vector<Vertex>{members[0], members[1]});
}

TEST_CASE("pools: a pair that a pool claims leaves its group") {
  PoolTown town;
  const auto members = town.pool(60, kDealer, 10'000);
  town.share_card(members[3], 9);
  town.share_card(7, 9);
  const auto groups = town.find({{.members = {7, members[3]}, .cohesion = {}}});
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].members == members);
}

void check_same(const std::vector<Group>& a, const std::vector<Group>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t g = 0; g < a.size(); ++g) {
    CHECK(a[g].members == b[g].members);
    CHECK(a[g].cohesion == b[g].cohesion);
    CHECK(a[g].likeness == b[g].likeness);
    REQUIRE(a[g].member_likeness.size() == b[g].member_likeness.size());
    for (std::size_t m = 0; m < a[g].member_likeness.size(); ++m)
      CHECK(a[g].member_likeness[m].odds == b[g].member_likeness[m].odds);
  }
}

// Operators of two dealers, so that several seeds lead to one pool and mixtures are taken apart; pairs glued two.
TEST_CASE("pools: the same with any number of threads") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    PoolTown town(seed);
    std::vector<std::vector<Vertex>> pools;
    for (Vertex p = 0; p < 10; ++p)
      pools.push_back(town.pool(20 + 8 * p, p % 2 == 0 ? kDealer : kOther, 10'000 * (p + 1)));
    Group glued{.members = pools[2], .cohesion = {}};
    glued.members.insert(glued.members.end(), pools[4].begin(), pools[4].end());
    const auto one = town.find({glued}, true, 1);
    CHECK(one.size() >= 6);
    for (const unsigned threads : {2U, 4U}) check_same(one, town.find({glued}, true, threads));
  }
}

}  // namespace
}  // namespace ringscope
