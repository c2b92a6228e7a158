// The rows of algorithms/registry.h, a list a file, and what the rows have in common.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"
#include "algorithms/registry.h"

namespace ringscope::named {

std::vector<Algorithm> graph_rows();      // graphs made of graphs, pictures
std::vector<Algorithm> community_rows();  // partitions and their quality
std::vector<Algorithm> bipartite_rows();  // bipartite graphs: projections, blocks, what follows from what
std::vector<Algorithm> pair_rows();       // pairs of left vertices
std::vector<Algorithm> chance_rows();     // tests and null models
std::vector<Algorithm> group_rows();      // sets, groups, series

// The rows of several lists.
std::vector<Algorithm> rows_of(std::initializer_list<std::vector<Algorithm>> lists);

using Outputs = std::vector<OutputValue>;

inline Parameter threads_parameter() {
  return {"threads", ValueType::integer, "0: as many as the machine has", std::int64_t{0}};
}
inline Parameter graph_parameter() { return {"graph", ValueType::graph, "undirected, weights > 0"}; }
inline Parameter bipartite_parameter() { return {"graph", ValueType::bipartite, "left x right, in layers"}; }
template <class T>
InputValue no_array() {
  return std::span<const T>();
}

// Throws Error usage unless the array has so many values, or none where that is allowed.
void check_length(std::string_view name, std::size_t length, std::size_t wanted, bool may_be_empty = false);
// Throws Error usage for a number, or a vertex, that is not below `count`.
void check_below(std::string_view name, std::uint64_t value, std::size_t count);
void check_below(std::string_view name, std::span<const std::uint32_t> vertices, std::size_t count);
// Throws Error usage unless each is above the one before.
void check_ascending(std::string_view name, std::span<const std::uint32_t> vertices);
// Throws Error usage unless the rows are what everything in algorithms/ relies on, for it does not look again: offsets
// go from 0 to the number of targets and do not fall; the targets of a row ascend, without duplicates, below `most`.
void check_rows(std::span<const ArcIndex> offsets, std::span<const Vertex> targets, std::size_t most);
// The labels as a partition of so many vertices.
Partition partition_of(std::span<const Vertex> labels, Vertex vertex_count);
// Every edge once, from its smaller end.
std::vector<WeightedEdge> edges_of(const CsrGraph& graph);
// As three arrays: u, v, weight.
Outputs edge_columns(const std::vector<WeightedEdge>& edges);
// One array a field.
template <class T, class Row, class Field>
std::vector<T> column_of(const std::vector<Row>& rows, const Field& field) {
  std::vector<T> values;
  values.reserve(rows.size());
  for (const Row& row : rows) values.push_back(static_cast<T>(field(row)));
  return values;
}

}  // namespace ringscope::named
