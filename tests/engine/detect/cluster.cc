#include "engine/detect/cluster.h"

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

}  // namespace
}  // namespace ringscope
