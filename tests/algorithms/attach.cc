#include "algorithms/attach.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

namespace {

Partition labels(std::vector<Vertex> of) { return canonical_partition(of); }

}  // namespace

TEST_CASE("attach: a free vertex joins the core of its strongest edge, and two cores never meet") {
  // Cores {0, 1} and {2, 3}; 4 leans to the second, 5 hangs on 4, 6 and 7 are a pair of their own, 8 is alone.
  const Partition cores = labels({0, 0, 2, 2, 4, 5, 6, 7, 8});
  const std::vector<WeightedEdge> edges = {{1, 2, 9.0F}, {1, 4, 3.0F}, {3, 4, 5.0F}, {4, 5, 1.0F}, {6, 7, 2.0F}};
  CHECK(attach(cores, edges) == labels({0, 0, 2, 2, 2, 2, 6, 6, 8}));
}

TEST_CASE("attach: free vertices may group, but the group takes at most one core") {
  const Partition cores = labels({0, 0, 2, 2, 4, 5});
  const std::vector<WeightedEdge> edges = {{4, 5, 9.0F}, {1, 4, 5.0F}, {2, 5, 4.0F}};
  CHECK(attach(cores, edges) == labels({0, 0, 2, 2, 0, 0}));
}

TEST_CASE("attach: the order of the edges does not show, and no result joins two cores") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<Vertex> of(60);
    for (Vertex v = 0; v < 60; ++v) of[v] = v < 30 ? v / 5 * 5 : v;
    const Partition cores = labels(of);
    std::vector<WeightedEdge> edges;
    for (int e = 0; e < 80; ++e) {
      const auto u = static_cast<Vertex>(random.below(60)), v = static_cast<Vertex>(random.below(60));
      if (u != v) edges.push_back({u, v, static_cast<float>(random.below(6))});
    }
    const Partition result = attach(cores, edges);
    for (std::size_t i = edges.size(); i > 1; --i) std::swap(edges[i - 1], edges[random.below(i)]);
    for (WeightedEdge& edge : edges) std::swap(edge.u, edge.v);
    CHECK(attach(cores, edges) == result);
    for (Vertex u = 0; u < 30; ++u) {
      for (Vertex v = 0; v < 30; ++v) {
        CHECK((cores.community_of[u] == cores.community_of[v]) == (result.community_of[u] == result.community_of[v]));
      }
    }
  }
}
