#include "engine/detect/project/helpers.h"

namespace ringscope {
namespace {

class Alone final : public DetectHelper {
 public:
  Corroboration corroborate(const BipartiteGraph& graph, const Weights& weights,
                            const CorroborationOptions& options) const override {
    return ringscope::corroborate(weights.null(graph), options);
  }
  PairLinks keep_pairs(const BipartiteGraph& graph, const Weights& weights, const PairCuts& cuts,
                       unsigned threads) const override {
    return ringscope::keep_pairs(graph, weights, cuts, threads);
  }
  std::vector<Group> cluster(const BipartiteGraph& graph, const Similarity& similarity,
                             const ClusterOptions& options) const override {
    return ringscope::cluster(graph, similarity, options);
  }
};

}  // namespace

const DetectHelper& no_helper() {
  static const Alone alone;
  return alone;
}

Weights weigh_trusted(const BipartiteGraph& graph, const WeighOptions& options, const DistrustOptions& distrust) {
  return weigh_trusted(graph, options, distrust, no_helper());
}

Similarity project(const BipartiteGraph& graph, const Weights& weights, const ProjectOptions& options) {
  return project(graph, weights, options, no_helper());
}

}  // namespace ringscope
