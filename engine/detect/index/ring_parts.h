// How a ring hangs together: who has which of the things that its members share, the sub-communities in it, and what
// bridges them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "algorithms/csr_graph.h"
#include "storage/rows.h"

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
  // By member, the number of its part as the run named it; empty: the run kept no parts.
  std::vector<std::uint8_t> part_of{};

  Vertex member_count() const { return static_cast<Vertex>(accounts.size()); }
  bool is_thing(Vertex v) const { return v >= member_count(); }
};

// The weight of an edge to a thing of so many bits: one that is listed as evidence though it proves nothing ties, too.
float tie_of(double bits);

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
// What the run named the ring's parts, of the ring itself where it did; else what split() finds in it, at most
// kMostParts, of which the last then holds all that are smaller.
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
