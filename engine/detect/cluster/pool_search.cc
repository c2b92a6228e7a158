#include "engine/detect/cluster/pool_search.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <map>
#include <numeric>

#include "algorithms/binomial.h"
#include "engine/detect/cluster/pool_member.h"

namespace ringscope {
namespace {

constexpr int kMostRounds = 6;
constexpr int kMostDepth = 3;        // of pools taken for a mixture
constexpr double kOwnClients = 0.7;  // of those who use a pool's clients, for these to be its own
// Chance of so many banned members or more: enough beside two kinds of things, and so little that they need hardly
// anything else in common.
constexpr double kOftenBanned = 1e-4, kSurelyBanned = 1e-9;

std::size_t count_all(const std::vector<std::vector<Vertex>>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::size_t{0},
                         [](std::size_t sum, const std::vector<Vertex>& part) { return sum + part.size(); });
}

std::size_t count_members(const std::vector<Group>& groups) {
  return std::accumulate(groups.begin(), groups.end(), std::size_t{0},
                         [](std::size_t sum, const Group& group) { return sum + group.members.size(); });
}

}  // namespace

void largest_first(std::vector<std::vector<Vertex>>& seeds) {
  std::stable_sort(seeds.begin(), seeds.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

PoolSearch::PoolSearch(GroupGauge& gauge, const PoolOptions& options, unsigned threads)
    : gauge_(gauge),
      graph_(gauge.plan().views[0].graph),
      options_(options),
      free_(graph_.left_count(), 1),
      kinds_marked_(graph_.left_count(), 0),
      marks_(kMostDepth, graph_.left_count()),
      communities_(gauge.plan(), options.seed, threads) {}

void PoolSearch::use_threads(unsigned threads) {
  gauge_.use_threads(threads);
  communities_.use_threads(threads);
}

void PoolSearch::describe(Group& group) {
  const bool pool = !group.likeness.empty();
  group.likeness.clear();
  group.member_likeness.clear();
  fill_in(group);
  const auto prompts = std::find(group.likeness.begin(), group.likeness.end(), kPrompts);
  if (pool || prompts != group.likeness.end()) return;
  group.likeness.clear();
  group.member_likeness.clear();
}

std::vector<Vertex> PoolSearch::take_strangers(Group& group) {
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

std::vector<std::vector<Vertex>> PoolSearch::communities(const std::vector<Vertex>& members, std::size_t view) {
  std::vector<Vertex> telling;
  if (view == kHabitView) {
    telling = telling_habits(gauge_.plan());
    if (telling.empty()) return {};
  }
  return communities_.among(view, members, telling, 1, options_.least_size);
}

void PoolSearch::grow_all(std::vector<std::vector<Vertex>> seeds, const Within& within, std::vector<Group>& pools) {
  largest_first(seeds);
  for (std::vector<Vertex>& seed : seeds) grow(std::move(seed), within, pools);
}

void PoolSearch::grow(std::vector<Vertex> seed, std::vector<Group>& pools) {
  std::erase_if(seed, [&](Vertex account) { return free_[account] == 0; });
  relied_on_.insert(relied_on_.end(), seed.begin(), seed.end());
  if (seed.size() < options_.least_size) return;
  const bool banned = are_banned(seed, kSurelyBanned);
  grow(seed, {.accounts = free_, .whole = {}, .depth = 0}, pools);
  if (banned) grow_banned(std::move(seed), pools);
}

void PoolSearch::grow_banned(std::vector<Vertex> seed, std::vector<Group>& pools) {
  if (pools.size() > 1) return;                                  // several operators'
  for (const Group& pool : pools) mark(pool.members, 1, free_);  // they hold the others together
  auto [pool, likes] = refine(std::move(seed), free_, Closeness::banned);
  if (pool.members.size() >= options_.least_size && 2 * count_members(pools) < pool.members.size() &&
      are_banned(pool.members, kSurelyBanned)) {
    fill_in(pool, likes);
    pools.clear();
    pools.push_back(std::move(pool));
  }
  for (const Group& found : pools) take(found.members);
}

void PoolSearch::grow(std::vector<Vertex> seed, const Within& within, std::vector<Group>& pools) {
  std::erase_if(seed, [&](Vertex account) { return free_[account] == 0; });
  if (within.depth > 0) relied_on_.insert(relied_on_.end(), seed.begin(), seed.end());
  if (seed.size() < options_.least_size || !promising(seed)) return;
  Refined refined = refine(std::move(seed), within.accounts, Closeness::alike);
  Group& pool = refined.pool;
  if (pool.members.size() < options_.least_size) return;
  const InCommon common = fill_in(pool, refined.likes);
  if (!is_convincing(pool, common)) return;
  const bool by_things = stands_by_things(pool, common);
  std::vector<std::vector<Vertex>> apart = by_prompts(pool.members);
  const bool one = 2 * count_all(apart) < pool.members.size() && is_one(pool.members);
  std::vector<Group> parts;
  // A part that grew to the whole of which it is one: the whole is being taken apart.
  const bool taken_apart = within.depth == kMostDepth || std::ranges::equal(pool.members, within.whole);
  if (!taken_apart && !apart.empty()) {
    grow_apart(pool.members, apart, parts, within.depth + 1);
  } else if (!taken_apart && !one) {
    std::vector<char>& marked = marks_.at(within.depth);
    mark(pool.members, 1, marked);
    grow_all(communities(pool.members), {.accounts = marked, .whole = pool.members, .depth = within.depth + 1}, parts);
    mark(pool.members, 0, marked);
  }
  // Who carries the traffic of many others asks what they ask: by that its many parts are nothing to each other, and
  // most of them nothing by themselves. Two operators of one dealer are two large parts.
  const bool many = !apart.empty() && std::ranges::none_of(apart, [&](const std::vector<Vertex>& part) {
    return 4 * part.size() > pool.members.size();
  });
  const bool carrier = by_things && many && 2 * count_members(parts) < pool.members.size();
  if ((parts.empty() && one) || (carrier && (one || is_one(pool.members)))) {
    for (const Group& part : parts) mark(part.members, 1, free_);
    take(pool.members);
    pools.push_back(std::move(pool));
  } else {
    std::move(parts.begin(), parts.end(), std::back_inserter(pools));
  }
}

// One look at a seed, before the dear part.
bool PoolSearch::promising(const std::vector<Vertex>& seed) {
  gauge_.hold(seed);
  return gauge_.are_alike(seed, options_.least_size / 2);
}

// Members, and who has marks of two kinds: nobody else can be like them in two.
std::vector<Vertex> PoolSearch::candidates(const std::vector<Vertex>& members, const std::vector<char>& within) {
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

PoolSearch::Refined PoolSearch::refine(std::vector<Vertex> members, const std::vector<char>& within,
                                       Closeness closeness) {
  const bool loosely = closeness == Closeness::banned;
  std::vector<Resemblance> of_members;  // to those among whom they were found
  bool settled = false;
  for (int round = 0; round < kMostRounds && !settled && members.size() >= options_.least_size; ++round) {
    gauge_.hold(members);
    std::vector<Vertex> next;
    of_members.clear();
    const std::vector<Vertex> asked = candidates(members, within);
    const std::vector<Resemblance> likes = gauge_.resemblances(asked);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const bool in = (loosely || round > 0) && gauge_.holds(asked[i]);  // a seed is a guess
      const auto stands = in ? may_stay_member : looks_like_member;
      if (!stands(likes[i], members.size(), graph_.left_count()) &&
          !(loosely && in && is_banned(asked[i]) && may_stay_banned(likes[i], members.size(), graph_.left_count())))
        continue;
      next.push_back(asked[i]);
      of_members.push_back(likes[i]);
    }
    relied_on_.insert(relied_on_.end(), next.begin(), next.end());
    settled = next == members;
    members = std::move(next);
  }
  if (!settled && members.size() >= options_.least_size) {
    gauge_.hold(members);
    of_members = gauge_.resemblances(members);
  }
  return {.pool = {.members = std::move(members), .cohesion = {}}, .likes = std::move(of_members)};
}

std::vector<Newcomer> PoolSearch::newcomers(const std::vector<Vertex>& members) {
  if (members.size() < options_.least_size) return {};
  gauge_.hold(members);
  if (!gauge_.is_like(members)) return {};
  std::vector<Vertex> asked = candidates(members, free_);
  std::erase_if(asked, [&](Vertex account) { return gauge_.holds(account); });
  const std::vector<Resemblance> likes = gauge_.resemblances(asked);
  std::vector<Newcomer> found;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (looks_like_member(likes[i], members.size(), graph_.left_count())) found.push_back({asked[i], likes[i].bits});
  }
  return found;
}

PoolSearch::InCommon PoolSearch::fill_in(Group& pool) {
  gauge_.hold(pool.members);
  return fill_in(pool, gauge_.resemblances(pool.members));
}

// Fills in the group's likeness; `likes`, of its members to it. Holds the group.
PoolSearch::InCommon PoolSearch::fill_in(Group& pool, std::span<const Resemblance> likes) {
  gauge_.hold(pool.members);
  std::map<std::size_t, std::size_t> supporters;
  InCommon common;
  const double prior = pool_prior(pool.members.size(), graph_.left_count());
  for (const Resemblance& like : likes) {
    for (std::size_t k = 0; k < gauge_.plan().kinds.size(); ++k) {
      if ((like.which >> k & 1U) != 0) ++supporters[k];
    }
    const Vertex member = pool.members[pool.member_likeness.size()];
    pool.member_likeness.push_back(member_likeness(gauge_, member, like, prior));
    common.mean += like.kinds;
  }
  common.mean /= static_cast<double>(pool.members.size());
  for (const auto& [k, count] : supporters) {
    if (2 * count < pool.members.size()) continue;
    pool.likeness.push_back(gauge_.plan().kinds[k].name);
    common.prompts = common.prompts || !gauge_.plan().kinds[k].tangible;
    common.kinds |= std::uint64_t{1} << k;
  }
  mark_users_of_tools(pool, common, likes);
  if (!common.prompts) add_kept_prompts(pool, common);
  return common;
}

// Who works with a client that many work with asks what they ask there, as the customers of one application do. Where a
// pool is alike in more than that, and the clients are not those of the members who are, such a member may be one of
// them.
void PoolSearch::mark_users_of_tools(Group& pool, const InCommon& common, std::span<const Resemblance> likes) const {
  const std::uint64_t devices = gauge_.devices(), tools = devices | gauge_.prompts();
  if ((common.kinds & ~tools) == 0) return;
  std::vector<Vertex> core;
  for (std::size_t m = 0; m < likes.size(); ++m) {
    if ((likes[m].which & ~tools) != 0) core.push_back(pool.members[m]);
  }
  std::size_t users = 0, of_core = 0;
  for (const Thing& mark : gauge_.marks()) {
    if ((std::uint64_t{1} << gauge_.kind_of(mark) & devices) == 0) continue;
    users += gauge_.users_of(mark).size();
    of_core += static_cast<std::size_t>(std::ranges::count_if(
        gauge_.users_of(mark), [&](Vertex user) { return std::ranges::binary_search(core, user); }));
  }
  if (static_cast<double>(of_core) >= kOwnClients * static_cast<double>(users)) return;
  for (std::size_t m = 0; m < likes.size(); ++m)
    pool.member_likeness[m].tools_only = (likes[m].which & ~tools) == 0 ? 1 : 0;
}

// Prompts that members keep to themselves are in common to them though no two of them need ask the same.
void PoolSearch::add_kept_prompts(Group& pool, InCommon& common) const {
  const GroupGauge::Kept kept = gauge_.prompts_kept();
  if (!kept.are_own(pool.members.size())) return;
  for (const Vertex keeper : kept.keepers) {
    const auto at = std::ranges::lower_bound(pool.members, keeper) - pool.members.begin();
    MemberLikeness& like = pool.member_likeness[static_cast<std::size_t>(at)];
    if (like.asks != 0) continue;
    like.asks = 1;
    ++like.kinds;
    common.mean += 1 / static_cast<double>(pool.members.size());
  }
  pool.likeness.emplace_back(kPrompts);
  common.prompts = true;
}

// Are more of them banned than chance would have it, among all accounts? That is evidence of another kind than any
// likeness.
bool PoolSearch::are_banned(const std::vector<Vertex>& members, double most_chance) const {
  const std::size_t banned = count_in(options_.banned, members);
  const double share = static_cast<double>(options_.banned.size()) / static_cast<double>(graph_.left_count());
  return banned > 0 && share < 1 && binomial_tail(banned, members.size(), share) < most_chance;
}

// Do two kinds of things hold it together that are its own, or any two, and its members are banned?
bool PoolSearch::stands_by_things(const Group& pool, const InCommon& common) const {
  if (pool.likeness.size() >= 2 && are_banned(pool.members, kOftenBanned)) return true;
  return std::popcount(common.kinds & gauge_.own_kinds()) >= 2;
}

// Is what the group held has in common enough for a pool?
bool PoolSearch::is_convincing(const Group& pool, const InCommon& common) const {
  if (common.mean < options_.least_kinds_of_own) return false;
  // Without prompts in common, three kinds of tangible things are asked for, or two of the pool's own.
  const bool three = pool.likeness.size() >= 3, enough = three || (common.prompts && pool.likeness.size() >= 2);
  if (enough && common.mean >= (three ? options_.least_kinds_of_three : options_.least_kinds)) return true;
  if (enough && common.prompts && gauge_.mostly_asked_by(gauge_.own_prompts(), gauge_.held())) return true;
  return stands_by_things(pool, common);
}

}  // namespace ringscope
