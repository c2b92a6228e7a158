#include "engine/detect/project/run_tests.h"

#include <algorithm>
#include <map>

#include "engine/detect/project/project.h"
#include "engine/load/snapshot.h"

namespace ringscope {
namespace {

// The scale of an account depends on its degree in the layer only.
std::vector<std::pair<std::uint32_t, float>> scales_of(const BipartiteGraph& graph, const Weights& weights,
                                                       std::size_t layer) {
  std::map<std::uint32_t, float> by_degree;
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    const auto rights = graph.rights_of(l);
    const auto first = std::lower_bound(rights.begin(), rights.end(), graph.layer_begin(layer));
    const auto last = std::lower_bound(first, rights.end(), graph.layer_end(layer));
    if (first != last) {
      by_degree.emplace(static_cast<std::uint32_t>(last - first), weights.left_scale[l * weights.layers + layer]);
    }
  }
  return {by_degree.begin(), by_degree.end()};
}

}  // namespace

PairModel pair_model(const Snapshot& snapshot, const Weights& weights, const Similarity& similarity) {
  const BipartiteGraph graph = snapshot.graph();
  PairModel model;
  for (std::size_t bin = 0; bin < weights.intensity.size(); ++bin) {
    if (weights.intensity[bin] > 0)
      model.intensity.emplace_back(static_cast<std::uint32_t>(bin), weights.intensity[bin]);
  }
  model.layers.reserve(graph.layer_count());
  for (std::size_t k = 0; k < graph.layer_count(); ++k) {
    LayerModel layer;
    layer.kind = snapshot.layers[k].name;
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) layer.edges += graph.right_degree(r);
    layer.scales = scales_of(graph, weights, k);
    for (const VouchClass& one : similarity.classes) {
      if (one.layer == k) layer.vouches.push_back({one.log2_accounts, one.observed, one.fitted});
    }
    model.layers.push_back(std::move(layer));
  }
  return model;
}

}  // namespace ringscope
