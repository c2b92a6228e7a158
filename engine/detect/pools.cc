#include "engine/detect/pools.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <map>
#include <numeric>
#include <string>

#include "algorithms/dense_block.h"
#include "engine/detect/askers.h"
#include "engine/detect/communities.h"
#include "engine/detect/group_sets.h"
#include "engine/detect/pool_member.h"
#include "engine/detect/unite.h"
#include "engine/profile.h"

namespace ringscope {
namespace {

constexpr int kMostRounds = 6;
constexpr std::size_t kMostBlocks = 8;
constexpr std::size_t kLeastDescribed = 3;  // accounts
constexpr int kMostDepth = 3;               // of pools taken for a mixture
// Where all ask the same few things modularity is 0 however they are parted; below 1 the whole is better than its
// parts.
constexpr double kPromptResolution = 0.5;

class PoolFinder {
 public:
  PoolFinder(GroupGauge& gauge, const PoolOptions& options)
      : gauge_(gauge),
        graph_(gauge.plan().views[0].graph),
        options_(options),
        free_(graph_.left_count(), 1),
        kinds_marked_(graph_.left_count(), 0),
        marks_(kMostDepth, graph_.left_count()),
        communities_(gauge.plan(), options.seed, options.threads) {}

  void take(std::span<const Vertex> accounts) {
    for (const Vertex account : accounts) free_[account] = 0;
  }

  // `asking`: first guesses by prompts.
  std::vector<Group> run(const std::vector<std::vector<Vertex>>& asking) {
    std::vector<Group> pools = run_by_communities();
    search(asking, free_, pools, 0);
    search(dense_blocks(graph_, free_, {.max_blocks = kMostBlocks, .least_left = options_.least_size}), free_, pools,
           0);
    return pools;
  }

  std::vector<Group> run_by_communities() {
    std::vector<Group> pools;
    search(communities(all_free()), free_, pools, 0);
    search(communities(all_free()), free_, pools, 0);  // those whom a mixture kept from a pool of their own
    return pools;
  }

  // Lets those go who ask alike and are the lesser part of groups that they are not like: a crowd that pairs glued
  // hides them.
  void release(const std::vector<Group>& groups, const std::vector<std::vector<Vertex>>& asking) {
    const std::vector<std::uint32_t> of = group_of(groups, free_.size());
    std::map<std::uint32_t, std::vector<std::vector<Vertex>>> lesser;
    for (const std::vector<Vertex>& askers : asking) {
      for (auto& [g, part] : by_group(askers, of)) {
        if (2 * part.size() < groups[g].members.size()) lesser[g].push_back(std::move(part));
      }
    }
    for (const auto& [g, parts] : lesser) {
      gauge_.hold(groups[g].members);
      for (const std::vector<Vertex>& part : parts) {
        gauge_.set_aside(part);
        if (gauge_.is_like(part)) continue;
        for (const Vertex account : part) free_[account] = 1;
      }
    }
  }

  // What the members of each group have in common, strangers left out.
  void describe_all(std::vector<Group>& groups) {
    std::vector<Group> rests;
    for (Group& group : groups) {
      if (group.members.size() < kLeastDescribed) continue;
      describe(group);
      std::vector<Vertex> strangers = take_strangers(group);
      if (strangers.size() >= kLeastDescribed) rests.push_back({.members = std::move(strangers), .cohesion = {}});
    }
    std::move(rests.begin(), rests.end(), std::back_inserter(groups));
  }

  // Fills in what the members of a group that was found otherwise have in common, when prompts are among it: what they
  // ask is evidence of another kind than any thing they share.
  void describe(Group& group) {
    const bool pool = !group.likeness.empty();
    group.likeness.clear();
    group.member_likeness.clear();
    fill_in(group);
    const auto prompts = std::find(group.likeness.begin(), group.likeness.end(), kPrompts);
    if (pool || prompts != group.likeness.end()) return;
    group.likeness.clear();
    group.member_likeness.clear();
  }

  // Takes out of a group that is alike in several kinds those who are like it in one at most and, all in all, unlike
  // it: strangers on its addresses. Empty: there are none, or they are most of it.
  std::vector<Vertex> take_strangers(Group& group) {
    std::vector<Vertex> strangers;
    for (std::size_t m = 0; m < group.member_likeness.size() && group.likeness.size() >= 2; ++m) {
      const MemberLikeness& like = group.member_likeness[m];
      if (like.kinds < 2 && like.odds < 0) strangers.push_back(group.members[m]);
    }
    if (strangers.empty() || 2 * strangers.size() > group.members.size()) return {};
    group.members = without(group.members, strangers);
    group.cohesion.clear();
    describe(group);
    return strangers;
  }

  // Takes apart groups that pairs made, where those who ask alike ask nothing that the others ask: common proxies glue
  // operators. What is left of a group stays one.
  void divide(std::vector<Group>& groups) {
    std::vector<Group> parts;
    for (Group& group : groups) {
      if (group.members.size() < std::size_t{2} * options_.least_size) continue;
      std::vector<std::vector<Vertex>> seeds = by_prompts(group.members);
      if (seeds.empty()) continue;
      for (const Vertex account : group.members) free_[account] = 1;
      search_apart(group.members, seeds, parts, 1);
      std::erase_if(group.members, [&](Vertex account) { return free_[account] == 0; });
      take(group.members);
      group.cohesion.clear();
    }
    std::move(parts.begin(), parts.end(), std::back_inserter(groups));
  }

 private:
  // Pools that grow from the seeds, the largest first, among the accounts marked in `within`.
  void search(std::vector<std::vector<Vertex>> seeds, const std::vector<char>& within, std::vector<Group>& pools,
              int depth) {
    std::stable_sort(seeds.begin(), seeds.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    for (std::vector<Vertex>& seed : seeds) {
      std::erase_if(seed, [&](Vertex account) { return free_[account] == 0; });
      if (seed.size() < options_.least_size || !promising(seed)) continue;
      Group pool = refine(std::move(seed), within);
      if (pool.members.size() < options_.least_size || !convincing(pool)) continue;
      std::vector<std::vector<Vertex>> apart = by_prompts(pool.members);
      std::size_t strangers = 0;
      for (const std::vector<Vertex>& part : apart) strangers += part.size();
      const bool one = 2 * strangers < pool.members.size() && is_one(pool.members);
      const std::size_t before = pools.size();
      if (depth < kMostDepth && !apart.empty()) {
        search_apart(pool.members, apart, pools, depth + 1);
      } else if (depth < kMostDepth && !one) {
        std::vector<char>& marked = marks_.at(depth);
        mark(pool.members, 1, marked);
        search(communities(pool.members), marked, pools, depth + 1);
        mark(pool.members, 0, marked);
      }
      if (one && pools.size() == before) {
        take(pool.members);
        pools.push_back(std::move(pool));
      }
    }
  }

  // Pools that grow from each of the parts, without those of the other parts: they would be drawn in again for all else
  // that they have in common. The rest of the members grow one, too.
  void search_apart(const std::vector<Vertex>& members, const std::vector<std::vector<Vertex>>& parts,
                    std::vector<Group>& pools, int depth) {
    std::vector<Vertex> rest = members;
    for (const std::vector<Vertex>& part : parts) rest = without(rest, part);
    std::vector<char>& marked = marks_.at(depth - 1);
    mark(rest, 1, marked);
    for (const std::vector<Vertex>& part : parts) {
      mark(part, 1, marked);
      search({part}, marked, pools, depth);
      mark(part, 0, marked);
    }
    search({rest}, marked, pools, depth);
    mark(rest, 0, marked);
  }

  // A mixture of pools looks like a pool to each of its parts, for it holds the part itself. So each part is held
  // against the rest without it.
  bool is_one(const std::vector<Vertex>& members) {
    std::size_t alike = 0, tested = 0;
    gauge_.hold(members);
    for (const std::vector<Vertex>& part : communities(members)) {
      if (2 * part.size() > members.size()) continue;  // the rest is too little to hold it against
      gauge_.set_aside(part);
      alike += gauge_.count_alike(part);
      tested += part.size();
    }
    return 2 * alike >= tested;
  }

  // Operators buy from the same dealers: their networks, card issuers and mail domains meet. What they ask does not. So
  // those who ask alike are told apart when most of them ask nothing that the rest asks. Empty: all ask alike.
  std::vector<std::vector<Vertex>> by_prompts(const std::vector<Vertex>& members) {
    gauge_.hold(members);
    std::vector<Vertex> prompts;
    for (const Thing& prompt : gauge_.own_prompts()) prompts.push_back(prompt.second);
    std::vector<std::vector<Vertex>> apart;
    std::vector<Vertex> body;  // more than half of the members: the rest is too little to hold it against
    for (std::vector<Vertex>& part :
         communities_.among(kHabitView, members, prompts, kPromptResolution, options_.least_size / 2)) {
      if (2 * part.size() > members.size()) {
        body = std::move(part);
        continue;
      }
      gauge_.set_aside(part);
      const auto alike = static_cast<std::size_t>(
          std::count_if(part.begin(), part.end(), [&](Vertex account) { return gauge_.asks_alike(account, {}); }));
      if (2 * alike < part.size()) apart.push_back(std::move(part));
    }
    if (!apart.empty() && !body.empty()) apart.push_back(std::move(body));
    return apart;
  }

  std::vector<Vertex> all_free() const {
    std::vector<Vertex> accounts(free_.size());
    std::iota(accounts.begin(), accounts.end(), Vertex{0});
    std::erase_if(accounts, [&](Vertex account) { return free_[account] == 0; });
    return accounts;
  }

  // By all the things that the members touch.
  std::vector<std::vector<Vertex>> communities(const std::vector<Vertex>& members) {
    return communities_.among(0, members, {}, 1, options_.least_size);
  }

  // One look at a seed, before the dear part.
  bool promising(const std::vector<Vertex>& seed) {
    gauge_.hold(seed);
    return gauge_.are_alike(seed, options_.least_size / 2);
  }

  // Members, and who has marks of two kinds: nobody else can be like them in two.
  std::vector<Vertex> candidates(const std::vector<Vertex>& members, const std::vector<char>& within) {
    std::vector<Vertex> met;
    const auto mark_kinds = [&](Vertex account, std::uint64_t kinds) {
      if (kinds_marked_[account] == 0) met.push_back(account);
      kinds_marked_[account] |= kinds;
    };
    for (const Thing& mark : gauge_.marks()) {
      const std::uint64_t kind = std::uint64_t{1} << gauge_.kind_of(mark);
      for (const Vertex account : gauge_.users_of(mark)) mark_kinds(account, kind);
    }
    for (const Vertex account : members) mark_kinds(account, ~std::uint64_t{0});
    std::vector<Vertex> result;
    for (const Vertex account : met) {
      const bool two = std::popcount(kinds_marked_[account]) >= 2;
      if (two && free_[account] != 0 && within[account] != 0) result.push_back(account);
      kinds_marked_[account] = 0;
    }
    std::sort(result.begin(), result.end());
    return result;
  }

  Group refine(std::vector<Vertex> members, const std::vector<char>& within) {
    for (int round = 0; round < kMostRounds && members.size() >= options_.least_size; ++round) {
      gauge_.hold(members);
      std::vector<Vertex> next;
      const std::vector<Vertex> asked = candidates(members, within);
      const std::vector<Resemblance> likes = gauge_.resemblances(asked);
      for (std::size_t i = 0; i < asked.size(); ++i) {
        const bool in = round > 0 && gauge_.holds(asked[i]);  // a seed is a guess
        const auto stands = in ? may_stay_member : looks_like_member;
        if (stands(likes[i], members.size(), graph_.left_count())) next.push_back(asked[i]);
      }
      if (next == members) break;
      members = std::move(next);
    }
    return {.members = std::move(members), .cohesion = {}};
  }

  struct InCommon {           // to half of the members of a group
    std::uint64_t kinds = 0;  // of the plan
    bool prompts = false;     // are among them
    double mean = 0;          // kinds in which a member is like the others
  };

  // Fills in the group's likeness.
  InCommon fill_in(Group& pool) {
    gauge_.hold(pool.members);
    std::map<std::size_t, std::size_t> supporters;
    InCommon common;
    const double prior = pool_prior(pool.members.size(), graph_.left_count());
    for (const Resemblance& like : gauge_.resemblances(pool.members)) {
      for (std::size_t k = 0; k < gauge_.plan().kinds.size(); ++k) {
        if ((like.which >> k & 1U) != 0) ++supporters[k];
      }
      const int had = gauge_.kinds_had(pool.members[pool.member_likeness.size()]);
      pool.member_likeness.push_back({like.kinds, static_cast<float>(like.bits + prior), had});
      common.mean += like.kinds;
    }
    common.mean /= static_cast<double>(pool.members.size());
    for (const auto& [k, count] : supporters) {
      if (2 * count < pool.members.size()) continue;
      pool.likeness.push_back(gauge_.plan().kinds[k].name);
      common.prompts = common.prompts || !gauge_.plan().kinds[k].tangible;
      common.kinds |= std::uint64_t{1} << k;
    }
    return common;
  }

  // The same. Is it enough for a pool?
  bool convincing(Group& pool) {
    const InCommon common = fill_in(pool);
    if (common.mean < options_.least_kinds_of_own) return false;
    // Without prompts in common, three kinds of tangible things are asked for, or two of the pool's own.
    const bool three = pool.likeness.size() >= 3, enough = three || (common.prompts && pool.likeness.size() >= 2);
    if (enough && common.mean >= (three ? options_.least_kinds_of_three : options_.least_kinds)) return true;
    if (enough && common.prompts && gauge_.mostly_asked_by(gauge_.own_prompts(), gauge_.held())) return true;
    return std::popcount(common.kinds & gauge_.own_kinds()) >= 2;
  }

  GroupGauge& gauge_;
  BipartiteGraph graph_;  // of the things
  const PoolOptions& options_;
  std::vector<char> free_;                   // accounts in no group of least_size or more
  std::vector<std::uint64_t> kinds_marked_;  // scratch, by account; 0 between uses
  MarksByDepth marks_;
  Communities communities_;
};

std::vector<Vertex> all_but(std::span<const Vertex> some, Vertex count) {
  std::vector<Vertex> everybody(count), others;
  std::iota(everybody.begin(), everybody.end(), Vertex{0});
  std::ranges::set_difference(everybody, some, std::back_inserter(others));
  return others;
}

}  // namespace

std::vector<Group> pools_among(GroupGauge& gauge, std::span<const Vertex> accounts, const PoolOptions& options) {
  PoolFinder finder(gauge, options);
  finder.take(all_but(accounts, gauge.plan().views[0].graph.left_count()));
  return finder.run_by_communities();
}

std::vector<Group> divide_and_describe(GroupGauge& gauge, std::vector<Group> groups, const PoolOptions& options) {
  const BipartiteGraph graph = gauge.plan().views[0].graph;
  PoolFinder finder(gauge, options);
  finder.take(all_but({}, graph.left_count()));
  finder.divide(groups);
  std::erase_if(groups, [](const Group& group) { return group.members.size() < 2; });
  for (Group& group : groups) {
    if (group.members.size() >= options.least_size) finder.describe(group);
  }
  measure_cohesion(graph, groups, options.threads);
  return groups;
}

std::vector<Group> with_pools(const Snapshot& snapshot, const Habits& habits, std::vector<Group> groups,
                              const PoolOptions& options) {
  if (snapshot.accounts.empty() || !habits.has_activity()) return groups;
  GroupGauge gauge(snapshot, habits, options.threads);
  PoolFinder finder(gauge, options);
  for (const Group& group : groups) {
    if (group.members.size() >= options.least_size) finder.take(group.members);
  }
  {
    const Stage stage("divide");
    finder.divide(groups);
  }
  std::vector<std::vector<Vertex>> asking;
  {
    const Stage stage("askers");
    asking = askers(gauge.plan(), options.seed, options.threads);
    finder.release(groups, asking);
  }
  std::vector<Group> pools;
  {
    const Stage stage("search");
    pools = finder.run(asking);
  }
  const std::vector<std::uint32_t> claimed = group_of(pools, snapshot.accounts.size());
  const auto is_claimed = [&](Vertex account) { return claimed[account] != kNoGroup; };
  for (Group& group : groups) {
    if (std::erase_if(group.members, is_claimed) > 0) group.cohesion.clear();
  }
  std::move(pools.begin(), pools.end(), std::back_inserter(groups));
  std::erase_if(groups, [](const Group& group) { return group.members.size() < 2; });
  {
    const Stage stage("gather");
    gather_askers(gauge, asking, groups);
  }
  {
    const Stage stage("unite");
    unite(gauge, options.least_size, groups);
  }
  const Stage stage("describe");
  finder.describe_all(groups);
  measure_cohesion(snapshot.graph(), groups, options.threads);
  return groups;
}

}  // namespace ringscope
