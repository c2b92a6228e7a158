// Out of a damaged store a sound one, of what is provably whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "storage/store.h"

namespace ringscope {

struct Loss {
  std::string part;         // of the store: "log", "names", "runs", …
  std::uint64_t count = 0;  // of entries; 0: nobody knows
  std::string what;         // in words, with what to do
};

struct Repair {
  std::uint64_t saved = 0;  // entries
  std::vector<Loss> lost;   // empty: the store was whole
};

// Writes what can be read with right checksums into a new store at `out`, which must not exist; `damaged` is only read.
//
//   rows, names      each by itself; one that refers to a name that is lost is lost as well
//   verdicts, journal  up to the first that is lost
//   runs, ledger     all of them or none: an event or a ring less would be another history
//   actions, indicators, positions, rejects  each by itself, but for what lies in one damaged block with others
//   kinds            where their block is damaged, names and rows of the kinds that are lost go with them
//   counters         anew from what there is; runs are lost without theirs, since it may not be the only thing missing
//   keys, audit, rejected lines, deliveries  as they lie beside the database; snapshots stay where they are
//   spellings        made anew
//   image            left out: the next incremental run is a full one
//
// A damaged CURRENT is replaced by the newest list of tables that is whole. Throws Error corrupt when that list is
// damaged: then nothing says which rows are of today; usage when `out` exists; locked when a process writes to the
// store; not_found, io, no_space.
Repair repair_store(const std::filesystem::path& damaged, const std::filesystem::path& out,
                    const StoreOptions& options);

}  // namespace ringscope
