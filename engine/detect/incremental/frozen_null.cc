#include "engine/detect/incremental/frozen_null.h"

#include <algorithm>
#include <array>
#include <bit>

namespace ringscope {
namespace {

unsigned class_of(ArcIndex degree) { return static_cast<unsigned>(std::bit_width(degree | 1)) - 1; }

struct Rates {
  float observed = 0;
  float fitted = 0;
};

// By layer and class.
using ClassRates = std::vector<std::array<Rates, 32>>;

ClassRates rates_by_class(const std::vector<VouchClass>& classes, std::size_t layers) {
  ClassRates rates(layers);
  for (const VouchClass& one : classes) rates[one.layer][one.log2_accounts] = {one.observed, one.fitted};
  return rates;
}

void scale_account(const BipartiteGraph& graph, Vertex account, const FrozenNull& null, std::span<float> scales) {
  const auto rights = graph.rights_of(account);
  auto at = rights.begin();
  for (std::size_t k = 0; k < scales.size(); ++k) {
    const auto end = std::lower_bound(at, rights.end(), graph.layer_end(k));
    scales[k] = scale_at(null.curves[k], static_cast<std::size_t>(end - at));
    at = end;
  }
}

}  // namespace

FrozenNull freeze_null(const Weights& weights, const Similarity& similarity, double vouch_core, double vouch_attach) {
  return {weights.hub_accounts, weights.curves, weights.intensity, similarity.least_surprise,
          vouch_core,           vouch_attach,   similarity.classes};
}

FrozenEntities freeze_entities(const BipartiteGraph& graph, const Weights& weights, const Similarity& similarity) {
  FrozenEntities entities{weights.hubs, weights.trust, std::vector<char>(graph.right_count(), 0)};
  const ClassRates rates = rates_by_class(similarity.classes, graph.layer_count());
  for (std::size_t k = 0; k < graph.layer_count(); ++k) {
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
      const bool vouches = weights.rarity[r] > 0 && rates[k][class_of(graph.right_degree(r))].fitted > 0;
      entities.mute[r] = vouches && similarity.vouching[r] <= 0 ? 1 : 0;
    }
  }
  return entities;
}

Weights weigh_frozen(const BipartiteGraph& graph, const FrozenNull& null, const FrozenEntities& entities,
                     std::span<const char> known_hubs, const Consequences& consequences) {
  Weights weights{.hub_accounts = null.hub_accounts,
                  .rarity = std::vector<float>(graph.right_count(), 0),
                  .left_scale = std::vector<float>(std::size_t{graph.left_count()} * graph.layer_count(), 0),
                  .layers = graph.layer_count(),
                  .tails = CompoundPoissonTails(null.intensity, kMaxBins),
                  .intensity = null.intensity,
                  .hubs = std::vector<HubCause>(graph.right_count(), HubCause::none),
                  .trust = entities.trust,
                  .curves = null.curves};
  for (std::size_t k = 0; k < graph.layer_count(); ++k) {
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
      const ArcIndex degree = graph.right_degree(r);
      if (degree > null.hub_accounts) {
        weights.hubs[r] = HubCause::over_cap;
      } else if (!known_hubs.empty() && known_hubs[r] != 0) {
        weights.hubs[r] = HubCause::listed;
      } else if (entities.hubs[r] == HubCause::uncorroborated) {
        weights.hubs[r] = HubCause::uncorroborated;
      } else {
        weights.rarity[r] = null.curves[k].rarity[degree];
      }
    }
  }
  const std::span<float> scales(weights.left_scale);
  for (Vertex l = 0; l < graph.left_count(); ++l)
    scale_account(graph, l, null, scales.subspan(l * weights.layers, weights.layers));
  take_consequences(consequences, weights);
  return weights;
}

PairCuts cuts_frozen(const BipartiteGraph& graph, const Weights& weights, const FrozenNull& null,
                     const FrozenEntities& entities) {
  PairCuts cuts{null.least_surprise, {}, null.vouch_core, null.vouch_attach};
  cuts.vouching.observed.resize(graph.right_count(), 0);
  cuts.vouching.fitted.resize(graph.right_count(), 0);
  const ClassRates rates = rates_by_class(null.classes, graph.layer_count());
  for (std::size_t k = 0; k < graph.layer_count(); ++k) {
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
      if (weights.rarity[r] <= 0 || entities.mute[r] != 0) continue;
      const Rates& rate = rates[k][class_of(graph.right_degree(r))];
      cuts.vouching.observed[r] = rate.observed;
      cuts.vouching.fitted[r] = rate.fitted;
    }
  }
  return cuts;
}

}  // namespace ringscope
