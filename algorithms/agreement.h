// Agreement: pairs of left vertices whose right vertices of one layer agree beyond chance, without enumerating the
// pairs of any right vertex.
//
// Each left vertex is held against the next few on each of its right vertices, in the order of their numbers. Who
// agrees in much meets on many right vertices, and so meets a fair part of a group of any size.
//
// Null     a left vertex of degree k touches a right vertex of degree d with chance k d / E (E edges of the layer). Of
//          the k' right vertices of the other it touches s given ones by chance with prod min(1, k d / E); there are
//          (k' choose s) ways. Surprise is minus the binary logarithm of both.
// Input    a bipartite graph, one of its layers.
// Output   edges u < v, ascending, of pairs that agree in `least_common` or more and surprise by `least_bits`; weight:
//          the surprise.
// Errors   none.
// Cost     O(E * next * k).
// Same     bit for bit at any thread count.
// Source   candidates as in sorted-neighbourhood record linkage (Hernandez, Stolfo, SIGMOD 1995); the null is Chung
//          and Lu's.
#pragma once

#include <vector>

#include "algorithms/bipartite_graph.h"
#include "algorithms/csr_graph.h"

namespace ringscope {

struct AgreementOptions {
  Vertex next = 6;          // left vertices held against, on each right vertex
  Vertex least_common = 2;  // right vertices
  double least_bits = 20;
  unsigned threads = 0;
};

std::vector<WeightedEdge> agreeing_pairs(const BipartiteGraph& graph, std::size_t layer,
                                         const AgreementOptions& options);

}  // namespace ringscope
