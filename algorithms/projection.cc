#include "algorithms/projection.h"

#include <utility>

#include "base/error.h"

namespace ringscope {

std::vector<float> projection_weights(const BipartiteGraph& graph, std::span<const float> right_weights,
                                      const DegreeRange& degrees) {
  if (!right_weights.empty() && right_weights.size() != graph.right_count()) {
    throw Error(ErrorCode::usage, "a projection needs one weight a right vertex, or none");
  }
  std::vector<float> weights(graph.right_count());
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    const ArcIndex degree = graph.right_degree(r);
    if (degree < degrees.least || degree > degrees.most) continue;
    weights[r] = right_weights.empty() ? 1.0F : std::max(0.0F, right_weights[r]);
  }
  return weights;
}

PairCounts estimate_pairs(const BipartiteGraph& graph, Vertex max_degree) {
  PairCounts counts;
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    const ArcIndex degree = graph.right_degree(r);
    if (degree < 2) continue;
    if (degree > max_degree) {
      ++counts.hubs;
      continue;
    }
    ++counts.right_vertices;
    counts.pairs += degree * (degree - 1) / 2;
  }
  return counts;
}

std::vector<WeightedEdge> join_chunks(std::vector<std::vector<WeightedEdge>> chunks) {
  std::size_t total = 0;
  for (const auto& chunk : chunks) total += chunk.size();
  std::vector<WeightedEdge> all;
  all.reserve(total);
  for (auto& chunk : chunks) {
    all.insert(all.end(), chunk.begin(), chunk.end());
    std::exchange(chunk, {});
  }
  return all;
}

}  // namespace ringscope
