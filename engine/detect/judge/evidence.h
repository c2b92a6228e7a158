// What the members of a group share, and how much of it is theirs alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/detect/judge/crowd.h"
#include "engine/detect/project/cluster.h"
#include "engine/detect/ring/ring.h"
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
  // See interlocked_by(): of what four in five users of are members, without places alone (addresses with devices); 0
  // where three in five members are at one address, for a house hands out cards by teams and machines by turns.
  double interlocked = 0;
  // How much of what is shared, by members and bits, was met within a day of what weighs most and not again: of people
  // who met once, all. 0 where times are not known.
  double met_once = 0;
  Seconds first = kNoTime;
  Seconds last = kNoTime;
};

// A thing's layer, and who of a group has it, by position.
using Holders = std::pair<std::size_t, std::vector<Vertex>>;
// Things that are dealt out of several stocks hold a group together where none of the stocks does: cards for a few
// accounts each and devices for a few others each, so that card by card and device by device one gets from anybody to
// anybody. People have one place, payer or machine in common, or share all things with the same few. Of two layers: the
// share of the members in the largest piece that both hold together, less that of the larger of the pieces that either
// holds alone; of all pairs of layers the most, but for those of two `places`. In [0, 1).
// O(layers^2 · (members + holders)).
double interlocked_by(std::span<const Holders> things, const std::vector<char>& places, std::size_t members);

// What meets on the entity beside these accounts, ascending, of which `on_it` have it; nothing where they are the most
// of its users. O(256 touches · log).
EntityCrowd crowd_beside(const Snapshot& snapshot, const Habits& habits, Vertex entity, std::span<const Vertex> members,
                         std::uint32_t on_it);

// O(edges of the members · log).
// `habits` nothing: no entity has a crowd.
GroupEvidence gather_evidence(const Snapshot& snapshot, const Habits* habits, const Weights& weights,
                              const Group& group);

}  // namespace ringscope
