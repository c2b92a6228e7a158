#include "algorithms/label_propagation.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/random.h"

namespace ringscope {
namespace {

// The heaviest label around v; its own when that is as heavy as any.
Vertex heaviest(const CsrGraph& graph, std::span<const Vertex> label, Vertex v, std::vector<double>& weight) {
  const auto neighbors = graph.neighbors(v);
  const auto weights = graph.neighbor_weights(v);
  for (std::size_t i = 0; i < neighbors.size(); ++i) weight[label[neighbors[i]]] += static_cast<double>(weights[i]);
  Vertex best = label[v];
  for (const Vertex other : neighbors) {
    const Vertex one = label[other];
    if (weight[one] > weight[best] || (weight[one] == weight[best] && best != label[v] && one < best)) best = one;
  }
  for (const Vertex other : neighbors) weight[label[other]] = 0;
  return best;
}

}  // namespace

Partition label_propagation(const CsrGraph& graph, const LabelPropagationOptions& options) {
  const Vertex n = graph.vertex_count();
  std::vector<Vertex> label(n), order(n);
  std::iota(label.begin(), label.end(), Vertex{0});
  std::iota(order.begin(), order.end(), Vertex{0});
  Random random(options.seed);
  std::vector<double> weight(n, 0);
  for (int round = 0; round < options.max_rounds; ++round) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    bool changed = false;
    for (const Vertex v : order) {
      const Vertex best = heaviest(graph, label, v, weight);
      changed = changed || best != label[v];
      label[v] = best;
    }
    if (!changed) break;
  }
  return canonical_partition(label);
}

}  // namespace ringscope
