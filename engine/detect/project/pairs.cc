#include "engine/detect/project/pairs.h"

#include <algorithm>

namespace ringscope {
std::vector<char> known_hubs(const HubList& listed, const Snapshot& snapshot) {
  std::vector<char> hubs = mark_hubs(listed, snapshot);
  for (std::size_t r = 0; r < snapshot.classes.of.size(); ++r) {
    if (is_exit(snapshot.classes.of[r])) hubs[r] = 1;
  }
  return hubs;
}

PairStage::PairStage(const Config& config, const Snapshot& snapshot, const HubList& listed, const DetectHelper& helper)
    : hub_accounts_(config.detect.hub_accounts),
      known_hubs_(known_hubs(listed, snapshot)),
      listed_(std::ranges::count(known_hubs_, 0) != std::ssize(known_hubs_)),
      helper_(helper) {
  layer_weights_.reserve(snapshot.layers.size());
  for (const Layer& layer : snapshot.layers) layer_weights_.push_back(weight_of(snapshot.weights, layer.name));
  projecting_.alpha = config.detect.alpha;
  projecting_.significant = config.detect.tests.pairs;
  projecting_.corroboration.threads = config.threads;
  if (!config.detect.tests.vouching) projecting_.vouch_core = projecting_.vouch_attach = kNeverVouches;
}

PairStage::Weighed PairStage::weigh(const BipartiteGraph& graph) const {
  WeighOptions options{.hub_accounts = hub_accounts_, .known_hubs = known_hubs_, .layer_weights = layer_weights_};
  const DistrustOptions distrust{.threads = projecting_.corroboration.threads};
  Weighed weighed{weigh_trusted(graph, options, distrust, helper_), std::nullopt};
  options.known_hubs = {};
  if (listed_) weighed.unlisted = weigh_trusted(graph, options, distrust, helper_);
  return weighed;
}

Similarity PairStage::project(const BipartiteGraph& graph, const Weighed& weighed) const {
  ProjectOptions options = projecting_;
  if (weighed.unlisted) options.calibration = &*weighed.unlisted;
  return ringscope::project(graph, weighed.weights, options, helper_);
}

}  // namespace ringscope
