// The last stage: one run into the store, in one durable step.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/detect/index/score_index.h"
#include "engine/detect/ring/ring.h"
#include "engine/detect/stages.h"
#include "engine/ledger/chronicle.h"
#include "storage/store.h"

namespace ringscope {

// What the run knew of the graph, kept so that questions about it can be answered later without the log.
struct AccountLinks {
  KeyHash account = 0;
  std::vector<StoredLink> links;  // pairs that chance cannot explain, each at both of its ends
};
struct RunGraph {
  std::vector<AccountLinks> links{};     // of a full run empty: write_links() makes them as they are written
  std::vector<StoredEntity> entities{};  // shared by two accounts or more
  std::vector<AccountLinks> nearest{};   // of accounts without links: one each, the best pair that was not kept
  std::vector<IndexEntry> index{};       // for judging accounts online; in the order of the rings given
};

// All of it but the links and the index. O(links + entities).
RunGraph graph_for_questions(const Snapshot& snapshot, const Weights& weights, const Similarity& similarity);

// The links, each at both of its ends, account by account. O(links), and 4 bytes each of memory: in the large they are
// most of what a run knows.
void write_links(RunWriter& writer, const Snapshot& snapshot, const Similarity& similarity);

// Gives rings the ids that last, and says who took whose place. Last of all that is done to rings, in a full and in an
// incremental run.
// `base` as in reconcile_rings().
LedgerEntries conclude(const Store& store, const Setup& setup, const Snapshot& snapshot, const Habits& habits,
                       std::vector<Ring>& rings, std::uint64_t base = 0);

// Writes rings, members, links, entities, the ledger's entries and the summary as the next run and returns its number,
// which is also set in the rings and the summary. Nothing is visible when it throws. Throws Error io, no_space, locked.
// Rings that are kept (Ring::kept) are the base's. O(everything given). `more` writes what else belongs to the run.
std::uint64_t publish(Store& store, std::vector<Ring>& rings, RunSummary& summary, const RunGraph& graph,
                      const LedgerEntries& entries = {}, const std::function<void(RunWriter&)>& more = {});
// The same into a run that is begun.
void publish(RunWriter& writer, std::vector<Ring>& rings, RunSummary& summary, const RunGraph& graph,
             const LedgerEntries& entries);

// Tells the ledger of verdicts that were given while the run was made. Last of all.
void catch_up(Store& store, const Setup& setup);

}  // namespace ringscope
