// What a run keeps of its large rings, held against what the store says of their members.
#pragma once

#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "engine/ask/read_run.h"
#include "engine/ask/ring_lines.h"
#include "engine/ask/ring_map.h"
#include "engine/ask/ring_members.h"
#include "engine/ask/ring_shares.h"
#include "engine/detect/index/ring_shape.h"
#include "engine/detect/index/shared_rings.h"

namespace ringscope::test {

inline RingShape worked_out_shape(const Store& store, std::uint64_t run, const Ring& ring) {
  RingMap map = map_ring(store, find_run(store, run), ring);
  map.part_of.clear();
  return shape_of(map);
}

inline std::vector<SharedRing> worked_out_shared(const Store& store, std::uint64_t run, const Ring& ring) {
  RingShares shares(store, run);
  shares.know(ring);
  SharedRings others(ring.id);
  for (std::size_t i = 0; i < looked_at(ring.members.size()); ++i)
    others.add(shares.of(ring.members[place_looked_at(i, ring.members.size())].account));
  return others.list();
}

struct KeptShapes {
  std::size_t large = 0, shapes = 0, shared = 0;  // rings that are large, and those of which the run kept either
  std::size_t parted = 0, tied = 0;               // shapes of several parts, rings with others
};

// Of all rings of a run in which nothing was read since.
inline KeptShapes check_shapes(const Store& store, std::uint64_t run) {
  KeptShapes kept;
  for (const RingLine& line : read_ring_lines(store, run).lines) {
    const RingHead head = find_ring_head(store, run, line.ring);
    const Ring& ring = head.ring;
    const auto shape = stored_shape(store, run, ring.id, ring.members.size());
    const auto shared = stored_shared(store, run, ring.id, ring.members.size());
    if (ring.members.size() < kLeastKept) {
      CHECK_FALSE(shape);
      CHECK_FALSE(shared);
      continue;
    }
    ++kept.large;
    if (shape) {
      ++kept.shapes;
      kept.parted += shape->things_of.size() > 1 ? 1 : 0;
      CHECK(*shape == worked_out_shape(store, run, ring));
    }
    if (shared) {
      ++kept.shared;
      kept.tied += shared->empty() ? 0 : 1;
      CHECK(*shared == worked_out_shared(store, run, ring));
    }
  }
  return kept;
}

}  // namespace ringscope::test
