#include "engine/detect/pools.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "algorithms/dense_block.h"
#include "algorithms/leiden.h"
#include "algorithms/likeness.h"
#include "base/parallel.h"
#include "engine/detect/likeness_plan.h"

namespace ringscope {
namespace {

constexpr int kMostRounds = 6;
constexpr std::size_t kMostBlocks = 8;
constexpr int kMostDepth = 3;             // of pools taken for a mixture
constexpr double kMargin = 3;             // bits for an account to be a member, after the prior: 8 to 1
constexpr double kUnionKinds = 2.5;       // in the mean, in which the accounts of one group are like the other's
constexpr double kUnionOwnKinds = 2;      // … where both ask prompts that hardly anybody else asks
constexpr double kOwnPrompts = 0.8;       // of the accounts that ask them, those in some group
constexpr std::size_t kHabitView = 1;     // of the plan: facets, prompts and habits
constexpr double kMarkShare = 0.05;       // of a group, to make a thing a mark of it
constexpr std::size_t kMostOwners = 100;  // groups with one mark, to be compared for it
constexpr int kKinThings = 2;             // kinds of things that two of one household or office have in common …
constexpr int kKinKinds = 3;              // … or kinds of anything
constexpr double kKinShare = 0.15;        // of the group that has a facet, at most, for it to make kin
constexpr std::size_t kHub = 1000;        // accounts on a thing that makes nobody kin
constexpr std::size_t kChunk = 64;        // accounts
// Where all ask the same few things modularity is 0 however they are parted; below 1 the whole is better than its
// parts.
constexpr double kPromptResolution = 0.5;
constexpr float kSupport = 2;     // bits by which a kind speaks for a member
constexpr double kLeastLift = 8;  // of a thing, for those who touch it to be looked at

// A right vertex of one of the graphs that an account is likened in.
using Thing = std::pair<std::size_t, Vertex>;

// What a member's likeness comes to.
struct Resemblance {
  double bits = 0;
  std::uint64_t which = 0;  // kinds that speak for it
  int kinds = 0;            // that speak for it, without habits
  int tangible = 0;         // of them
};

class PoolFinder {
 public:
  PoolFinder(const Snapshot& snapshot, const Habits& habits, const PoolOptions& options)
      : graph_(snapshot.graph()),
        options_(options),
        plan_(likeness_plan(snapshot, habits)),
        likeness_(plan_.views, plan_.kinds.size()),
        free_(graph_.left_count(), 1),
        kinds_met_(options.threads == 0 ? hardware_threads() : options.threads,
                   std::vector<std::uint16_t>(graph_.left_count(), 0)),
        users_(plan_.views.size()),
        in_held_(graph_.left_count(), 0) {
    for (std::size_t v = 0; v < users_.size(); ++v)
      users_[v].place.assign(plan_.views[v].graph.right_count(), kNowhere);
  }

  void take(std::span<const Vertex> accounts) {
    for (const Vertex account : accounts) free_[account] = 0;
  }

  std::vector<Group> run() {
    std::vector<Group> pools;
    search(communities(free_), free_, pools, 0);
    search(communities(free_), free_, pools, 0);  // those whom a mixture kept from a pool of their own
    search(dense_blocks(graph_, free_, {.max_blocks = kMostBlocks, .least_left = options_.least_size}), free_, pools,
           0);
    return pools;
  }

  // Fills in what the members of a group that was found otherwise have in common, when prompts are among it: what they
  // ask is evidence of another kind than any thing they share.
  void describe(Group& group) {
    const bool pool = !group.likeness.empty();
    group.likeness.clear();
    group.member_likeness.clear();
    convincing(group);
    const auto prompts = std::find(group.likeness.begin(), group.likeness.end(), kPrompts);
    if (pool || prompts != group.likeness.end()) return;
    group.likeness.clear();
    group.member_likeness.clear();
  }

  // Takes apart groups that pairs made, where those who ask alike ask nothing that the others ask: common proxies glue
  // operators. What is left of a group stays one.
  void divide(std::vector<Group>& groups) {
    std::vector<Group> parts;
    for (Group& group : groups) {
      if (group.members.size() < std::size_t{2} * options_.least_size) continue;
      std::vector<char> marked(free_.size(), 0);
      for (const Vertex account : group.members) marked[account] = 1;
      std::vector<std::vector<Vertex>> seeds = by_prompts(group.members, marked);
      if (seeds.empty()) continue;
      for (const Vertex account : group.members) free_[account] = 1;
      search_apart(group.members, seeds, parts, 1);
      std::erase_if(group.members, [&](Vertex account) { return free_[account] == 0; });
      take(group.members);
      group.cohesion.clear();
    }
    std::move(parts.begin(), parts.end(), std::back_inserter(groups));
  }

  // Joins groups that are one operator's: his cells share cards and devices only among themselves, yet most accounts of
  // each are like the other's in several kinds of things. Groups that took in others lose their cohesion.
  void unite(std::vector<Group>& groups) {
    in_group_.assign(free_.size(), 0);
    for (const Group& group : groups) {
      for (const Vertex account : group.members) in_group_[account] = 1;
    }
    for (int round = 0; round < kMostRounds && unite_once(groups); ++round) {
    }
  }

 private:
  // One round over all similar pairs; larger groups know better whom they are like, so there may be another. False when
  // nothing changed.
  bool unite_once(std::vector<Group>& groups) {
    std::vector<std::size_t> into(groups.size());
    std::iota(into.begin(), into.end(), std::size_t{0});
    const auto root = [&](std::size_t g) {
      while (into[g] != g) g = into[g] = into[into[g]];
      return g;
    };
    for (const auto& [a, b] : similar_groups(groups)) {
      if (root(a) == root(b) || !belong_together(groups[a].members, groups[b].members)) continue;
      into[std::max(root(a), root(b))] = std::min(root(a), root(b));
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (root(g) == g) continue;
      Group& whole = groups[root(g)];
      whole.members.insert(whole.members.end(), groups[g].members.begin(), groups[g].members.end());
      std::sort(whole.members.begin(), whole.members.end());
      whole.cohesion.clear();
      groups[g].members.clear();
    }
    return std::erase_if(groups, [](const Group& group) { return group.members.empty(); }) > 0;
  }

  // What marks a group: things that a fair part of it touches and few others do.
  std::vector<Thing> marks_of(const Group& group) {
    std::vector<Thing> marks;
    hold(group.members);
    const double least = std::max(3.0, kMarkShare * static_cast<double>(group.members.size()));
    for (std::size_t v = 0; v < plan_.views.size(); ++v) {
      for (const Vertex r : likeness_.touched(v)) {
        if (plan_.kinds[likeness_.family_of(v, r)].habit || likeness_.lift(v, r) < kLeastLift) continue;
        const auto users = plan_.views[v].graph.lefts_of(r);
        const auto here = std::count_if(users.begin(), users.end(), [&](Vertex l) { return in_held_[l] != 0; });
        if (static_cast<double>(here) >= least) marks.emplace_back(v, r);
      }
    }
    return marks;
  }

  // Pairs of groups that have marks of two kinds in common, ascending. A mark of very many groups tells nothing.
  std::vector<std::pair<std::size_t, std::size_t>> similar_groups(const std::vector<Group>& groups) {
    std::map<Thing, std::vector<std::size_t>> marked;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (2 * groups[g].members.size() < options_.least_size) continue;
      for (const Thing& mark : marks_of(groups[g])) marked[mark].push_back(g);
    }
    std::map<std::pair<std::size_t, std::size_t>, std::set<std::size_t>> common;
    for (const auto& [thing, owners] : marked) {
      if (owners.size() > kMostOwners) continue;
      const std::size_t kind = likeness_.family_of(thing.first, thing.second);
      for (std::size_t i = 0; i < owners.size(); ++i) {
        for (std::size_t j = i + 1; j < owners.size(); ++j) common[{owners[i], owners[j]}].insert(kind);
      }
    }
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (const auto& [pair, kinds] : common) {
      if (kinds.size() >= 2) pairs.push_back(pair);
    }
    return pairs;
  }

  // Is most of either like the other? Two operators may hide among the same open proxies and ask similar things; one
  // operator's cells have a kind more in common. And two may have one dealer for all they buy, but each his own
  // prompts.
  bool belong_together(const std::vector<Vertex>& a, const std::vector<Vertex>& b) {
    const bool alike = ask_alike(a, b) && ask_alike(b, a);
    if (alike && have_own_prompts(a, b)) return mostly_like(a, b, kUnionOwnKinds) && mostly_like(b, a, kUnionOwnKinds);
    if (!mostly_like(a, b, kUnionKinds) || !mostly_like(b, a, kUnionKinds)) return false;
    return alike || !ask_alike(a, a) || !ask_alike(b, b);
  }
  // Are the prompts that mark the group asked by hardly anybody else?
  bool has_own_prompts(const std::vector<Vertex>& members) {
    hold(members);
    double users = 0, inside = 0;
    for (const Vertex r : rare_prompts()) {
      for (const Vertex account : plan_.views[kHabitView].graph.lefts_of(r)) {
        users += 1;
        inside += in_held_[account] != 0 ? 1 : 0;
      }
    }
    return users > 0 && inside >= kOwnPrompts * users;
  }
  // Are the prompts that both ask asked by hardly anybody who is in no group? Those of a popular application are.
  bool have_own_prompts(const std::vector<Vertex>& a, const std::vector<Vertex>& b) {
    double users = 0, grouped = 0;
    for (const Vertex r : common_prompts(a, b)) {
      for (const Vertex account : plan_.views[kHabitView].graph.lefts_of(r)) {
        users += 1;
        grouped += in_group_[account] != 0 ? 1 : 0;
      }
    }
    return users > 0 && grouped >= kOwnPrompts * users;
  }
  std::vector<Vertex> common_prompts(const std::vector<Vertex>& a, const std::vector<Vertex>& b) {
    hold(a);
    const std::vector<Vertex> mine = rare_prompts();
    hold(b);
    const std::vector<Vertex> theirs = rare_prompts();
    std::vector<Vertex> both;
    std::set_intersection(mine.begin(), mine.end(), theirs.begin(), theirs.end(), std::back_inserter(both));
    return both;
  }
  // Prompts that the group held asks far more than everybody, ascending.
  std::vector<Vertex> rare_prompts() const {
    std::vector<Vertex> prompts;
    for (const Vertex r : likeness_.touched(kHabitView)) {
      const bool rare = likeness_.lift(kHabitView, r) >= kLeastLift;
      if (rare && plan_.kinds[likeness_.family_of(kHabitView, r)].name == kPrompts) prompts.push_back(r);
    }
    return prompts;
  }
  // Do half of the accounts ask what the group asks?
  bool ask_alike(const std::vector<Vertex>& accounts, const std::vector<Vertex>& group) {
    hold(group);
    const auto alike = std::count_if(accounts.begin(), accounts.end(), [&](Vertex account) {
      return asks_alike(account, in_held_[account] != 0 ? std::vector<Vertex>{account} : std::vector<Vertex>{});
    });
    return 2 * static_cast<std::size_t>(alike) >= accounts.size();
  }
  bool asks_alike(Vertex account, const std::vector<Vertex>& left_out) const {
    const std::vector<float> bits = likeness_.bits(account, left_out);
    for (std::size_t k = 0; k < bits.size(); ++k) {
      if (plan_.kinds[k].name == kPrompts) return bits[k] >= kSupport;
    }
    return false;
  }
  bool mostly_like(const std::vector<Vertex>& accounts, const std::vector<Vertex>& group, double least_kinds) {
    hold(group);
    std::size_t alike = 0;
    double kinds = 0;
    for (const Resemblance& like : resemblances(accounts)) {
      alike += like.kinds >= 2 && like.tangible >= 1 ? 1 : 0;
      kinds += like.kinds;
    }
    return 4 * alike >= 3 * accounts.size() && kinds >= least_kinds * static_cast<double>(accounts.size());
  }

  // Pools that grow from the seeds, the largest first, among the accounts marked in `within`.
  void search(std::vector<std::vector<Vertex>> seeds, const std::vector<char>& within, std::vector<Group>& pools,
              int depth) {
    std::stable_sort(seeds.begin(), seeds.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    for (std::vector<Vertex>& seed : seeds) {
      std::erase_if(seed, [&](Vertex account) { return free_[account] == 0; });
      if (seed.size() < options_.least_size || !promising(seed)) continue;
      Group pool = refine(std::move(seed), within);
      if (pool.members.size() < options_.least_size || !convincing(pool)) continue;
      std::vector<char> marked(free_.size(), 0);
      for (const Vertex account : pool.members) marked[account] = 1;
      std::vector<std::vector<Vertex>> apart = by_prompts(pool.members, marked);
      std::size_t strangers = 0;
      for (const std::vector<Vertex>& part : apart) strangers += part.size();
      const bool one = 2 * strangers < pool.members.size() && is_one(pool.members, marked);
      const std::size_t before = pools.size();
      if (depth < kMostDepth && !apart.empty()) {
        search_apart(pool.members, apart, pools, depth + 1);
      } else if (depth < kMostDepth && !one) {
        search(communities(marked), marked, pools, depth + 1);
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
    std::vector<char> marked(free_.size(), 0);
    const auto mark = [&](const std::vector<Vertex>& accounts, char value) {
      for (const Vertex account : accounts) marked[account] = value;
    };
    mark(rest, 1);
    for (const std::vector<Vertex>& part : parts) {
      mark(part, 1);
      search({part}, marked, pools, depth);
      mark(part, 0);
    }
    search({std::move(rest)}, marked, pools, depth);
  }

  // A mixture of pools looks like a pool to each of its parts, for it holds the part itself. So each part is held
  // against the rest without it.
  bool is_one(const std::vector<Vertex>& members, const std::vector<char>& marked) {
    std::size_t alike = 0, tested = 0;
    for (const std::vector<Vertex>& part : communities(marked)) {
      if (2 * part.size() > members.size()) continue;  // the rest is too little to hold it against
      hold(without(members, part));
      alike += count_alike(part);
      tested += part.size();
    }
    return 2 * alike >= tested;
  }

  // Operators buy from the same dealers: their networks, card issuers and mail domains meet. What they ask does not. So
  // those who ask alike are told apart when most of them ask nothing that the rest asks. Empty: all ask alike.
  std::vector<std::vector<Vertex>> by_prompts(const std::vector<Vertex>& members, const std::vector<char>& marked) {
    hold(members);
    const std::vector<Vertex> prompts = rare_prompts();
    std::vector<std::vector<Vertex>> apart;
    std::vector<Vertex> body;  // more than half of the members: the rest is too little to hold it against
    for (std::vector<Vertex>& part :
         communities_over(plan_.views[kHabitView].graph, prompts, marked, kPromptResolution)) {
      if (2 * part.size() > members.size()) {
        body = std::move(part);
        continue;
      }
      hold(without(members, part));
      const auto alike = static_cast<std::size_t>(
          std::count_if(part.begin(), part.end(), [&](Vertex account) { return asks_alike(account, {}); }));
      if (2 * alike < part.size()) apart.push_back(std::move(part));
    }
    if (!apart.empty() && !body.empty()) apart.push_back(std::move(body));
    return apart;
  }

  static std::vector<Vertex> without(const std::vector<Vertex>& members, const std::vector<Vertex>& part) {
    std::vector<Vertex> rest;
    std::set_difference(members.begin(), members.end(), part.begin(), part.end(), std::back_inserter(rest));
    return rest;
  }

  std::vector<std::vector<Vertex>> communities(const std::vector<char>& within) const {
    std::vector<Vertex> things(graph_.right_count());
    std::iota(things.begin(), things.end(), Vertex{0});
    return communities_over(graph_, things, within, 1);
  }

  // Communities, of accounts marked and those of the things given that at least two of them touch.
  std::vector<std::vector<Vertex>> communities_over(const BipartiteGraph& graph, const std::vector<Vertex>& things,
                                                    const std::vector<char>& within, double resolution) const {
    std::vector<WeightedEdge> edges;
    const Vertex accounts = graph.left_count();
    for (const Vertex r : things) {
      const auto lefts = graph.lefts_of(r);
      if (std::count_if(lefts.begin(), lefts.end(), [&](Vertex l) { return within[l] != 0; }) < 2) continue;
      for (const Vertex l : lefts) {
        if (within[l] != 0) edges.push_back({l, accounts + r, 1});
      }
    }
    const Partition partition = leiden(build_csr(accounts + graph.right_count(), edges).view(),
                                       {.resolution = resolution, .seed = options_.seed, .threads = options_.threads});
    const PartitionMembers members = members_of(partition);
    std::vector<std::vector<Vertex>> result;
    for (Vertex c = 0; c < partition.community_count; ++c) {
      const auto of = members.of(c);  // ascending: accounts stand first
      const auto end = std::lower_bound(of.begin(), of.end(), accounts);
      if (static_cast<std::size_t>(end - of.begin()) >= options_.least_size) result.emplace_back(of.begin(), end);
    }
    return result;
  }

  // The group that accounts are held against from now on.
  void hold(const std::vector<Vertex>& members) {
    for (const Vertex account : held_) in_held_[account] = 0;
    held_ = members;
    for (const Vertex account : held_) in_held_[account] = 1;
    likeness_.set_group(held_);
    for (std::size_t v = 0; v < plan_.views.size(); ++v) index_users(v);
  }

  // Who of the group held touches what, for things that can make kin.
  void index_users(std::size_t view) {
    const BipartiteGraph& graph = plan_.views[view].graph;
    Users& users = users_[view];
    for (const Vertex r : users.things) users.place[r] = kNowhere;
    users.things.clear();
    std::vector<std::pair<Vertex, Vertex>> touches;
    for (const Vertex account : held_) {
      for (const Vertex r : graph.rights_of(account)) {
        if (graph.right_degree(r) <= kHub && !plan_.kinds[likeness_.family_of(view, r)].habit)
          touches.emplace_back(r, account);
      }
    }
    std::sort(touches.begin(), touches.end());
    users.of.clear();
    users.of.reserve(touches.size());
    for (const auto& [r, account] : touches) {
      if (users.place[r] == kNowhere) {
        users.place[r] = static_cast<std::uint32_t>(users.of.size());
        users.things.push_back(r);
      }
      users.of.push_back(account);
    }
  }

  // Empty for what cannot make kin.
  std::span<const Vertex> users_of(std::size_t view, Vertex r) const {
    const Users& users = users_[view];
    if (users.place[r] == kNowhere) return {};
    const auto next = std::upper_bound(users.things.begin(), users.things.end(), r);
    const std::size_t end = next == users.things.end() ? users.of.size() : users.place[*next];
    return std::span(users.of).subspan(users.place[r], end - users.place[r]);
  }

  // Members of the group held, ascending: the account itself and those it has two kinds of things in common with, as
  // in a household, an office or a small farm. They are like it for that reason alone and cannot speak for it, unless
  // they are most of the group. A facet or a prompt makes kin when few members have it: a firm's mail domain does, the
  // pool's own do not.
  std::vector<Vertex> kin_of(Vertex account, std::vector<std::uint16_t>& kinds_met) const {
    std::vector<Vertex> met;
    const double few = std::max(3.0, kKinShare * static_cast<double>(held_.size()));
    for (std::size_t v = 0; v < plan_.views.size(); ++v) {
      const BipartiteGraph& graph = plan_.views[v].graph;
      for (const Vertex r : graph.rights_of(account)) {
        const std::size_t kind = likeness_.family_of(v, r);
        const std::span<const Vertex> users = users_of(v, r);
        if (v > 0 ? static_cast<double>(users.size()) > few : 2 * users.size() > held_.size()) continue;
        for (const Vertex other : users) {
          if (other == account) continue;
          if (kinds_met[other] == 0) met.push_back(other);
          kinds_met[other] |= static_cast<std::uint16_t>((v == 0 ? 0x101U : 1U) << std::min<std::size_t>(7, kind));
        }
      }
    }
    std::vector<Vertex> kin;
    for (const Vertex other : met) {
      const int things = std::popcount(static_cast<std::uint8_t>(kinds_met[other] >> 8));
      const int kinds = std::popcount(static_cast<std::uint8_t>(kinds_met[other] & 0xff));
      if (things >= kKinThings || kinds >= kKinKinds) kin.push_back(other);
      kinds_met[other] = 0;
    }
    if (2 * kin.size() > held_.size()) kin.clear();
    if (in_held_[account] != 0) kin.push_back(account);
    std::sort(kin.begin(), kin.end());
    return kin;
  }

  // Each account against the group held.
  std::vector<Resemblance> resemblances(const std::vector<Vertex>& accounts) {
    std::vector<Resemblance> all(accounts.size());
    parallel_chunks(accounts.size(), kChunk, options_.threads, [&](const Chunk& chunk, unsigned worker) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i)
        all[i] = resemblance(likeness_.bits(accounts[i], kin_of(accounts[i], kinds_met_[worker])));
    });
    return all;
  }

  Resemblance resemblance(const std::vector<float>& bits) const {
    Resemblance result;
    for (std::size_t k = 0; k < bits.size(); ++k) {
      result.bits += static_cast<double>(bits[k]);
      if (plan_.kinds[k].habit || bits[k] < kSupport) continue;
      ++result.kinds;
      result.tangible += plan_.kinds[k].tangible ? 1 : 0;
      result.which |= std::uint64_t{1} << k;
    }
    return result;
  }

  // Of the accounts, those like the group held in two kinds.
  std::size_t count_alike(const std::vector<Vertex>& accounts) {
    const std::vector<Resemblance> all = resemblances(accounts);
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const Resemblance& like) { return like.kinds >= 2; }));
  }

  // One look at a seed, before the dear part.
  bool promising(const std::vector<Vertex>& seed) {
    hold(seed);
    return count_alike(seed) >= options_.least_size / 2;
  }

  // Members, and who has marks of two kinds: nobody else can be like them in two.
  std::vector<Vertex> candidates(const std::vector<Vertex>& members, const std::vector<char>& within) const {
    std::vector<std::uint64_t> marked(graph_.left_count(), 0);  // kinds of marks that it has
    for (std::size_t v = 0; v < plan_.views.size(); ++v) {
      for (const Vertex r : likeness_.touched(v)) {
        const std::size_t kind = likeness_.family_of(v, r);
        if (plan_.kinds[kind].habit || likeness_.lift(v, r) < kLeastLift) continue;
        for (const Vertex account : plan_.views[v].graph.lefts_of(r)) marked[account] |= std::uint64_t{1} << kind;
      }
    }
    for (const Vertex account : members) marked[account] = ~std::uint64_t{0};
    std::vector<Vertex> result;
    for (Vertex account = 0; account < marked.size(); ++account) {
      if (std::popcount(marked[account]) >= 2 && free_[account] != 0 && within[account] != 0) result.push_back(account);
    }
    return result;
  }

  Group refine(std::vector<Vertex> members, const std::vector<char>& within) {
    for (int round = 0; round < kMostRounds && members.size() >= options_.least_size; ++round) {
      hold(members);
      const double prior = std::log2(static_cast<double>(members.size()) / static_cast<double>(graph_.left_count()));
      std::vector<Vertex> next;
      const std::vector<Vertex> asked = candidates(members, within);
      const std::vector<Resemblance> likes = resemblances(asked);
      for (std::size_t i = 0; i < asked.size(); ++i) {
        const Resemblance& like = likes[i];
        if (like.bits + prior > kMargin && like.kinds >= 2 && like.tangible >= 1) next.push_back(asked[i]);
      }
      const bool stands = next == members;
      members = std::move(next);
      if (stands) break;
    }
    return {.members = std::move(members), .cohesion = {}};
  }

  // How many kinds an account has anything of, habits left out.
  int kinds_had(Vertex account) const {
    std::uint64_t had = 0;
    for (std::size_t v = 0; v < plan_.views.size(); ++v) {
      for (const Vertex r : plan_.views[v].graph.rights_of(account)) {
        const std::size_t kind = likeness_.family_of(v, r);
        if (!plan_.kinds[kind].habit) had |= std::uint64_t{1} << kind;
      }
    }
    return std::popcount(had);
  }

  // Fills in what the members have in common.
  bool convincing(Group& pool) {
    hold(pool.members);
    std::map<std::size_t, std::size_t> supporters;
    double kinds = 0;
    const double prior = std::log2(static_cast<double>(pool.members.size()) / static_cast<double>(graph_.left_count()));
    for (const Resemblance& like : resemblances(pool.members)) {
      for (std::size_t k = 0; k < plan_.kinds.size(); ++k) {
        if ((like.which >> k & 1U) != 0) ++supporters[k];
      }
      const Vertex account = pool.members[pool.member_likeness.size()];
      pool.member_likeness.push_back({like.kinds, static_cast<float>(like.bits + prior), kinds_had(account)});
      kinds += like.kinds;
    }
    bool prompts = false;
    for (const auto& [k, count] : supporters) {
      if (2 * count < pool.members.size()) continue;
      pool.likeness.push_back(plan_.kinds[k].name);
      prompts = prompts || !plan_.kinds[k].tangible;
    }
    // Without prompts in common, three kinds of tangible things are asked for.
    const std::size_t least = prompts ? 2 : 3;
    const double mean = kinds / static_cast<double>(pool.members.size());
    if (pool.likeness.size() >= 3) return mean >= options_.least_kinds_of_three;
    if (prompts && pool.likeness.size() == 2 && mean >= options_.least_kinds_of_own)
      return has_own_prompts(pool.members);
    return pool.likeness.size() >= least && mean >= options_.least_kinds;
  }

  BipartiteGraph graph_;
  const PoolOptions& options_;
  LikenessPlan plan_;
  Likeness likeness_;
  std::vector<char> free_;
  std::vector<std::vector<std::uint16_t>> kinds_met_;  // scratch of each worker, by account
  static constexpr std::uint32_t kNowhere = ~std::uint32_t{0};
  struct Users {
    std::vector<std::uint32_t> place;  // in `of`, by thing; kNowhere: nobody held touches it
    std::vector<Vertex> things;        // ascending
    std::vector<Vertex> of;            // accounts, thing by thing
  };
  std::vector<Users> users_;  // by view
  std::vector<Vertex> held_;
  std::vector<char> in_held_;
  std::vector<char> in_group_;  // while groups are united
};

}  // namespace

std::vector<Group> with_pools(const Snapshot& snapshot, const Habits& habits, std::vector<Group> groups,
                              const PoolOptions& options) {
  if (snapshot.accounts.empty() || !habits.has_activity()) return groups;
  PoolFinder finder(snapshot, habits, options);
  for (const Group& group : groups) {
    if (group.members.size() >= options.least_size) finder.take(group.members);
  }
  finder.divide(groups);
  std::vector<Group> pools = finder.run();
  std::vector<char> claimed(snapshot.accounts.size(), 0);
  for (const Group& pool : pools) {
    for (const Vertex account : pool.members) claimed[account] = 1;
  }
  const auto is_claimed = [&](Vertex account) { return claimed[account] != 0; };
  for (Group& group : groups) {
    if (std::erase_if(group.members, is_claimed) > 0) group.cohesion.clear();
  }
  std::move(pools.begin(), pools.end(), std::back_inserter(groups));
  std::erase_if(groups, [](const Group& group) { return group.members.size() < 2; });
  finder.unite(groups);
  for (Group& group : groups) {
    if (group.members.size() >= options.least_size) finder.describe(group);
  }
  measure_cohesion(snapshot.graph(), groups, options.threads);
  return groups;
}

}  // namespace ringscope
