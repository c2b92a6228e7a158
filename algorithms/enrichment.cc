#include "algorithms/enrichment.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "algorithms/fdr.h"

namespace ringscope {
namespace {

// Degrees that "shares a thing of at least this many" is asked for.
constexpr std::array<Vertex, 4> kDegrees = {2, 4, 8, 16};

// Largest degree of a right vertex that takes part, by left vertex and layer; 0 or 1: shares nothing there.
class LargestShared {
 public:
  LargestShared(const BipartiteGraph& graph, std::span<const float> rarity, std::span<const char> open)
      : layers_(graph.layer_count()), degree_(std::size_t{graph.left_count()} * layers_, 0) {
    for (std::size_t k = 0; k < layers_; ++k) {
      for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
        if (rarity[r] <= 0) continue;
        const auto degree = static_cast<Vertex>(graph.right_degree(r));
        for (const Vertex l : graph.lefts_of(r)) {
          if (open[l] == 0) continue;
          Vertex& largest = degree_[l * layers_ + k];
          largest = std::max(largest, degree);
        }
      }
    }
  }
  Vertex of(Vertex l, std::size_t layer) const { return degree_[l * layers_ + layer]; }

 private:
  std::size_t layers_;
  std::vector<Vertex> degree_;
};

// share[own][other][t]: of the left vertices that touch layer `own`, those that share something of degree >=
// kDegrees[t] in `other`.
using Shares = std::vector<std::vector<std::array<double, kDegrees.size()>>>;

Shares base_shares(const BipartiteGraph& graph, const LargestShared& largest) {
  const std::size_t layers = graph.layer_count();
  Shares shares(layers, std::vector<std::array<double, kDegrees.size()>>(layers));
  std::vector<double> touching(layers, 0);
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    const auto rights = graph.rights_of(l);
    for (std::size_t own = 0; own < layers; ++own) {
      const auto first = std::lower_bound(rights.begin(), rights.end(), graph.layer_begin(own));
      if (first == rights.end() || *first >= graph.layer_end(own)) continue;
      touching[own] += 1;
      for (std::size_t other = 0; other < layers; ++other) {
        for (std::size_t t = 0; t < kDegrees.size(); ++t)
          shares[own][other][t] += largest.of(l, other) >= kDegrees[t] ? 1 : 0;
      }
    }
  }
  for (std::size_t own = 0; own < layers; ++own) {
    for (auto& other : shares[own]) {
      // One more that shares and one that does not: a share is never 0.
      for (double& share : other) share = (share + 1) / (touching[own] + 2);
    }
  }
  return shares;
}

// Chernoff's bound of P(X >= k) for n chances of mean q.
double upper_tail(double k, double n, double q) {
  const double a = k / n;
  if (a <= q) return 1;
  const double divergence = a * std::log(a / q) + (a < 1 ? (1 - a) * std::log((1 - a) / (1 - q)) : 0.0);
  return std::exp(-n * divergence);
}

Enriched most_enriched(const BipartiteGraph& graph, Vertex r, std::size_t own, const LargestShared& largest,
                       const Shares& shares, double least_share) {
  Enriched best{.right = r};
  const auto lefts = graph.lefts_of(r);
  const auto n = static_cast<double>(lefts.size());
  for (std::size_t other = 0; other < graph.layer_count(); ++other) {
    if (other == own) continue;
    for (std::size_t t = 0; t < kDegrees.size(); ++t) {
      const auto shares_there = [&](Vertex l) { return largest.of(l, other) >= kDegrees[t]; };
      const auto k = static_cast<double>(std::count_if(lefts.begin(), lefts.end(), shares_there));
      if (k < least_share * n) break;  // fewer still share a larger one
      const double p = upper_tail(k, n, shares[own][other][t]);
      if (p < best.p) best = {r, other, kDegrees[t], p};
    }
  }
  return best;
}

}  // namespace

std::vector<Enriched> find_enriched(const BipartiteGraph& graph, std::span<const float> rarity,
                                    std::span<const char> open, const EnrichmentOptions& options) {
  const LargestShared largest(graph, rarity, open);
  const Shares shares = base_shares(graph, largest);
  std::vector<Enriched> candidates;
  std::vector<CountedPValue> p_values;
  std::uint64_t tests = 0;
  for (std::size_t own = 0; own < graph.layer_count(); ++own) {
    for (Vertex r = graph.layer_begin(own); r < graph.layer_end(own); ++r) {
      if (rarity[r] <= 0 || graph.right_degree(r) < options.least_degree) continue;
      tests += (graph.layer_count() - 1) * kDegrees.size();
      const Enriched best = most_enriched(graph, r, own, largest, shares, options.least_share);
      if (best.p >= 1) continue;
      candidates.push_back(best);
      p_values.push_back({best.p, 1});
    }
  }
  if (tests == 0) return {};
  const std::optional<double> cut = fdr_threshold(p_values, tests, {.alpha = options.alpha});
  std::erase_if(candidates, [&](const Enriched& enriched) { return !cut || enriched.p > *cut; });
  return candidates;
}

std::vector<Vertex> enriching_lefts(const BipartiteGraph& graph, std::span<const float> rarity,
                                    std::span<const char> open, const Enriched& enriched) {
  std::vector<Vertex> lefts;
  for (const Vertex l : graph.lefts_of(enriched.right)) {
    if (open[l] == 0) continue;
    const auto rights = graph.rights_of(l);
    const auto first = std::lower_bound(rights.begin(), rights.end(), graph.layer_begin(enriched.layer));
    const auto last = std::lower_bound(first, rights.end(), graph.layer_end(enriched.layer));
    if (std::any_of(first, last, [&](Vertex r) { return rarity[r] > 0 && graph.right_degree(r) >= enriched.degree; })) {
      lefts.push_back(l);
    }
  }
  return lefts;
}

}  // namespace ringscope
