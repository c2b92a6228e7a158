// Small worlds of accounts and what they touch, for the tests of detection: built by hand, or drawn from a seed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "algorithms/bipartite_graph.h"
#include "base/random.h"
#include "engine/detect/project/cluster.h"

namespace ringscope::testing {

// Accounts and entities as they are met; build() numbers the entities of a layer by value.
class World {
 public:
  World(Vertex accounts, std::size_t layers) : accounts_(accounts), layers_(layers) {}

  Vertex add_account() { return accounts_++; }
  Vertex accounts() const { return accounts_; }
  void touch(Vertex account, std::size_t layer, std::uint64_t value) { sightings_.insert({{layer, value}, account}); }
  // A value nobody has used in this layer.
  std::uint64_t fresh_value() { return kFresh + fresh_++; }

  BipartiteArrays build() const {
    std::vector<Vertex> same(accounts_);
    std::iota(same.begin(), same.end(), Vertex{0});
    return build(same);
  }
  // With account a in the place number_of[a], and the values of each layer in the opposite order.
  BipartiteArrays build_relabelled(std::span<const Vertex> number_of) const {
    World turned(accounts_, layers_);
    for (const auto& [entity, account] : sightings_) turned.touch(account, entity.first, ~entity.second);
    return turned.build(number_of);
  }

 private:
  static constexpr std::uint64_t kFresh = std::uint64_t{1} << 40;
  using Entity = std::pair<std::size_t, std::uint64_t>;  // layer, value

  BipartiteArrays build(std::span<const Vertex> number_of) const {
    std::vector<std::vector<Vertex>> rows(accounts_);
    std::vector<Vertex> layer_offsets(layers_ + 1, 0);
    Vertex entities = 0;
    const Entity* last = nullptr;
    for (const auto& [entity, account] : sightings_) {
      if (last == nullptr || *last != entity) {
        ++entities;
        for (std::size_t k = entity.first + 1; k <= layers_; ++k) layer_offsets[k] = entities;
      }
      last = &entity;
      rows[number_of[account]].push_back(entities - 1);
    }
    std::vector<ArcIndex> offsets{0};
    std::vector<Vertex> targets;
    for (const auto& row : rows) {
      targets.insert(targets.end(), row.begin(), row.end());
      offsets.push_back(targets.size());
    }
    return build_bipartite(std::move(offsets), std::move(targets), entities, std::move(layer_offsets));
  }

  Vertex accounts_;
  std::size_t layers_;
  std::uint64_t fresh_ = 0;
  std::set<std::pair<Entity, Vertex>> sightings_;
};

// The layers of the drawn worlds.
inline constexpr std::size_t kAddress = 0, kPayment = 1, kDevice = 2;

// People who share only by chance: many addresses each, of which some are everybody's (a few are hubs); one payment,
// mostly their own; a device or two of common models. Numbers of things and of users have heavy tails.
inline World honest_world(std::uint64_t seed, Vertex accounts) {
  World world(accounts, 3);
  Random random(seed);
  const auto popular = [&random](double values) {  // value v is drawn with density v^(-2/3)
    const double u = random.uniform();
    return static_cast<std::uint64_t>(values * u * u * u);
  };
  for (Vertex a = 0; a < accounts; ++a) {
    const int addresses = static_cast<int>(std::min(40.0, 1 / (1 - random.uniform())));
    for (int i = 0; i < addresses; ++i) world.touch(a, kAddress, popular(3.0 * accounts));
    world.touch(a, kPayment, random.chance(0.05) ? popular(0.2 * accounts) : world.fresh_value());
    for (std::uint64_t i = 0; i <= random.below(2); ++i) world.touch(a, kDevice, popular(1.0 * accounts));
  }
  return world;
}

struct RingShape {
  Vertex members = 12;
  Vertex addresses = 4;  // a pool: each member uses `addresses_each` of it
  Vertex addresses_each = 2;
  Vertex payments = 3;
  Vertex devices = 4;
};

// Adds accounts that draw from pools of their own, each with an address of the street beside. Returns the members.
inline std::vector<Vertex> plant_ring(World& world, const RingShape& shape, Random& random) {
  const auto pool = [&world](Vertex size) {
    std::vector<std::uint64_t> values(size);
    for (std::uint64_t& value : values) value = world.fresh_value();
    return values;
  };
  const std::vector<std::uint64_t> addresses = pool(shape.addresses), payments = pool(shape.payments),
                                   devices = pool(shape.devices);
  std::vector<Vertex> members;
  for (Vertex m = 0; m < shape.members; ++m) {
    const Vertex account = world.add_account();
    members.push_back(account);
    for (Vertex i = 0; i < shape.addresses_each; ++i) {
      world.touch(account, kAddress, addresses[random.below(shape.addresses)]);
    }
    world.touch(account, kAddress, random.below(1000));
    if (shape.payments > 0) world.touch(account, kPayment, payments[random.below(shape.payments)]);
    if (shape.devices > 0) world.touch(account, kDevice, devices[random.below(shape.devices)]);
  }
  return members;
}

inline std::vector<Group> detect_groups(const BipartiteGraph& graph, unsigned threads = 0) {
  const Weights weights = weigh(graph, {});
  const Similarity similarity = project(graph, weights, {.corroboration = {.threads = threads}});
  return cluster(graph, similarity, {.threads = threads});
}

}  // namespace ringscope::testing
