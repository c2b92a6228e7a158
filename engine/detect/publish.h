// The last stage: one run into the store, in one durable step.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/detect/ring.h"
#include "engine/detect/score_index.h"
#include "engine/ledger/chronicle.h"
#include "storage/store.h"

namespace ringscope {

// What the run knew of the graph, kept so that questions about it can be answered later without the log.
struct AccountLinks {
  KeyHash account = 0;
  std::vector<StoredLink> links;  // pairs that chance cannot explain, each at both of its ends
};
struct RunGraph {
  std::vector<AccountLinks> links;
  std::vector<StoredEntity> entities;   // shared by two accounts or more
  std::vector<AccountLinks> nearest{};  // of accounts without links: one each, the best pair that was not kept
  std::vector<IndexEntry> index{};      // for judging accounts online; in the order of the rings given
};

// Writes rings, members, links, entities, the ledger's entries and the summary as the next run and returns its number,
// which is also set in the rings and the summary. Nothing is visible when it throws. Throws Error io, no_space, locked.
// O(everything given).
std::uint64_t publish(Store& store, std::vector<Ring>& rings, RunSummary& summary, const RunGraph& graph,
                      const LedgerEntries& entries = {});

}  // namespace ringscope
