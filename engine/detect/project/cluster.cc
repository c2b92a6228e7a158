#include "engine/detect/project/cluster.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "algorithms/attach.h"
#include "algorithms/conductance.h"
#include "algorithms/leiden.h"
#include "algorithms/transitivity.h"
#include "base/error.h"
#include "base/parallel.h"
#include "engine/detect/project/cluster_block.h"

namespace ringscope {
namespace {

constexpr int kPasses = 2;
constexpr Vertex kNowhere = std::numeric_limits<Vertex>::max();

std::vector<WeightedEdge> edges_among(const std::vector<WeightedEdge>& edges, const std::vector<char>& taking_part) {
  std::vector<WeightedEdge> kept;
  for (const WeightedEdge& edge : edges) {
    if (taking_part[edge.u] != 0 && taking_part[edge.v] != 0) kept.push_back(edge);
  }
  return kept;
}

// `names` as in LeidenOptions.
Partition partition_of(const Similarity& similarity, const std::vector<char>& taking_part,
                       const ClusterOptions& options, std::span<const Vertex> names = {}) {
  const auto accounts = static_cast<Vertex>(taking_part.size());
  const std::vector<WeightedEdge> core = edges_among(similarity.core, taking_part);
  const Partition communities = leiden(build_csr(accounts, core).view(), {.objective = LeidenObjective::cpm,
                                                                          .resolution = options.resolution,
                                                                          .seed = options.seed,
                                                                          .threads = options.threads,
                                                                          .names = names});
  const Partition closed = merge_leaky(communities, core, options.most_leak);
  return attach(merge_transitive(closed, core), edges_among(similarity.attach, taking_part));
}

// -log2 of an entity's share of its layer's edges: what touching it says about an account.
std::vector<float> entity_bits(const BipartiteGraph& graph) {
  std::vector<float> bits(graph.right_count(), 0);
  for (std::size_t k = 0; k < graph.layer_count(); ++k) {
    double edges = 0;
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r)
      edges += static_cast<double>(graph.right_degree(r));
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
      const auto degree = static_cast<double>(graph.right_degree(r));
      if (degree > 0) bits[r] = static_cast<float>(-std::log2(degree / edges));
    }
  }
  return bits;
}

// For each member, the share of its bits that it shares with another member. visit(member, see) calls see(thing, bits)
// for each thing of the member.
template <class Visit>
std::vector<float> cohesion_among(std::span<const Vertex> members, const Visit& visit) {
  std::vector<Vertex> touched;
  for (const Vertex member : members) visit(member, [&](Vertex thing, float) { touched.push_back(thing); });
  std::sort(touched.begin(), touched.end());
  std::vector<float> cohesion;
  for (const Vertex member : members) {
    double shared = 0, all = 0;
    visit(member, [&](Vertex thing, float bits) {
      const auto at = std::lower_bound(touched.begin(), touched.end(), thing);
      all += static_cast<double>(bits);
      if (at + 1 != touched.end() && *(at + 1) == thing) shared += static_cast<double>(bits);
    });
    cohesion.push_back(all > 0 ? static_cast<float>(shared / all) : 0.0F);
  }
  return cohesion;
}

std::vector<float> cohesion_of(const BipartiteGraph& graph, std::span<const float> bits,
                               std::span<const Vertex> members) {
  return cohesion_among(members, [&](Vertex member, const auto& see) {
    for (const Vertex r : graph.rights_of(member)) see(r, bits[r]);
  });
}

// Accounts by their places among those that are clustered.
using Names = std::span<const Vertex>;  // empty: all are

std::vector<Vertex> named(const std::vector<Vertex>& places, Names names) {
  std::vector<Vertex> accounts(places);
  if (!names.empty()) std::ranges::transform(places, accounts.begin(), [&](Vertex place) { return names[place]; });
  return accounts;
}

// All groups of two or more with their cohesion, nobody left out yet.
std::vector<Group> groups_of(const BipartiteGraph& graph, std::span<const float> bits, const Partition& partition,
                             Names names, unsigned threads) {
  const PartitionMembers members = members_of(partition);
  std::vector<Group> groups;
  for (Vertex c = 0; c < partition.community_count; ++c) {
    const auto of = members.of(c);
    if (of.size() >= 2) groups.push_back({.members = {of.begin(), of.end()}, .cohesion = {}});
  }
  const auto measure = [&](std::size_t g) {
    groups[g].cohesion = cohesion_of(graph, bits, named(groups[g].members, names));
  };
  parallel_for(groups.size(), threads, measure, 16);
  return groups;
}

void drop_incohesive(Group& group, double least, const std::vector<char>& held, std::vector<char>& taking_part) {
  Group kept;
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    const bool stays = !held.empty() && held[group.members[i]] != 0;
    if (!stays && static_cast<double>(group.cohesion[i]) < least) {
      taking_part[group.members[i]] = 0;
      continue;
    }
    kept.members.push_back(group.members[i]);
    kept.cohesion.push_back(group.cohesion[i]);
  }
  group = std::move(kept);
}

std::vector<Group> cluster_places(const BipartiteGraph& graph, Names names, const Similarity& similarity, Vertex count,
                                  const ClusterOptions& options) {
  const std::vector<float> bits = entity_bits(graph);
  std::vector<char> taking_part(count, 1);
  std::vector<Group> groups;
  for (int pass = 0; pass < kPasses; ++pass) {
    groups = groups_of(graph, bits, partition_of(similarity, taking_part, options), names, options.threads);
    for (Group& group : groups) drop_incohesive(group, options.least_cohesion, similarity.held, taking_part);
  }
  std::erase_if(groups, [&](const Group& group) { return group.members.size() < options.least_size; });
  for (Group& group : groups) group.members = named(group.members, names);
  return groups;
}

}  // namespace

bool found_by_time(const Group& group) {
  return !group.likeness.empty() && (group.likeness.front() == kTraffic || group.likeness.front() == kArrival);
}

double membership_of(const Group& group, std::size_t member) {
  const auto cohesion = static_cast<double>(group.cohesion[member]);
  if (member >= group.member_likeness.size() || group.member_likeness[member].of == 0) return cohesion;
  const MemberLikeness& like = group.member_likeness[member];
  return std::max(cohesion, static_cast<double>(like.kinds) / like.of);
}

std::vector<Group> cluster(const BipartiteGraph& graph, const Similarity& similarity, const ClusterOptions& options) {
  return cluster_places(graph, {}, similarity, graph.left_count(), options);
}

std::vector<Group> cluster_part(const BipartiteGraph& graph, std::span<const Vertex> part, const Similarity& similarity,
                                const ClusterOptions& options) {
  std::vector<Vertex> place_of(graph.left_count(), kNowhere);
  for (Vertex place = 0; place < part.size(); ++place) place_of[part[place]] = place;
  const auto edges_among_part = [&](const std::vector<WeightedEdge>& edges) {
    std::vector<WeightedEdge> kept;
    for (const WeightedEdge& edge : edges) {
      if (place_of[edge.u] != kNowhere && place_of[edge.v] != kNowhere)
        kept.push_back({place_of[edge.u], place_of[edge.v], edge.weight});
    }
    return kept;
  };
  Similarity inside;
  inside.core = edges_among_part(similarity.core);
  inside.attach = edges_among_part(similarity.attach);
  for (const Vertex account : part) {
    if (!similarity.held.empty()) inside.held.push_back(similarity.held[account]);
  }
  return cluster_places(graph, part, inside, static_cast<Vertex>(part.size()), options);
}

std::vector<std::span<const Vertex>> members_by_group(const std::vector<Group>& groups) {
  std::vector<std::span<const Vertex>> members;
  members.reserve(groups.size());
  for (const Group& group : groups) members.emplace_back(group.members);
  return members;
}

void measure_cohesion(const BipartiteGraph& graph, std::vector<Group>& groups, unsigned threads) {
  const std::vector<float> bits = entity_bits(graph);
  const auto measure = [&](std::size_t g) {
    if (groups[g].cohesion.empty()) groups[g].cohesion = cohesion_of(graph, bits, groups[g].members);
  };
  parallel_for(groups.size(), threads, measure, 16);
}

namespace {

void check_block(const ClusterBlock& block) {
  const std::size_t count = block.account.size();
  const auto inside = [&](const WeightedEdge& edge) { return edge.u < edge.v && edge.v < count; };
  if (block.offsets.size() != count + 1 || block.offsets.back() != block.things.size() ||
      block.bits.size() != block.things.size() || (!block.held.empty() && block.held.size() != count))
    throw Error(ErrorCode::input, "columns do not fit together", "block of components");
  if (!std::ranges::all_of(block.core, inside) || !std::ranges::all_of(block.attach, inside))
    throw Error(ErrorCode::input, "a pair leads out of the block", "block of components");
}

std::vector<float> cohesion_in(const ClusterBlock& block, std::span<const Vertex> places) {
  return cohesion_among(places, [&](Vertex place, const auto& see) {
    for (std::uint64_t i = block.offsets[place]; i < block.offsets[place + 1]; ++i) see(block.things[i], block.bits[i]);
  });
}

}  // namespace

std::vector<float> cluster_bits(const BipartiteGraph& graph) { return entity_bits(graph); }

std::vector<BlockGroup> cluster_block(const ClusterBlock& block, const ClusterOptions& options) {
  check_block(block);
  Similarity similarity;
  similarity.core.assign(block.core.begin(), block.core.end());
  similarity.attach.assign(block.attach.begin(), block.attach.end());
  similarity.held.assign(block.held.begin(), block.held.end());
  std::vector<char> taking_part(block.account.size(), 1);
  std::vector<Vertex> firsts;
  std::vector<Group> groups;
  for (int pass = 0; pass < kPasses; ++pass) {
    groups.clear();
    firsts.clear();
    const Partition partition = partition_of(similarity, taking_part, options, block.account);
    const PartitionMembers members = members_of(partition);
    for (Vertex c = 0; c < partition.community_count; ++c) {
      const auto of = members.of(c);
      if (of.size() < 2) continue;
      firsts.push_back(block.account[of.front()]);
      groups.push_back({.members = {of.begin(), of.end()}, .cohesion = cohesion_in(block, of)});
      drop_incohesive(groups.back(), options.least_cohesion, similarity.held, taking_part);
    }
  }
  std::vector<BlockGroup> result;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].members.size() < options.least_size) continue;
    result.push_back({firsts[g], named(groups[g].members, block.account), std::move(groups[g].cohesion)});
  }
  return result;
}

}  // namespace ringscope
