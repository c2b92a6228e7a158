// Assignment: a matching of the greatest weight in a bipartite graph; vertices may stay alone.
//
// Input    left and right vertices; edges with whole weights, no two of the same pair, in any order.
// Output   for each left vertex its partner, or kUnassigned.
// Units    weights add up; an edge of weight 0 or less is never used.
// Errors   none; sums of weights must fit 63 bits.
// Cost     O(left * edges * log edges) at worst, each connected component by itself; a search ends at the nearest
//          vertex that gives way, so typically a few edges for each left vertex.
// Same     of several matchings of the greatest weight the one that the order of vertices gives: edges are sorted
// first.
//          Who must have another rule for ties puts it into the lower digits of the weights.
// Source   successive shortest augmenting paths with potentials: Mehlhorn, Naher, LEDA (1999), ch. 7.8.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

namespace ringscope {

inline constexpr std::uint32_t kUnassigned = UINT32_MAX;

struct AssignmentEdge {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::int64_t weight = 0;
  friend auto operator<=>(const AssignmentEdge&, const AssignmentEdge&) = default;
};

std::vector<std::uint32_t> assign(std::uint32_t left_count, std::uint32_t right_count,
                                  std::vector<AssignmentEdge> edges);

}  // namespace ringscope
