#include "algorithms/named/named.h"

#include <algorithm>

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

void check_below(std::string_view name, std::uint64_t value, std::size_t count) {
  if (value < count) return;
  throw Error(ErrorCode::usage, std::to_string(value) + " must be below " + std::to_string(count), std::string(name));
}

void check_below(std::string_view name, std::span<const std::uint32_t> vertices, std::size_t count) {
  for (const std::uint32_t v : vertices) check_below(name, v, count);
}

void check_ascending(std::string_view name, std::span<const std::uint32_t> vertices) {
  for (std::size_t i = 1; i < vertices.size(); ++i) {
    if (vertices[i - 1] >= vertices[i]) throw Error(ErrorCode::usage, "must ascend", std::string(name));
  }
}

void check_rows(std::span<const ArcIndex> offsets, std::span<const Vertex> targets, std::size_t most) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != targets.size())
    throw Error(ErrorCode::usage, "indptr must begin with 0 and end with the number of indices", "indptr");
  if (!std::ranges::is_sorted(offsets)) throw Error(ErrorCode::usage, "indptr must not fall", "indptr");
  for (std::size_t v = 0; v + 1 < offsets.size(); ++v) {
    for (ArcIndex a = offsets[v]; a < offsets[v + 1]; ++a) {
      if (targets[a] >= most || (a > offsets[v] && targets[a - 1] >= targets[a]))
        throw Error(ErrorCode::usage, "each row's indices must ascend, without duplicates, and be below the size",
                    "row " + std::to_string(v));
    }
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
