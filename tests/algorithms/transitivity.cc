#include "algorithms/transitivity.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

namespace {

Partition blocks(Vertex n, Vertex size) {
  std::vector<Vertex> of(n);
  for (Vertex v = 0; v < n; ++v) of[v] = v / size;
  return canonical_partition(of);
}

// By trying every three communities.
Partition merged_by_hand(const Partition& partition, const std::vector<WeightedEdge>& edges) {
  const Vertex n = partition.community_count;
  std::vector<std::vector<std::set<Vertex>>> ends(n, std::vector<std::set<Vertex>>(n));
  for (const WeightedEdge& edge : edges) {
    const Vertex a = partition.community_of[edge.u], b = partition.community_of[edge.v];
    ends[a][b].insert(edge.u);
    ends[b][a].insert(edge.v);
  }
  std::vector<std::size_t> size(n, 0);
  for (const Vertex c : partition.community_of) ++size[c];
  for (Vertex a = 0; a < n; ++a) {
    for (Vertex b = a + 1; b < n; ++b) {
      const std::size_t tied = size[a] <= size[b] ? ends[a][b].size() : ends[b][a].size();
      if (10 * tied >= std::min(size[a], size[b])) continue;
      ends[a][b].clear();
      ends[b][a].clear();
    }
  }
  const auto own_ties = [&](Vertex x, Vertex y, Vertex z) {
    return !ends[x][y].empty() && !ends[x][z].empty() && (ends[x][y].size() > 1 || ends[x][y] != ends[x][z]);
  };
  std::vector<Vertex> label(n);
  for (Vertex c = 0; c < n; ++c) label[c] = c;
  for (Vertex a = 0; a < n; ++a) {
    for (Vertex b = a + 1; b < n; ++b) {
      for (Vertex c = b + 1; c < n; ++c) {
        if (!own_ties(a, b, c) || !own_ties(b, a, c) || !own_ties(c, a, b)) continue;
        const Vertex from_b = label[b], from_c = label[c], to = label[a];
        for (Vertex& l : label) l = l == from_b || l == from_c ? to : l;
      }
    }
  }
  std::vector<Vertex> labels;
  for (const Vertex c : partition.community_of) labels.push_back(label[c]);
  return canonical_partition(labels);
}

}  // namespace

TEST_CASE("merge_transitive: three communities tied in a circle by different vertices become one") {
  CHECK(merge_transitive(blocks(9, 3), {{{0, 3, 1.0F}, {4, 6, 1.0F}, {7, 1, 1.0F}}}) == blocks(9, 9));
}

TEST_CASE("merge_transitive: two communities stay apart, however many their ties, and so does a chain") {
  std::vector<WeightedEdge> edges;
  for (Vertex v = 0; v < 10; ++v) edges.push_back({v, 10 + v, 1.0F});
  CHECK(merge_transitive(blocks(20, 10), edges) == blocks(20, 10));
  CHECK(merge_transitive(blocks(9, 3), {{{0, 3, 1.0F}, {4, 6, 1.0F}}}) == blocks(9, 3));
}

TEST_CASE("merge_transitive: one vertex with ties to two communities proves nothing about its own") {
  CHECK(merge_transitive(blocks(9, 3), {{{0, 3, 1.0F}, {4, 6, 1.0F}, {7, 0, 1.0F}}}) == blocks(9, 3));
  // A second vertex does.
  CHECK(merge_transitive(blocks(9, 3), {{{0, 3, 1.0F}, {4, 6, 1.0F}, {7, 0, 1.0F}, {7, 2, 1.0F}}}) == blocks(9, 9));
}

TEST_CASE("merge_transitive: of large communities one vertex in ten is tied, or it is chance") {
  std::vector<WeightedEdge> edges;  // two vertices of 20 are tied to each of the others
  for (const Vertex v : {Vertex{0}, Vertex{1}}) {
    edges.push_back({v, 20 + v, 1.0F});
    edges.push_back({20 + 10 + v, 40 + v, 1.0F});
    edges.push_back({40 + 10 + v, 10 + v, 1.0F});
  }
  CHECK(merge_transitive(blocks(60, 20), edges) == blocks(60, 60));
  edges.pop_back();  // one of the third's
  CHECK(merge_transitive(blocks(60, 20), edges) == blocks(60, 20));
  edges.push_back({51, 10, 1.0F});  // two of the third's, but one of the first's: of equal ones the first is looked at
  CHECK(merge_transitive(blocks(60, 20), edges) == blocks(60, 20));
}

TEST_CASE("merge_transitive: equals brute force on 200 random graphs, whatever the order of the edges") {
  Vertex merged = 0, kept = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto n = static_cast<Vertex>(6 + random.below(40));
    const bool large = seed % 4 == 3;
    const Partition partition = blocks(large ? 5 * n : n, static_cast<Vertex>((large ? 25 : 1) + random.below(5)));
    std::vector<WeightedEdge> edges;
    for (std::uint64_t e = 0; e < 2 + n / 2; ++e) {
      const auto u = static_cast<Vertex>(random.below(partition.community_of.size())),
                 v = static_cast<Vertex>(random.below(partition.community_of.size()));
      if (u != v) edges.push_back({u, v, 1.0F});
    }
    const Partition result = merge_transitive(partition, edges);
    CHECK(result == merged_by_hand(partition, edges));
    std::reverse(edges.begin(), edges.end());
    for (WeightedEdge& edge : edges) std::swap(edge.u, edge.v);
    CHECK(result == merge_transitive(partition, edges));
    (result == partition ? kept : merged) += 1;
  }
  CHECK(merged > 20);
  CHECK(kept > 20);
}
