#include "algorithms/leiden.h"

#include <vector>

#include <doctest/doctest.h>

#include "algorithms/components.h"
#include "algorithms/quality.h"
#include "base/error.h"
#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

constexpr LeidenObjective kObjectives[] = {LeidenObjective::modularity, LeidenObjective::cpm};

double quality(const CsrGraph& graph, const Partition& partition, const LeidenOptions& options) {
  return options.objective == LeidenObjective::cpm ? cpm_quality(graph, partition, options.resolution)
                                                   : modularity(graph, partition, options.resolution);
}

// The best quality over all partitions, by restricted growth strings.
double best_quality(const CsrGraph& graph, const LeidenOptions& options) {
  const Vertex n = graph.vertex_count();
  std::vector<Vertex> labels(n, 0);
  double best = -1e300;
  const auto grow = [&](const auto& self, Vertex v, Vertex used) -> void {
    if (v == n) {
      best = std::max(best, quality(graph, canonical_partition(labels), options));
      return;
    }
    for (Vertex c = 0; c <= used; ++c) {
      labels[v] = c;
      self(self, v + 1, std::max(used, c + 1));
    }
  };
  grow(grow, 0, 0);
  return best;
}

TEST_CASE("leiden: two cliques joined by one edge become two communities") {
  std::vector<WeightedEdge> edges{{4, 5, 1.0F}};
  for (Vertex u = 0; u < 5; ++u) {
    for (Vertex v = u + 1; v < 5; ++v) {
      edges.push_back({u, v, 1.0F});
      edges.push_back({u + 5, v + 5, 1.0F});
    }
  }
  const CsrArrays arrays = build_csr(11, edges);
  const Partition expected{{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2}, 3};
  CHECK(leiden(arrays.view()) == expected);
  CHECK(leiden(arrays.view(), {.objective = LeidenObjective::cpm, .resolution = 0.5}) == expected);
  CHECK(modularity(arrays.view(), expected) == doctest::Approx(40.0 / 42 - 0.5));
  CHECK(cpm_quality(arrays.view(), expected, 0.5) == doctest::Approx(10));
}

TEST_CASE("leiden: the karate club reaches its best modularity, 0.4198 (Brandes et al., IEEE TKDE 20:172, 2008)") {
  const CsrArrays arrays = build_csr(34, testing::karate_club());
  REQUIRE(arrays.view().edge_count() == 78);
  const Partition partition = leiden(arrays.view());
  CHECK(partition.community_count == 4);
  CHECK(modularity(arrays.view(), partition) == doctest::Approx(0.4198).epsilon(1e-4));
}

TEST_CASE("leiden: close to the best of all partitions on 200 random graphs of up to 8 vertices") {
  double reached = 0;
  double possible = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto n = static_cast<Vertex>(2 + random.below(7));
    const CsrArrays arrays = build_csr(n, testing::random_edges(random, n, n + random.below(n)));
    LeidenOptions options{.objective = kObjectives[seed % 2], .resolution = 0.5 + random.uniform()};
    const double best = best_quality(arrays.view(), options);
    const double ours = quality(arrays.view(), leiden(arrays.view(), options), options);
    CHECK(ours <= best + 1e-9);
    if (options.objective == LeidenObjective::modularity) {
      CHECK(ours >= best - 0.08);
      reached += ours;
      possible += best;
    } else {
      CHECK(ours >= 0.8 * best);
    }
  }
  CHECK(reached >= 0.98 * possible);
}

TEST_CASE("leiden: every community is connected, at any resolution, on 200 random graphs") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto n = static_cast<Vertex>(2 + random.below(300));
    const CsrArrays arrays = build_csr(n, testing::random_edges(random, n, random.below(std::uint64_t{3} * n)));
    for (const LeidenObjective objective : kObjectives) {
      for (const double resolution : {0.01, 0.3, 1.0, 4.0}) {
        for (const int passes : {1, 3}) {
          const Partition partition = leiden(
              arrays.view(),
              {.objective = objective, .resolution = resolution, .seed = seed, .max_passes = passes, .threads = 1});
          CHECK(disconnected_communities(arrays.view(), partition) == 0);
          CHECK(partition == canonical_partition(partition.community_of));
        }
      }
    }
  }
}

TEST_CASE("leiden: the same at 1, 2 and 8 threads and for any order of the edges") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    std::vector<WeightedEdge> edges = testing::random_edges(random, 2000, 2500);
    const CsrArrays arrays = build_csr(2000, edges);
    testing::shuffle(edges, random);
    const CsrArrays shuffled = build_csr(2000, edges);
    for (const LeidenObjective objective : kObjectives) {
      const Partition one = leiden(arrays.view(), {.objective = objective, .seed = seed, .threads = 1});
      CHECK(leiden(arrays.view(), {.objective = objective, .seed = seed, .threads = 2}) == one);
      CHECK(leiden(shuffled.view(), {.objective = objective, .seed = seed, .threads = 8}) == one);
    }
  }
}

TEST_CASE("leiden: a component is clustered as if the others were not there, but for the total weight") {
  Random random(4);
  std::vector<WeightedEdge> first = testing::planted_edges(random, 4, 12, 0.7, 0.03);
  const LeidenOptions options{.objective = LeidenObjective::cpm, .resolution = 0.3};
  const Partition alone = leiden(build_csr(48, first).view(), options);
  for (WeightedEdge e : testing::planted_edges(random, 3, 12, 0.7, 0.03))
    first.push_back({e.u + 48, e.v + 48, e.weight});
  const Partition both = leiden(build_csr(84, first).view(), options);
  CHECK(std::equal(alone.community_of.begin(), alone.community_of.end(), both.community_of.begin()));
}

TEST_CASE("leiden: planted groups are found under any numbering of the vertices") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    std::vector<WeightedEdge> edges = testing::planted_edges(random, 6, 20, 0.6, 0.01);
    std::vector<Vertex> number(120);
    std::iota(number.begin(), number.end(), Vertex{0});
    testing::shuffle(number, random);
    std::vector<Vertex> truth(120);
    for (Vertex v = 0; v < 120; ++v) truth[number[v]] = v / 20;
    for (WeightedEdge& e : edges) e = {number[e.u], number[e.v], e.weight};
    const CsrArrays arrays = build_csr(120, edges);
    CHECK(leiden(arrays.view()) == canonical_partition(truth));
    CHECK(leiden(arrays.view(), {.objective = LeidenObjective::cpm, .resolution = 0.2}) == canonical_partition(truth));
  }
}

TEST_CASE("leiden: cpm counts a vertex by its weight") {
  const CsrArrays arrays = build_csr(3, std::vector<WeightedEdge>{{0, 1, 1.0F}, {1, 2, 1.0F}});
  const std::vector<float> weights{1.0F, 1.0F, 3.0F};
  const Partition partition =
      leiden(arrays.view(), {.objective = LeidenObjective::cpm, .resolution = 0.5, .vertex_weights = weights});
  CHECK(partition.community_of == std::vector<Vertex>{0, 0, 1});
  CHECK(cpm_quality(arrays.view(), partition, 0.5, weights) == doctest::Approx(0.5));
  const std::vector<float> two{1.0F, 1.0F};
  CHECK_THROWS_AS(leiden(arrays.view(), {.vertex_weights = two}), Error);
}

TEST_CASE("leiden: empty graphs and graphs without an edge") {
  CHECK(leiden(CsrGraph{}).community_count == 0);
  CHECK(leiden(build_csr(3, {}).view()).community_count == 3);
  CHECK(modularity(build_csr(3, {}).view(), leiden(build_csr(3, {}).view())) == 0);
}

TEST_CASE("quality: a community in two parts is counted") {
  const CsrArrays arrays = build_csr(4, std::vector<WeightedEdge>{{0, 1, 1.0F}, {2, 3, 1.0F}});
  CHECK(disconnected_communities(arrays.view(), {{0, 0, 0, 0}, 1}) == 1);
  CHECK(disconnected_communities(arrays.view(), {{0, 0, 1, 1}, 2}) == 0);
}

}  // namespace
}  // namespace ringscope
