#include "engine/detect/project/weigh.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "algorithms/null_model.h"
#include "engine/detect/project/helpers.h"

namespace ringscope {
namespace {

std::map<Vertex, std::uint64_t> entities_by_degree(const BipartiteGraph& graph) {
  std::map<Vertex, std::uint64_t> entities;
  for (Vertex r = 0; r < graph.right_count(); ++r) ++entities[static_cast<Vertex>(graph.right_degree(r))];
  return entities;
}

// One layer: fitnesses, and what they make of its entities.
struct LayerNull {
  SeparableBound bound;
  std::vector<Vertex> account_degrees;
  double mean_fitness = 0;  // of the accounts that have any of its entities
  double chance = 0;        // expected number of entities that two accounts of mean fitness share
  double weight = 1;        // of their bits
};

std::vector<Vertex> account_degrees(const BipartiteGraph& graph, std::size_t layer) {
  std::vector<Vertex> degrees(graph.left_count());
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    const auto rights = graph.rights_of(l);
    const auto first = std::lower_bound(rights.begin(), rights.end(), graph.layer_begin(layer));
    const auto last = std::lower_bound(first, rights.end(), graph.layer_end(layer));
    degrees[l] = static_cast<Vertex>(last - first);
  }
  return degrees;
}

std::vector<Vertex> entity_degrees(const BipartiteGraph& graph, std::size_t layer) {
  std::vector<Vertex> degrees;
  for (Vertex r = graph.layer_begin(layer); r < graph.layer_end(layer); ++r)
    degrees.push_back(static_cast<Vertex>(graph.right_degree(r)));
  return degrees;
}

double mean_fitness(const SeparableBound& bound, std::span<const Vertex> degrees) {
  std::map<Vertex, std::uint64_t> counts;
  for (const Vertex degree : degrees) ++counts[degree];
  counts.erase(0);
  double sum = 0, accounts = 0;
  for (const auto& [degree, count] : counts) {
    sum += bound.left_fitness(degree) * static_cast<double>(count);
    accounts += static_cast<double>(count);
  }
  return accounts > 0 ? sum / accounts : 0;
}

// What the bits of a layer are multiplied by.
double factor_of(const WeighOptions& options, std::size_t layer) {
  if (options.layer_weights.empty()) return 1;
  return options.layer_weights[layer] / std::max(1.0, std::ranges::max(options.layer_weights));
}

float rarity_at(const LayerNull& null, Vertex degree) {
  const double bins = std::floor(-2.0 * std::log2(null.bound.right_fitness(degree)) * kBinsPerBit * null.weight);
  return static_cast<float>(std::clamp(bins, 1.0, static_cast<double>(kMaxBins)));
}

// Adds the layer's entities to `rarity` (per entity) and `intensity` (per bin, for a pair of scale 1). `hubs` marks
// entities that count as hubs whatever their degree; empty: none.
LayerNull weigh_layer(const BipartiteGraph& graph, std::size_t layer, Vertex hub, std::span<const char> hubs,
                      double weight, std::vector<float>& rarity, std::vector<double>& intensity) {
  std::vector<Vertex> lefts = account_degrees(graph, layer);
  LayerNull null{fit_separable_bound(lefts, entity_degrees(graph, layer)), std::move(lefts)};
  null.weight = weight;
  null.mean_fitness = mean_fitness(null.bound, null.account_degrees);
  for (Vertex r = graph.layer_begin(layer); r < graph.layer_end(layer); ++r) {
    const ArcIndex degree = graph.right_degree(r);
    if (degree < 2 || degree > hub || (!hubs.empty() && hubs[r] != 0)) continue;
    const double fitness = null.bound.right_fitness(static_cast<Vertex>(degree));
    rarity[r] = rarity_at(null, static_cast<Vertex>(degree));
    const double chance = null.mean_fitness * null.mean_fitness * fitness * fitness;
    null.chance += chance;
    intensity[static_cast<std::size_t>(rarity[r])] += chance;
  }
  return null;
}

// The scale of a pair is the product of its fitnesses, in units of the layer's mean, averaged over layers by their
// chance of a shared entity: 1 for a pair that is ordinary in every layer. Where weights differ, a layer of many shared
// entities and little weight would hide how often those that weigh are shared: then each layer has the larger of its
// part by number and by weight.
std::vector<LayerCurve> curves_of(const std::vector<LayerNull>& layers, Vertex hub) {
  double total = 0, weighted = 0;
  for (const LayerNull& layer : layers) {
    total += layer.chance;
    weighted += layer.chance * layer.weight;
  }
  std::vector<LayerCurve> curves;
  for (const LayerNull& layer : layers) {
    const Vertex most = layer.account_degrees.empty() ? 0 : std::ranges::max(layer.account_degrees);
    LayerCurve curve{std::vector<float>(std::size_t{hub} + 1, 0), std::vector<float>(std::size_t{most} + 1, 0)};
    for (Vertex d = 2; most > 0 && d <= hub; ++d) curve.rarity[d] = rarity_at(layer, d);
    if (layer.chance > 0) {
      const double part = std::max(layer.chance / total, layer.chance * layer.weight / weighted);
      const double root = std::sqrt(part) / layer.mean_fitness;
      for (Vertex d = 0; d <= most; ++d) curve.scale[d] = static_cast<float>(root * layer.bound.left_fitness(d));
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

std::vector<float> scale_accounts(const BipartiteGraph& graph, const std::vector<LayerNull>& layers,
                                  const std::vector<LayerCurve>& curves) {
  std::vector<float> scale(std::size_t{graph.left_count()} * layers.size(), 0);
  for (std::size_t k = 0; k < layers.size(); ++k) {
    for (Vertex l = 0; l < graph.left_count(); ++l)
      scale[l * layers.size() + k] = curves[k].scale[layers[k].account_degrees[l]];
  }
  return scale;
}

// Takes from each rarity what follows from the entity anyway, so that sharing both counts as sharing the one. What
// follows first, so that chains add up.
std::vector<float> without_consequences(const Consequences& consequences, std::span<const float> full) {
  std::vector<float> rarity(full.begin(), full.end());
  std::vector<char> done(full.size(), 0);
  const auto reduce = [&](const auto& self, Vertex r) -> float {
    if (done[r] != 0 || full[r] <= 0) return rarity[r];
    done[r] = 1;
    float rest = full[r];
    for (const Vertex follows : consequences.of(r)) rest -= self(self, follows);
    rarity[r] = std::max(1.0F, rest);
    return rarity[r];
  };
  for (Vertex r = 0; r < full.size(); ++r) reduce(reduce, r);
  return rarity;
}

Weights weigh_without(const BipartiteGraph& graph, const WeighOptions& options, std::span<const char> hubs,
                      const Consequences& consequences) {
  const Vertex hub = hub_limit(entities_by_degree(graph), options);
  std::vector<float> rarity(graph.right_count(), 0);
  std::vector<double> intensity(kMaxBins + 1, 0);
  std::vector<LayerNull> layers;
  for (std::size_t k = 0; k < graph.layer_count(); ++k)
    layers.push_back(weigh_layer(graph, k, hub, hubs, factor_of(options, k), rarity, intensity));
  CompoundPoissonTails tails(intensity, kMaxBins);
  std::vector<LayerCurve> curves = curves_of(layers, hub);
  Weights weights{.hub_accounts = hub,
                  .rarity = std::move(rarity),
                  .left_scale = scale_accounts(graph, layers, curves),
                  .layers = layers.size(),
                  .tails = std::move(tails),
                  .intensity = std::move(intensity)};
  weights.curves = std::move(curves);
  take_consequences(consequences, weights);
  return weights;
}

bool is_known(const WeighOptions& options, Vertex r) {
  return !options.known_hubs.empty() && options.known_hubs[r] != 0;
}

std::vector<HubCause> hub_causes(const BipartiteGraph& graph, const WeighOptions& options, Vertex cap,
                                 std::span<const char> distrusted) {
  std::vector<HubCause> causes(graph.right_count(), HubCause::none);
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    if (graph.right_degree(r) > cap) {
      causes[r] = HubCause::over_cap;
    } else if (is_known(options, r)) {
      causes[r] = HubCause::listed;
    } else if (!distrusted.empty() && distrusted[r] != 0) {
      causes[r] = HubCause::uncorroborated;
    }
  }
  return causes;
}

}  // namespace

float scale_at(const LayerCurve& curve, std::size_t things) {
  if (things < curve.scale.size()) return curve.scale[things];
  if (curve.scale.size() < 2) return 0;
  return curve.scale.back() * static_cast<float>(things) / static_cast<float>(curve.scale.size() - 1);
}

void take_consequences(const Consequences& consequences, Weights& weights) {
  if (consequences.empty()) return;
  std::vector<float> rest = without_consequences(consequences, weights.rarity);
  weights.with_consequences = std::exchange(weights.rarity, std::move(rest));
}

Vertex hub_limit(const std::map<Vertex, std::uint64_t>& entities_by_degree, const WeighOptions& options) {
  std::uint64_t pairs = 0;
  for (const auto& [degree, entities] : entities_by_degree) {
    if (degree > options.hub_accounts) break;
    if (degree >= 2) pairs += entities * (std::uint64_t{degree} * (degree - 1) / 2);
    if (pairs > options.most_pairs) return degree - 1;
  }
  return options.hub_accounts;
}

Weights weigh(const BipartiteGraph& graph, const WeighOptions& options) {
  Weights weights = weigh_without(graph, options, options.known_hubs, find_consequences(graph));
  weights.hubs = hub_causes(graph, options, weights.hub_accounts, {});
  return weights;
}

Weights weigh_trusted(const BipartiteGraph& graph, const WeighOptions& options, const DistrustOptions& distrust,
                      const DetectHelper& helper) {
  const Consequences consequences = find_consequences(graph);
  const Weights first = weigh_without(graph, options, options.known_hubs, consequences);
  const PairNull null = first.null(graph);
  const Corroboration corroboration =
      helper.corroborate(graph, first, {.by = Corroborating::other_layers, .threads = distrust.threads});
  std::vector<float> trusted = trust(null, corroboration.joined_pairs, distrust.prior_pairs);
  std::vector<char> hubs(graph.right_count(), 0);
  for (Vertex r = 0; r < hubs.size(); ++r) {
    const auto d = static_cast<double>(graph.right_degree(r));
    // Of fewer pairs, none corroborated says little: the true rate is below 3 / pairs with 95% confidence.
    const bool enough = first.rarity[r] > 0 && d * (d - 1) / 2 >= 3 / distrust.least_trust;
    hubs[r] = is_known(options, r) || (enough && static_cast<double>(trusted[r]) < distrust.least_trust) ? 1 : 0;
  }
  Weights weights = weigh_without(graph, options, hubs, consequences);
  weights.hubs = hub_causes(graph, options, weights.hub_accounts, hubs);
  weights.trust = std::move(trusted);
  return weights;
}

}  // namespace ringscope
