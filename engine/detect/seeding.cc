#include "engine/detect/seeding.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "engine/detect/clearing.h"
#include "engine/detect/evidence.h"

namespace ringscope {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::uint32_t kLeastConfirmed = 2;  // on a thing: what one has alone may be its family's, or lent

std::size_t things_in(const BipartiteGraph& graph, Vertex account, std::size_t layer) {
  const auto rights = graph.rights_of(account);
  const auto first = std::ranges::lower_bound(rights, graph.layer_begin(layer));
  return static_cast<std::size_t>(std::ranges::lower_bound(rights, graph.layer_end(layer)) - first);
}

// What an account shares with the confirmed members of a ring.
struct Shared {
  double bits = 0;       // of the kinds done
  double best_bits = 0;  // of the best thing …
  Vertex best = 0;       // … of all
  double kind_bits = 0;  // of the best thing of the kind at hand
  std::uint32_t things = 0;
};

// By layer: things of an account that has any, in the mean.
std::vector<double> mean_things(const BipartiteGraph& graph) {
  std::vector<double> things(graph.layer_count(), 0), accounts(graph.layer_count(), 0);
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    for (std::size_t k = 0; k < graph.layer_count(); ++k) {
      const auto count = static_cast<double>(things_in(graph, l, k));
      things[k] += count;
      accounts[k] += count > 0 ? 1 : 0;
    }
  }
  for (std::size_t k = 0; k < things.size(); ++k) things[k] /= std::max(1.0, accounts[k]);
  return things;
}

class Seeder {
 public:
  Seeder(const Snapshot& snapshot, const Habits& habits, const Weights& weights, const Decisions& decisions,
         const std::vector<std::span<const Vertex>>& groups, const SeedOptions& options)
      : snapshot_(snapshot),
        graph_(snapshot.graph()),
        habits_(habits),
        weights_(weights),
        groups_(groups),
        mean_things_(mean_things(graph_)),
        least_odds_(std::log2(options.odds)),
        closed_(graph_.left_count(), 0),
        group_of_(graph_.left_count(), kNone) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      for (const Vertex member : groups[g]) group_of_[member] = g;
    }
    for (Vertex l = 0; l < closed_.size(); ++l) closed_[l] = group_of_[l] == kNone ? 0 : 1;
    for (const KeyHash account : decisions.cleared()) {
      if (const auto l = snapshot.vertex_of(account)) closed_[*l] = 1;
    }
    for (const auto& [account, verdict] : decisions.confirmed()) {
      const auto l = snapshot.vertex_of(account);
      if (l && group_of_[*l] != kNone) confirmed_[group_of_[*l]].push_back(*l);
    }
  }

  std::vector<std::vector<Seed>> run() {
    for (const auto& [g, accounts] : confirmed_) ask(g, accounts);
    std::vector<std::vector<Seed>> seeds(groups_.size());
    for (const auto& [account, of] : best_) seeds[of.first].push_back(of.second);
    measure(seeds);
    return seeds;
  }

 private:
  // Who touches these confirmed members of the group enough to be one of it.
  void ask(std::size_t g, const std::vector<Vertex>& confirmed) {
    std::map<Vertex, std::uint32_t> on;  // by thing, how many of them
    for (const Vertex account : confirmed) {
      for (const Vertex thing : graph_.rights_of(account)) ++on[thing];
    }
    const double prior =
        std::log2(kHiddenPart * static_cast<double>(confirmed.size()) / static_cast<double>(graph_.left_count()));
    for (const auto& [account, shared] : shared_with(g, confirmed.size(), on)) {
      if (shared.bits + prior < least_odds_) continue;
      const Seed seed{.account = account,
                      .thing = shared.best,
                      .confirmed = on.at(shared.best),
                      .things = shared.things,
                      .bits = static_cast<float>(shared.bits),
                      .needed = static_cast<float>(least_odds_ - prior),
                      .odds = static_cast<float>(shared.bits + prior)};
      const auto [at, is_first] = best_.try_emplace(account, g, seed);
      if (!is_first && seed.odds > at->second.second.odds) at->second = {g, seed};
    }
  }

  // By account what it shares with so many confirmed members; `on` ascends, and so kind after kind.
  std::map<Vertex, Shared> shared_with(std::size_t g, std::size_t confirmed,
                                       const std::map<Vertex, std::uint32_t>& on) const {
    std::map<Vertex, Shared> all;
    auto thing = on.begin();
    for (std::size_t k = 0; k < graph_.layer_count(); ++k) {
      for (; thing != on.end() && thing->first < graph_.layer_end(k); ++thing) {
        if (thing->second < kLeastConfirmed) continue;
        const double bits =
            bits_of(g, thing->first, static_cast<double>(thing->second) / static_cast<double>(confirmed));
        if (bits > 0) tally(thing->first, k, bits, all);
      }
      for (auto& [account, shared] : all) shared.bits += std::exchange(shared.kind_bits, 0);
    }
    return all;
  }

  // For an account of an ordinary number of such things; `share` of the confirmed have it.
  double bits_of(std::size_t g, Vertex thing, double share) const {
    const std::size_t degree = graph_.right_degree(thing);
    const std::uint32_t members = members_on(g, thing);
    if (weights_.rarity[thing] <= 0 || degree == members) return 0;
    if (crowd_beside(snapshot_, habits_, thing, groups_[g], members).probability >= kCrowdBinds) return 0;
    const double strangers = static_cast<double>(degree - members - 1) + kUnseenStrangers;
    const double bits = std::log2(share * static_cast<double>(graph_.left_count()) / strangers);
    return weights_.cleared.empty() ? bits : bits * left_of(weights_.cleared[thing], degree);
  }

  void tally(Vertex thing, std::size_t layer, double bits, std::map<Vertex, Shared>& all) const {
    for (const Vertex user : graph_.lefts_of(thing)) {
      if (closed_[user] != 0) continue;
      const double many = static_cast<double>(things_in(graph_, user, layer)) / mean_things_[layer];
      const double own = bits - std::log2(std::max(1.0, many));
      if (own <= 0) continue;
      Shared& shared = all[user];
      ++shared.things;
      shared.kind_bits = std::max(shared.kind_bits, own);
      if (own <= shared.best_bits) continue;
      shared.best_bits = own;
      shared.best = thing;
    }
  }

  std::uint32_t members_on(std::size_t g, Vertex thing) const {
    return static_cast<std::uint32_t>(
        std::ranges::count_if(graph_.lefts_of(thing), [&](Vertex user) { return group_of_[user] == g; }));
  }

  // How far each belongs to the group that it joins.
  void measure(std::vector<std::vector<Seed>>& seeds) const {
    std::vector<Group> grown;
    for (std::size_t g = 0; g < seeds.size(); ++g) {
      if (!seeds[g].empty()) grown.push_back({.members = with_seeds(groups_[g], seeds[g]), .cohesion = {}});
    }
    if (grown.empty()) return;
    measure_cohesion(graph_, grown, 1);
    auto next = grown.begin();
    for (std::vector<Seed>& of_group : seeds) {
      if (of_group.empty()) continue;
      for (Seed& seed : of_group) {
        const auto at = std::ranges::lower_bound(next->members, seed.account) - next->members.begin();
        seed.cohesion = next->cohesion[static_cast<std::size_t>(at)];
      }
      ++next;
    }
  }

  const Snapshot& snapshot_;
  const BipartiteGraph graph_;
  const Habits& habits_;
  const Weights& weights_;
  const std::vector<std::span<const Vertex>>& groups_;
  const std::vector<double> mean_things_;  // by layer
  const double least_odds_;
  std::vector<char> closed_;  // by account: 1 for one that joins nobody
  std::vector<std::size_t> group_of_;
  std::map<std::size_t, std::vector<Vertex>> confirmed_;  // by group
  std::map<Vertex, std::pair<std::size_t, Seed>> best_;   // by account: the group that it joins
};

}  // namespace

double score_of(const Seed& seed) {
  return std::min(kMostOfSeeding, 1 / (1 + std::exp2(-static_cast<double>(seed.odds))));
}

std::vector<std::vector<Seed>> seed_groups(const Snapshot& snapshot, const Habits& habits, const Weights& weights,
                                           const Decisions& decisions,
                                           const std::vector<std::span<const Vertex>>& groups,
                                           const SeedOptions& options) {
  if (options.odds <= 0 || decisions.confirmed().empty()) return std::vector<std::vector<Seed>>(groups.size());
  return Seeder(snapshot, habits, weights, decisions, groups, options).run();
}

std::vector<Vertex> with_seeds(std::span<const Vertex> members, const std::vector<Seed>& seeds) {
  std::vector<Vertex> joined, all;
  for (const Seed& seed : seeds) joined.push_back(seed.account);
  std::ranges::merge(members, joined, std::back_inserter(all));
  return all;
}

}  // namespace ringscope
