#include "engine/detect/project/project.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "algorithms/fdr.h"
#include "engine/detect/project/helpers.h"

namespace ringscope {
namespace {

// The least surprise, in bits, of a pair that the false discovery rate keeps; infinity when it keeps none.
double least_significant(std::span<const std::uint64_t> surprise_counts, std::uint64_t tests, double alpha) {
  std::vector<CountedPValue> p_values;
  for (std::size_t bin = 0; bin < surprise_counts.size(); ++bin) {
    p_values.push_back({std::exp2(-Corroboration::bits_of(bin)), surprise_counts[bin]});
  }
  const std::optional<double> most_p = fdr_threshold(p_values, tests, {.alpha = alpha});
  for (std::size_t bin = 0; most_p && bin < p_values.size(); ++bin) {
    if (p_values[bin].p <= *most_p) return Corroboration::bits_of(bin);
  }
  return std::numeric_limits<double>::infinity();
}

Vouching measure_vouching(const BipartiteGraph& graph, const Weights& weights, const CorroborationOptions& options,
                          const DetectHelper& helper) {
  return vouch(weights.null(graph), helper.corroborate(graph, weights, options).joined_pairs);
}

// Entities of a class have the same rates.
std::vector<VouchClass> classes_of(const PairNull& null, const Vouching& vouching) {
  std::vector<VouchClass> classes;
  for (std::size_t k = 0; k < null.graph.layer_count(); ++k) {
    std::vector<VouchClass> of_layer(std::numeric_limits<Vertex>::digits);
    for (Vertex r = null.graph.layer_begin(k); r < null.graph.layer_end(k); ++r) {
      const auto degree = static_cast<Vertex>(null.graph.right_degree(r));
      if (degree < 2 || null.rarity[r] <= 0) continue;
      const auto size = static_cast<unsigned>(std::bit_width(degree)) - 1;
      VouchClass& one = of_layer[size];
      one = {k, size, std::max(one.observed, vouching.observed[r]), std::max(one.fitted, vouching.fitted[r])};
    }
    std::copy_if(of_layer.begin(), of_layer.end(), std::back_inserter(classes),
                 [](const VouchClass& one) { return one.log2_accounts > 0; });
  }
  return classes;
}

}  // namespace

Similarity project(const BipartiteGraph& graph, const Weights& weights, const ProjectOptions& options,
                   const DetectHelper& helper) {
  const PairNull null = weights.null(graph);
  Corroboration corroboration = helper.corroborate(graph, weights, options.corroboration);
  const Vouching vouching = options.calibration == nullptr
                                ? vouch(null, corroboration.joined_pairs)
                                : measure_vouching(graph, *options.calibration, options.corroboration, helper);
  const std::uint64_t accounts = graph.left_count();
  Similarity result;
  result.least_surprise = std::numeric_limits<double>::infinity();
  if (options.significant) {
    result.least_surprise = least_significant(corroboration.surprise_counts,
                                              accounts * (std::max<std::uint64_t>(accounts, 1) - 1) / 2, options.alpha);
  }
  result.vouching = vouching.fitted;
  result.classes = classes_of(null, vouching);

  PairLinks links =
      helper.keep_pairs(graph, weights, {result.least_surprise, vouching, options.vouch_core, options.vouch_attach},
                        options.corroboration.threads);
  result.core = std::move(links.core);
  result.attach = std::move(links.attach);
  result.near_misses = std::move(links.near_misses);
  result.surprise_counts = std::move(corroboration.surprise_counts);
  return result;
}

}  // namespace ringscope
