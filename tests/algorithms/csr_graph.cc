#include "algorithms/csr_graph.h"

#include <map>
#include <vector>

#include <doctest/doctest.h>

#include "algorithms/bipartite_graph.h"
#include "base/error.h"
#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

bool same(const CsrArrays& a, const CsrArrays& b) {
  return a.offsets == b.offsets && a.targets == b.targets && a.weights == b.weights;
}

TEST_CASE("build_csr: loops are dropped, parallel edges of either direction are summed, rows ascend") {
  const std::vector<WeightedEdge> edges{{2, 1, 0.5F}, {0, 2, 1.0F}, {1, 1, 9.0F}, {1, 2, 0.25F}};
  const CsrArrays arrays = build_csr(4, edges);
  CHECK(arrays.offsets == std::vector<ArcIndex>{0, 1, 2, 4, 4});
  CHECK(arrays.targets == std::vector<Vertex>{2, 2, 0, 1});
  CHECK(arrays.weights == std::vector<float>{1.0F, 0.75F, 1.0F, 0.75F});
}

TEST_CASE("build_csr: equals a map of pairs on 200 random graphs, and the order of the edges does not show") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto n = static_cast<Vertex>(1 + random.below(30));
    std::vector<WeightedEdge> edges = testing::random_edges(random, n, random.below(120));
    std::map<std::pair<Vertex, Vertex>, float> expected;
    for (const WeightedEdge& e : edges) {
      if (e.u == e.v) continue;
      expected[{e.u, e.v}] += e.weight;
      expected[{e.v, e.u}] += e.weight;
    }
    const CsrArrays arrays = build_csr(n, edges);
    const CsrGraph graph = arrays.view();
    auto it = expected.begin();
    REQUIRE(graph.arc_count() == expected.size());
    for (Vertex v = 0; v < n; ++v) {
      for (ArcIndex arc = graph.arcs_begin(v); arc < graph.arcs_end(v); ++arc, ++it) {
        CHECK(it->first == std::pair{v, graph.target(arc)});
        CHECK(it->second == graph.weight(arc));
      }
    }
    testing::shuffle(edges, random);
    for (WeightedEdge& e : edges) {
      if (random.chance(0.5)) std::swap(e.u, e.v);
    }
    CHECK(same(arrays, build_csr(n, edges)));
  }
}

TEST_CASE("build_csr: sums of weights that round differently by order are still the same bits") {
  std::vector<WeightedEdge> edges{{0, 1, 1e8F}, {0, 1, 1.0F}, {1, 0, 3e-5F}, {0, 1, -1e8F}, {1, 0, 0.1F}};
  const CsrArrays first = build_csr(2, edges);
  Random random(3);
  for (int i = 0; i < 50; ++i) {
    testing::shuffle(edges, random);
    CHECK(same(first, build_csr(2, edges)));
  }
}

TEST_CASE("build_csr: an edge beyond the vertices is an error") {
  const std::vector<WeightedEdge> edges{{0, 5, 1.0F}};
  CHECK_THROWS_AS(build_csr(5, edges), Error);
}

TEST_CASE("build_csr: no vertex, no edge") {
  CHECK(build_csr(0, {}).view().vertex_count() == 0);
  CHECK(build_csr(3, {}).view().arc_count() == 0);
}

TEST_CASE("induced_subgraph: keeps the edges between members and renumbers, on 200 random graphs") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const Vertex n = 25;
    const CsrArrays arrays = build_csr(n, testing::random_edges(random, n, 80));
    std::vector<Vertex> members;
    std::vector<Vertex> position(n, n);
    for (Vertex v = 0; v < n; ++v) {
      if (!random.chance(0.5)) continue;
      position[v] = static_cast<Vertex>(members.size());
      members.push_back(v);
    }
    std::vector<WeightedEdge> inside;
    for (const Vertex v : members) {
      for (ArcIndex arc = arrays.view().arcs_begin(v); arc < arrays.view().arcs_end(v); ++arc) {
        const Vertex u = arrays.targets[arc];
        if (u > v && position[u] < n) inside.push_back({position[v], position[u], arrays.weights[arc]});
      }
    }
    CHECK(same(induced_subgraph(arrays.view(), members), build_csr(static_cast<Vertex>(members.size()), inside)));
  }
}

TEST_CASE("build_bipartite: columns are the transposed rows, and edge numbers lead back") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const BipartiteArrays arrays = testing::random_bipartite(random, 12, 9, 0.3);
    const BipartiteGraph graph = arrays.view();
    ArcIndex edges = 0;
    for (Vertex r = 0; r < graph.right_count(); ++r) {
      CHECK(std::ranges::is_sorted(graph.lefts_of(r)));
      for (std::size_t i = 0; i < graph.right_degree(r); ++i, ++edges) {
        const ArcIndex edge = graph.edges_of(r)[i];
        const Vertex l = graph.lefts_of(r)[i];
        CHECK(arrays.left_targets[edge] == r);
        CHECK(graph.left_begin(l) <= edge);
        CHECK(edge < graph.left_begin(l) + graph.left_degree(l));
      }
    }
    CHECK(edges == graph.edge_count());
  }
}

TEST_CASE("build_bipartite: arrays that do not fit together are an error") {
  CHECK_THROWS_AS(build_bipartite({0, 2}, {0}, 1, {0, 1}), Error);
  CHECK_THROWS_AS(build_bipartite({0, 1}, {1}, 1, {0, 1}), Error);
  CHECK_THROWS_AS(build_bipartite({0, 1}, {0}, 1, {0, 2}), Error);
  CHECK_THROWS_AS(build_bipartite({}, {}, 0, {0}), Error);
}

}  // namespace
}  // namespace ringscope
