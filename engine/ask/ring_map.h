// How a ring hangs together: who has which of the things that its members share, the sub-communities in it, and what
// bridges them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"
#include "engine/ask/checkpoint.h"
#include "engine/detect/ring.h"
#include "storage/store.h"

namespace ringscope {

// A thing that two members or more have and that is evidence in the run, or listed as the ring's evidence.
struct MapThing {
  VertexKey entity;
  std::uint32_t members = 0;   // of the ring that have it
  std::uint32_t accounts = 0;  // of the window
  double bits = 0;
};

// The ring as a graph: vertices are the members in the ring's order, then its things. An edge joins a member and a
// thing it has; two members where the run linked them although they share no thing.
struct RingMap {
  std::string ring;
  std::uint64_t run = 0;
  std::vector<KeyHash> accounts;
  std::vector<MapThing> things;  // most members first, then by key
  CsrArrays graph;               // weights: bits

  Vertex member_count() const { return static_cast<Vertex>(accounts.size()); }
  bool is_thing(Vertex v) const { return v >= member_count(); }
};

// One look-up a member, and one a shared thing. Throws Error corrupt, io.
RingMap map_ring(const Store& store, const RunSummary& run, const Ring& ring, const Checkpoint& check = {});

// Parts of some of a ring's members (positions, ascending) that have more to do with each other than with the rest:
// largest first, each ascending. One part: they are of one piece. O(edges). The same bits every time.
std::vector<std::vector<Vertex>> split(const RingMap& map, std::span<const Vertex> members);

// A sub-community with the name that every picture and list calls it by, as long as the run is: its place, "g3",
// "g3.1".
struct RingPart {
  std::string id;               // empty: the ring itself
  std::string above;            // the part that it is a part of; empty: the ring
  std::vector<Vertex> members;  // ascending
};
RingPart whole(const RingMap& map);
// What split() finds in it, at most kMostParts, of which the last then holds all that are smaller.
std::vector<RingPart> parts_of(const RingMap& map, const RingPart& part);
inline constexpr std::size_t kMostParts = 40;

// A member or thing that holds parts together.
struct Bridge {
  Vertex vertex = 0;
  std::vector<std::uint32_t> members_by_part;  // members next to it, by part; of a member itself counted in its own
  std::uint32_t parts = 0;                     // that it touches
  std::uint64_t joined = 0;  // pairs of members of different parts that meet at it: what a removal would cost
  bool cut = false;          // without it the ring falls apart
};

// Those that join the most pairs of different parts first, at most `limit`. O(edges · log).
std::vector<Bridge> bridges(const RingMap& map, std::span<const RingPart> parts, std::size_t limit);

}  // namespace ringscope
