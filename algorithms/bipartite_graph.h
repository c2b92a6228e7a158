// A bipartite graph left x right in both directions. Right vertices come in layers: consecutive ranges, one a kind.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/csr_graph.h"

namespace ringscope {

// A view. Row l of the left side lists right vertices, ascending; column r of the right side lists left vertices,
// ascending. Edge number e is the position in the left rows; right_edges maps a position in the right columns to its e,
// so that edge attributes are stored once, by e.
class BipartiteGraph {
 public:
  BipartiteGraph() = default;
  BipartiteGraph(std::span<const ArcIndex> left_offsets, std::span<const Vertex> left_targets,
                 std::span<const ArcIndex> right_offsets, std::span<const Vertex> right_targets,
                 std::span<const ArcIndex> right_edges, std::span<const Vertex> layer_offsets)
      : left_offsets_(left_offsets),
        left_targets_(left_targets),
        right_offsets_(right_offsets),
        right_targets_(right_targets),
        right_edges_(right_edges),
        layer_offsets_(layer_offsets) {}

  Vertex left_count() const { return left_offsets_.empty() ? 0 : static_cast<Vertex>(left_offsets_.size() - 1); }
  Vertex right_count() const { return right_offsets_.empty() ? 0 : static_cast<Vertex>(right_offsets_.size() - 1); }
  ArcIndex edge_count() const { return left_targets_.size(); }
  // Layer k holds the right vertices [layer_begin(k), layer_end(k)).
  std::size_t layer_count() const { return layer_offsets_.empty() ? 0 : layer_offsets_.size() - 1; }
  Vertex layer_begin(std::size_t layer) const { return layer_offsets_[layer]; }
  Vertex layer_end(std::size_t layer) const { return layer_offsets_[layer + 1]; }

  ArcIndex left_begin(Vertex l) const { return left_offsets_[l]; }
  ArcIndex left_degree(Vertex l) const { return left_offsets_[l + 1] - left_offsets_[l]; }
  std::span<const Vertex> rights_of(Vertex l) const { return left_targets_.subspan(left_offsets_[l], left_degree(l)); }
  ArcIndex right_degree(Vertex r) const { return right_offsets_[r + 1] - right_offsets_[r]; }
  std::span<const Vertex> lefts_of(Vertex r) const {
    return right_targets_.subspan(right_offsets_[r], right_degree(r));
  }
  std::span<const ArcIndex> edges_of(Vertex r) const {
    return right_edges_.subspan(right_offsets_[r], right_degree(r));
  }

 private:
  std::span<const ArcIndex> left_offsets_;
  std::span<const Vertex> left_targets_;
  std::span<const ArcIndex> right_offsets_;
  std::span<const Vertex> right_targets_;
  std::span<const ArcIndex> right_edges_;
  std::span<const Vertex> layer_offsets_;
};

struct BipartiteArrays {
  std::vector<ArcIndex> left_offsets;
  std::vector<Vertex> left_targets;
  std::vector<ArcIndex> right_offsets;
  std::vector<Vertex> right_targets;
  std::vector<ArcIndex> right_edges;
  std::vector<Vertex> layer_offsets;

  BipartiteGraph view() const {
    return {left_offsets, left_targets, right_offsets, right_targets, right_edges, layer_offsets};
  }
};

// Builds both directions from the left rows (each row ascending, without duplicates) by counting. O(E).
// layer_offsets: first right vertex of each layer, and the number of right vertices at the end.
BipartiteArrays build_bipartite(std::vector<ArcIndex> left_offsets, std::vector<Vertex> left_targets,
                                Vertex right_count, std::vector<Vertex> layer_offsets);

}  // namespace ringscope
