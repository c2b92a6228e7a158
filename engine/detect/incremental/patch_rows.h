// Rows of a bipartite graph whose right vertices are known by (layer, key), with some of its left vertices' rows
// replaced: the graph that loading everything anew would give, for the cost of a copy.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

inline constexpr Vertex kGone = std::numeric_limits<Vertex>::max();

template <class Payload>
struct KeyedRows {
  std::vector<std::uint64_t> keys;  // of right vertices, ascending within a layer
  BipartiteArrays arrays;
  std::vector<Payload> payload;  // by edge
};

template <class Payload>
struct KeyedEdge {
  std::uint32_t layer = 0;
  std::uint64_t key = 0;
  Payload payload{};
};

// Where the left vertices of the new graph come from.
struct LeftPlan {
  std::vector<Vertex> old_of;  // by new vertex: its number before; kGone: it is new
  std::vector<Vertex> row_of;  // by new vertex: position among the replaced rows; kGone: it stays as it is
};

// The new graph, and by old right vertex its number now (kGone: nobody touches it any more). Edges of a replaced row
// ascend by (layer, key). O(vertices + edges + new edges · log).
template <class Payload>
class RowPatch {
 public:
  RowPatch(const KeyedRows<Payload>& old, const LeftPlan& plan,
           std::span<const std::vector<KeyedEdge<Payload>>> replaced)
      : old_(old), graph_(old.arrays.view()), plan_(plan), replaced_(replaced) {}

  KeyedRows<Payload> run() {
    number_rights();
    KeyedRows<Payload> result;
    std::vector<ArcIndex> offsets{0};
    std::vector<Vertex> targets;
    offsets.reserve(plan_.old_of.size() + 1);
    targets.reserve(graph_.edge_count() + graph_.edge_count() / 16);
    result.payload.reserve(targets.capacity());
    for (std::size_t l = 0; l < plan_.old_of.size(); ++l) {
      if (plan_.row_of[l] != kGone) {
        for (const KeyedEdge<Payload>& edge : replaced_[plan_.row_of[l]]) {
          targets.push_back(number_of(edge));
          result.payload.push_back(edge.payload);
        }
      } else {
        const ArcIndex begin = graph_.left_begin(plan_.old_of[l]);
        for (const Vertex r : graph_.rights_of(plan_.old_of[l])) targets.push_back(now_[r]);
        const auto first = old_.payload.begin() + static_cast<std::ptrdiff_t>(begin);
        result.payload.insert(result.payload.end(), first,
                              first + static_cast<std::ptrdiff_t>(graph_.left_degree(plan_.old_of[l])));
      }
      offsets.push_back(targets.size());
    }
    const auto rights = static_cast<Vertex>(keys_.size());
    result.arrays = build_bipartite(std::move(offsets), std::move(targets), rights, layer_offsets_);
    result.keys = std::move(keys_);
    return result;
  }

  const std::vector<Vertex>& now() const { return now_; }

 private:
  // Right vertices that are touched by a row that stays, or by a replaced one.
  void number_rights() {
    std::vector<std::uint32_t> users(graph_.right_count());
    for (Vertex r = 0; r < graph_.right_count(); ++r) users[r] = static_cast<std::uint32_t>(graph_.right_degree(r));
    std::vector<char> stays(graph_.left_count(), 0);
    for (std::size_t l = 0; l < plan_.old_of.size(); ++l) {
      if (plan_.row_of[l] == kGone) stays[plan_.old_of[l]] = 1;
    }
    for (Vertex l = 0; l < graph_.left_count(); ++l) {
      if (stays[l] != 0) continue;
      for (const Vertex r : graph_.rights_of(l)) --users[r];
    }
    std::vector<std::pair<std::uint32_t, std::uint64_t>> added;
    for (const auto& row : replaced_) {
      for (const KeyedEdge<Payload>& edge : row) added.emplace_back(edge.layer, edge.key);
    }
    std::sort(added.begin(), added.end());
    added.erase(std::unique(added.begin(), added.end()), added.end());
    now_.assign(graph_.right_count(), kGone);
    auto next = added.begin();
    for (std::size_t k = 0; k < graph_.layer_count(); ++k) {
      layer_offsets_.push_back(static_cast<Vertex>(keys_.size()));
      for (Vertex r = graph_.layer_begin(k); r < graph_.layer_end(k); ++r) {
        for (; next != added.end() && next->first == k && next->second < old_.keys[r]; ++next)
          keys_.push_back(next->second);
        const bool again = next != added.end() && next->first == k && next->second == old_.keys[r];
        if (again) ++next;
        if (!again && users[r] == 0) continue;
        now_[r] = static_cast<Vertex>(keys_.size());
        keys_.push_back(old_.keys[r]);
      }
      for (; next != added.end() && next->first == k; ++next) keys_.push_back(next->second);
    }
    layer_offsets_.push_back(static_cast<Vertex>(keys_.size()));
  }

  Vertex number_of(const KeyedEdge<Payload>& edge) const {
    const auto begin = keys_.begin() + layer_offsets_[edge.layer];
    const auto end = keys_.begin() + layer_offsets_[edge.layer + std::size_t{1}];
    return static_cast<Vertex>(std::lower_bound(begin, end, edge.key) - keys_.begin());
  }

  const KeyedRows<Payload>& old_;
  BipartiteGraph graph_;
  const LeftPlan& plan_;
  std::span<const std::vector<KeyedEdge<Payload>>> replaced_;
  std::vector<std::uint64_t> keys_;
  std::vector<Vertex> layer_offsets_;
  std::vector<Vertex> now_;
};

}  // namespace ringscope
