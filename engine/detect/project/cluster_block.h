// Whole components of the similarity graph, clustered by whoever has them: what one worker of a distributed run does.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/detect/project/cluster.h"

namespace ringscope {

// Some accounts, ascending, with all their pairs: components in full, so that no pair leads out of them. Pairs and
// offsets are by the place of an account.
struct ClusterBlock {
  std::span<const Vertex> account;         // their numbers in the whole graph
  std::span<const WeightedEdge> core;      // ascending (u, v)
  std::span<const WeightedEdge> attach;    // likewise
  std::span<const char> held;              // as in Similarity; empty: none
  std::span<const std::uint64_t> offsets;  // of an account's things; one more than the accounts
  std::span<const Vertex> things;          // ascending within an account, numbers of the whole graph
  std::span<const float> bits;             // of each of `things`
};

// A group, and the smallest account of the community that it is of, by which groups are in order.
struct BlockGroup {
  Vertex first = 0;
  std::vector<Vertex> members;  // numbers of the whole graph
  std::vector<float> cohesion;
};

// What cluster() of the whole graph says of these components. Throws Error input for pairs beyond the block. One thread
// if the options say so.
std::vector<BlockGroup> cluster_block(const ClusterBlock& block, const ClusterOptions& options);

// What each entity says of an account that touches it, as cluster() takes it.
std::vector<float> cluster_bits(const BipartiteGraph& graph);

}  // namespace ringscope
