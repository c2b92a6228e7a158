#include "engine/detect/judge/evidence.h"

#include <algorithm>

#include "algorithms/disjoint_sets.h"
#include "engine/detect/judge/graded.h"

namespace ringscope {
namespace {

struct Touch {
  Vertex entity;
  Vertex member;  // position in the group
  ArcIndex edge;
};

std::vector<Touch> touches_of(const BipartiteGraph& graph, const Group& group) {
  std::vector<Touch> touches;
  for (std::size_t m = 0; m < group.members.size(); ++m) {
    const auto rights = graph.rights_of(group.members[m]);
    for (std::size_t i = 0; i < rights.size(); ++i) {
      touches.push_back({rights[i], static_cast<Vertex>(m), graph.left_begin(group.members[m]) + i});
    }
  }
  std::sort(touches.begin(), touches.end(), [](const Touch& a, const Touch& b) {
    return std::pair(a.entity, a.member) < std::pair(b.entity, b.member);
  });
  return touches;
}

void widen(Seconds& first, Seconds& last, const Sighting& sighting) {
  if (sighting.first == kNoTime) return;
  if (first == kNoTime || sighting.first < first) first = sighting.first;
  if (last == kNoTime || sighting.last > last) last = sighting.last;
}

std::size_t layer_of(const BipartiteGraph& graph, Vertex entity) {
  std::size_t layer = 0;
  while (entity >= graph.layer_end(layer)) ++layer;
  return layer;
}

// Sums over a layer before they become shares.
struct LayerTally {
  std::vector<char> touches, shares;  // by member
  std::uint32_t entities = 0;
  double in_common = 0;  // members of each entity that has several, summed
  std::uint32_t most_members = 0, most_population = 0;
  double member_sightings = 0, population = 0;  // over shared entities
};

LayerSharing summarize(const LayerTally& tally, std::size_t layer) {
  const auto count = [](const std::vector<char>& flags) {
    return static_cast<std::uint32_t>(std::count(flags.begin(), flags.end(), 1));
  };
  const auto members = static_cast<double>(tally.shares.size());
  LayerSharing sharing{.layer = layer};
  sharing.coverage = count(tally.shares) / members;
  sharing.exclusivity = tally.population > 0 ? tally.member_sightings / tally.population : 0.0;
  sharing.reach = tally.most_members / members;
  if (tally.most_population > 0)
    sharing.reach_outside = 1 - static_cast<double>(tally.most_members) / tally.most_population;
  sharing.entities = tally.entities;
  sharing.users = count(tally.touches);
  if (sharing.users > 0) sharing.common = tally.in_common / sharing.users;
  return sharing;
}

// `counts`: no hub, and several members share it. One that strangers meet on binds nobody, yet its population counts:
// that makes the layer less exclusive.
void tally_entity(std::span<const Touch> touches, const SharedEntity& shared, bool counts, LayerTally& tally) {
  ++tally.entities;
  if (shared.members >= 2) tally.in_common += shared.members;
  if (shared.members > tally.most_members) {
    tally.most_members = shared.members;
    tally.most_population = shared.population;
  }
  const bool binds = counts && shared.binds();
  for (const Touch& touch : touches) {
    tally.touches[touch.member] = 1;
    if (binds) tally.shares[touch.member] = 1;
  }
  if (counts) {
    tally.member_sightings += shared.members;
    tally.population += shared.population;
  }
}

double largest_share(DisjointSets& pieces, std::size_t members) {
  std::vector<std::size_t> sizes(members, 0);
  std::size_t most = 0;
  for (Vertex m = 0; m < members; ++m) most = std::max(most, ++sizes[pieces.find(m)]);
  return static_cast<double>(most) / static_cast<double>(members);
}

// Four in five of those who have it are members.
bool is_own(const SharedEntity& shared) { return 5 * shared.members >= 4 * shared.population; }

}  // namespace

double interlocked_by(std::span<const Holders> things, const std::vector<char>& places, std::size_t members) {
  if (things.empty()) return 0;
  const auto held_by = [&](std::size_t a, std::size_t b) {
    DisjointSets pieces(static_cast<Vertex>(members));
    for (const auto& [layer, holders] : things) {
      if (layer != a && layer != b) continue;
      for (const Vertex holder : holders) pieces.join(holders.front(), holder);
    }
    return largest_share(pieces, members);
  };
  std::vector<double> alone;
  for (std::size_t k = 0; k < places.size(); ++k) alone.push_back(held_by(k, k));
  double most = 0;
  for (std::size_t i = 1; i < places.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (places[i] == 0 || places[j] == 0) most = std::max(most, held_by(i, j) - std::max(alone[i], alone[j]));
    }
  }
  return most;
}

namespace {

// By layer. Machines and addresses are where people work and where they live: who shares desks with some and a flat
// with others was dealt neither.
std::vector<char> place_layers(const Snapshot& snapshot) {
  std::vector<char> places;
  places.reserve(snapshot.layers.size());
  for (const Layer& layer : snapshot.layers)
    places.push_back(layer.name == "ip" || layer.name == "fingerprint" ? 1 : 0);
  return places;
}

// Whoever has one place has what the house hands out.
double in_no_house(const Snapshot& snapshot, const GroupEvidence& evidence) {
  const auto at_address = std::ranges::find_if(
      evidence.layers, [&](const LayerSharing& layer) { return snapshot.layers[layer.layer].name == "ip"; });
  return at_address == evidence.layers.end() ? 1.0 : graded(at_address->reach, 0.6, 0.3);
}

// Of shared things, strongest first.
double met_once(std::span<const SharedEntity> shared) {
  if (shared.empty() || shared.front().first == kNoTime) return 0;
  const Seconds from = shared.front().last - kSecondsPerDay, to = shared.front().first + kSecondsPerDay;
  double all = 0, within = 0;
  for (const SharedEntity& thing : shared) {
    const double weight = (thing.members - 1) * thing.bits;
    all += weight;
    if (thing.first != kNoTime && thing.first >= from && thing.last <= to) within += weight;
  }
  return all > 0 ? within / all : 0.0;
}

}  // namespace

EntityCrowd crowd_beside(const Snapshot& snapshot, const Habits& habits, Vertex entity, std::span<const Vertex> members,
                         std::uint32_t on_it) {
  const BipartiteGraph graph = snapshot.graph();
  const std::size_t population = graph.right_degree(entity);
  if (population < 2 * std::size_t{on_it} || population - on_it < kLeastCrowd) return {};
  return classify_crowd(snapshot.layers[layer_of(graph, entity)].name, use_of(snapshot, habits, entity, members));
}

GroupEvidence gather_evidence(const Snapshot& snapshot, const Habits* habits, const Weights& weights,
                              const Group& group) {
  const BipartiteGraph graph = snapshot.graph();
  const std::vector<Touch> touches = touches_of(graph, group);
  std::vector<LayerTally> tallies(graph.layer_count());
  for (LayerTally& tally : tallies) {
    tally.touches.assign(group.members.size(), 0);
    tally.shares.assign(group.members.size(), 0);
  }
  GroupEvidence evidence;
  DisjointSets pieces(static_cast<Vertex>(group.members.size()));
  std::vector<Holders> own;
  for (std::size_t begin = 0, end = 0; begin < touches.size(); begin = end) {
    SharedEntity shared{.entity = touches[begin].entity};
    for (; end < touches.size() && touches[end].entity == shared.entity; ++end) {
      widen(shared.first, shared.last, snapshot.sightings[touches[end].edge]);
    }
    shared.members = static_cast<std::uint32_t>(end - begin);
    shared.population = static_cast<std::uint32_t>(graph.right_degree(shared.entity));
    shared.bits = weights.bits(shared.entity);
    const bool counts = shared.members >= 2 && shared.bits > 0;
    if (habits != nullptr && counts) {
      shared.crowd = crowd_beside(snapshot, *habits, shared.entity, group.members, shared.members);
      shared.bits *= 1 - shared.crowd.probability;
    }
    if (evidence.first == kNoTime || (shared.first != kNoTime && shared.first < evidence.first))
      evidence.first = shared.first;
    evidence.last = std::max(evidence.last, shared.last);
    tally_entity(std::span(touches).subspan(begin, end - begin), shared, counts,
                 tallies[layer_of(graph, shared.entity)]);
    if (counts) evidence.shared.push_back(shared);
    for (std::size_t i = begin + 1; counts && shared.binds() && i < end; ++i)
      pieces.join(touches[begin].member, touches[i].member);
    if (counts && is_own(shared)) {
      std::vector<Vertex>& holders = own.emplace_back(layer_of(graph, shared.entity), std::vector<Vertex>{}).second;
      for (std::size_t i = begin; i < end; ++i) holders.push_back(touches[i].member);
    }
  }
  evidence.connected = largest_share(pieces, group.members.size());
  for (std::size_t k = 0; k < tallies.size(); ++k) evidence.layers.push_back(summarize(tallies[k], k));
  evidence.interlocked =
      interlocked_by(own, place_layers(snapshot), group.members.size()) * in_no_house(snapshot, evidence);
  std::stable_sort(evidence.shared.begin(), evidence.shared.end(), [](const SharedEntity& a, const SharedEntity& b) {
    return (a.members - 1) * a.bits > (b.members - 1) * b.bits;
  });
  evidence.met_once = met_once(evidence.shared);
  return evidence;
}

}  // namespace ringscope
