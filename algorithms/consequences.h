// Consequences: which right vertices follow from others. Who has a full name has its surname; who has a card has its
// issuer. Sharing the first then says nothing more by way of the second, however rare that is.
//
// Left vertices of one group share in many layers too, so agreement alone does not show that a layer follows from
// another. What shows it are pairs that share in the one and differ in every other layer: where these, who seem to be
// strangers, agree in the second without exception, it follows from the first.
//
// Input    bipartite graph with layers.
// Output   per right vertex, those of other layers that all its left vertices touch, in layers that follow from its
// own.
//          Of two layers that follow from each other, the later one in the order of layers has the consequences.
// Errors   none.
// Cost     O(16 times a pair's rows, for each right vertex).
// Same     bit for bit; pairs are those of neighbouring left vertices, at most 16 a right vertex.
// Source   functional dependence among noisy values: Ilyas et al., CORDS, SIGMOD 2004; that strangers have to be looked
//          at, not groups: ours.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

struct ConsequenceOptions {
  Vertex other_layers = 2;    // in which a pair must differ to count as strangers
  double least_share = 0.95;  // of such pairs must agree, with 95% confidence …
  double least_rights = 30;   // … over this many right vertices
};

class Consequences {
 public:
  Consequences() = default;
  Consequences(std::vector<std::uint64_t> offsets, std::vector<Vertex> targets)
      : offsets_(std::move(offsets)), targets_(std::move(targets)) {}
  std::span<const Vertex> of(Vertex right) const {
    if (offsets_.empty()) return {};
    return std::span(targets_).subspan(offsets_[right], offsets_[right + 1] - offsets_[right]);
  }
  bool empty() const { return targets_.empty(); }
  // By right vertex where its consequences begin, and the end of the last; empty where nothing follows.
  const std::vector<std::uint64_t>& offsets() const { return offsets_; }
  const std::vector<Vertex>& targets() const { return targets_; }

 private:
  friend Consequences find_consequences(const BipartiteGraph&, const ConsequenceOptions&);
  std::vector<std::uint64_t> offsets_;  // none: nothing follows
  std::vector<Vertex> targets_;
};

Consequences find_consequences(const BipartiteGraph& graph, const ConsequenceOptions& options = {});

}  // namespace ringscope
