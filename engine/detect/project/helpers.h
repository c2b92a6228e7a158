// Who does the heavy stages of a detection: this process by itself, or others on parts of them. The answer is the same.
#pragma once

#include <vector>

#include "engine/detect/project/cluster.h"
#include "engine/detect/project/pair_links.h"

namespace ringscope {

struct Config;
struct Detection;  // engine/detect/detect.h
struct DetectProgress;
class Store;

class DetectHelper {
 public:
  virtual ~DetectHelper() = default;
  // As corroborate() of the weights' null.
  virtual Corroboration corroborate(const BipartiteGraph& graph, const Weights& weights,
                                    const CorroborationOptions& options) const = 0;
  // As keep_pairs().
  virtual PairLinks keep_pairs(const BipartiteGraph& graph, const Weights& weights, const PairCuts& cuts,
                               unsigned threads) const = 0;
  // As cluster().
  virtual std::vector<Group> cluster(const BipartiteGraph& graph, const Similarity& similarity,
                                     const ClusterOptions& options) const = 0;
};

// The process itself.
const DetectHelper& no_helper();

// weigh_trusted() and project() with a helper.
Weights weigh_trusted(const BipartiteGraph& graph, const WeighOptions& options, const DistrustOptions& distrust,
                      const DetectHelper& helper);
Similarity project(const BipartiteGraph& graph, const Weights& weights, const ProjectOptions& options,
                   const DetectHelper& helper);

// As detect() in DetectMode::once, with a helper.
Detection detect_with(Store& store, const Config& config, DetectProgress& progress, const DetectHelper& helper);

}  // namespace ringscope
