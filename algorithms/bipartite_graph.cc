#include "algorithms/bipartite_graph.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"

namespace ringscope {
namespace {

void check_shape(const std::vector<ArcIndex>& left_offsets, const std::vector<Vertex>& left_targets, Vertex right_count,
                 const std::vector<Vertex>& layer_offsets) {
  const bool rows_fit = !left_offsets.empty() && left_offsets.front() == 0 &&
                        left_offsets.back() == left_targets.size() && std::ranges::is_sorted(left_offsets);
  const bool layers_fit = !layer_offsets.empty() && layer_offsets.front() == 0 && layer_offsets.back() == right_count &&
                          std::ranges::is_sorted(layer_offsets);
  const bool targets_fit = std::ranges::all_of(left_targets, [&](Vertex r) { return r < right_count; });
  if (rows_fit && layers_fit && targets_fit) return;
  throw Error(ErrorCode::internal, "the arrays do not describe a bipartite graph; check how they were built",
              !rows_fit     ? "left offsets"
              : !layers_fit ? "layer offsets"
                            : "a target beyond the right side");
}

}  // namespace

BipartiteArrays build_bipartite(std::vector<ArcIndex> left_offsets, std::vector<Vertex> left_targets,
                                Vertex right_count, std::vector<Vertex> layer_offsets) {
  check_shape(left_offsets, left_targets, right_count, layer_offsets);
  BipartiteArrays arrays;
  arrays.right_offsets.assign(std::size_t{right_count} + 1, 0);
  for (const Vertex r : left_targets) ++arrays.right_offsets[r + std::size_t{1}];
  std::partial_sum(arrays.right_offsets.begin(), arrays.right_offsets.end(), arrays.right_offsets.begin());
  arrays.right_targets.resize(left_targets.size());
  arrays.right_edges.resize(left_targets.size());
  std::vector<ArcIndex> next(arrays.right_offsets.begin(), arrays.right_offsets.end() - 1);
  for (std::size_t l = 0; l + 1 < left_offsets.size(); ++l) {
    for (ArcIndex edge = left_offsets[l]; edge < left_offsets[l + 1]; ++edge) {
      const ArcIndex position = next[left_targets[edge]]++;
      arrays.right_targets[position] = static_cast<Vertex>(l);
      arrays.right_edges[position] = edge;
    }
  }
  arrays.left_offsets = std::move(left_offsets);
  arrays.left_targets = std::move(left_targets);
  arrays.layer_offsets = std::move(layer_offsets);
  return arrays;
}

}  // namespace ringscope
