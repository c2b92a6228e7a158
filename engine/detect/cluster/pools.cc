#include "engine/detect/cluster/pools.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <utility>

#include "algorithms/dense_block.h"
#include "base/parallel.h"
#include "engine/detect/cluster/askers.h"
#include "engine/detect/cluster/pool_search.h"
#include "engine/detect/cluster/unite.h"
#include "engine/profile.h"

namespace ringscope {
namespace {

constexpr std::size_t kMostBlocks = 8;
constexpr std::size_t kLeastDescribed = 3;  // accounts
constexpr unsigned kMostSearches = 4;       // at once; each has what it knows of every thing to itself
constexpr std::size_t kAhead = 64;          // seeds that are tried and not yet decided on
constexpr std::size_t kGroupsAtOnce = 16;
constexpr int kMostCompletions = 2;  // rounds in which groups take in newcomers

// Several searches at once, whose outcome is that of one after the other.
//
// A seed is tried against the accounts that are free just then. When its turn comes, and accounts that its outcome
// relied on were taken meanwhile, it is tried again.
class PoolFinder {
 public:
  // No more than `most` searches at once.
  PoolFinder(GroupGauge& gauge, const PoolOptions& options, unsigned most)
      : gauge_(gauge),
        options_(options),
        most_(std::min(most, options.threads == 0 ? hardware_threads() : options.threads)) {
    searchers_.push_back(std::make_unique<Searcher>(gauge, options));
  }

  void take(const std::vector<Vertex>& accounts) { first().take(accounts); }

  // `asking`: first guesses by prompts.
  std::vector<Group> run(const std::vector<std::vector<Vertex>>& asking) {
    std::vector<Group> pools = run_by_communities();
    grow(asking, pools);
    for (const std::size_t view : {kThingView, kHabitView}) grow(banned_alike(view), pools);
    grow(dense_blocks(gauge_.plan().views[0].graph, first().free(),
                      {.max_blocks = kMostBlocks, .least_left = options_.least_size}),
         pools);
    return pools;
  }

  // By things, and by what is derived of them and asked: where everybody has things of his own, that is all that is
  // left. Of either the largest first; once more for those whom a mixture kept from a pool of their own.
  std::vector<Group> run_by_communities() {
    std::vector<Group> pools;
    for (int round = 0; round < 2; ++round) {
      const std::vector<Vertex> free = all_free();
      std::vector<std::vector<Vertex>> seeds = first().communities(free, kHabitView);
      std::ranges::move(first().communities(free, kThingView), std::back_inserter(seeds));
      grow(std::move(seeds), pools);
    }
    return pools;
  }

  // Lets those go whom groups hide: everybody in a group of which fewer than half are like it in two kinds, for pairs
  // glued it together; and of other groups those who ask alike, are the lesser part and not like it.
  void release(const std::vector<Group>& groups, const std::vector<std::vector<Vertex>>& asking) {
    const std::vector<std::uint32_t> of = group_of(groups, first().free().size());
    std::map<std::uint32_t, std::vector<std::vector<Vertex>>> lesser;
    for (const std::vector<Vertex>& askers : asking) {
      for (auto& [g, part] : by_group(askers, of)) {
        if (2 * part.size() < groups[g].members.size()) lesser[g].push_back(std::move(part));
      }
    }
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      const std::vector<Vertex>& members = groups[g].members;
      const auto parts = lesser.find(g);
      const bool large = members.size() >= std::size_t{2} * options_.least_size;
      if (!large && parts == lesser.end()) continue;
      gauge_.hold(members);
      if (large && !gauge_.is_like(members)) {
        let_go(members);
      } else if (parts != lesser.end()) {
        for (const std::vector<Vertex>& part : parts->second) {
          gauge_.set_aside(part);
          if (!gauge_.is_like(part)) let_go(part);
        }
      }
    }
  }

  // Common exits and popular prompts glue strangers to a ring. So each group is looked at for parts, by what is derived
  // of their things and by what they ask, that are alike in a kind in which the group is not; a pool that grows from
  // one among the group's members, and does not take in most of them, is a group of its own.
  void part_closer(std::vector<Group>& groups) {
    std::vector<std::vector<Group>> closer(groups.size());
    for_each(groups, [&](PoolSearch& search, std::size_t g) {
      const bool pool = !groups[g].likeness.empty();  // has been looked at for parts
      const bool large = groups[g].members.size() >= std::size_t{2} * options_.least_size;
      if (large && !pool) search.part_closer(groups[g], closer[g]);
    });
    for (std::vector<Group>& of : closer) std::move(of.begin(), of.end(), std::back_inserter(groups));
    std::erase_if(groups, [](const Group& group) { return group.members.size() < 2; });
  }

  // Lets groups, however they were found, take in who is in none of a pool's size but is as like them as a pool's
  // members are: each goes to the group that he is most like, the first of several. False when nobody went.
  bool complete(std::vector<Group>& groups) {
    const std::vector<std::uint32_t> goes_to = most_like(groups);
    bool gone = false;
    for (Group& group : groups) {
      if (std::erase_if(group.members, [&](Vertex account) { return goes_to[account] != kNoGroup; }) > 0)
        group.cohesion.clear();
    }
    for (Vertex account = 0; account < goes_to.size(); ++account) {
      if (goes_to[account] == kNoGroup) continue;
      Group& group = groups[goes_to[account]];
      group.members.insert(std::ranges::lower_bound(group.members, account), account);
      group.cohesion.clear();
      gone = true;
    }
    std::erase_if(groups, [](const Group& group) { return group.members.size() < 2; });
    return gone;
  }

  // What the members of each group have in common, strangers left out.
  void describe_all(std::vector<Group>& groups) {
    std::vector<Group> rests(groups.size());
    for_each(groups, [&](PoolSearch& search, std::size_t g) {
      if (groups[g].members.size() < kLeastDescribed) return;
      search.describe(groups[g]);
      rests[g].members = search.take_strangers(groups[g]);
    });
    std::erase_if(rests, [](const Group& rest) { return rest.members.size() < kLeastDescribed; });
    std::move(rests.begin(), rests.end(), std::back_inserter(groups));
  }

  void describe_pools(std::vector<Group>& groups) {
    for_each(groups, [&](PoolSearch& search, std::size_t g) {
      if (groups[g].members.size() >= options_.least_size) search.describe(groups[g]);
    });
  }

  // As PoolSearch::divide, of each group.
  void divide(std::vector<Group>& groups) {
    std::vector<std::vector<Group>> parts(groups.size());
    for_each(groups, [&](PoolSearch& search, std::size_t g) {
      if (groups[g].members.size() >= std::size_t{2} * options_.least_size) search.divide(groups[g], parts[g]);
    });
    for (std::vector<Group>& of : parts) std::move(of.begin(), of.end(), std::back_inserter(groups));
  }

 private:
  struct Searcher {
    Searcher(GroupGauge& gauge, const PoolOptions& options) : search(gauge, options, options.threads) {}
    Searcher(std::unique_ptr<GroupGauge> gauge, const PoolOptions& options)
        : own_gauge(std::move(gauge)), search(*own_gauge, options, 1) {}

    std::unique_ptr<GroupGauge> own_gauge;
    PoolSearch search;
    std::size_t seen = 0;  // of those taken
  };

  struct Outcome {
    std::vector<Group> pools;
    std::vector<Vertex> relied_on;
    std::size_t seen = 0;  // of those taken, when it was tried
  };

  // While it lives all searchers know who is free, and each works on one thread.
  class Together {
   public:
    explicit Together(PoolFinder& finder) : finder_(finder) {
      if (finder_.most_ == 1) return;
      finder_.first().use_threads(1);
      while (finder_.searchers_.size() < finder_.most_)
        finder_.searchers_.push_back(
            std::make_unique<Searcher>(std::make_unique<GroupGauge>(finder_.gauge_.another()), finder_.options_));
      for (const auto& searcher : finder_.searchers_) searcher->search.free() = finder_.first().free();
    }
    ~Together() {
      if (finder_.most_ > 1) finder_.first().use_threads(finder_.options_.threads);
    }
    Together(const Together&) = delete;
    Together& operator=(const Together&) = delete;

   private:
    PoolFinder& finder_;
  };

  // By account: the group that one who is in none of a pool's size is most like, or kNoGroup.
  std::vector<std::uint32_t> most_like(const std::vector<Group>& groups) {
    std::vector<char>& free = first().free();
    free.assign(free.size(), 1);
    for (const Group& group : groups) {
      if (group.members.size() >= options_.least_size) first().take(group.members);
    }
    std::vector<std::vector<Newcomer>> found(groups.size());
    for_each(groups, [&](PoolSearch& search, std::size_t g) { found[g] = search.newcomers(groups[g].members); });
    std::vector<std::uint32_t> of(free.size(), kNoGroup);
    std::vector<double> bits(free.size(), 0);
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      for (const Newcomer& one : found[g]) {
        if (of[one.account] != kNoGroup && one.bits <= bits[one.account]) continue;
        of[one.account] = g;
        bits[one.account] = one.bits;
      }
    }
    return of;
  }

  PoolSearch& first() { return searchers_.front()->search; }
  void let_go(const std::vector<Vertex>& accounts) { mark(accounts, 1, first().free()); }

  template <class Visit>
  void for_each(const std::vector<Group>& groups, const Visit& visit) {
    const Together together(*this);
    parallel_chunks(groups.size(), kGroupsAtOnce, most_, [&](const Chunk& chunk, unsigned worker) {
      for (std::size_t g = chunk.begin; g < chunk.end; ++g) visit(searchers_[worker]->search, g);
    });
  }

  // Pools that grow from the seeds, the largest first.
  void grow(std::vector<std::vector<Vertex>> seeds, std::vector<Group>& pools) {
    largest_first(seeds);
    const Together together(*this);
    taken_.clear();
    taken_as_.assign(first().free().size(), 0);
    idle_.clear();
    for (const auto& searcher : searchers_) {
      searcher->seen = 0;
      idle_.push_back(searcher.get());
    }
    std::vector<Outcome> outcomes(seeds.size());
    parallel_in_order(
        seeds.size(), kAhead, most_, [&](std::size_t i) { outcomes[i] = attempt(seeds[i]); },
        [&](std::size_t i) {
          Outcome outcome = std::exchange(outcomes[i], {});
          if (is_stale(outcome)) outcome = attempt(seeds[i]);
          keep(outcome);
          std::move(outcome.pools.begin(), outcome.pools.end(), std::back_inserter(pools));
        });
    first().take(taken_);
  }

  // What grows from the seed among those who are free now. Nobody is taken.
  Outcome attempt(const std::vector<Vertex>& seed) {
    Searcher* searcher = nullptr;
    {
      const std::scoped_lock lock(mutex_);
      searcher = idle_.back();
      idle_.pop_back();
      searcher->search.take(std::span(taken_).subspan(searcher->seen));
      searcher->seen = taken_.size();
    }
    Outcome outcome;
    outcome.seen = searcher->seen;
    searcher->search.grow(seed, outcome.pools);
    outcome.relied_on = searcher->search.take_relied_on();
    for (const Group& pool : outcome.pools) mark(pool.members, 1, searcher->search.free());
    const std::scoped_lock lock(mutex_);
    idle_.push_back(searcher);
    return outcome;
  }

  bool is_stale(const Outcome& outcome) const {
    return std::ranges::any_of(outcome.relied_on, [&](Vertex account) { return taken_as_[account] > outcome.seen; });
  }

  void keep(const Outcome& outcome) {
    const std::scoped_lock lock(mutex_);
    for (const Group& pool : outcome.pools) {
      for (const Vertex account : pool.members) {
        taken_.push_back(account);
        taken_as_[account] = taken_.size();
      }
    }
  }

  std::vector<Vertex> all_free() {
    std::vector<Vertex> accounts(first().free().size());
    std::iota(accounts.begin(), accounts.end(), Vertex{0});
    return free_of(std::move(accounts));
  }

  std::vector<Vertex> free_of(std::vector<Vertex> accounts) {
    std::erase_if(accounts, [&](Vertex account) { return first().free()[account] == 0; });
    return accounts;
  }

  std::vector<std::vector<Vertex>> banned_alike(std::size_t view) {
    return first().communities(free_of(options_.banned), view);
  }

  GroupGauge& gauge_;
  const PoolOptions& options_;
  unsigned most_;
  std::vector<std::unique_ptr<Searcher>> searchers_;  // the first has the gauge given and knows who is free
  std::mutex mutex_;
  std::vector<Searcher*> idle_;
  std::vector<Vertex> taken_;          // accounts, in order
  std::vector<std::size_t> taken_as_;  // by account: the how manieth, 0: not
};

std::vector<Vertex> all_but(std::span<const Vertex> some, Vertex count) {
  std::vector<Vertex> everybody(count), others;
  std::iota(everybody.begin(), everybody.end(), Vertex{0});
  std::ranges::set_difference(everybody, some, std::back_inserter(others));
  return others;
}

// Unites groups of one operator and lets them take in those who belong to them, who may be what another lacked to be
// united with.
void unite_all(GroupGauge& gauge, const PoolOptions& options, PoolFinder& finder, std::vector<Group>& groups) {
  const Stage stage("unite");
  unite(gauge, options.least_size, groups);
  for (int round = 0; round < kMostCompletions && finder.complete(groups); ++round)
    unite(gauge, options.least_size, groups);
}

}  // namespace

std::vector<Group> pools_among(GroupGauge& gauge, std::span<const Vertex> accounts, const PoolOptions& options) {
  PoolFinder finder(gauge, options, 1);
  finder.take(all_but(accounts, gauge.plan().views[0].graph.left_count()));
  return finder.run_by_communities();
}

std::vector<Group> divide_and_describe(GroupGauge& gauge, std::vector<Group> groups, const PoolOptions& options) {
  const BipartiteGraph graph = gauge.plan().views[0].graph;
  PoolFinder finder(gauge, options, 1);
  finder.take(all_but({}, graph.left_count()));
  finder.divide(groups);
  std::erase_if(groups, [](const Group& group) { return group.members.size() < 2; });
  finder.describe_pools(groups);
  measure_cohesion(graph, groups, options.threads);
  return groups;
}

std::vector<Group> with_pools(const Snapshot& snapshot, const Habits& habits, std::vector<Group> groups,
                              const PoolOptions& options) {
  if (snapshot.accounts.empty() || !habits.has_activity()) return groups;
  GroupGauge gauge(snapshot, habits, options.threads);
  PoolFinder finder(gauge, options, kMostSearches);
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
    gather_askers(gauge, asking, options.banned, groups);
  }
  {
    const Stage stage("part");
    finder.take(all_but({}, gauge.plan().views[0].graph.left_count()));
    finder.part_closer(groups);
  }
  unite_all(gauge, options, finder, groups);
  const Stage stage("describe");
  finder.describe_all(groups);
  measure_cohesion(snapshot.graph(), groups, options.threads);
  return groups;
}

}  // namespace ringscope
