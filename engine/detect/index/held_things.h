// What the members of a ring have in common, kept with the run: for each thing that two of them or more touch, how many
// do. What holds one member is then told without reading the rows of all.
//
// In the run's index (Store::find_index) under "held/" and the ring's id, a row a ring. As the run saw it: what members
// came to touch since is not in it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/detect/index/score_index.h"
#include "engine/detect/ring/ring.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope {

struct HeldThing {
  VertexKey thing;
  std::uint32_t members = 0;  // of the ring that touch it
  friend bool operator==(const HeldThing&, const HeldThing&) = default;
};

// Appends the rows of all rings; in a run over a base, of those kept (Ring::kept) only if one of `touched`, the
// accounts with other rows since, is a member. O(things of the members, log of those shared).
void add_held(const Snapshot& snapshot, std::span<const Ring> rings, std::span<const Vertex> touched,
              std::vector<IndexEntry>& index);

bool is_held_key(std::string_view key);

// The row of one ring. `held` ascends.
IndexEntry encode_held(std::string_view ring, std::span<const HeldThing> held);

// Ascending; nothing when the run kept none, as one of an earlier program. O(things). Throws Error corrupt.
std::optional<std::vector<HeldThing>> held_things(const Store& store, std::uint64_t run, std::string_view ring);

}  // namespace ringscope
