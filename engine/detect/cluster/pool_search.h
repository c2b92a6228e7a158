// Growing pools from first guesses: what one thread needs to look for them. How, see pools.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/detect/cluster/communities.h"
#include "engine/detect/cluster/group_gauge.h"
#include "engine/detect/cluster/group_sets.h"
#include "engine/detect/cluster/pools.h"

namespace ringscope {

// Who is like a group that he is not in.
struct Newcomer {
  Vertex account = 0;
  double bits = 0;  // by which he is, before the prior
};

class PoolSearch {
 public:
  // All accounts are free. Both must outlive it.
  PoolSearch(GroupGauge& gauge, const PoolOptions& options, unsigned threads);

  // By account: 1 for those in no group, who can be in a pool.
  std::vector<char>& free() { return free_; }
  void take(std::span<const Vertex> accounts) {
    for (const Vertex account : accounts) free_[account] = 0;
  }
  void use_threads(unsigned threads);

  // Pools that grow from the seed among free accounts, whom they take. Where more of the seed are banned than chance
  // ever has it, and no pool but one of few of them grows, also who was banned and is like the others in one kind: of
  // accounts that have little in common that tells them from strangers.
  void grow(std::vector<Vertex> seed, std::vector<Group>& pools);
  // Free accounts that made a difference to what grew since the last call: with any of them taken, something else might
  // have. May hold an account twice.
  std::vector<Vertex> take_relied_on() { return std::exchange(relied_on_, {}); }

  // Takes apart a group that pairs made, nobody of which is free, where those who ask alike ask nothing that the others
  // ask: common proxies glue operators. What is left of it stays one.
  void divide(Group& group, std::vector<Group>& parts);
  // Takes out of a group, nobody of which is free, the pools of members who are closer to each other than it is: alike
  // in a kind in which it is not.
  void part_closer(Group& group, std::vector<Group>& closer);
  // Fills in what the members of a group that was found otherwise have in common, when prompts are among it: what they
  // ask is evidence of another kind than any thing they share.
  void describe(Group& group);
  // Takes out of a group that is alike in several kinds those who are like it in one at most and, all in all, unlike
  // it: strangers on its addresses. Empty: there are none, or they are most of it.
  std::vector<Vertex> take_strangers(Group& group);
  // Free accounts that are as like the members as those of a pool are like each other, ascending; none where the
  // members are not like each other, or fewer than a pool's.
  std::vector<Newcomer> newcomers(const std::vector<Vertex>& members);
  // First guesses: by all things that the members touch, or, in the other view, by all facets and prompts that can
  // speak for an account by themselves.
  std::vector<std::vector<Vertex>> communities(const std::vector<Vertex>& members, std::size_t view = kThingView);

 private:
  // Who may be in a pool, and of what they are parts.
  struct Within {
    const std::vector<char>& accounts;
    std::span<const Vertex> whole;
    int depth;
  };
  void grow(std::vector<Vertex> seed, const Within& within, std::vector<Group>& pools);
  void grow_banned(std::vector<Vertex> seed, std::vector<Group>& pools);
  void grow_all(std::vector<std::vector<Vertex>> seeds, const Within& within, std::vector<Group>& pools);
  void grow_apart(const std::vector<Vertex>& members, const std::vector<std::vector<Vertex>>& parts,
                  std::vector<Group>& pools, int depth);
  bool is_one(const std::vector<Vertex>& members);
  std::uint64_t kinds_in_common(const std::vector<Vertex>& members);
  std::uint64_t kinds_had(const std::vector<Vertex>& members) const;
  std::vector<std::vector<Vertex>> by_prompts(const std::vector<Vertex>& members);
  bool promising(const std::vector<Vertex>& seed);
  std::vector<Vertex> candidates(const std::vector<Vertex>& members, const std::vector<char>& within);
  enum class Closeness { alike, banned };  // of the members of a pool, or of those of one whose members are banned
  struct Refined {
    Group pool;
    std::vector<Resemblance> likes;  // of its members to it
  };
  Refined refine(std::vector<Vertex> members, const std::vector<char>& within, Closeness closeness);
  struct InCommon {           // to half of the members of a group
    std::uint64_t kinds = 0;  // of the plan
    bool prompts = false;     // are among them
    double mean = 0;          // kinds in which a member is like the others
  };
  InCommon fill_in(Group& pool);
  InCommon fill_in(Group& pool, std::span<const Resemblance> likes);
  void mark_users_of_tools(Group& pool, const InCommon& common, std::span<const Resemblance> likes) const;
  void add_kept_prompts(Group& pool, InCommon& common) const;
  bool is_convincing(const Group& pool, const InCommon& common) const;
  bool stands_by_things(const Group& pool, const InCommon& common) const;
  bool is_banned(Vertex account) const { return std::ranges::binary_search(options_.banned, account); }
  bool are_banned(const std::vector<Vertex>& members, double most_chance) const;

  GroupGauge& gauge_;
  BipartiteGraph graph_;  // of the things
  const PoolOptions& options_;
  std::vector<char> free_;
  std::vector<std::uint64_t> kinds_marked_;  // scratch, by account; 0 between uses
  std::vector<Vertex> relied_on_;
  MarksByDepth marks_;
  Communities communities_;
};

// The seeds of a list, the largest first.
void largest_first(std::vector<std::vector<Vertex>>& seeds);

}  // namespace ringscope
