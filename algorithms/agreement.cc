#include "algorithms/agreement.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr std::size_t kChunk = 256;  // left vertices

double log2_choose(double n, double k) {
  double bits = 0;
  for (double i = 1; i <= k; ++i) bits += std::log2((n - k + i) / i);
  return bits;
}

class Agreement {
 public:
  Agreement(const BipartiteGraph& graph, std::size_t layer, const AgreementOptions& options)
      : graph_(graph), begin_(graph.layer_begin(layer)), end_(graph.layer_end(layer)), options_(options) {
    for (Vertex r = begin_; r < end_; ++r) edges_ += static_cast<double>(graph_.right_degree(r));
  }

  void add_pairs_of(Vertex u, std::vector<WeightedEdge>& pairs) const {
    for (const Vertex v : met_by(u)) {
      const double bits = surprise(u, v);
      if (bits >= options_.least_bits) pairs.push_back({std::min(u, v), std::max(u, v), static_cast<float>(bits)});
    }
  }

 private:
  std::span<const Vertex> rights_of(Vertex l) const {
    const auto all = graph_.rights_of(l);
    const auto first = std::lower_bound(all.begin(), all.end(), begin_);
    const auto last = std::lower_bound(first, all.end(), end_);
    return all.subspan(static_cast<std::size_t>(first - all.begin()), static_cast<std::size_t>(last - first));
  }

  // The next few on each right vertex of u, round its end; ascending.
  std::vector<Vertex> met_by(Vertex u) const {
    std::vector<Vertex> met;
    for (const Vertex r : rights_of(u)) {
      const auto users = graph_.lefts_of(r);
      const auto at = static_cast<std::size_t>(std::lower_bound(users.begin(), users.end(), u) - users.begin());
      const std::size_t most = std::min<std::size_t>(options_.next, users.size() - 1);
      for (std::size_t i = 1; i <= most; ++i) met.push_back(users[(at + i) % users.size()]);
    }
    std::sort(met.begin(), met.end());
    met.erase(std::unique(met.begin(), met.end()), met.end());
    return met;
  }

  double surprise(Vertex u, Vertex v) const {
    const auto mine = rights_of(u);
    const auto theirs = rights_of(v);
    const auto k = static_cast<double>(theirs.size());
    double bits = 0;
    Vertex common = 0;
    for (std::size_t i = 0, j = 0; i < mine.size() && j < theirs.size();) {
      if (mine[i] != theirs[j]) {
        mine[i] < theirs[j] ? ++i : ++j;
        continue;
      }
      bits -= std::log2(std::min(1.0, k * static_cast<double>(graph_.right_degree(mine[i])) / edges_));
      ++common;
      ++i;
      ++j;
    }
    if (common < options_.least_common) return 0;
    return bits - log2_choose(static_cast<double>(mine.size()), common);
  }

  BipartiteGraph graph_;
  Vertex begin_, end_;
  AgreementOptions options_;
  double edges_ = 0;
};

}  // namespace

std::vector<WeightedEdge> agreeing_pairs(const BipartiteGraph& graph, std::size_t layer,
                                         const AgreementOptions& options) {
  const Agreement agreement(graph, layer, options);
  std::vector<WeightedEdge> pairs;
  for (const auto& part : parallel_map_chunks<std::vector<WeightedEdge>>(
           graph.left_count(), kChunk, options.threads, [&](const Chunk&chunk, unsigned) {
             std::vector<WeightedEdge> found;
             for (std::size_t u = chunk.begin; u < chunk.end; ++u)
               agreement.add_pairs_of(static_cast<Vertex>(u), found);
             return found;
           }))
    pairs.insert(pairs.end(), part.begin(), part.end());
  const auto order = [](const WeightedEdge& a, const WeightedEdge& b) {
    return std::pair(a.u, a.v) < std::pair(b.u, b.v);
  };
  // Both ends may have met; the larger surprise counts.
  std::sort(pairs.begin(), pairs.end(), [&](const WeightedEdge& a, const WeightedEdge& b) {
    return order(a, b) || (!order(b, a) && a.weight > b.weight);
  });
  const auto same = [](const WeightedEdge& a, const WeightedEdge& b) { return a.u == b.u && a.v == b.v; };
  pairs.erase(std::unique(pairs.begin(), pairs.end(), same), pairs.end());
  return pairs;
}

}  // namespace ringscope
