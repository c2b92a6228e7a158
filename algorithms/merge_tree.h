// Merge tree: the connected components of a graph at every cut of its edges' strength, by one pass.
//
// Going from the strongest edges to the weakest, components only grow and merge. A node of the tree is a component as
// it is from one strength on: the edges of that strength and above join its members. It lives down to its parent's
// strength. The vertices are put in one order in which every component is a range.
//
// Input    edges of an undirected graph in any order, finite weights; u == v is passed over, parallel edges count each.
// Output   MergeTree: nodes by strength, descending, then by smallest member; a node's parent comes after it.
// Units    strength: that of the weights.
// Errors   none.
// Cost     O(E log E) time, O(E) when they come by falling weight; 32 bytes an edge and a vertex; no recursion, so a
// path of any length is no problem. At most
//          one node for each component and strength that adds edges to it.
// Same     bit for bit in any order of the edges.
// Source   single linkage by sorted Kruskal: Gower, Ross, J. R. Stat. Soc. C 18:54 (1969); the order in which
// components
//          are ranges is a dendrogram's; condensed plateaus after Campello, Moulavi, Sander, PAKDD 2013 (HDBSCAN);
//          the percolation threshold as the peak of the mean size of finite components: Stauffer, Aharony,
//          Introduction to Percolation Theory, 2.4.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

struct MergeNode {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  float strength = 0;  // it is so at cuts up to this one
  float bridge = 0;    // the strongest cut at which it is of one piece: at any above, its weakest bridge gives
  std::uint32_t parent = kNone;  // which it becomes a part of, at a smaller strength
  Vertex begin = 0, size = 0;    // its members are order[begin .. begin + size)
  Vertex pieces = 0;             // components and single vertices that met in it; 1: it only got more edges
  std::uint64_t edges = 0;       // of this strength or above, among its members

  // Edges over pairs of members, [0, 1] in a simple graph.
  double density() const { return 2.0 * static_cast<double>(edges) / (static_cast<double>(size) * (size - 1.0)); }
  friend bool operator==(const MergeNode&, const MergeNode&) = default;
};

struct MergeTree {
  std::vector<MergeNode> nodes;
  std::vector<Vertex> order;  // all vertices; those without an edge last

  std::span<const Vertex> members(const MergeNode& node) const {
    return std::span(order).subspan(node.begin, node.size);
  }
};

MergeTree build_merge_tree(Vertex vertex_count, std::span<const WeightedEdge> edges);

// The components of two vertices or more that the edges of strength >= cut make: numbers of nodes, largest first, then
// by place in the order. O(nodes of that strength or above, and a sort of what is found).
std::vector<std::uint32_t> components_at(std::span<const MergeNode> nodes, float cut);

// All vertices; equal to connected_components() of the edges of strength >= cut. O(V + nodes).
Partition partition_at(const MergeTree& tree, float cut);

// How the components are at one strength; a single vertex is no component.
struct CutPoint {
  float strength = 0;
  std::uint64_t components = 0;
  std::uint64_t vertices = 0;  // in them
  std::uint64_t edges = 0;     // of this strength or above
  Vertex largest = 0, second = 0;
  double others = 0;  // mean size of the component of a vertex that is not in the largest, vertices with an edge of any
                      // strength counted; 0: there is none
};

// At each strength at which components met, descending. O(nodes log nodes).
std::vector<CutPoint> merge_curve(std::span<const MergeNode> nodes);

// Where the giant component takes over: the point of the curve with the largest `others`, the strongest of several.
// Null for an empty curve.
const CutPoint* percolation_knee(std::span<const CutPoint> curve);

// A stretch of cuts, weakest < cut <= strongest, in which no component of `least` vertices comes up and no two merge.
struct Plateau {
  float strongest = 0, weakest = 0;
  std::uint64_t components = 0;  // of `least` vertices or more, at every cut in it
};

// The widest first, then the strongest; at most `limit`. The last stretch ends at the weakest strength there is.
// O(nodes).
std::vector<Plateau> stable_plateaus(std::span<const MergeNode> nodes, Vertex least, std::size_t limit);

}  // namespace ringscope
