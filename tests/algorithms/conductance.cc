#include "algorithms/conductance.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

namespace {

std::vector<WeightedEdge> clique(Vertex first, Vertex count, float weight) {
  std::vector<WeightedEdge> edges;
  for (Vertex u = first; u < first + count; ++u) {
    for (Vertex v = u + 1; v < first + count; ++v) edges.push_back({u, v, weight});
  }
  return edges;
}

Partition blocks(Vertex n, Vertex size) {
  std::vector<Vertex> of(n);
  for (Vertex v = 0; v < n; ++v) of[v] = v / size;
  return canonical_partition(of);
}

double conductance_of(const Partition& partition, const std::vector<WeightedEdge>& edges, Vertex community) {
  double leaving = 0, touching = 0;
  for (const WeightedEdge& edge : edges) {
    const bool u = partition.community_of[edge.u] == community, v = partition.community_of[edge.v] == community;
    touching += static_cast<double>(edge.weight) * (u + v);
    if (u != v) leaving += static_cast<double>(edge.weight);
  }
  return touching > 0 ? leaving / touching : 0;
}

}  // namespace

TEST_CASE("merge_leaky: two cliques joined by one edge stay apart, the halves of a clique are joined") {
  std::vector<WeightedEdge> edges = clique(0, 6, 1.0F);
  const std::vector<WeightedEdge> other = clique(6, 6, 1.0F);
  edges.insert(edges.end(), other.begin(), other.end());
  edges.push_back({0, 6, 1.0F});
  CHECK(merge_leaky(blocks(12, 6), edges, 0.25) == blocks(12, 6));
  CHECK(merge_leaky(blocks(12, 3), edges, 0.25) == blocks(12, 6));
}

TEST_CASE("merge_leaky: a sparse random graph cut into pieces becomes one again") {
  Random random(4);
  std::vector<WeightedEdge> edges;
  for (Vertex u = 0; u < 2000; ++u) {
    for (int e = 0; e < 5; ++e) {
      const auto v = static_cast<Vertex>(random.below(2000));
      if (v != u) edges.push_back({u, v, 1.0F});
    }
  }
  CHECK(merge_leaky(blocks(2000, 50), edges, 0.25).community_count == 1);
}

TEST_CASE("merge_leaky: no community of the result leaks, whatever the order of the edges") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<WeightedEdge> edges;
    for (int e = 0; e < 120; ++e) {
      const auto u = static_cast<Vertex>(random.below(60));
      const auto v =
          random.chance(0.8) ? u / 6 * 6 + static_cast<Vertex>(random.below(6)) : static_cast<Vertex>(random.below(60));
      if (u != v) edges.push_back({u, v, static_cast<float>(1 + random.below(9)) * 0.3F});
    }
    const Partition result = merge_leaky(blocks(60, 3), edges, 0.25);
    for (Vertex c = 0; c < result.community_count; ++c) CHECK(conductance_of(result, edges, c) < 0.2501);
    for (std::size_t i = edges.size(); i > 1; --i) std::swap(edges[i - 1], edges[random.below(i)]);
    CHECK(merge_leaky(blocks(60, 3), edges, 0.25) == result);
  }
}
