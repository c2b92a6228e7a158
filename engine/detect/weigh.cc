#include "engine/detect/weigh.h"

#include <algorithm>
#include <cmath>

namespace ringscope {
namespace {

constexpr unsigned kMaxBins = 320;  // 160 bits; more surprise than that makes no difference

// Mean number of the layer's entities of an account that has any.
double mean_degree(const BipartiteGraph& graph, std::size_t layer, double edges) {
  double accounts = 0;
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    const auto rights = graph.rights_of(l);
    const auto first = std::lower_bound(rights.begin(), rights.end(), graph.layer_begin(layer));
    accounts += first != rights.end() && *first < graph.layer_end(layer) ? 1 : 0;
  }
  return accounts > 0 ? edges / accounts : 0;
}

std::vector<double> layer_edges(const BipartiteGraph& graph) {
  std::vector<double> edges(graph.layer_count(), 0);
  for (std::size_t k = 0; k < graph.layer_count(); ++k) {
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r)
      edges[k] += static_cast<double>(graph.right_degree(r));
  }
  return edges;
}

// The largest limit not above `most_accounts` that enumerates at most `most_pairs` pairs.
Vertex hub_limit(const BipartiteGraph& graph, const WeighOptions& options) {
  std::vector<std::uint64_t> pairs_at(std::size_t{options.hub_accounts} + 1, 0);
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    const ArcIndex d = graph.right_degree(r);
    if (d <= options.hub_accounts) pairs_at[d] += d * (d - 1) / 2;
  }
  std::uint64_t pairs = 0;
  for (Vertex d = 0; d <= options.hub_accounts; ++d) {
    pairs += pairs_at[d];
    if (pairs > options.most_pairs) return d - 1;
  }
  return options.hub_accounts;
}

// Layer by layer: rarities, and the expected number of shared entities of each rarity for a pair of scale 1.
struct LayerNull {
  std::vector<double> edges;
  std::vector<double> means;      // per layer: entities of an account that has any
  std::vector<double> chance;     // per layer: expected shared entities of two accounts of mean degree
  std::vector<double> intensity;  // the same per bin, all layers together
};

// `hubs` marks entities that count as hubs whatever their degree; empty: none.
LayerNull weigh_entities(const BipartiteGraph& graph, Vertex hub, const std::vector<char>& hubs,
                         std::vector<float>& rarity) {
  LayerNull null{layer_edges(graph), std::vector<double>(graph.layer_count(), 0),
                 std::vector<double>(graph.layer_count(), 0), std::vector<double>(kMaxBins + 1, 0)};
  for (std::size_t k = 0; k < graph.layer_count(); ++k) {
    null.means[k] = mean_degree(graph, k, null.edges[k]);
    const double mean_pair = null.means[k] * null.means[k];
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
      const auto d = static_cast<double>(graph.right_degree(r));
      if (d < 2 || d > hub || (!hubs.empty() && hubs[r] != 0)) continue;
      const double share = d / null.edges[k];
      const double bins = std::floor(-2.0 * std::log2(share) * kBinsPerBit);
      rarity[r] = static_cast<float>(std::clamp(bins, 1.0, static_cast<double>(kMaxBins)));
      null.chance[k] += mean_pair * share * share;
      null.intensity[static_cast<std::size_t>(rarity[r])] += mean_pair * share * share;
    }
  }
  return null;
}

// The scale of a pair is the product of its degrees, in units of the layer's mean, averaged over layers by their chance
// of a shared entity: 1 for a pair that is ordinary in every layer.
std::vector<float> scale_accounts(const BipartiteGraph& graph, const LayerNull& null) {
  const std::vector<double>& chance = null.chance;
  const std::size_t layers = graph.layer_count();
  double total = 0;
  for (const double c : chance) total += c;
  std::vector<float> scale(std::size_t{graph.left_count()} * layers, 0);
  if (total <= 0) return scale;
  for (std::size_t k = 0; k < layers; ++k) {
    if (chance[k] <= 0) continue;
    const double root = std::sqrt(chance[k] / total) / null.means[k];
    for (Vertex l = 0; l < graph.left_count(); ++l) {
      const auto rights = graph.rights_of(l);
      const auto first = std::lower_bound(rights.begin(), rights.end(), graph.layer_begin(k));
      const auto last = std::lower_bound(first, rights.end(), graph.layer_end(k));
      scale[l * layers + k] = static_cast<float>(root * static_cast<double>(last - first));
    }
  }
  return scale;
}

Weights weigh_without(const BipartiteGraph& graph, const WeighOptions& options, const std::vector<char>& hubs) {
  const Vertex hub = hub_limit(graph, options);
  std::vector<float> rarity(graph.right_count(), 0);
  const LayerNull null = weigh_entities(graph, hub, hubs, rarity);
  return {hub, std::move(rarity), scale_accounts(graph, null), graph.layer_count(),
          CompoundPoissonTails(null.intensity, kMaxBins)};
}

}  // namespace

Weights weigh(const BipartiteGraph& graph, const WeighOptions& options) { return weigh_without(graph, options, {}); }

Weights weigh_trusted(const BipartiteGraph& graph, const WeighOptions& options, const DistrustOptions& distrust) {
  const Weights first = weigh(graph, options);
  const PairNull null = first.null(graph);
  const Corroboration corroboration =
      corroborate(null, {.by = Corroborating::other_layers, .threads = distrust.threads});
  const std::vector<float> trusted = trust(null, corroboration.joined_pairs, distrust.prior_pairs);
  std::vector<char> hubs(graph.right_count(), 0);
  for (Vertex r = 0; r < hubs.size(); ++r) {
    const auto d = static_cast<double>(graph.right_degree(r));
    // Of fewer pairs, none corroborated says little: the true rate is below 3 / pairs with 95% confidence.
    const bool enough = first.rarity[r] > 0 && d * (d - 1) / 2 >= 3 / distrust.least_trust;
    hubs[r] = enough && static_cast<double>(trusted[r]) < distrust.least_trust ? 1 : 0;
  }
  return weigh_without(graph, options, hubs);
}

}  // namespace ringscope
