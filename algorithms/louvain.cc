#include "algorithms/louvain.h"

#include <numeric>

#include "algorithms/leiden_level.h"

namespace ringscope {
namespace {

LeidenLevel first_level(const CsrGraph& graph, double& strength) {
  LeidenLevel level;
  level.offsets.assign(graph.offsets().begin(), graph.offsets().end());
  level.targets.assign(graph.targets().begin(), graph.targets().end());
  level.weights.assign(graph.weights().begin(), graph.weights().end());
  level.sizes.assign(graph.vertex_count(), 0);
  for (Vertex v = 0; v < graph.vertex_count(); ++v) {
    for (const float weight : graph.neighbor_weights(v)) level.sizes[v] += static_cast<double>(weight);
    strength += level.sizes[v];
  }
  return level;
}

}  // namespace

Partition louvain(const CsrGraph& graph, const LouvainOptions& options) {
  double strength = 0;
  LeidenLevel level = first_level(graph, strength);
  std::vector<Vertex> of(graph.vertex_count());
  std::iota(of.begin(), of.end(), Vertex{0});
  LeidenSteps steps(strength > 0 ? options.resolution / strength : 0);
  Random random(options.seed);
  while (level.vertex_count() > 0) {
    std::vector<Vertex> community(level.vertex_count());
    std::iota(community.begin(), community.end(), Vertex{0});
    if (steps.move_vertices(level, community, random) == 0) break;
    const Partition sets = canonical_partition(community);
    for (Vertex& one : of) one = sets.community_of[one];
    level = steps.aggregate(level, sets);
  }
  return canonical_partition(of);
}

}  // namespace ringscope
