// The ring as a graph, from what the store holds of its members now (engine/detect/index/ring_parts.h).
#pragma once

#include "engine/ask/checkpoint.h"
#include "engine/detect/index/ring_parts.h"
#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

// One look-up a member, and one a shared thing. Throws Error corrupt, io.
RingMap map_ring(const Store& store, const RunSummary& run, const Ring& ring, const Checkpoint& check = {});

}  // namespace ringscope
