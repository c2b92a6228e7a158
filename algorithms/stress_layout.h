// Places the vertices of a graph in the plane, so that distances there are like distances in the graph.
//
// Input    undirected graph; its weights are not looked at.
// Output   a point a vertex; edges of length 1 and more, the drawing's middle at (0, 0). Components are laid out one by
//          one and packed in rows, the largest first, vertices without an edge in a block at the end.
// Units    radii and lengths: 1 = an edge between two vertices of radius 0; an edge adds both radii. passes count.
// Errors   Error usage: radii of a wrong length.
// Cost     O(V * E log V + passes * V^2) time and O(V^2) memory of the largest component: for what a person can look
//          at, some two thousand vertices; one thread.
// Same     bit for bit: pairs are visited in an order shuffled by the seed.
// Source   Zheng, Pawar, Goodman, Graph drawing by stochastic gradient descent, IEEE TVCG 25:2738 (2019): pairs in
// random
//          order, steps from d_max^2 down to 0.01 d_min^2.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/csr_graph.h"

namespace ringscope {

struct Point {
  double x = 0;
  double y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

struct StressLayoutOptions {
  std::span<const float> radii{};  // by vertex, >= 0; empty: 0 each
  int passes = 30;
  std::uint64_t seed = 1;
};

std::vector<Point> stress_layout(const CsrGraph& graph, const StressLayoutOptions& options = {});

// Mean over all pairs of a component of ((distance drawn - distance in the graph) / distance in the graph)^2: 0 is
// perfect. For tests and benchmarks; O(V * E log V).
double mean_stress(const CsrGraph& graph, std::span<const Point> points, std::span<const float> radii = {});

}  // namespace ringscope
