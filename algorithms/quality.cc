#include "algorithms/quality.h"

#include <algorithm>
#include <vector>

namespace ringscope {
namespace {

// Weight of the arcs within communities (each edge twice), and of all arcs of each community.
struct ArcWeights {
  double inside = 0;
  std::vector<double> of_community;
};

ArcWeights arc_weights(const CsrGraph& graph, const Partition& partition) {
  ArcWeights result;
  result.of_community.assign(partition.community_count, 0);
  for (Vertex v = 0; v < graph.vertex_count(); ++v) {
    const Vertex own = partition.community_of[v];
    for (ArcIndex arc = graph.arcs_begin(v); arc < graph.arcs_end(v); ++arc) {
      const auto weight = static_cast<double>(graph.weight(arc));
      result.of_community[own] += weight;
      if (partition.community_of[graph.target(arc)] == own) result.inside += weight;
    }
  }
  return result;
}

}  // namespace

double modularity(const CsrGraph& graph, const Partition& partition, double resolution) {
  const ArcWeights sums = arc_weights(graph, partition);
  double total = 0;
  for (const double weight : sums.of_community) total += weight;
  if (total == 0) return 0;
  double expected = 0;
  for (const double weight : sums.of_community) expected += (weight / total) * (weight / total);
  return sums.inside / total - resolution * expected;
}

double cpm_quality(const CsrGraph& graph, const Partition& partition, double resolution,
                   std::span<const float> vertex_weights) {
  std::vector<double> size(partition.community_count, 0);
  double squares = 0;
  for (std::size_t v = 0; v < partition.community_of.size(); ++v) {
    const double weight = vertex_weights.empty() ? 1.0 : static_cast<double>(vertex_weights[v]);
    size[partition.community_of[v]] += weight;
    squares += weight * weight;
  }
  double pairs = -squares;
  for (const double s : size) pairs += s * s;
  return (arc_weights(graph, partition).inside - resolution * pairs) / 2;
}

Vertex disconnected_communities(const CsrGraph& graph, const Partition& partition) {
  std::vector<char> seen(graph.vertex_count(), 0);
  std::vector<Vertex> parts(partition.community_count, 0);
  std::vector<Vertex> stack;
  for (Vertex root = 0; root < graph.vertex_count(); ++root) {
    if (seen[root] != 0) continue;
    ++parts[partition.community_of[root]];
    seen[root] = 1;
    stack.push_back(root);
    while (!stack.empty()) {
      const Vertex v = stack.back();
      stack.pop_back();
      for (const Vertex u : graph.neighbors(v)) {
        if (seen[u] != 0 || partition.community_of[u] != partition.community_of[v]) continue;
        seen[u] = 1;
        stack.push_back(u);
      }
    }
  }
  return static_cast<Vertex>(std::ranges::count_if(parts, [](Vertex n) { return n > 1; }));
}

}  // namespace ringscope
