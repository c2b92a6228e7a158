// Which community each vertex belongs to. Communities are numbered by their smallest member, in ascending order, so
// that equal partitions are equal arrays and `==` is the test.
#pragma once

#include <span>
#include <vector>

#include "algorithms/csr_graph.h"

namespace ringscope {

struct Partition {
  std::vector<Vertex> community_of;  // [V] -> [0, community_count)
  Vertex community_count = 0;

  friend bool operator==(const Partition&, const Partition&) = default;
};

// Renumbers arbitrary labels (any values, one a vertex) by smallest member. O(V log V) time.
Partition canonical_partition(std::span<const Vertex> labels);

// Members of every community, ascending: members of c are members[offsets[c] .. offsets[c + 1]).
struct PartitionMembers {
  std::vector<Vertex> offsets;
  std::vector<Vertex> members;

  std::span<const Vertex> of(Vertex community) const {
    return std::span(members).subspan(offsets[community], offsets[community + 1] - offsets[community]);
  }
};
PartitionMembers members_of(const Partition& partition);

}  // namespace ringscope
