#include "algorithms/named/named.h"

#include "base/error.h"

namespace ringscope::named {

std::vector<Algorithm> rows_of(std::initializer_list<std::vector<Algorithm>> lists) {
  std::vector<Algorithm> rows;
  for (const std::vector<Algorithm>& list : lists) rows.insert(rows.end(), list.begin(), list.end());
  return rows;
}

void check_length(std::string_view name, std::size_t length, std::size_t wanted, bool may_be_empty) {
  if (length == wanted || (may_be_empty && length == 0)) return;
  throw Error(ErrorCode::usage, "has " + std::to_string(length) + " values; must have " + std::to_string(wanted),
              std::string(name));
}

void check_below(std::string_view name, std::span<const std::uint32_t> vertices, std::size_t count) {
  for (const std::uint32_t v : vertices) {
    if (v >= count)
      throw Error(ErrorCode::usage, std::to_string(v) + " must be below " + std::to_string(count), std::string(name));
  }
}

Partition partition_of(std::span<const Vertex> labels, Vertex vertex_count) {
  check_length("partition", labels.size(), vertex_count);
  return canonical_partition(labels);
}

std::vector<WeightedEdge> edges_of(const CsrGraph& graph) {
  std::vector<WeightedEdge> edges;
  edges.reserve(graph.edge_count());
  for (Vertex v = 0; v < graph.vertex_count(); ++v) {
    for (ArcIndex a = graph.arcs_begin(v); a < graph.arcs_end(v); ++a) {
      if (v < graph.target(a)) edges.push_back({v, graph.target(a), graph.weight(a)});
    }
  }
  return edges;
}

Outputs edge_columns(const std::vector<WeightedEdge>& edges) {
  return {column_of<std::uint32_t>(edges, [](const WeightedEdge& e) { return e.u; }),
          column_of<std::uint32_t>(edges, [](const WeightedEdge& e) { return e.v; }),
          column_of<float>(edges, [](const WeightedEdge& e) { return e.weight; })};
}

}  // namespace ringscope::named
