#include "engine/detect/project/project.h"

#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <vector>

#include <doctest/doctest.h>

#include "algorithms/projection.h"
#include "algorithms/shuffle.h"
#include "tests/engine/detect/worlds.h"

namespace ringscope {
namespace {

using testing::World;

constexpr testing::RingShape kTight{.members = 10, .addresses_each = 3, .payments = 2, .devices = 2};

// What the projection keeps, by the definition: every pair, every shared entity.
Similarity by_definition(const BipartiteGraph& graph, const Weights& weights, const ProjectOptions& options) {
  const PairNull null = weights.null(graph);
  const Vouching vouching = vouch(null, corroborate(null, {}).joined_pairs);
  struct Pair {
    Vertex u, v;
    float surprise;
    bool core = false, attach = false;
  };
  std::vector<Pair> pairs;
  for (Vertex u = 0; u < graph.left_count(); ++u) {
    for (Vertex v = u + 1; v < graph.left_count(); ++v) {
      Pair pair{u, v, 0};
      double bins = 0;
      for (const Vertex r : graph.rights_of(u)) {
        const auto rights = graph.rights_of(v);
        if (weights.rarity[r] <= 0 || !std::ranges::binary_search(rights, r)) continue;
        bins += static_cast<double>(weights.rarity[r]);
        pair.core = pair.core || static_cast<double>(vouching.observed[r]) >= options.vouch_core;
        pair.attach = pair.attach || pair.core || static_cast<double>(vouching.fitted[r]) >= options.vouch_attach;
      }
      if (bins == 0) continue;
      pair.surprise = null.surprise(u, v, bins);
      pairs.push_back(pair);
    }
  }
  // Benjamini-Hochberg on surprises rounded down to an eighth of a bit.
  std::ranges::sort(pairs, [](const Pair& a, const Pair& b) { return a.surprise > b.surprise; });
  const double tests = 0.5 * graph.left_count() * (graph.left_count() - 1.0);
  Similarity result;
  result.least_surprise = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const double bits = std::floor(static_cast<double>(pairs[k].surprise) * 8) / 8;
    if (std::exp2(-bits) <= options.alpha * static_cast<double>(k + 1) / tests) result.least_surprise = bits;
  }
  std::ranges::sort(pairs, {}, [](const Pair& pair) { return std::pair(pair.u, pair.v); });
  for (const Pair& pair : pairs) {
    const WeightedEdge edge{pair.u, pair.v, std::max(1.0F, pair.surprise)};
    if (pair.core || static_cast<double>(pair.surprise) >= result.least_surprise) {
      result.core.push_back(edge);
    } else if (pair.attach) {
      result.attach.push_back(edge);
    }
  }
  return result;
}

TEST_CASE("project: equals the definition on 60 small worlds at 1, 2 and 8 threads") {
  std::size_t core = 0, attach = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    World world = testing::honest_world(seed, 200);
    for (int ring = 0; ring < 3; ++ring) testing::plant_ring(world, kTight, random);
    const BipartiteArrays arrays = world.build();
    const Weights weights = weigh(arrays.view(), {});
    ProjectOptions options;
    options.vouch_core = 0.4;  // low, so that small worlds have edges of every kind
    options.vouch_attach = 0.1;
    const Similarity expected = by_definition(arrays.view(), weights, options);
    for (const unsigned threads : {1U, 2U, 8U}) {
      options.corroboration.threads = threads;
      const Similarity similarity = project(arrays.view(), weights, options);
      CHECK(similarity.core == expected.core);
      CHECK(similarity.attach == expected.attach);
      CHECK(similarity.least_surprise == expected.least_surprise);
    }
    core += expected.core.size();
    attach += expected.attach.size();
  }
  CHECK(core > 500);
  CHECK(attach > 100);
}

TEST_CASE("project: known hubs tie nobody, and the rest vouches as before") {
  World world = testing::honest_world(7, 300);
  Random random(7);
  for (int ring = 0; ring < 4; ++ring) testing::plant_ring(world, kTight, random);
  const BipartiteArrays arrays = world.build();
  std::vector<char> hubs(arrays.view().right_count(), 0);
  for (Vertex r = 0; r < hubs.size(); r += 3) hubs[r] = 1;
  const Weights all = weigh(arrays.view(), {}), without = weigh(arrays.view(), {.known_hubs = hubs});
  ProjectOptions options;
  const Similarity before = project(arrays.view(), all, options);
  options.calibration = &all;
  CHECK(project(arrays.view(), all, options).core == before.core);
  const Similarity after = project(arrays.view(), without, options);
  CHECK(after.vouching == before.vouching);
  for (const auto* edges : {&after.core, &after.attach}) {
    for (const WeightedEdge& edge : *edges) {
      const auto a = arrays.view().rights_of(edge.u), b = arrays.view().rights_of(edge.v);
      CHECK(std::ranges::any_of(a, [&](Vertex r) { return hubs[r] == 0 && std::ranges::binary_search(b, r); }));
    }
  }
}

TEST_CASE("project: relabelled accounts give the same pairs") {
  World world = testing::honest_world(5, 400);
  Random random(5);
  for (int ring = 0; ring < 4; ++ring) testing::plant_ring(world, {}, random);
  std::vector<Vertex> number_of(world.accounts());
  for (Vertex a = 0; a < number_of.size(); ++a) number_of[a] = (a * 11 + 5) % static_cast<Vertex>(number_of.size());
  const BipartiteArrays arrays = world.build(), turned = world.build_relabelled(number_of);
  const Similarity one = project(arrays.view(), weigh(arrays.view(), {}), {});
  const Similarity other = project(turned.view(), weigh(turned.view(), {}), {});
  std::map<std::pair<Vertex, Vertex>, float> expected;
  for (const WeightedEdge& e : one.core) expected[std::minmax(number_of[e.u], number_of[e.v])] = e.weight;
  CHECK(expected.size() == other.core.size());
  for (const WeightedEdge& e : other.core) CHECK(expected.at({e.u, e.v}) == e.weight);
  CHECK(one.least_surprise == other.least_surprise);
}

TEST_CASE("project: a pair of accounts on one hub costs nothing and says nothing") {
  // Everyone is on one address; two of them share three private things.
  World world = testing::honest_world(1, 1500);
  for (Vertex a = 0; a < world.accounts(); ++a) world.touch(a, testing::kAddress, 1'000'000);
  const BipartiteArrays arrays = world.build();
  const BipartiteGraph graph = arrays.view();
  const Weights weights = weigh(graph, {.hub_accounts = 100});
  std::uint64_t pairs = 0;
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    if (weights.rarity[r] > 0) pairs += graph.right_degree(r) * (graph.right_degree(r) - 1) / 2;
    if (graph.right_degree(r) > 100) CHECK(weights.rarity[r] == 0);
  }
  const PairCounts counted = estimate_pairs(graph, 100);
  CHECK(counted.pairs == pairs);
  CHECK(counted.hubs >= 1);
  // The pairs that are looked at at all share something below the cap.
  const Corroboration corroboration = corroborate(weights.null(graph), {});
  std::uint64_t seen = 0;
  for (const std::uint64_t n : corroboration.surprise_counts) seen += n;
  CHECK(seen <= pairs);
  CHECK(seen < 1500ULL * 1499 / 2 / 4);
}

// Of all pairs of many worlds, how many have a chance of at most each level.
struct Calibration {
  std::vector<double> levels;
  std::vector<std::uint64_t> pairs_below = std::vector<std::uint64_t>(levels.size(), 0);
  std::uint64_t pairs = 0;

  void add(const BipartiteGraph& graph, const Weights& weights) {
    const PairNull null = weights.null(graph);
    RowAccumulator accumulator(graph.left_count());
    for (Vertex l = 0; l < graph.left_count(); ++l) {
      accumulator.visit_row(graph, weights.rarity, l, [&](Vertex other, Vertex, double bins) {
        const double p = std::exp2(-static_cast<double>(null.surprise(l, other, bins)));
        for (std::size_t i = 0; i < levels.size(); ++i) pairs_below[i] += p <= levels[i] ? 1U : 0U;
      });
    }
    pairs += std::uint64_t{graph.left_count()} * (graph.left_count() - 1) / 2;
  }
  double share(std::size_t level) const { return static_cast<double>(pairs_below[level]) / static_cast<double>(pairs); }
};

constexpr std::uint64_t kShuffles = 100;

TEST_CASE(
    "project: where all sharing is chance, no more pairs have p <= x than x says, and hardly any world has a pair "
    "kept") {
  const BipartiteArrays arrays = testing::honest_world(1, 2000).build();
  Calibration calibration{.levels = {1e-2, 1e-3, 1e-4}};
  int worlds_with_significant = 0, worlds_with_core = 0;
  for (std::uint64_t seed = 0; seed < kShuffles; ++seed) {
    const BipartiteArrays shuffled = shuffle_preserving_degrees(arrays.view(), {.seed = seed});
    const Weights weights = weigh(shuffled.view(), {});
    calibration.add(shuffled.view(), weights);
    const Similarity similarity = project(shuffled.view(), weights, {});
    worlds_with_significant += std::isinf(similarity.least_surprise) ? 0 : 1;
    worlds_with_core += similarity.core.empty() ? 0 : 1;
  }
  for (std::size_t i = 0; i < calibration.levels.size(); ++i) {
    const double expected = calibration.levels[i] * static_cast<double>(calibration.pairs);
    CHECK(static_cast<double>(calibration.pairs_below[i]) <= expected + 5 * std::sqrt(expected));
    CHECK(static_cast<double>(calibration.pairs_below[i]) >= expected / 10);  // strict, but not blind
  }
  CHECK(worlds_with_significant <= 1);
  CHECK(worlds_with_core <= 1);
}

TEST_CASE("project: whatever the layers weigh, no more pairs have p <= x than x says") {
  const BipartiteArrays arrays = testing::honest_world(2, 2000).build();
  for (const std::vector<double>& layer_weights : {std::vector{0.2, 1.0, 1.0}, {1.0, 5.0, 1.0}, {3.0, 0.1, 30.0}}) {
    Calibration calibration{.levels = {1e-2, 1e-3, 1e-4}};
    int worlds_with_core = 0;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      const BipartiteArrays shuffled = shuffle_preserving_degrees(arrays.view(), {.seed = seed});
      const Weights weights = weigh(shuffled.view(), {.layer_weights = layer_weights});
      calibration.add(shuffled.view(), weights);
      worlds_with_core += project(shuffled.view(), weights, {}).core.empty() ? 0 : 1;
    }
    CAPTURE(layer_weights[0]);
    for (std::size_t i = 0; i < calibration.levels.size(); ++i) {
      const double expected = calibration.levels[i] * static_cast<double>(calibration.pairs);
      CAPTURE(calibration.levels[i]);
      CHECK(static_cast<double>(calibration.pairs_below[i]) <= expected + 5 * std::sqrt(expected));
    }
    CHECK(worlds_with_core <= 1);
  }
}

// Prints the table of docs/images/calibration.svg; run by name with --no-skip.
TEST_CASE("project: print the calibration table" * doctest::skip()) {
  const BipartiteArrays arrays = testing::honest_world(1, 2000).build();
  Calibration calibration;
  for (int half = 0; half <= 12; ++half) calibration.levels.push_back(std::pow(10, -0.5 * half));
  calibration.pairs_below.resize(calibration.levels.size());
  for (std::uint64_t seed = 0; seed < kShuffles; ++seed) {
    const BipartiteArrays shuffled = shuffle_preserving_degrees(arrays.view(), {.seed = seed});
    calibration.add(shuffled.view(), weigh(shuffled.view(), {}));
  }
  std::printf("%12s %12s %10s\n", "p", "share", "pairs");
  for (std::size_t i = 0; i < calibration.levels.size(); ++i) {
    std::printf("%12.3g %12.3g %10.0f\n", calibration.levels[i], calibration.share(i),
                static_cast<double>(calibration.pairs_below[i]));
  }
}

}  // namespace
}  // namespace ringscope
