#include "engine/detect/cluster/arrivals.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "algorithms/coaction.h"

namespace ringscope {
namespace {

static_assert(kNoTime == kNoArrival);

constexpr double kMostShortLived = 0.1;   // of the things of a layer …
constexpr std::size_t kLeastLooked = 30;  // … when so many can be looked at

std::vector<Seconds> arrivals_of(const Store& store, const Snapshot& snapshot) {
  const BipartiteGraph graph = snapshot.graph();
  std::vector<Seconds> arrivals(graph.left_count(), kNoTime);
  for (Vertex account = 0; account < arrivals.size(); ++account) {
    const ArcIndex begin = graph.left_begin(account);
    for (std::size_t e = 0; e < graph.rights_of(account).size(); ++e) {
      const Seconds first = snapshot.sightings[begin + e].first;
      if (first != kNoTime && (arrivals[account] == kNoTime || first < arrivals[account])) arrivals[account] = first;
    }
  }
  scan_facts(store, snapshot.window, snapshot.unread(), [&](KeyHash key, const AccountFacts& facts) {
    const auto account = snapshot.vertex_of(key);
    if (account && facts.created != kNoTime) arrivals[*account] = facts.created;
  });
  return arrivals;
}

// By layer: are its things short-lived? Then whoever comes new to one comes when all do, and that says nothing. Those
// are asked who were there before: whether they, too, came to one thing within a narrow span of all visits.
class Lives {
 public:
  Lives(const Snapshot& snapshot, std::span<const Seconds> arrivals, const ArrivalScanOptions& options)
      : snapshot_(snapshot), graph_(snapshot.graph()), arrivals_(arrivals), options_(options) {
    for (const Sighting& sighting : snapshot.sightings)
      if (sighting.first != kNoTime) visits_.push_back(sighting.first);
    std::ranges::sort(visits_);
  }

  // `clusters`, of which the same is asked by other means, are left out.
  std::vector<char> short_lived(const std::vector<ArrivalCluster>& clusters) const {
    std::vector<char> left_out(graph_.right_count(), 0);
    for (const ArrivalCluster& cluster : clusters) left_out[cluster.right] = 1;
    std::vector<char> result(graph_.layer_count(), 0);
    for (std::size_t layer = 0; layer < result.size(); ++layer) {
      std::size_t looked_at = 0, narrow = 0;
      for (Vertex thing = graph_.layer_begin(layer); thing < graph_.layer_end(layer); ++thing) {
        const std::vector<Seconds> visits = left_out[thing] != 0 ? std::vector<Seconds>() : later_visits(thing);
        if (visits.size() < options_.least) continue;
        ++looked_at;
        narrow += is_narrow(visits) ? 1 : 0;
      }
      const bool many = static_cast<double>(narrow) > kMostShortLived * static_cast<double>(looked_at);
      result[layer] = many && looked_at >= kLeastLooked ? 1 : 0;
    }
    return result;
  }

 private:
  // Of accounts that had come before, ascending.
  std::vector<Seconds> later_visits(Vertex thing) const {
    std::vector<Seconds> visits;
    const auto accounts = graph_.lefts_of(thing);
    const auto edges = graph_.edges_of(thing);
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      const Seconds visit = snapshot_.sightings[edges[i]].first;
      if (visit != kNoTime && arrivals_[accounts[i]] < visit) visits.push_back(visit);
    }
    std::ranges::sort(visits);
    return visits;
  }

  bool is_narrow(std::span<const Seconds> visits) const {
    const auto wanted = std::max<std::size_t>(
        options_.least, static_cast<std::size_t>(std::ceil(options_.least_share * static_cast<double>(visits.size()))));
    return narrowest_span(visits, wanted, visits_).width <= options_.most_width;
  }

  const Snapshot& snapshot_;
  BipartiteGraph graph_;
  std::span<const Seconds> arrivals_;
  const ArrivalScanOptions& options_;
  std::vector<Seconds> visits_;  // all, ascending
};

class Gatherer {
 public:
  Gatherer(const Snapshot& snapshot, const Weights& weights, std::span<const Seconds> arrivals,
           const std::vector<Group>& groups, const ArrivalScanOptions& options)
      : snapshot_(snapshot),
        graph_(snapshot.graph()),
        weights_(weights),
        arrivals_(arrivals),
        options_(options),
        open_(arrivals.size(), 1) {
    for (const Group& group : groups) close(group.members);
  }

  std::vector<Group> gather(std::vector<ArrivalCluster> clusters) {
    find_lasting(Lives(snapshot_, arrivals_, options_).short_lived(clusters));
    std::ranges::stable_sort(clusters,
                             [](const ArrivalCluster& a, const ArrivalCluster& b) { return a.surprise > b.surprise; });
    std::vector<Group> groups;
    for (const ArrivalCluster& cluster : clusters) {
      if (weights_.rarity[cluster.right] <= 0 || !is_lasting(cluster.right))
        continue;  // a hub's accounts are strangers
      std::vector<Vertex> members = members_of(cluster);
      const double wanted = options_.least_share * static_cast<double>(graph_.right_degree(cluster.right));
      if (members.size() < options_.least || static_cast<double>(members.size()) < wanted) continue;
      close(members);
      Group group;
      group.likeness = {kArrival};
      group.member_likeness.assign(members.size(), MemberLikeness{.kinds = 2, .of = 2});  // the thing, and when
      group.members = std::move(members);
      groups.push_back(std::move(group));
    }
    return groups;
  }

 private:
  void close(std::span<const Vertex> members) {
    for (const Vertex member : members) open_[member] = 0;
  }

  void find_lasting(const std::vector<char>& short_lived) {
    for (std::size_t layer = 0; layer < short_lived.size(); ++layer) {
      if (short_lived[layer] == 0) lasting_.emplace_back(graph_.layer_begin(layer), graph_.layer_end(layer));
    }
  }
  bool is_lasting(Vertex thing) const {
    return std::ranges::any_of(lasting_,
                               [&](const auto& layer) { return thing >= layer.first && thing < layer.second; });
  }

  std::vector<Vertex> members_of(const ArrivalCluster& cluster) const {
    std::vector<Vertex> members;
    for (const Vertex account : graph_.lefts_of(cluster.right)) {
      const Seconds arrival = arrivals_[account];
      if (open_[account] != 0 && arrival != kNoTime && arrival >= cluster.first && arrival <= cluster.last)
        members.push_back(account);
    }
    std::vector<Vertex> bound;
    std::ranges::copy_if(members, std::back_inserter(bound),
                         [&](Vertex account) { return shares_with_none_but(members, account, cluster.right); });
    return bound;
  }

  bool shares_with_none_but(const std::vector<Vertex>& members, Vertex account, Vertex thing) const {
    return std::ranges::all_of(graph_.rights_of(account), [&](Vertex other) {
      return other == thing || weights_.rarity[other] <= 0 || std::ranges::includes(members, graph_.lefts_of(other));
    });
  }

  const Snapshot& snapshot_;
  BipartiteGraph graph_;
  const Weights& weights_;
  std::span<const Seconds> arrivals_;
  const ArrivalScanOptions& options_;
  std::vector<char> open_;                          // accounts in no group
  std::vector<std::pair<Vertex, Vertex>> lasting_;  // layers, by their things
};

}  // namespace

std::vector<Group> with_arrivals(const Store& store, const Snapshot& snapshot, const Habits& habits,
                                 const Weights& weights, std::vector<Group> groups, const ArrivalScanOptions& options) {
  if (snapshot.accounts.empty() || habits.has_activity()) return groups;
  const BipartiteGraph graph = snapshot.graph();
  const std::vector<Seconds> arrivals = arrivals_of(store, snapshot);
  std::vector<Group> found =
      Gatherer(snapshot, weights, arrivals, groups, options).gather(scan_arrivals(graph, arrivals, options));
  measure_cohesion(graph, found, options.threads);
  std::ranges::move(found, std::back_inserter(groups));
  return groups;
}

}  // namespace ringscope
