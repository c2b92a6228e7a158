#include "algorithms/shuffle.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/random.h"

namespace ringscope {
namespace {

struct Edge {
  Vertex left, right;
};

std::uint64_t word_of(const Edge& edge) { return std::uint64_t{edge.left} << 32 | edge.right; }

void switch_edges(std::vector<Edge>& edges, int swaps, Random& random) {
  std::unordered_set<std::uint64_t> present;
  present.reserve(edges.size());
  for (const Edge& edge : edges) present.insert(word_of(edge));
  const std::uint64_t tries = edges.size() * static_cast<std::uint64_t>(swaps) / 2;
  for (std::uint64_t i = 0; i < tries; ++i) {
    Edge& a = edges[random.below(edges.size())];
    Edge& b = edges[random.below(edges.size())];
    const Edge to_a{a.left, b.right}, to_b{b.left, a.right};
    if (present.contains(word_of(to_a)) || present.contains(word_of(to_b))) continue;
    present.erase(word_of(a));
    present.erase(word_of(b));
    present.insert(word_of(to_a));
    present.insert(word_of(to_b));
    std::swap(a.right, b.right);
  }
}

}  // namespace

BipartiteArrays shuffle_preserving_degrees(const BipartiteGraph& graph, const ShuffleOptions& options) {
  std::vector<ArcIndex> offsets{0};
  for (Vertex l = 0; l < graph.left_count(); ++l) offsets.push_back(offsets.back() + graph.left_degree(l));
  std::vector<Vertex> targets(graph.edge_count()), layers;
  std::vector<ArcIndex> next(offsets.begin(), offsets.end());
  for (std::size_t layer = 0; layer < graph.layer_count(); ++layer) {
    layers.push_back(graph.layer_begin(layer));
    std::vector<Edge> edges;
    for (Vertex r = graph.layer_begin(layer); r < graph.layer_end(layer); ++r) {
      for (const Vertex l : graph.lefts_of(r)) edges.push_back({l, r});
    }
    Random random(options.seed, layer);
    if (edges.size() > 1) switch_edges(edges, options.swaps, random);
    for (const Edge& edge : edges) targets[next[edge.left]++] = edge.right;
  }
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    std::sort(targets.begin() + static_cast<std::ptrdiff_t>(offsets[l]),
              targets.begin() + static_cast<std::ptrdiff_t>(offsets[l + 1]));
  }
  layers.push_back(graph.right_count());
  return build_bipartite(std::move(offsets), std::move(targets), graph.right_count(), std::move(layers));
}

}  // namespace ringscope
