// Dense blocks of a bipartite graph: left vertices that touch much in common that few others touch.
//
// The density of a block (A, R) is the weight of the edges between A and R over |A| + |R|, where an edge to r weighs
// 1 / log(degree(r) + 5). Touching what everybody touches adds nearly nothing to it, so a group cannot thin itself out
// by camouflage. Greedy peeling takes away the vertex that loses least until none is left; the densest block on the
// way is at least half as dense as the densest there is. Its edges are taken out and the next block is looked for.
//
// Input    a graph of one or several layers; which left vertices take part; right vertices of degree above most_degree
//          are left out.
// Output   the left vertices of each block, ascending, densest first as found; blocks may overlap in vertices, never in
//          edges. Fewer than max_blocks when a block has fewer than least_left left vertices.
// Errors   none.
// Cost     a bucket queue: O(E) moves and a heap of few nodes a block, O(E log E) at worst; 10 bytes an edge, 60 a
//          vertex.
// Same     ties to the smaller vertex, left before right.
// Source   FRAUDAR: Hooi, Song, Beutel, Shah, Shin, Faloutsos, KDD 2016, algorithm 1, with its logarithmic column
//          weights.
#pragma once

#include <span>
#include <vector>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

struct DenseBlockOptions {
  std::size_t max_blocks = 8;
  Vertex least_left = 2;
  Vertex most_degree = 1000;
};

// `taking_part` by left vertex, 0: no.
std::vector<std::vector<Vertex>> dense_blocks(const BipartiteGraph& graph, std::span<const char> taking_part,
                                              const DenseBlockOptions& options);

}  // namespace ringscope
