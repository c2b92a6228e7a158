#include "engine/detect/project/enrich.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "algorithms/shuffle.h"
#include "tests/engine/detect/worlds.h"

namespace ringscope {
namespace {

using testing::World;
using Members = std::vector<Vertex>;

constexpr double kAlpha = 0.01;
constexpr Vertex kHonest = 2000;

struct Pool {
  std::vector<Members> addresses;  // accounts of each address that hold a card of the pool
  std::vector<Members> others;     // … that do not
};

// A pool in which no two accounts share two things: the accounts of each of eight addresses hold one card each, cards
// go once round the addresses. The last of an address have cards that nobody else has.
Pool plant_pool(World& world, Vertex on_address, Vertex with_card) {
  std::vector<std::uint64_t> cards(on_address);
  for (std::uint64_t& card : cards) card = world.fresh_value();
  Pool pool;
  for (int i = 0; i < 8; ++i) {
    const std::uint64_t address = world.fresh_value();
    Members holders, others;
    for (Vertex j = 0; j < on_address; ++j) {
      const Vertex account = world.add_account();
      world.touch(account, testing::kAddress, address);
      world.touch(account, testing::kPayment, j < with_card ? cards[j] : world.fresh_value());
      (j < with_card ? holders : others).push_back(account);
    }
    pool.addresses.push_back(holders);
    pool.others.push_back(others);
  }
  return pool;
}

using Pairs = std::set<std::pair<Vertex, Vertex>>;

Pairs pairs_of(const std::vector<WeightedEdge>& edges) {
  Pairs pairs;
  for (const WeightedEdge& edge : edges) pairs.insert({edge.u, edge.v});
  return pairs;
}

// Those of `after` that were neither core nor attaching before.
std::vector<WeightedEdge> added(const Similarity& before, const Similarity& after) {
  Pairs known = pairs_of(before.core);
  known.merge(pairs_of(before.attach));
  std::vector<WeightedEdge> fresh;
  for (const WeightedEdge& edge : after.core) {
    if (!known.contains({edge.u, edge.v})) fresh.push_back(edge);
  }
  return fresh;
}

struct Enrichment {
  Similarity before, after;
};

Enrichment enrich(const BipartiteGraph& graph) {
  const Weights weights = weigh(graph, {});
  Similarity before = project(graph, weights, {});
  Similarity after = with_enriched(before, enriched_pairs(graph, weights, before, kAlpha));
  return {std::move(before), std::move(after)};
}

TEST_CASE(
    "enrich: accounts of an address who nearly all share a card elsewhere are joined, though no pair shows them") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    World world = testing::honest_world(seed, kHonest);
    const Pool pool = plant_pool(world, 10, 8);
    const BipartiteArrays arrays = world.build();
    const Enrichment result = enrich(arrays.view());
    CAPTURE(seed);
    for (const auto* edges : {&result.before.core, &result.before.attach}) {
      CHECK(std::ranges::none_of(*edges, [](const WeightedEdge& edge) { return edge.v >= kHonest; }));
    }
    const Pairs pairs = pairs_of(result.after.core);
    for (std::size_t i = 0; i < pool.addresses.size(); ++i) {
      for (const Vertex u : pool.addresses[i]) {
        for (const Vertex v : pool.addresses[i]) {
          if (u < v) CHECK(pairs.contains({u, v}));
        }
      }
      for (const Vertex other : pool.others[i]) {
        CHECK(
            std::ranges::none_of(pairs, [&](const auto& pair) { return pair.first == other || pair.second == other; }));
      }
    }
  }
}

TEST_CASE("enrich: an address is a mixed crowd when fewer than four in five share elsewhere") {
  // Pairs added of accounts on one address of a pool, 40 to an address.
  const auto pairs_on_addresses = [](std::uint64_t seed, Vertex with_card) {
    World world = testing::honest_world(seed, kHonest);
    plant_pool(world, 40, with_card);
    const BipartiteArrays arrays = world.build();
    Similarity nothing;
    nothing.least_surprise = std::numeric_limits<double>::infinity();
    const Similarity after =
        with_enriched(nothing, enriched_pairs(arrays.view(), weigh(arrays.view(), {}), nothing, kAlpha));
    return std::ranges::count_if(after.core, [&](const WeightedEdge& edge) {  // the address comes first
      return edge.u >= kHonest && arrays.view().rights_of(edge.u).front() == arrays.view().rights_of(edge.v).front();
    });
  };
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CAPTURE(seed);
    CHECK(pairs_on_addresses(seed, 31) == 0);
    CHECK(pairs_on_addresses(seed, 32) == 8 * 32 * 31 / 2);
  }
}

TEST_CASE("enrich: keeps every pair, joins only accounts that had none, sorted and disjoint") {
  std::size_t new_pairs = 0, kept = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    World world = testing::honest_world(seed, kHonest);
    Random random(seed);
    for (int i = 0; i < 4; ++i) testing::plant_ring(world, {}, random);
    const Pool pool = plant_pool(world, 10, 10);
    const BipartiteArrays arrays = world.build();
    const Weights weights = weigh(arrays.view(), {});
    Similarity before = project(arrays.view(), weights, {});
    // Two accounts of the first address are explained, one by a core pair and one by a weaker one.
    const Vertex first = pool.addresses[0][0], second = pool.addresses[0][1];
    before.core.insert(before.core.begin(), {0, first, 30.0F});
    before.attach.insert(before.attach.begin(), {0, second, 9.0F});
    std::ranges::sort(before.core, {}, [](const WeightedEdge& e) { return std::pair(e.u, e.v); });
    std::ranges::sort(before.attach, {}, [](const WeightedEdge& e) { return std::pair(e.u, e.v); });
    const Similarity after = with_enriched(before, enriched_pairs(arrays.view(), weights, before, kAlpha));
    CAPTURE(seed);

    std::set<Vertex> explained;
    for (const auto* edges : {&before.core, &before.attach}) {
      for (const WeightedEdge& edge : *edges) explained.insert({edge.u, edge.v});
    }
    for (const WeightedEdge& edge : before.core) CHECK(std::ranges::count(after.core, edge) == 1);
    CHECK(after.attach == before.attach);
    CHECK(after.least_surprise == before.least_surprise);
    CHECK(after.vouching == before.vouching);
    const std::vector<WeightedEdge> fresh = added(before, after);
    for (const WeightedEdge& edge : fresh) {
      CHECK_FALSE(explained.contains(edge.u));
      CHECK_FALSE(explained.contains(edge.v));
      CHECK(edge.u < edge.v);
      CHECK(static_cast<double>(edge.weight) == doctest::Approx(before.least_surprise));
    }
    const auto before_next = [](const WeightedEdge& a, const WeightedEdge& b) {
      return std::pair(a.u, a.v) >= std::pair(b.u, b.v);
    };
    CHECK(std::ranges::adjacent_find(after.core, before_next) == after.core.end());
    CHECK(std::ranges::adjacent_find(after.attach, before_next) == after.attach.end());
    const Pairs attach = pairs_of(after.attach);
    for (const auto& pair : pairs_of(after.core)) CHECK_FALSE(attach.contains(pair));
    new_pairs += fresh.size();
    kept += before.core.size();
  }
  CHECK(new_pairs >= 20 * 7 * 45);  // of the seven addresses that nothing explains in part
  CHECK(kept > 100);
}

TEST_CASE("enrich: where no pair was significant, the pairs added have a weight") {
  World world = testing::honest_world(1, kHonest);
  plant_pool(world, 10, 10);
  const BipartiteArrays arrays = world.build();
  Similarity none;
  none.least_surprise = std::numeric_limits<double>::infinity();
  const Similarity after = with_enriched(none, enriched_pairs(arrays.view(), weigh(arrays.view(), {}), none, kAlpha));
  CHECK(after.core.size() >= 8 * 45);
  for (const WeightedEdge& edge : after.core) {
    CHECK(std::isfinite(edge.weight));
    CHECK(edge.weight >= 1);
  }
}

TEST_CASE("enrich: where all sharing is chance, hardly any world has a pair added") {
  World world = testing::honest_world(1, kHonest);
  plant_pool(world, 10, 10);
  const BipartiteArrays arrays = world.build();
  int worlds_with_pairs = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const BipartiteArrays shuffled = shuffle_preserving_degrees(arrays.view(), {.seed = seed});
    const Enrichment result = enrich(shuffled.view());
    worlds_with_pairs += added(result.before, result.after).empty() ? 0 : 1;
  }
  CHECK(worlds_with_pairs <= 1);
}

}  // namespace
}  // namespace ringscope
