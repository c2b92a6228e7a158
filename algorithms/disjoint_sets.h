// Disjoint sets of vertices (union-find; Tarjan, J. ACM 22:215, 1975), by halving of paths. The root of a set is its
// smallest vertex, so the sets do not depend on the order of the joins. Amortised almost constant time. One thread; for
// many see components.h.
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

#include "algorithms/csr_graph.h"

namespace ringscope {

class DisjointSets {
 public:
  explicit DisjointSets(Vertex count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), Vertex{0}); }

  Vertex find(Vertex v) {
    while (parent_[v] != v) v = parent_[v] = parent_[parent_[v]];
    return v;
  }
  void join(Vertex a, Vertex b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<Vertex> parent_;
};

}  // namespace ringscope
