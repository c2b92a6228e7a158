// Scores of a pair of left vertices for projection.h. Each is a formula of what the pair shares and of what each side
// has; "has" counts the right vertices that take part in the projection, so that a hub neither joins nor parts.
//
// Input    rows from row_sums() with the same weights and max_degree as the projection.
// Output   the similarity when it is at least `least` (tail: the p-value at most `most`), else nothing.
// Same     symmetric in the pair, bit for bit.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

// For each left vertex, of the right vertices that take part in a projection: how many, and the sum of their weights.
struct RowSums {
  std::vector<Vertex> count;
  std::vector<double> weight;
};
RowSums row_sums(const BipartiteGraph& graph, std::span<const float> right_weights, Vertex max_degree);

// |A n B| / |A u B|. Jaccard, Bull. Soc. Vaudoise Sci. Nat. 37:547 (1901).
struct JaccardScore {
  const RowSums& rows;
  double least = 0;
  std::optional<float> operator()(Vertex l, Vertex other, Vertex shared, double) const {
    const double joint = static_cast<double>(rows.count[l]) + static_cast<double>(rows.count[other]) - shared;
    const double value = shared / joint;
    return value >= least ? std::optional(static_cast<float>(value)) : std::nullopt;
  }
};

// w(A n B) / sqrt(w(A) w(B)): the cosine of rows whose entries are sqrt(weight). Salton, McGill, Introduction to Modern
// Information Retrieval (1983).
struct CosineScore {
  const RowSums& rows;
  double least = 0;
  std::optional<float> operator()(Vertex l, Vertex other, Vertex, double weight) const {
    const double value = weight / std::sqrt(rows.weight[l] * rows.weight[other]);
    return value >= least ? std::optional(static_cast<float>(value)) : std::nullopt;
  }
};

// The sum of the shared weights; with weight = -log2 P(sharing) it is in bits of surprise. Adamic, Adar, Social
// Networks 25:211 (2003) for the idea that a rare thing shared says more.
struct BitsScore {
  double least = 0;
  std::optional<float> operator()(Vertex, Vertex, Vertex, double weight) const {
    return weight >= least ? std::optional(static_cast<float>(weight)) : std::nullopt;
  }
};

// P(X >= shared), X hypergeometric: `a` and `b` things drawn out of `population`. Good to about 1e-8 relative.
class HypergeometricTail {
 public:
  // Keeps log-factorials up to `population`: 8 bytes each.
  explicit HypergeometricTail(Vertex population);
  double operator()(Vertex a, Vertex b, Vertex shared) const;

 private:
  double log_choose(Vertex n, Vertex k) const { return log_factorial_[n] - log_factorial_[k] - log_factorial_[n - k]; }
  std::vector<double> log_factorial_;
};

// Keeps pairs with a tail of at most `most`, with -log2 of it. Tumminello, Micciche, Lillo, Piilo, Mantegna, PLoS ONE
// 6:e17994 (2011): statistically validated networks.
struct TailScore {
  const RowSums& rows;
  const HypergeometricTail& tail;
  double most = 1;
  std::optional<float> operator()(Vertex l, Vertex other, Vertex shared, double) const {
    const double p = tail(rows.count[l], rows.count[other], shared);
    return p <= most ? std::optional(static_cast<float>(-std::log2(std::max(p, 1e-300)))) : std::nullopt;
  }
};

}  // namespace ringscope
