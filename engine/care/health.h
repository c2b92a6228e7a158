// Whether a store is sound: all that must hold in it and in its snapshots (docs/reliability.md).
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "storage/invariants.h"
#include "storage/store.h"

namespace ringscope {

struct Health {
  std::vector<Damage> damage;  // in the order of invariants(); empty: the store is sound
  Store::Counts counts;
  std::optional<DayWindow> days;
  std::uint64_t sources = 0;
  std::uint64_t unfinished = 0;  // sources not read to their end
  std::uint64_t snapshots = 0;
};

// All that is looked at, in that order: those of storage, then what needs to read documents.
std::vector<Invariant> invariants();
// The one of this name. Throws Error internal.
Invariant find_invariant(std::string_view name);

// Reads all of a store and of its snapshots. A store that cannot be opened for damage is one whose files are damaged.
// O(store + snapshots); memory for the names, the latest runs' rings and the ledger. Throws Error not_found, usage,
// version, io.
Health examine(const std::filesystem::path& store, const StoreOptions& options);

}  // namespace ringscope
