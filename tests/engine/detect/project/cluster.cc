#include "engine/detect/project/cluster.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/detect/worlds.h"

namespace ringscope {
namespace {

// Every two neighbours share one thing, so that cohesion takes nobody out; edges are given.
std::vector<Group> cluster_edges(Vertex accounts, const std::vector<WeightedEdge>& core) {
  testing::World world(accounts, 1);
  for (Vertex a = 0; a < accounts; ++a) world.touch(a, 0, a / 2);
  const BipartiteArrays arrays = world.build();
  Similarity similarity;
  similarity.core = core;
  return cluster(arrays.view(), similarity, {});
}

// Cliques of `size` accounts, one after the other, at 30 bits a pair.
std::vector<WeightedEdge> cliques(Vertex count, Vertex size) {
  std::vector<WeightedEdge> edges;
  for (Vertex first = 0; first < count * size; first += size) {
    for (Vertex u = first; u < first + size; ++u) {
      for (Vertex v = u + 1; v < first + size; ++v) edges.push_back({u, v, 30.0F});
    }
  }
  return edges;
}

TEST_CASE("cluster: blocks tied all around by different accounts are one ring, two with a few ties are two") {
  std::vector<WeightedEdge> edges = cliques(4, 10);
  // The first three in a circle; the fourth to the third alone, twice.
  edges.insert(edges.end(), {{0, 10, 30.0F}, {11, 20, 30.0F}, {1, 21, 30.0F}, {22, 30, 30.0F}, {23, 31, 30.0F}});
  const std::vector<Group> groups = cluster_edges(40, edges);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].members.size() == 30);
  CHECK(groups[1].members.size() == 10);
}

TEST_CASE("cluster: the rest of the data does not change a ring") {
  // Two cliques with three ties; alone, and beside a thousand others.
  std::vector<WeightedEdge> few = cliques(2, 6), many = cliques(1000, 6);
  const std::vector<WeightedEdge> ties{{0, 6, 30.0F}, {1, 7, 30.0F}, {2, 8, 30.0F}};
  few.insert(few.end(), ties.begin(), ties.end());
  many.insert(many.end(), ties.begin(), ties.end());
  const std::vector<Group> alone = cluster_edges(12, few), beside = cluster_edges(6000, many);
  CHECK(beside.size() == 998 + alone.size());
  for (std::size_t g = 0; g < alone.size(); ++g) CHECK(alone[g].members == beside[g].members);
}

using testing::World;

// A ring of its own things; `address` is one of its addresses.
struct Planted {
  std::vector<Vertex> members;
  std::uint64_t address;
};

// One card, one device and nearly all of three addresses. Who shares less may be missing, or be a piece of its own.
constexpr testing::RingShape kOpen{.members = 12, .addresses = 3, .addresses_each = 8, .payments = 1, .devices = 1};

Planted plant(World& world, const testing::RingShape& shape, Random& random) {
  const std::uint64_t before = world.fresh_value();
  return {testing::plant_ring(world, shape, random), before + 1};
}

using Members = std::vector<Vertex>;

std::set<Members> members_of_all(const std::vector<Group>& groups) {
  std::set<Members> all;
  for (const Group& group : groups) all.insert(group.members);
  return all;
}

// The groups that hold at least one of `accounts`.
std::vector<Members> groups_with(const std::vector<Group>& groups, const Members& accounts) {
  std::vector<Members> found;
  for (const Group& group : groups) {
    if (std::ranges::find_first_of(group.members, accounts) != group.members.end()) found.push_back(group.members);
  }
  return found;
}

std::vector<Group> groups_in(const World& world, unsigned threads = 0) {
  const BipartiteArrays arrays = world.build();
  return testing::detect_groups(arrays.view(), threads);
}

constexpr std::uint64_t kWorlds = 20;
constexpr Vertex kHonest = 3000;

TEST_CASE("cluster: a planted ring comes out whole and alone among honest accounts") {
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    World world = testing::honest_world(seed, kHonest);
    Random random(seed);
    const Members ring = plant(world, kOpen, random).members;
    CAPTURE(seed);
    CHECK(groups_with(groups_in(world), ring) == std::vector<Members>{ring});
  }
}

TEST_CASE("cluster: an innocent on one address of each of two rings does not join them") {
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    World world = testing::honest_world(seed, kHonest);
    Random random(seed);
    const Planted one = plant(world, kOpen, random), other = plant(world, kOpen, random);
    const Vertex innocent = world.add_account();
    for (const std::uint64_t address : {one.address, other.address, world.fresh_value(), world.fresh_value()}) {
      world.touch(innocent, testing::kAddress, address);
    }
    world.touch(innocent, testing::kPayment, world.fresh_value());
    world.touch(innocent, testing::kDevice, world.fresh_value());
    CAPTURE(seed);
    Members both = one.members;
    both.insert(both.end(), other.members.begin(), other.members.end());
    std::vector<Members> found = groups_with(groups_in(world), both);
    for (Members& members : found) std::erase(members, innocent);
    CHECK(found == std::vector<Members>{one.members, other.members});
  }
}

TEST_CASE("cluster: a device of both rings and of hundreds of others does not glue them") {
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    World world = testing::honest_world(seed, kHonest);
    Random random(seed);
    const Members one = plant(world, kOpen, random).members, other = plant(world, kOpen, random).members;
    const std::uint64_t device = world.fresh_value();
    for (const Members& ring : {one, other}) {
      for (const Vertex member : ring) world.touch(member, testing::kDevice, device);
    }
    for (Vertex a = 0; a < kHonest; a += 5) world.touch(a, testing::kDevice, device);
    CAPTURE(seed);
    const std::vector<Group> groups = groups_in(world);
    CHECK(groups_with(groups, one) == std::vector<Members>{one});
    CHECK(groups_with(groups, other) == std::vector<Members>{other});
  }
}

TEST_CASE("cluster: who shares nothing of weight with a ring is not in it") {
  // Beside the ring, an account with the ring's street and a common device, and all else its own.
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    World world = testing::honest_world(seed, kHonest);
    Random random(seed);
    const Members ring = plant(world, kOpen, random).members;
    const std::uint64_t street = world.fresh_value(), device = world.fresh_value();
    const Vertex neighbour = world.add_account();
    for (Vertex a = 0; a < 300; ++a) world.touch(a, testing::kDevice, device);
    for (Vertex a = 0; a < 300; ++a) world.touch(a + 300, testing::kAddress, street);
    for (const Vertex account : {ring[0], ring[1], neighbour}) {
      world.touch(account, testing::kDevice, device);
      world.touch(account, testing::kAddress, street);
    }
    world.touch(neighbour, testing::kAddress, world.fresh_value());
    world.touch(neighbour, testing::kPayment, world.fresh_value());
    CAPTURE(seed);
    const std::vector<Group> groups = groups_in(world);
    CHECK(groups_with(groups, ring) == std::vector<Members>{ring});
    CHECK(groups_with(groups, {neighbour}).empty());
  }
}

TEST_CASE("cluster: a member with less than a tenth of its bits inside is taken out, with a tenth it stays") {
  // Four accounts on one address, and each has others of its own: as many as given.
  // With three of ten sightings its own, 1.2 of 10.7 bits are shared; with four, 1.3 of 14.6.
  const auto members_with = [](const std::vector<int>& own) {
    World world(4, 1);
    for (Vertex a = 0; a < 4; ++a) {
      world.touch(a, 0, 0);
      for (int i = 0; i < own[a]; ++i) world.touch(a, 0, world.fresh_value());
    }
    const BipartiteArrays arrays = world.build();
    Similarity similarity;
    similarity.core = cliques(1, 4);
    return members_of_all(cluster(arrays.view(), similarity, {}));
  };
  CHECK(members_with({0, 1, 1, 1}) == std::set<Members>{{0, 1, 2, 3}});
  CHECK(members_with({0, 1, 1, 3}) == std::set<Members>{{0, 1, 2, 3}});
  CHECK(members_with({0, 1, 1, 4}) == std::set<Members>{{0, 1, 2}});
  CHECK(members_with({0, 1, 1, 40}) == std::set<Members>{{0, 1, 2}});
  CHECK(members_with({0, 1, 40, 40}).empty());  // two are fewer than the least size
}

// Honest accounts, rings tight and loose, and innocents between them.
World mixed_world(std::uint64_t seed) {
  World world = testing::honest_world(seed, kHonest);
  Random random(seed);
  for (int i = 0; i < 3; ++i) plant(world, kOpen, random);
  for (int i = 0; i < 3; ++i) {
    const Planted ring = plant(world, {.members = 20, .addresses = 6}, random);
    for (Vertex a = 0; a < 4; ++a)
      world.touch(static_cast<Vertex>(random.below(kHonest)), testing::kAddress, ring.address);
  }
  return world;
}

TEST_CASE("cluster: the same groups at 1, 2 and 8 threads") {
  std::size_t seen = 0;
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    const World world = mixed_world(seed);
    const std::vector<Group> one = groups_in(world, 1);
    for (const unsigned threads : {2U, 8U}) {
      const std::vector<Group> many = groups_in(world, threads);
      REQUIRE(many.size() == one.size());
      for (std::size_t g = 0; g < one.size(); ++g) {
        CHECK(many[g].members == one[g].members);
        CHECK(many[g].cohesion == one[g].cohesion);
      }
    }
    seen += one.size();
  }
  CHECK(seen >= 3 * kWorlds);
}

TEST_CASE("cluster: relabelled accounts form the same groups, where rings are open") {
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    World world = testing::honest_world(seed, kHonest);
    Random random(seed);
    for (int i = 0; i < 5; ++i) plant(world, kOpen, random);
    std::vector<Vertex> number_of(world.accounts());
    for (Vertex a = 0; a < number_of.size(); ++a) number_of[a] = (a * 7 + 3) % world.accounts();
    std::set<Members> expected;
    for (Members members : members_of_all(groups_in(world))) {
      for (Vertex& member : members) member = number_of[member];
      std::ranges::sort(members);
      expected.insert(members);
    }
    const BipartiteArrays turned = world.build_relabelled(number_of);
    CAPTURE(seed);
    CHECK(members_of_all(testing::detect_groups(turned.view())) == expected);
  }
}

bool is_connected(const Members& members, const Similarity& similarity) {
  std::map<Vertex, Members> ties;
  for (const auto* edges : {&similarity.core, &similarity.attach}) {
    for (const WeightedEdge& edge : *edges) {
      if (!std::ranges::binary_search(members, edge.u) || !std::ranges::binary_search(members, edge.v)) continue;
      ties[edge.u].push_back(edge.v);
      ties[edge.v].push_back(edge.u);
    }
  }
  std::set<Vertex> reached{members.front()};
  Members open{members.front()};
  while (!open.empty()) {
    const Vertex at = open.back();
    open.pop_back();
    for (const Vertex next : ties[at]) {
      if (reached.insert(next).second) open.push_back(next);
    }
  }
  return reached.size() == members.size();
}

TEST_CASE("cluster: groups are disjoint, in order, large enough and connected by their pairs") {
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    const World world = mixed_world(seed);
    const BipartiteArrays arrays = world.build();
    const Similarity similarity = project(arrays.view(), weigh(arrays.view(), {}), {});
    std::set<Vertex> taken;
    Vertex last_first = 0;
    CAPTURE(seed);
    for (const Group& group : cluster(arrays.view(), similarity, {})) {
      REQUIRE(group.members.size() >= 3);
      CHECK(std::ranges::is_sorted(group.members, std::less_equal{}));
      CHECK(group.members.front() >= last_first);
      last_first = group.members.front();
      for (const Vertex member : group.members) CHECK(taken.insert(member).second);
      CHECK(is_connected(group.members, similarity));
    }
    CHECK(taken.size() >= 36);
  }
}

// The share of a member's bits that another member has as well, by the definition.
std::vector<double> cohesion_by_definition(const BipartiteGraph& graph, const Members& members) {
  std::vector<double> cohesion;
  for (const Vertex member : members) {
    double shared = 0, all = 0;
    for (std::size_t k = 0; k < graph.layer_count(); ++k) {
      double edges = 0;
      for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r)
        edges += static_cast<double>(graph.right_degree(r));
      for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
        const auto accounts = graph.lefts_of(r);
        if (!std::ranges::binary_search(accounts, member)) continue;
        const double bits = std::log2(edges / static_cast<double>(graph.right_degree(r)));
        all += bits;
        const auto is_other = [&](Vertex a) { return a != member && std::ranges::binary_search(members, a); };
        if (std::ranges::any_of(accounts, is_other)) shared += bits;
      }
    }
    cohesion.push_back(all > 0 ? shared / all : 0);
  }
  return cohesion;
}

TEST_CASE("cluster: cohesion is the share of a member's bits that it shares inside") {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const BipartiteArrays arrays = mixed_world(seed).build();
    std::vector<Group> groups = testing::detect_groups(arrays.view());
    const std::size_t found = groups.size();
    CHECK(found >= 3);
    // Groups made elsewhere: neighbours by number, who share little or nothing.
    for (Vertex a = 0; a < 100; a += 10) groups.push_back({.members = {a, a + 1, a + 3, a + 900}, .cohesion = {}});
    std::vector<Group> made(groups.begin() + static_cast<std::ptrdiff_t>(found), groups.end());
    measure_cohesion(arrays.view(), made, 2);
    std::ranges::copy(made, groups.begin() + static_cast<std::ptrdiff_t>(found));
    for (const Group& group : groups) {
      const std::vector<double> expected = cohesion_by_definition(arrays.view(), group.members);
      REQUIRE(group.cohesion.size() == group.members.size());
      for (std::size_t m = 0; m < expected.size(); ++m) {
        CHECK(static_cast<double>(group.cohesion[m]) == doctest::Approx(expected[m]).epsilon(1e-4));
        CHECK(group.cohesion[m] >= 0);
        CHECK(group.cohesion[m] <= 1);
      }
    }
    for (std::size_t g = 0; g < found; ++g) {
      for (const float share : groups[g].cohesion) CHECK(share >= 0.1F);
    }
  }
}

}  // namespace
}  // namespace ringscope
