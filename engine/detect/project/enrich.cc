#include "engine/detect/project/enrich.h"

#include <algorithm>
#include <cmath>

#include "algorithms/enrichment.h"

namespace ringscope {
namespace {

constexpr float kSurpriseWithoutPairs = 20;  // bits, where no pair was significant by itself

bool before(const WeightedEdge& a, const WeightedEdge& b) { return std::pair(a.u, a.v) < std::pair(b.u, b.v); }
bool same(const WeightedEdge& a, const WeightedEdge& b) { return a.u == b.u && a.v == b.v; }

// Accounts without any pair: those with one are explained by it, and what many small rings have in common would glue
// them.
std::vector<char> unexplained(Vertex accounts, const Similarity& similarity) {
  std::vector<char> open(accounts, 1);
  for (const auto* edges : {&similarity.core, &similarity.attach}) {
    for (const WeightedEdge& edge : *edges) open[edge.u] = open[edge.v] = 0;
  }
  return open;
}

}  // namespace

std::vector<WeightedEdge> enriched_pairs(const BipartiteGraph& graph, const Weights& weights,
                                         const Similarity& similarity, double alpha) {
  const float surprise = std::isfinite(similarity.least_surprise)
                             ? std::max(1.0F, static_cast<float>(similarity.least_surprise))
                             : kSurpriseWithoutPairs;
  const std::vector<char> open = unexplained(graph.left_count(), similarity);
  std::vector<WeightedEdge> pairs;
  for (const Enriched& enriched : find_enriched(graph, weights.rarity, open, {.alpha = alpha})) {
    const std::vector<Vertex> accounts = enriching_lefts(graph, weights.rarity, open, enriched);
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      for (std::size_t j = i + 1; j < accounts.size(); ++j) pairs.push_back({accounts[i], accounts[j], surprise});
    }
  }
  std::sort(pairs.begin(), pairs.end(), before);
  pairs.erase(std::unique(pairs.begin(), pairs.end(), same), pairs.end());
  return pairs;
}

Similarity with_enriched(Similarity similarity, std::span<const WeightedEdge> pairs) {
  if (pairs.empty()) return similarity;
  std::vector<WeightedEdge> core;
  std::set_union(similarity.core.begin(), similarity.core.end(), pairs.begin(), pairs.end(), std::back_inserter(core),
                 before);
  std::vector<WeightedEdge> attach;
  std::set_difference(similarity.attach.begin(), similarity.attach.end(), pairs.begin(), pairs.end(),
                      std::back_inserter(attach), before);
  similarity.core = std::move(core);
  similarity.attach = std::move(attach);
  return similarity;
}

}  // namespace ringscope
