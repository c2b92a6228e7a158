#include "algorithms/decoys.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "algorithms/isotonic.h"

namespace ringscope {

std::vector<double> chance_by_decoys(std::span<const DecoyedFind> finds, double spare) {
  std::vector<std::size_t> order(finds.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {  // lowest first
    return std::tuple(finds[a].score, !finds[a].decoy, a) < std::tuple(finds[b].score, !finds[b].decoy, b);
  });
  std::vector<double> decoy, weight;
  for (const std::size_t i : order) {
    decoy.push_back(finds[i].decoy ? 1 : 0);
    weight.push_back(finds[i].weight);
  }
  decoy.push_back(1);
  weight.push_back(spare);
  // With scores ascending the share of decoys falls; the spare one stands on top and is pooled with what is below.
  const std::vector<double> share = fit_non_increasing(decoy, weight);
  std::vector<double> chance(finds.size(), 1);
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (finds[order[k]].decoy || share[k] >= 0.5) continue;
    chance[order[k]] = share[k] / (1 - share[k]);
  }
  return chance;
}

}  // namespace ringscope
