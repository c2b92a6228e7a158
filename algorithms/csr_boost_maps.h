// Arrays beside a CsrGraph as property maps of Boost.Graph, and predicates for boost::filtered_graph, without copying.
//
//   const ArcMap<std::int64_t> first(facts.first);            // get(first, edge)
//   boost::filtered_graph recent(graph, ArcAtLeast<std::int64_t>{facts.last, since});
//
// The arrays must outlive them. Predicates are default constructible and cheap to copy, as the iterators of
// filtered_graph ask.
#pragma once

#include <span>

#include "algorithms/csr_boost.h"

namespace ringscope {

// edge -> value, of an array by arc whose two arcs of an edge have the same.
template <class T>
class ArcMap {
 public:
  using key_type = CsrEdge;
  using value_type = T;
  using reference = const T&;
  using category = boost::readable_property_map_tag;

  ArcMap() = default;
  explicit ArcMap(std::span<const T> values) : values_(values.data()) {}
  friend reference get(const ArcMap& map, const CsrEdge& edge) { return map.values_[edge.arc]; }
  reference operator[](const CsrEdge& edge) const { return values_[edge.arc]; }

 private:
  const T* values_ = nullptr;
};

// vertex -> value, of an array by vertex.
template <class T>
class VertexMap {
 public:
  using key_type = Vertex;
  using value_type = T;
  using reference = const T&;
  using category = boost::readable_property_map_tag;

  VertexMap() = default;
  explicit VertexMap(std::span<const T> values) : values_(values.data()) {}
  friend reference get(const VertexMap& map, Vertex vertex) { return map.values_[vertex]; }
  reference operator[](Vertex vertex) const { return values_[vertex]; }

 private:
  const T* values_ = nullptr;
};

// Edges whose value is at least so large: bits, the last time that they were seen …
template <class T>
struct ArcAtLeast {
  std::span<const T> values{};
  T least{};
  bool operator()(const CsrEdge& edge) const { return values[edge.arc] >= least; }
};

// Edges of which one of these bits is set: those that share an entity of one of some layers.
template <class T>
struct ArcHasBit {
  std::span<const T> values{};
  T bits{};
  bool operator()(const CsrEdge& edge) const { return (values[edge.arc] & bits) != 0; }
};

// Vertices whose value is at least so large: a tier, a score …
template <class T>
struct VertexAtLeast {
  std::span<const T> values{};
  T least{};
  bool operator()(Vertex vertex) const { return values[vertex] >= least; }
};

}  // namespace ringscope
