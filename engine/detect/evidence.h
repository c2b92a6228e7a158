// What the members of a group share, and how much of it is theirs alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/detect/cluster.h"
#include "engine/detect/crowd.h"
#include "engine/detect/ring.h"
#include "engine/load/snapshot.h"

namespace ringscope {

// A shared entity of a group.
struct SharedEntity {
  Vertex entity = 0;
  std::uint32_t members = 0;     // of the group
  std::uint32_t population = 0;  // accounts of the window
  double bits = 0;               // of one pair sharing it, less what a crowd on it explains
  EntityCrowd crowd{};           // of those outside, when they are as many as the members
  bool binds() const { return crowd.probability < kCrowdBinds; }
  Seconds first = kNoTime;  // by a member
  Seconds last = kNoTime;
};

// One layer of a group.
struct LayerSharing {
  std::size_t layer = 0;
  double coverage = 0;         // share of the members that share an entity, no hub, of this layer with another member
  double exclusivity = 0;      // of those sharings, the part of the entities' accounts that are members
  double reach = 0;            // share of the members on the layer's most shared entity …
  double reach_outside = 0;    // … and of that entity's accounts, those who are no members
  std::uint32_t entities = 0;  // distinct entities of the layer that members touch
  std::uint32_t users = 0;     // members that touch any
  double common = 0;           // entities of the layer, hubs too, that a member has in common with another, in the mean
};

struct GroupEvidence {
  std::vector<SharedEntity> shared;  // strongest first: members - 1 times bits; ties by entity
  std::vector<LayerSharing> layers;  // one for each layer of the snapshot
  double connected = 0;              // share of the members in the largest piece that shared things hold together
  Seconds first = kNoTime;
  Seconds last = kNoTime;
};

// What meets on the entity beside these accounts, ascending, of which `on_it` have it; nothing where they are the most
// of its users. O(256 touches · log).
EntityCrowd crowd_beside(const Snapshot& snapshot, const Habits& habits, Vertex entity, std::span<const Vertex> members,
                         std::uint32_t on_it);

// O(edges of the members · log).
// `habits` nothing: no entity has a crowd.
GroupEvidence gather_evidence(const Snapshot& snapshot, const Habits* habits, const Weights& weights,
                              const Group& group);

}  // namespace ringscope
