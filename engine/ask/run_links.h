// The pairs of accounts that a run kept, as a graph: read from the store, without detecting anew.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/csr_graph.h"
#include "engine/detect/project/pair_facts.h"
#include "storage/store.h"

namespace ringscope {

// Vertices in the order of the accounts' keys; weights in bits.
struct RunLinks {
  std::uint64_t run = 0;
  CsrArrays arrays;
  std::vector<KeyHash> accounts;  // by vertex, ascending

  CsrGraph view() const { return arrays.view(); }
};

// Among the accounts that have any. Throws Error not_found (no such run, or its links were dropped), corrupt (a
// pair that is not the same at both of its ends). O(links), on all
// processors.
RunLinks links_of_run(const Store& store, std::uint64_t run);

// Among some accounts, ascending; each is a vertex, whether it has links or not. Throws Error not_found (no such run).
// A look-up each, O(their links).
RunLinks links_among(const Store& store, std::uint64_t run, std::span<const KeyHash> accounts);

// What the pairs share in a window that was loaded: by arc of links.view(). A pair of which one account is not in the
// window shares nothing there. As pair_facts() of the snapshot's own graph.
PairFacts pair_facts(const Snapshot& snapshot, const RunLinks& links, unsigned threads = 0);

}  // namespace ringscope
