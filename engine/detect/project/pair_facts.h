// What pairs of accounts share, by arc of a graph of them: for filters and property maps (docs/boost-graph.md).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "algorithms/csr_graph.h"
#include "engine/load/snapshot.h"

namespace ringscope {

// By arc; both arcs of an edge have the same.
struct PairFacts {
  std::vector<std::uint64_t> kinds;   // bit k: they share an entity of layer k; layers from 63 on are bit 63
  std::vector<std::uint32_t> shared;  // entities
  std::vector<Seconds> first, last;   // of any of them, by either of the two; kNoTime when no sighting had a time
};

// `pairs` over the accounts of the snapshot. Entities of all sizes count, hubs as well. O(sum over edges of the things
// of both ends), parallel over accounts; same at any number of threads.
PairFacts pair_facts(const Snapshot& snapshot, const CsrGraph& pairs, unsigned threads = 0);
// The same of other vertices: `left` says which account of the snapshot each is; nothing: none of it.
PairFacts pair_facts(const Snapshot& snapshot, const CsrGraph& pairs, std::span<const std::optional<Vertex>> left,
                     unsigned threads = 0);

}  // namespace ringscope
