// Pairs -> groups of accounts, and how far each account belongs to its group.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "algorithms/partition.h"
#include "engine/detect/project/project.h"

namespace ringscope {

struct ClusterOptions {
  double resolution = 0.7;       // bits that a pair of a community shares in the mean; the same in data of any size …
  double most_leak = 0.15;       // … and pieces of one ring that share this much with others are merged again
  double least_cohesion = 0.10;  // a member that shares less than this of its own bits with its group is no member
  Vertex least_size = 3;         // smaller groups are dropped
  std::uint64_t seed = 1;
  unsigned threads = 0;
};

// Without a gap, for images hold it as it lies in memory.
struct MemberLikeness {
  int kinds = 0;                // independent kinds in which it is like the others
  float odds = 0;               // bits: log-odds that it is a member, its kin left out
  int of = 0;                   // kinds of which it has anything
  std::int16_t asks = 0;        // 1: what the others ask
  std::int16_t tools_only = 0;  // 1: like them in nothing but a client and prompts, which others have as well
};

struct Group {
  std::vector<Vertex> members;  // accounts, ascending
  std::vector<float>
      cohesion;  // per member: share of its bits (rarity of what it touches) that it shares inside the group, [0, 1]
  // Of a pool only: the independent kinds of likeness that most members have, and each member's own.
  std::vector<std::string> likeness{};
  std::vector<MemberLikeness> member_likeness{};
};

// By group its members.
std::vector<std::span<const Vertex>> members_by_group(const std::vector<Group>& groups);

// The likeness of groups that were found by when things were done, which neither clustering nor a mixture can find
// again: shares of one stream (dispatch.h), arrivals all at once (arrivals.h).
inline constexpr const char* kTraffic = "traffic";
inline constexpr const char* kArrival = "arrival";
bool found_by_time(const Group& group);

// How far a member belongs to its group, [0, 1]: by what it shares, or by the kinds in which it is like the others.
double membership_of(const Group& group, std::size_t member);

// Groups in order of their smallest member. Cores are Leiden communities of the core pairs, leaky ones merged,
// then those tied in triangles; attaching pairs then add accounts to cores or form groups of their own; members without
// cohesion are taken out, and what is left is clustered once more.
std::vector<Group> cluster(const BipartiteGraph& graph, const Similarity& similarity, const ClusterOptions& options);

// The same of these accounts (ascending) only, and of the pairs among them. Costs what they do, and O(accounts +
// entities + pairs) to look for them.
std::vector<Group> cluster_part(const BipartiteGraph& graph, std::span<const Vertex> part, const Similarity& similarity,
                                const ClusterOptions& options);

// Fills in the cohesion of groups that have none: they were made or changed elsewhere.
void measure_cohesion(const BipartiteGraph& graph, std::vector<Group>& groups, unsigned threads);

}  // namespace ringscope
