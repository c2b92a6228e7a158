// Graphs for the tests: drawn at random from a seed, or well known.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "algorithms/bipartite_graph.h"
#include "algorithms/csr_graph.h"
#include "base/random.h"

namespace ringscope::testing {

// Up to `edges` edges between random vertices, with loops and parallels, weights 0.25, 0.5, … 4.
inline std::vector<WeightedEdge> random_edges(Random& random, Vertex vertices, std::size_t edges) {
  std::vector<WeightedEdge> result;
  for (std::size_t i = 0; i < edges; ++i) {
    const auto u = static_cast<Vertex>(random.below(vertices));
    const auto v = static_cast<Vertex>(random.below(vertices));
    result.push_back({u, v, 0.25F * static_cast<float>(1 + random.below(16))});
  }
  return result;
}

template <class Value>
void shuffle(std::vector<Value>& values, Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

// Groups of `size` vertices; inside a group an edge has probability `inside`, between groups `between`.
inline std::vector<WeightedEdge> planted_edges(Random& random, Vertex groups, Vertex size, double inside,
                                               double between) {
  std::vector<WeightedEdge> edges;
  for (Vertex u = 0; u < groups * size; ++u) {
    for (Vertex v = u + 1; v < groups * size; ++v) {
      if (random.chance(u / size == v / size ? inside : between)) edges.push_back({u, v, 1.0F});
    }
  }
  return edges;
}

// One layer; each of left * right edges with probability `density`.
inline BipartiteArrays random_bipartite(Random& random, Vertex left, Vertex right, double density) {
  std::vector<ArcIndex> offsets{0};
  std::vector<Vertex> targets;
  for (Vertex l = 0; l < left; ++l) {
    for (Vertex r = 0; r < right; ++r) {
      if (random.chance(density)) targets.push_back(r);
    }
    offsets.push_back(targets.size());
  }
  return build_bipartite(std::move(offsets), std::move(targets), right, {0, right});
}

inline BipartiteArrays bipartite_of_rows(const std::vector<std::vector<Vertex>>& rows, Vertex right) {
  std::vector<ArcIndex> offsets{0};
  std::vector<Vertex> targets;
  for (const auto& row : rows) {
    targets.insert(targets.end(), row.begin(), row.end());
    offsets.push_back(targets.size());
  }
  return build_bipartite(std::move(offsets), std::move(targets), right, {0, right});
}

// Zachary's karate club (J. Anthropol. Res. 33:452, 1977), members 1 to 34 as 0 to 33.
inline std::vector<WeightedEdge> karate_club() {
  static constexpr int kPairs[][2] = {
      {1, 2},   {1, 3},   {1, 4},   {1, 5},   {1, 6},   {1, 7},   {1, 8},   {1, 9},   {1, 11},  {1, 12},
      {1, 13},  {1, 14},  {1, 18},  {1, 20},  {1, 22},  {1, 32},  {2, 3},   {2, 4},   {2, 8},   {2, 14},
      {2, 18},  {2, 20},  {2, 22},  {2, 31},  {3, 4},   {3, 8},   {3, 9},   {3, 10},  {3, 14},  {3, 28},
      {3, 29},  {3, 33},  {4, 8},   {4, 13},  {4, 14},  {5, 7},   {5, 11},  {6, 7},   {6, 11},  {6, 17},
      {7, 17},  {9, 31},  {9, 33},  {9, 34},  {10, 34}, {14, 34}, {15, 33}, {15, 34}, {16, 33}, {16, 34},
      {19, 33}, {19, 34}, {20, 34}, {21, 33}, {21, 34}, {23, 33}, {23, 34}, {24, 26}, {24, 28}, {24, 30},
      {24, 33}, {24, 34}, {25, 26}, {25, 28}, {25, 32}, {26, 32}, {27, 30}, {27, 34}, {28, 34}, {29, 32},
      {29, 34}, {30, 33}, {30, 34}, {31, 33}, {31, 34}, {32, 33}, {32, 34}, {33, 34}};
  std::vector<WeightedEdge> edges;
  for (const auto& pair : kPairs) {
    edges.push_back({static_cast<Vertex>(pair[0] - 1), static_cast<Vertex>(pair[1] - 1), 1.0F});
  }
  return edges;
}

}  // namespace ringscope::testing
