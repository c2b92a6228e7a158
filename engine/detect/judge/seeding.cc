#include "engine/detect/judge/seeding.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "engine/detect/cluster/clearing.h"
#include "engine/detect/judge/evidence.h"
#include "engine/detect/judge/seed_odds.h"

namespace ringscope {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::uint32_t kLeastConfirmed = 2;  // on a thing: what one has alone may be its family's, or lent

std::size_t things_in(const BipartiteGraph& graph, Vertex account, std::size_t layer) {
  const auto rights = graph.rights_of(account);
  const auto first = std::ranges::lower_bound(rights, graph.layer_begin(layer));
  return static_cast<std::size_t>(std::ranges::lower_bound(rights, graph.layer_end(layer)) - first);
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
    mean_things_ = mean_things(graph_);
    for (const auto& [g, accounts] : confirmed_) ask(g, accounts);
    std::vector<std::vector<Seed>> seeds(groups_.size());
    for (const auto& [account, of] : best_) seeds[of.first].push_back(of.second);
    measure(seeds);
    return seeds;
  }

  std::vector<SeedThings> things() const {
    std::vector<SeedThings> result(groups_.size());
    for (const auto& [g, accounts] : confirmed_) {
      result[g].confirmed = static_cast<std::uint32_t>(accounts.size());
      for (const auto& [thing, confirmed] : things_of(accounts)) {
        if (confirmed < kLeastConfirmed) continue;
        const std::uint32_t members = members_on(g, thing);
        if (draws(g, thing, members)) result[g].things.push_back({thing, confirmed, members});
      }
    }
    return result;
  }

 private:
  // By thing, how many of them have it.
  std::map<Vertex, std::uint32_t> things_of(const std::vector<Vertex>& confirmed) const {
    std::map<Vertex, std::uint32_t> on;
    for (const Vertex account : confirmed) {
      for (const Vertex thing : graph_.rights_of(account)) ++on[thing];
    }
    return on;
  }

  // Who touches these confirmed members of the group enough to be one of it.
  void ask(std::size_t g, const std::vector<Vertex>& confirmed) {
    const std::map<Vertex, std::uint32_t> on = things_of(confirmed);
    const double prior = seed_prior(confirmed.size(), graph_.left_count());
    for (const auto& [account, shared] : shared_with(g, confirmed.size(), on)) {
      if (shared.bits() + prior < least_odds_) continue;
      Seed seed = shared.seed(prior, least_odds_);
      seed.account = account;
      seed.confirmed = on.at(seed.thing);
      const auto [at, is_first] = best_.try_emplace(account, g, seed);
      if (!is_first && seed.odds > at->second.second.odds) at->second = {g, seed};
    }
  }

  // By account what it shares with so many confirmed members; `on` ascends, and so kind after kind.
  std::map<Vertex, SharedThings> shared_with(std::size_t g, std::size_t confirmed,
                                             const std::map<Vertex, std::uint32_t>& on) const {
    std::map<Vertex, SharedThings> all;
    auto thing = on.begin();
    for (std::size_t k = 0; k < graph_.layer_count(); ++k) {
      for (; thing != on.end() && thing->first < graph_.layer_end(k); ++thing) {
        if (thing->second < kLeastConfirmed) continue;
        const double bits =
            bits_of(g, thing->first, static_cast<double>(thing->second) / static_cast<double>(confirmed));
        if (bits > 0) tally(thing->first, k, bits, all);
      }
      for (auto& [account, shared] : all) shared.end_kind();
    }
    return all;
  }

  // For an account of an ordinary number of such things; `share` of the confirmed have it.
  double bits_of(std::size_t g, Vertex thing, double share) const {
    const std::size_t degree = graph_.right_degree(thing);
    const std::uint32_t members = members_on(g, thing);
    if (degree == members || !draws(g, thing, members)) return 0;
    const double bits = seed_bits(share, graph_.left_count(), degree - members - 1);
    return weights_.cleared.empty() ? bits : bits * left_of(weights_.cleared[thing], degree);
  }

  // No hub, and no crowd beside the members on it.
  bool draws(std::size_t g, Vertex thing, std::uint32_t members) const {
    return weights_.rarity[thing] > 0 &&
           crowd_beside(snapshot_, habits_, thing, groups_[g], members).probability < kCrowdBinds;
  }

  void tally(Vertex thing, std::size_t layer, double bits, std::map<Vertex, SharedThings>& all) const {
    for (const Vertex user : graph_.lefts_of(thing)) {
      if (closed_[user] != 0) continue;
      const double own = own_seed_bits(bits, things_in(graph_, user, layer), mean_things_[layer]);
      if (own > 0) all[user].add(thing, own);
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
  std::vector<double> mean_things_;  // by layer
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

std::string seed_reason(const Seed& seed, const std::string& kind, const std::string& value) {
  return fmt::format(
      "shares {} {} with {} confirmed account{} of the ring{}: {:.1f} bits, {:.1f} are enough beside confirmed "
      "accounts",
      kind, value, seed.confirmed, seed.confirmed == 1 ? "" : "s",
      seed.things > 1 ? fmt::format(", and {} more of their things", seed.things - 1) : "",
      static_cast<double>(seed.bits), static_cast<double>(seed.needed));
}

double seed_prior(std::size_t confirmed, std::size_t accounts) {
  return std::log2(kHiddenPart * static_cast<double>(confirmed) / static_cast<double>(accounts));
}

double seed_bits(double share, std::size_t accounts, std::size_t strangers) {
  return std::log2(share * static_cast<double>(accounts) / (static_cast<double>(strangers) + kUnseenStrangers));
}

double own_seed_bits(double bits, std::size_t things, double mean) {
  return bits - std::log2(std::max(1.0, static_cast<double>(things) / mean));
}

void SharedThings::add(Vertex thing, double bits) {
  ++things_;
  kind_bits_ = std::max(kind_bits_, bits);
  if (bits <= best_bits_) return;
  best_bits_ = bits;
  best_ = thing;
}

void SharedThings::end_kind() { bits_ += std::exchange(kind_bits_, 0); }

Seed SharedThings::seed(double prior, double odds) const {
  return {.thing = best_,
          .things = things_,
          .bits = static_cast<float>(bits_),
          .needed = static_cast<float>(odds - prior),
          .odds = static_cast<float>(bits_ + prior)};
}

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

std::vector<std::vector<Seed>> seed_groups(const Snapshot& snapshot, const Habits& habits, const Weights& weights,
                                           const Decisions& decisions,
                                           const std::vector<std::span<const Vertex>>& groups,
                                           const SeedOptions& options) {
  if (options.odds <= 0 || decisions.confirmed().empty()) return std::vector<std::vector<Seed>>(groups.size());
  return Seeder(snapshot, habits, weights, decisions, groups, options).run();
}

std::vector<SeedThings> seed_things(const Snapshot& snapshot, const Habits& habits, const Weights& weights,
                                    const Decisions& decisions, const std::vector<std::span<const Vertex>>& groups) {
  return Seeder(snapshot, habits, weights, decisions, groups, {}).things();
}

std::vector<Vertex> with_seeds(std::span<const Vertex> members, const std::vector<Seed>& seeds) {
  std::vector<Vertex> joined, all;
  for (const Seed& seed : seeds) joined.push_back(seed.account);
  std::ranges::merge(members, joined, std::back_inserter(all));
  return all;
}

}  // namespace ringscope
