// Projection of the left side: pairs of left vertices that share right vertices, scored and pruned as they are counted.
//
// Input    bipartite graph; a weight for each right vertex (or none: 1 each). A right vertex takes part when its
//          degree is at most max_degree and its weight is above 0.
// Output   the pairs that the score keeps, ascending by (u, v), u < v; or the same as a graph.
// Units    max_degree left vertices a right vertex; above it the vertex is a hub and its column is never read.
// Errors   Error usage: right_weights of a wrong length. What the score throws.
// Cost     O(E + sum of d(d-1)/2 over the right vertices that take part); 16 bytes a left vertex and thread, 12 bytes a
//          kept pair; parallel over rows.
// Same     bit for bit at any thread count: a pair's weights are added in ascending order of the right vertices.
// Source   Gustavson, ACM TOMS 4:250 (1978): row-wise product with one dense accumulator; here the upper triangle only.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "algorithms/bipartite_graph.h"
#include "base/parallel.h"

namespace ringscope {

struct ProjectionOptions {
  Vertex max_degree = 1000;
  unsigned threads = 0;  // 0: as many as the machine has
};

// Keeps a pair of left vertices (l < other) with this weight, or drops it. Called concurrently, once for each pair that
// shares at least one right vertex: `shared` of them, whose weights sum to `weight`.
template <class Score>
concept PairScore = requires(const Score& score, Vertex l, Vertex other, Vertex shared, double weight) {
  { score(l, other, shared, weight) } -> std::convertible_to<std::optional<float>>;
};

struct DegreeRange {
  Vertex least;
  Vertex most;
};

// The weights of the right vertices that have a degree in the range; 0 for the others. Throws Error usage.
std::vector<float> projection_weights(const BipartiteGraph& graph, std::span<const float> right_weights,
                                      const DegreeRange& degrees);

// Counts what each row shares with the rows after it. One a thread.
class RowAccumulator {
 public:
  explicit RowAccumulator(Vertex left_count) : overlap_(left_count) {}

  // Calls visit(other, shared, weight) for each other > l that shares a right vertex with l, as they are first met.
  template <class Visit>
  void visit_row(const BipartiteGraph& graph, std::span<const float> weights, Vertex l, const Visit& visit) {
    for (const Vertex r : graph.rights_of(l)) {
      if (weights[r] <= 0) continue;
      const auto column = graph.lefts_of(r);
      for (std::size_t i = column.size(); i-- > 0 && column[i] > l;) add(column[i], static_cast<double>(weights[r]));
    }
    give(visit);
  }

  // The same for each other on either side of l.
  template <class Visit>
  void visit_both_sides(const BipartiteGraph& graph, std::span<const float> weights, Vertex l, const Visit& visit) {
    for (const Vertex r : graph.rights_of(l)) {
      if (weights[r] <= 0) continue;
      for (const Vertex other : graph.lefts_of(r)) {
        if (other != l) add(other, static_cast<double>(weights[r]));
      }
    }
    give(visit);
  }

 private:
  template <class Visit>
  void give(const Visit& visit) {
    for (const Vertex other : touched_) {
      visit(other, overlap_[other].shared, overlap_[other].weight);
      overlap_[other] = {};
    }
    touched_.clear();
  }

  struct Overlap {
    double weight = 0;
    Vertex shared = 0;
  };
  void add(Vertex other, double weight) {
    Overlap& overlap = overlap_[other];
    if (overlap.shared++ == 0) touched_.push_back(other);
    overlap.weight += weight;
  }

  std::vector<Overlap> overlap_;
  std::vector<Vertex> touched_;
};

// The kept pairs as edges.
template <PairScore Score>
std::vector<WeightedEdge> project_pairs(const BipartiteGraph& graph, std::span<const float> right_weights,
                                        const Score& score, const ProjectionOptions& options = {});

// Of the kept pairs those with an end among `rows` (ascending). Cost: the sum of the degrees of what the rows touch.
template <PairScore Score>
std::vector<WeightedEdge> project_pairs_of(const BipartiteGraph& graph, std::span<const float> right_weights,
                                           std::span<const Vertex> rows, const Score& score,
                                           const ProjectionOptions& options = {});

// The kept pairs as a graph of the left vertices.
template <PairScore Score>
CsrArrays project_left(const BipartiteGraph& graph, std::span<const float> right_weights, const Score& score,
                       const ProjectionOptions& options = {}) {
  return build_csr(graph.left_count(), project_pairs(graph, right_weights, score, options));
}

// What a projection would cost.
struct PairCounts {
  std::uint64_t pairs = 0;    // sum of d(d-1)/2: steps of the inner loop, and a bound on the distinct pairs
  Vertex right_vertices = 0;  // of degree 2 to max_degree
  Vertex hubs = 0;            // of a degree above max_degree
};
PairCounts estimate_pairs(const BipartiteGraph& graph, Vertex max_degree);

// Joins the chunks in their order and frees them on the way.
std::vector<WeightedEdge> join_chunks(std::vector<std::vector<WeightedEdge>> chunks);

template <PairScore Score>
std::vector<WeightedEdge> project_pairs(const BipartiteGraph& graph, std::span<const float> right_weights,
                                        const Score& score, const ProjectionOptions& options) {
  constexpr std::size_t kRows = 512;  // a chunk
  const std::vector<float> weights = projection_weights(graph, right_weights, {2, options.max_degree});
  const unsigned threads = options.threads == 0 ? hardware_threads() : options.threads;
  std::vector<std::optional<RowAccumulator>> accumulators(threads);
  const auto project_rows = [&](const Chunk& rows, unsigned worker) {
    auto& accumulator = accumulators[worker];
    if (!accumulator) accumulator.emplace(graph.left_count());
    std::vector<WeightedEdge> kept;
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      const auto l = static_cast<Vertex>(row);
      const auto row_begin = static_cast<std::ptrdiff_t>(kept.size());
      accumulator->visit_row(graph, weights, l, [&](Vertex other, Vertex shared, double weight) {
        const std::optional<float> value = score(l, other, shared, weight);
        if (value) kept.push_back({l, other, *value});
      });
      std::sort(kept.begin() + row_begin, kept.end(),
                [](const WeightedEdge& a, const WeightedEdge& b) { return a.v < b.v; });
    }
    return kept;
  };
  return join_chunks(parallel_map_chunks<std::vector<WeightedEdge>>(graph.left_count(), kRows, threads, project_rows));
}

template <PairScore Score>
std::vector<WeightedEdge> project_pairs_of(const BipartiteGraph& graph, std::span<const float> right_weights,
                                           std::span<const Vertex> rows, const Score& score,
                                           const ProjectionOptions& options) {
  constexpr std::size_t kRows = 64;  // a chunk
  const std::vector<float> weights = projection_weights(graph, right_weights, {2, options.max_degree});
  std::vector<char> is_row(graph.left_count(), 0);
  for (const Vertex row : rows) is_row[row] = 1;
  const unsigned threads = options.threads == 0 ? hardware_threads() : options.threads;
  std::vector<std::optional<RowAccumulator>> accumulators(threads);
  const auto project_rows = [&](const Chunk& chunk, unsigned worker) {
    auto& accumulator = accumulators[worker];
    if (!accumulator) accumulator.emplace(graph.left_count());
    std::vector<WeightedEdge> kept;
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const Vertex row = rows[i];
      accumulator->visit_both_sides(graph, weights, row, [&](Vertex other, Vertex shared, double weight) {
        if (other < row && is_row[other] != 0) return;  // met from the other end
        const Vertex u = std::min(row, other), v = std::max(row, other);
        const std::optional<float> value = score(u, v, shared, weight);
        if (value) kept.push_back({u, v, *value});
      });
    }
    return kept;
  };
  std::vector<WeightedEdge> pairs =
      join_chunks(parallel_map_chunks<std::vector<WeightedEdge>>(rows.size(), kRows, threads, project_rows));
  std::sort(pairs.begin(), pairs.end(),
            [](const WeightedEdge& a, const WeightedEdge& b) { return std::pair(a.u, a.v) < std::pair(b.u, b.v); });
  return pairs;
}

}  // namespace ringscope
