// The null model of an earlier run, held against another graph: what an entity of so many accounts is worth, the scale
// of an account with so many things, the cut of the pair test, and how far classes of entities vouch stay as they were.
#pragma once

#include <span>
#include <vector>

#include "engine/detect/project/project.h"

namespace ringscope {

struct FrozenNull {
  Vertex hub_accounts = 0;         // the limit that was in force
  std::vector<LayerCurve> curves;  // by layer
  std::vector<double> intensity;   // of the tails
  double least_surprise = 0;       // bits
  double vouch_core = 0;
  double vouch_attach = 0;
  std::vector<VouchClass> classes;
};

// What was found out about single entities and stays so: parallel to the entities of a graph.
struct FrozenEntities {
  std::vector<HubCause> hubs;  // only `uncorroborated` is read: the limit and the operator's list are applied anew
  std::vector<float> trust;
  std::vector<char> mute;  // 1: vouched for nothing, although its class did
};

FrozenNull freeze_null(const Weights& weights, const Similarity& similarity, double vouch_core, double vouch_attach);
FrozenEntities freeze_entities(const BipartiteGraph& graph, const Weights& weights, const Similarity& similarity);

// The weights of the graph under the null: of the graph that it was made of, the very same. `known_hubs` as in
// WeighOptions. O(entities + accounts * layers).
Weights weigh_frozen(const BipartiteGraph& graph, const FrozenNull& null, const FrozenEntities& entities,
                     std::span<const char> known_hubs, const Consequences& consequences = {});

// The cuts of the graph under the null. Entities of a class that there was none of vouch for nothing.
PairCuts cuts_frozen(const BipartiteGraph& graph, const Weights& weights, const FrozenNull& null,
                     const FrozenEntities& entities);

}  // namespace ringscope
