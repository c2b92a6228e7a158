// A weighted undirected graph in compressed sparse rows: arrays that own, and a view that does not.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ringscope {

using Vertex = std::uint32_t;
using ArcIndex = std::uint64_t;

// A view of three arrays; it runs over vectors, a mapped file or a NumPy array alike. Undirected: each edge {u, v} is
// two arcs, (u, v) and (v, u), of equal weight; the targets of a vertex ascend; no self-loops, no parallel edges. With
// `algorithms/csr_boost.h` it is a model of Boost.Graph's VertexListGraph, IncidenceGraph, AdjacencyGraph and
// EdgeListGraph.
class CsrGraph {
 public:
  CsrGraph() = default;
  // offsets: V + 1 values from 0 to A; targets, weights: A values (A = 2 E).
  CsrGraph(std::span<const ArcIndex> offsets, std::span<const Vertex> targets, std::span<const float> weights)
      : offsets_(offsets), targets_(targets), weights_(weights) {}

  Vertex vertex_count() const { return offsets_.empty() ? 0 : static_cast<Vertex>(offsets_.size() - 1); }
  ArcIndex arc_count() const { return targets_.size(); }
  ArcIndex edge_count() const { return targets_.size() / 2; }
  ArcIndex degree(Vertex v) const { return offsets_[v + 1] - offsets_[v]; }
  ArcIndex arcs_begin(Vertex v) const { return offsets_[v]; }
  ArcIndex arcs_end(Vertex v) const { return offsets_[v + 1]; }
  Vertex target(ArcIndex arc) const { return targets_[arc]; }
  float weight(ArcIndex arc) const { return weights_[arc]; }
  std::span<const Vertex> neighbors(Vertex v) const { return targets_.subspan(offsets_[v], degree(v)); }
  std::span<const float> neighbor_weights(Vertex v) const { return weights_.subspan(offsets_[v], degree(v)); }

  std::span<const ArcIndex> offsets() const { return offsets_; }
  std::span<const Vertex> targets() const { return targets_; }
  std::span<const float> weights() const { return weights_; }

 private:
  std::span<const ArcIndex> offsets_;
  std::span<const Vertex> targets_;
  std::span<const float> weights_;
};

struct WeightedEdge {
  Vertex u, v;
  float weight;
  friend bool operator==(const WeightedEdge&, const WeightedEdge&) = default;
};

// Owns what CsrGraph looks at.
struct CsrArrays {
  std::vector<ArcIndex> offsets;
  std::vector<Vertex> targets;
  std::vector<float> weights;

  CsrGraph view() const { return {offsets, targets, weights}; }
};

// Builds the arrays from edges in any order; u == v is dropped, parallel edges (either direction) are summed in the
// order of their weights, so that the order of the input does not show. O(V + E log E).
CsrArrays build_csr(Vertex vertex_count, std::span<const WeightedEdge> edges);

// The subgraph of `members` (ascending); vertex i of the result is members[i]. O(sum of the members' degrees · log).
CsrArrays induced_subgraph(const CsrGraph& graph, std::span<const Vertex> members);

}  // namespace ringscope
