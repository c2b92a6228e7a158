#include "engine/detect/project/pair_block.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace ringscope {
namespace {

[[noreturn]] void refuse(const char* what) { throw Error(ErrorCode::input, what, "block of pairs"); }

void check_lengths(const PairBlockColumns& columns, std::size_t layers) {
  const std::size_t rights = columns.right.size();
  if (columns.layer.size() != rights || columns.degree.size() != rights || columns.rarity.size() != rights)
    refuse("columns of things differ in length");
  if (columns.left_scale.size() != columns.left.size() * layers) refuse("scales of accounts are missing");
  if (columns.edge_left.size() != columns.edge_right.size()) refuse("columns of edges differ in length");
  if (!std::ranges::is_sorted(columns.left) || !std::ranges::is_sorted(columns.right) ||
      !std::ranges::is_sorted(columns.layer))
    refuse("accounts and things must ascend");
}

// The place of a number in an ascending list.
Vertex place_of(std::span<const Vertex> list, Vertex number, const char* what) {
  const auto at = std::ranges::lower_bound(list, number);
  if (at == list.end() || *at != number) refuse(what);
  return static_cast<Vertex>(at - list.begin());
}

std::vector<float> copy(std::span<const float> values) { return {values.begin(), values.end()}; }

BipartiteArrays build_arrays(const PairBlockColumns& columns, std::size_t layers) {
  std::vector<std::pair<Vertex, Vertex>> edges;
  edges.reserve(columns.edge_left.size());
  for (std::size_t e = 0; e < columns.edge_left.size(); ++e) {
    edges.emplace_back(place_of(columns.left, columns.edge_left[e], "an edge of an account that is not there"),
                       place_of(columns.right, columns.edge_right[e], "an edge of a thing that is not there"));
  }
  std::ranges::sort(edges);
  if (std::ranges::adjacent_find(edges) != edges.end()) refuse("an edge comes twice");
  std::vector<ArcIndex> offsets(columns.left.size() + 1, 0);
  std::vector<Vertex> targets;
  targets.reserve(edges.size());
  for (const auto& [left, right] : edges) {
    ++offsets[left + std::size_t{1}];
    targets.push_back(right);
  }
  for (std::size_t l = 1; l < offsets.size(); ++l) offsets[l] += offsets[l - 1];
  std::vector<Vertex> layer_offsets(layers + 1, 0);
  for (const std::uint32_t layer : columns.layer) {
    if (layer >= layers) refuse("a thing of a layer that is not there");
    ++layer_offsets[layer + 1];
  }
  for (std::size_t k = 1; k <= layers; ++k) layer_offsets[k] += layer_offsets[k - 1];
  return build_bipartite(std::move(offsets), std::move(targets), static_cast<Vertex>(columns.right.size()),
                         std::move(layer_offsets));
}

}  // namespace

PairBlock::PairBlock(const PairBlockColumns& columns, std::size_t layers, const CompoundPoissonTails& tails)
    : layers_(layers),
      tails_(&tails),
      left_(columns.left.begin(), columns.left.end()),
      right_(columns.right.begin(), columns.right.end()),
      degree_(columns.degree.begin(), columns.degree.end()),
      rarity_(copy(columns.rarity)),
      with_consequences_(copy(columns.with_consequences)),
      left_scale_(copy(columns.left_scale)),
      vouching_{copy(columns.observed), copy(columns.fitted)} {
  check_lengths(columns, layers);
  arrays_ = build_arrays(columns, layers);
  row_begin_ = static_cast<Vertex>(std::ranges::lower_bound(left_, columns.first) - left_.begin());
  row_end_ = static_cast<Vertex>(std::ranges::lower_bound(left_, columns.end) - left_.begin());
}

CorroboratedRows PairBlock::corroborate(const CorroborationOptions& options) const {
  CorroboratedRows rows = corroborate_rows(null(), options, row_begin_, row_end_, degree_);
  for (JoinedLefts& join : rows.joined) join = {right_[join.right], left_[join.left], left_[join.other]};
  return rows;
}

PairLinks PairBlock::keep(double least_surprise, double vouch_core, double vouch_attach) const {
  PairLinks links = keep_rows(null(), {least_surprise, vouching_, vouch_core, vouch_attach}, row_begin_, row_end_);
  for (auto* edges : {&links.core, &links.attach}) {
    for (WeightedEdge& edge : *edges) edge = {left_[edge.u], left_[edge.v], edge.weight};
  }
  for (NearMiss& miss : links.near_misses) {
    if (miss.other != NearMiss::kNobody) miss.other = left_[miss.other];
  }
  return links;
}

}  // namespace ringscope
