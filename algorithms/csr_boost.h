// CsrGraph as a graph of the Boost Graph Library, without copying: a model of VertexListGraph, IncidenceGraph,
// BidirectionalGraph (in-edges are out-edges turned round), AdjacencyGraph, AdjacencyMatrix and EdgeListGraph.
//
//   #include "algorithms/csr_boost.h"
//   boost::dijkstra_shortest_paths(graph, v, boost::distance_map(distances));
//
// Properties: boost::vertex_index (the vertex itself) and boost::edge_weight (read only), both found by get(). The
// functions live beside CsrGraph, so that argument-dependent lookup finds them. Boost is slow to compile: include this
// in sources only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/property_map/property_map.hpp>

#include "algorithms/csr_graph.h"

namespace ringscope {

// One of an edge's two arcs. Equal and ordered by the edge, so that both directions are the same edge.
struct CsrEdge {
  Vertex source = 0;
  Vertex target = 0;
  ArcIndex arc = 0;

  std::pair<Vertex, Vertex> ends() const { return std::minmax({source, target}); }
  friend bool operator==(const CsrEdge& a, const CsrEdge& b) { return a.ends() == b.ends(); }
  friend bool operator!=(const CsrEdge& a, const CsrEdge& b) { return !(a == b); }
  friend bool operator<(const CsrEdge& a, const CsrEdge& b) { return a.ends() < b.ends(); }
  friend std::size_t hash_value(const CsrEdge& e) { return (std::size_t{e.ends().first} << 32U) ^ e.ends().second; }
};

// The arcs of one vertex; kIncoming turns them round. Small, because a depth-first search stacks one a vertex.
template <bool kIncoming>
class CsrArcIterator
    : public boost::iterator_facade<CsrArcIterator<kIncoming>, CsrEdge, boost::random_access_traversal_tag, CsrEdge> {
 public:
  CsrArcIterator() = default;
  CsrArcIterator(const CsrGraph& graph, Vertex vertex, ArcIndex arc)
      : targets_(graph.targets().data()), arc_(arc), vertex_(vertex) {}

 private:
  friend class boost::iterator_core_access;
  CsrEdge dereference() const {
    return kIncoming ? CsrEdge{targets_[arc_], vertex_, arc_} : CsrEdge{vertex_, targets_[arc_], arc_};
  }
  bool equal(const CsrArcIterator& other) const { return arc_ == other.arc_; }
  void increment() { ++arc_; }
  void decrement() { --arc_; }
  void advance(std::ptrdiff_t n) { arc_ += static_cast<ArcIndex>(n); }
  std::ptrdiff_t distance_to(const CsrArcIterator& other) const {
    return static_cast<std::ptrdiff_t>(other.arc_) - static_cast<std::ptrdiff_t>(arc_);
  }

  const Vertex* targets_ = nullptr;
  ArcIndex arc_ = 0;
  Vertex vertex_ = 0;
};
using CsrOutEdgeIterator = CsrArcIterator<false>;
using CsrInEdgeIterator = CsrArcIterator<true>;
static_assert(sizeof(CsrOutEdgeIterator) <= 24);

// Every edge once, from its smaller end.
class CsrEdgeIterator : public boost::iterator_facade<CsrEdgeIterator, CsrEdge, boost::forward_traversal_tag, CsrEdge> {
 public:
  CsrEdgeIterator() = default;
  CsrEdgeIterator(const CsrGraph& graph, ArcIndex arc) : graph_(graph), arc_(arc) { settle(); }

 private:
  friend class boost::iterator_core_access;
  CsrEdge dereference() const { return {source_, graph_.target(arc_), arc_}; }
  bool equal(const CsrEdgeIterator& other) const { return arc_ == other.arc_; }
  void increment() {
    ++arc_;
    settle();
  }
  // Moves on to the next arc whose target is the larger end, if this one's is not.
  void settle() {
    for (; arc_ < graph_.arc_count(); ++arc_) {
      while (arc_ >= graph_.arcs_end(source_)) ++source_;
      if (graph_.target(arc_) > source_) return;
    }
  }

  CsrGraph graph_;
  ArcIndex arc_ = 0;
  Vertex source_ = 0;
};

struct CsrTraversal : boost::vertex_list_graph_tag,
                      boost::bidirectional_graph_tag,
                      boost::adjacency_graph_tag,
                      boost::adjacency_matrix_tag,
                      boost::edge_list_graph_tag {};

struct CsrGraphTraits {
  using vertex_descriptor = Vertex;
  using edge_descriptor = CsrEdge;
  using directed_category = boost::undirected_tag;
  using edge_parallel_category = boost::disallow_parallel_edge_tag;
  using traversal_category = CsrTraversal;
  using vertex_iterator = boost::counting_iterator<Vertex>;
  using edge_iterator = CsrEdgeIterator;
  using out_edge_iterator = CsrOutEdgeIterator;
  using in_edge_iterator = CsrInEdgeIterator;
  using adjacency_iterator = const Vertex*;
  using vertices_size_type = Vertex;
  using edges_size_type = ArcIndex;
  using degree_size_type = ArcIndex;
  static constexpr vertex_descriptor null_vertex() { return static_cast<Vertex>(-1); }
};

// edge -> weight.
class CsrWeightMap {
 public:
  using key_type = CsrEdge;
  using value_type = float;
  using reference = float;
  using category = boost::readable_property_map_tag;

  CsrWeightMap() = default;
  explicit CsrWeightMap(const CsrGraph& graph) : weights_(graph.weights().data()) {}
  friend float get(const CsrWeightMap& map, const CsrEdge& e) { return map.weights_[e.arc]; }
  float operator[](const CsrEdge& e) const { return weights_[e.arc]; }

 private:
  const float* weights_ = nullptr;
};
using CsrIndexMap = boost::typed_identity_property_map<Vertex>;

inline auto vertices(const CsrGraph& g) {
  return std::pair(boost::counting_iterator<Vertex>(0), boost::counting_iterator<Vertex>(g.vertex_count()));
}
inline Vertex num_vertices(const CsrGraph& g) { return g.vertex_count(); }
inline std::pair<CsrEdgeIterator, CsrEdgeIterator> edges(const CsrGraph& g) {
  return {CsrEdgeIterator(g, 0), CsrEdgeIterator(g, g.arc_count())};
}
inline ArcIndex num_edges(const CsrGraph& g) { return g.edge_count(); }

inline Vertex source(const CsrEdge& e, const CsrGraph&) { return e.source; }
inline Vertex target(const CsrEdge& e, const CsrGraph&) { return e.target; }
inline std::pair<CsrOutEdgeIterator, CsrOutEdgeIterator> out_edges(Vertex v, const CsrGraph& g) {
  return {{g, v, g.arcs_begin(v)}, {g, v, g.arcs_end(v)}};
}
inline std::pair<CsrInEdgeIterator, CsrInEdgeIterator> in_edges(Vertex v, const CsrGraph& g) {
  return {{g, v, g.arcs_begin(v)}, {g, v, g.arcs_end(v)}};
}
inline ArcIndex out_degree(Vertex v, const CsrGraph& g) { return g.degree(v); }
inline ArcIndex in_degree(Vertex v, const CsrGraph& g) { return g.degree(v); }
inline ArcIndex degree(Vertex v, const CsrGraph& g) { return g.degree(v); }
inline std::pair<const Vertex*, const Vertex*> adjacent_vertices(Vertex v, const CsrGraph& g) {
  const auto row = g.neighbors(v);
  return {row.data(), row.data() + row.size()};
}
// The edge {u, v} and whether there is one; O(log degree).
inline std::pair<CsrEdge, bool> edge(Vertex u, Vertex v, const CsrGraph& g) {
  const auto row = g.neighbors(u);
  const auto it = std::lower_bound(row.begin(), row.end(), v);
  if (it == row.end() || *it != v) return {{}, false};
  return {{u, v, g.arcs_begin(u) + static_cast<ArcIndex>(it - row.begin())}, true};
}

inline CsrIndexMap get(boost::vertex_index_t, const CsrGraph&) { return {}; }
inline Vertex get(boost::vertex_index_t, const CsrGraph&, Vertex v) { return v; }
inline CsrWeightMap get(boost::edge_weight_t, const CsrGraph& g) { return CsrWeightMap(g); }
inline float get(boost::edge_weight_t, const CsrGraph& g, const CsrEdge& e) { return g.weight(e.arc); }

}  // namespace ringscope

namespace boost {

template <>
struct graph_traits<ringscope::CsrGraph> : ringscope::CsrGraphTraits {};
template <>
struct graph_traits<const ringscope::CsrGraph> : ringscope::CsrGraphTraits {};

template <>
struct property_map<ringscope::CsrGraph, vertex_index_t> {
  using type = ringscope::CsrIndexMap;
  using const_type = type;
};
template <>
struct property_map<ringscope::CsrGraph, edge_weight_t> {
  using type = ringscope::CsrWeightMap;
  using const_type = type;
};
template <class Property>
struct property_map<const ringscope::CsrGraph, Property> : property_map<ringscope::CsrGraph, Property> {};

}  // namespace boost
