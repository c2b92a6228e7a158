#include "algorithms/partition.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace ringscope {
namespace {

constexpr Vertex kUnseen = std::numeric_limits<Vertex>::max();

// Vertices are visited in ascending order, so a label's first visit is by its smallest member. Labels are below
// `bound`.
Partition number_by_first_visit(std::span<const Vertex> labels, std::size_t bound) {
  std::vector<Vertex> number(bound, kUnseen);
  Partition partition;
  partition.community_of.reserve(labels.size());
  for (const Vertex label : labels) {
    if (number[label] == kUnseen) number[label] = partition.community_count++;
    partition.community_of.push_back(number[label]);
  }
  return partition;
}

}  // namespace

Partition canonical_partition(std::span<const Vertex> labels) {
  if (labels.empty()) return {};
  const std::size_t bound = std::size_t{*std::ranges::max_element(labels)} + 1;
  if (bound <= 2 * labels.size() + 1024) return number_by_first_visit(labels, bound);

  std::vector<Vertex> distinct(labels.begin(), labels.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<Vertex> ranks(labels.size());
  std::ranges::transform(labels, ranks.begin(), [&](Vertex label) {
    return static_cast<Vertex>(std::ranges::lower_bound(distinct, label) - distinct.begin());
  });
  return number_by_first_visit(ranks, distinct.size());
}

PartitionMembers members_of(const Partition& partition) {
  PartitionMembers result;
  result.offsets.assign(std::size_t{partition.community_count} + 1, 0);
  for (const Vertex c : partition.community_of) ++result.offsets[c + std::size_t{1}];
  std::partial_sum(result.offsets.begin(), result.offsets.end(), result.offsets.begin());
  result.members.resize(partition.community_of.size());
  std::vector<Vertex> next(result.offsets.begin(), result.offsets.end() - 1);
  for (std::size_t v = 0; v < partition.community_of.size(); ++v) {
    result.members[next[partition.community_of[v]]++] = static_cast<Vertex>(v);
  }
  return result;
}

}  // namespace ringscope
