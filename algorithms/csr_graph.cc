#include "algorithms/csr_graph.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "base/error.h"

namespace ringscope {
namespace {

bool comes_before(const WeightedEdge& a, const WeightedEdge& b) {
  return std::tie(a.u, a.v, a.weight) < std::tie(b.u, b.v, b.weight);
}

// Strictly ascending pairs with u < v: nothing to sort, drop or sum.
bool is_canonical(std::span<const WeightedEdge> edges) {
  const auto not_canonical = [](const WeightedEdge& a, const WeightedEdge& b) {
    return b.u >= b.v || std::tie(a.u, a.v) >= std::tie(b.u, b.v);
  };
  return edges.empty() || (edges[0].u < edges[0].v && std::ranges::adjacent_find(edges, not_canonical) == edges.end());
}

// Edges with u < v, by (u, v, weight): dealt into rows by counting, then each short row is sorted.
std::vector<WeightedEdge> sorted_edges(Vertex vertex_count, std::span<const WeightedEdge> edges) {
  std::vector<ArcIndex> row(std::size_t{vertex_count} + 1, 0);
  for (const WeightedEdge& e : edges) {
    if (e.u != e.v) ++row[std::min(e.u, e.v) + std::size_t{1}];
  }
  std::partial_sum(row.begin(), row.end(), row.begin());
  std::vector<WeightedEdge> sorted(row.back());
  std::vector<ArcIndex> next(row.begin(), row.end() - 1);
  for (const WeightedEdge& e : edges) {
    if (e.u == e.v) continue;
    const auto [low, high] = std::minmax({e.u, e.v});
    sorted[next[low]++] = {low, high, e.weight};
  }
  for (std::size_t u = 0; u < vertex_count; ++u) {
    std::sort(sorted.begin() + static_cast<std::ptrdiff_t>(row[u]),
              sorted.begin() + static_cast<std::ptrdiff_t>(row[u + 1]), comes_before);
  }
  return sorted;
}

// Parallel edges become one; `edges` is sorted, so the weights are added in ascending order.
void sum_parallel(std::vector<WeightedEdge>& edges) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < edges.size();) {
    const Vertex u = edges[i].u;
    const Vertex v = edges[i].v;
    double sum = 0;
    for (; i < edges.size() && edges[i].u == u && edges[i].v == v; ++i) sum += static_cast<double>(edges[i].weight);
    edges[kept++] = {u, v, static_cast<float>(sum)};
  }
  edges.resize(kept);
}

// Both arcs of every canonical edge. A row receives its smaller neighbours first, then its larger ones: it ascends.
CsrArrays arcs_of(Vertex vertex_count, std::span<const WeightedEdge> edges) {
  CsrArrays arrays;
  arrays.offsets.assign(std::size_t{vertex_count} + 1, 0);
  for (const WeightedEdge& e : edges) {
    ++arrays.offsets[e.u + std::size_t{1}];
    ++arrays.offsets[e.v + std::size_t{1}];
  }
  std::partial_sum(arrays.offsets.begin(), arrays.offsets.end(), arrays.offsets.begin());
  arrays.targets.resize(arrays.offsets.back());
  arrays.weights.resize(arrays.offsets.back());
  std::vector<ArcIndex> next(arrays.offsets.begin(), arrays.offsets.end() - 1);
  const auto put = [&](Vertex from, Vertex to, float weight) {
    const ArcIndex arc = next[from]++;
    arrays.targets[arc] = to;
    arrays.weights[arc] = weight;
  };
  for (const WeightedEdge& e : edges) {
    put(e.u, e.v, e.weight);
    put(e.v, e.u, e.weight);
  }
  return arrays;
}

}  // namespace

CsrArrays build_csr(Vertex vertex_count, std::span<const WeightedEdge> edges) {
  for (const WeightedEdge& e : edges) {
    if (std::max(e.u, e.v) >= vertex_count) {
      throw Error(ErrorCode::internal,
                  "an edge names a vertex that the graph does not have; give a larger vertex count",
                  "edge " + std::to_string(e.u) + "-" + std::to_string(e.v) + ", " + std::to_string(vertex_count) +
                      " vertices");
    }
  }
  if (is_canonical(edges)) return arcs_of(vertex_count, edges);
  std::vector<WeightedEdge> sorted = sorted_edges(vertex_count, edges);
  sum_parallel(sorted);
  return arcs_of(vertex_count, sorted);
}

CsrArrays induced_subgraph(const CsrGraph& graph, std::span<const Vertex> members) {
  assert(std::ranges::is_sorted(members));
  CsrArrays arrays;
  arrays.offsets.reserve(members.size() + 1);
  arrays.offsets.push_back(0);
  for (const Vertex v : members) {
    auto from = members.begin();  // the row ascends, so the search never goes back
    for (ArcIndex arc = graph.arcs_begin(v); arc < graph.arcs_end(v); ++arc) {
      from = std::lower_bound(from, members.end(), graph.target(arc));
      if (from == members.end()) break;
      if (*from != graph.target(arc)) continue;
      arrays.targets.push_back(static_cast<Vertex>(from - members.begin()));
      arrays.weights.push_back(graph.weight(arc));
    }
    arrays.offsets.push_back(arrays.targets.size());
  }
  return arrays;
}

}  // namespace ringscope
