// A distributed run into a store of this machine.
//
// Where no store is, the kept one is copied. Into a store that is there comes what the kept one ingested and it did
// not, and the run as its next one, published as detect() publishes: the ledger is reconciled with the store's own,
// verdicts that stand there outrank, and the feed tells what changed. All of it is seen and durable by one step.
//
// What is not the store's to take: verdicts, snapshots, indicators and earlier runs of the kept store. What verdicts
// teach a detection (who was cleared lowers evidence, who was confirmed draws others in) needs the log, so it shows
// with the next 'detect'; what they decide about accounts and rings holds at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>

#include "engine/detect/ring/ring.h"
#include "engine/ledger/ring_event.h"
#include "storage/store.h"

namespace ringscope {

struct ImportOptions {
  bool force = false;  // although the store holds what the run did not see, or dropped days that it did
};

enum class ImportOutcome : std::uint8_t {
  copied,     // there was no store: it is the kept one now
  published,  // the run is the store's next
  known,      // the store had the run already; nothing was done
};

struct ImportReport {
  ImportOutcome outcome{};
  RunSummary summary;                          // of the run, as the store has it
  std::uint64_t sources = 0;                   // taken in
  std::uint64_t accounts = 0;                  // of which rows were taken in
  std::uint64_t unseen = 0;                    // sources of the store that the run did not see
  std::uint64_t collisions = 0;                // names whose key belongs to another value: the first stays
  std::map<RingChange, std::uint64_t> events;  // that the run brought, by what happened
};

// `run` is the directory of the run, `db` a path at which no store is: it is there in full or not at all. Throws as
// find_kept_store() and copy_store() do, and Error refused for a kept store with keyed kinds or erased accounts.
ImportReport copy_run(const std::filesystem::path& run, const std::filesystem::path& db);

// Into a store that is open for writing. Throws Error refused: either store keeps kinds keyed or has erased accounts;
// the store holds sources that the run did not see (without `force`, and always where rows of some are to be taken in
// beside others that both have); it dropped days that the run has seen (without `force`). Nothing is written then.
// O(kept store); memory for the rings with their members.
ImportReport import_run(Store& store, const std::filesystem::path& run, const ImportOptions& options);

}  // namespace ringscope
