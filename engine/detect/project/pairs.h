// The pair stage, weigh and project, as a configuration asks for it.
#pragma once

#include <optional>
#include <vector>

#include "engine/config.h"
#include "engine/detect/project/helpers.h"
#include "engine/detect/project/project.h"
#include "engine/load/hub_list.h"
#include "engine/load/snapshot.h"

namespace ringscope {

// Rate of corroboration that no class of entities has: it switches vouching off.
inline constexpr double kNeverVouches = 2;

// By entity: 1 for those on the operator's list, and the exits of VPNs and of Tor: strangers share them.
std::vector<char> known_hubs(const HubList& listed, const Snapshot& snapshot);

class PairStage {
 public:
  // Of the snapshot it keeps the weights of the layers and which entities are listed.
  // The helper must outlive it.
  PairStage(const Config& config, const Snapshot& snapshot, const HubList& listed,
            const DetectHelper& helper = no_helper());

  struct Weighed {
    Weights weights;
    std::optional<Weights> unlisted;  // what vouching is measured with when the operator has a list of hubs
  };
  // Of the snapshot's graph, or of one with the same entities in the same layers. Cost: weigh_trusted(), project().
  Weighed weigh(const BipartiteGraph& graph) const;
  Similarity project(const BipartiteGraph& graph, const Weighed& weighed) const;

  const ProjectOptions& projecting() const { return projecting_; }

 private:
  std::uint32_t hub_accounts_;
  std::vector<char> known_hubs_;
  std::vector<double> layer_weights_;
  bool listed_;
  const DetectHelper& helper_;
  ProjectOptions projecting_;
};

}  // namespace ringscope
