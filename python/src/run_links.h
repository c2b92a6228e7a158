// The pairs that a run kept, as a graph.
#pragma once

#include <cstdint>
#include <vector>

#include "algorithms/csr_graph.h"
#include "storage/store.h"

namespace ringscope::python {

// Among the accounts that have any; vertices in the order of their keys.
struct Links {
  CsrArrays arrays;
  std::vector<KeyHash> accounts;
};

// Throws Error not_found (no such run, or its links were dropped), corrupt. O(links).
Links links_of_run(const Store& store, std::uint64_t run);

}  // namespace ringscope::python
