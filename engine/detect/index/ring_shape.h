// A ring's sub-communities and what bridges them, kept with the run, so that its page reads one row where it would read
// those of all members.
//
// In the run's index (Store::find_index) under "shape/" and the ring's id. As the run saw it, as all else on the page
// is: what members came to touch since is not in it. Members are told by their place in the ring.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/detect/index/ring_parts.h"
#include "engine/detect/index/score_index.h"
#include "storage/store.h"

namespace ringscope {

// A thing that members of a part have, and how many of them.
struct PartThing {
  VertexKey entity;
  std::uint32_t members = 0;
  friend bool operator==(const PartThing&, const PartThing&) = default;
};

struct ShapeBridge {
  std::optional<Vertex> member{};  // nothing: a thing
  VertexKey entity{};              // of a thing
  // Number of a part and members that it reaches there, most first.
  std::vector<std::pair<std::uint8_t, std::uint32_t>> parts{};
  std::uint64_t joined = 0;  // of Bridge
  bool cut = false;
  friend bool operator==(const ShapeBridge&, const ShapeBridge&) = default;
};

struct RingShape {
  std::uint64_t things = 0;                       // shared inside
  std::vector<std::uint8_t> part_of;              // by member, the number of its part; the largest is 0
  std::vector<std::vector<PartThing>> things_of;  // by part, those that most of its members have, at most kPartNamed
  std::vector<ShapeBridge> bridges;
  friend bool operator==(const RingShape&, const RingShape&) = default;
};
inline constexpr std::size_t kPartNamed = 3;
inline constexpr std::size_t kBridgesTold = 10;

// O(edges · log).
RingShape shape_of(const RingMap& map, std::size_t bridges_told = kBridgesTold);

// Rings of which a run keeps the shape, by members. Of fewer it is worked out when it is asked for, of more it is not
// told on the page.
inline constexpr std::size_t kLeastKept = 100, kMostKept = 2000;

bool is_shape_key(std::string_view key);
IndexEntry encode_shape(std::string_view ring, const RingShape& shape);
// Of a run over a base: the base's does not hold.
IndexEntry no_shape(std::string_view ring);
// Of a ring of the run with so many members; with kBridgesTold bridges. Nothing when the run kept none, as one of an
// earlier program. O(members). Throws Error corrupt.
std::optional<RingShape> stored_shape(const Store& store, std::uint64_t run, std::string_view ring,
                                      std::size_t members);

}  // namespace ringscope
