#include "algorithms/similarity.h"

#include "algorithms/projection.h"

namespace ringscope {

RowSums row_sums(const BipartiteGraph& graph, std::span<const float> right_weights, Vertex max_degree) {
  const std::vector<float> weights = projection_weights(graph, right_weights, {1, max_degree});
  RowSums rows{std::vector<Vertex>(graph.left_count()), std::vector<double>(graph.left_count())};
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    for (const Vertex r : graph.rights_of(l)) {
      if (weights[r] <= 0) continue;
      ++rows.count[l];
      rows.weight[l] += static_cast<double>(weights[r]);
    }
  }
  return rows;
}

HypergeometricTail::HypergeometricTail(Vertex population) : log_factorial_(std::size_t{population} + 1, 0.0) {
  for (std::size_t n = 2; n < log_factorial_.size(); ++n) {
    log_factorial_[n] = log_factorial_[n - 1] + std::log(static_cast<double>(n));
  }
}

double HypergeometricTail::operator()(Vertex a, Vertex b, Vertex shared) const {
  const auto population = static_cast<Vertex>(log_factorial_.size() - 1);
  if (a > b) std::swap(a, b);
  if (shared > a) return 0;
  const Vertex least = a + b > population ? a + b - population : 0;
  if (shared <= least) return 1;
  double term = std::exp(log_choose(b, shared) + log_choose(population - b, a - shared) - log_choose(population, a));
  double sum = 0;
  for (Vertex x = shared; x <= a && term > sum * 1e-17; ++x) {
    sum += term;
    term *= static_cast<double>(b - x) * static_cast<double>(a - x) /
            (static_cast<double>(x + 1) * static_cast<double>(population - b - a + x + 1));
  }
  return std::min(1.0, sum);
}

}  // namespace ringscope
