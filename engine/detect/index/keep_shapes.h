// The rows of large rings that make their pages short to read: sub-communities (ring_shape.h) and the rings that they
// share members' links with (shared_rings.h).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/detect/index/score_index.h"
#include "engine/detect/project/project.h"
#include "engine/detect/project/weigh.h"
#include "engine/detect/ring/ring.h"
#include "engine/load/snapshot.h"

namespace ringscope {

struct ShapeInput {
  const Snapshot& snapshot;
  const Weights& weights;
  const Similarity& similarity;
  unsigned threads = 0;
};

// Appends the rows of all rings of kLeastKept members or more, which bear the ids that they are published with.
// O(links + things of the members · log, and what it takes to find the parts of those of at most kMostKept).
void add_shapes(const ShapeInput& input, std::span<const Ring> rings, std::vector<IndexEntry>& index);

// What changed since a base: rings that are kept of it (Ring::kept) have there what they had.
struct ShapeChange {
  const Store& store;
  std::uint64_t base = 0;
  const std::vector<char>& dirty;          // by account: it has other rows, or an end of a link that changed
  std::span<const StoredEntity> entities;  // that are not what they were
};
// The same for a run over a base: of rings that are kept only what is not as it was there. Where members changed, or
// what they have weighs otherwise, the row says that there is none, so that whoever asks works it out.
void add_shapes_over(const ShapeInput& input, const ShapeChange& change, std::span<const Ring> rings,
                     std::vector<IndexEntry>& index);

}  // namespace ringscope
