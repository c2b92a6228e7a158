// Whether a store is sound: all that must hold in it and in its snapshots (docs/reliability.md).
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "storage/invariants.h"
#include "storage/store.h"

namespace ringscope {

struct Health {
  std::vector<Invariant> invariants;  // all that was looked at, in order: storage, what needs documents, what is beside
  std::vector<Damage> damage;         // in that order; empty: the store is sound
  Store::Counts counts;
  std::optional<DayWindow> days;
  std::uint64_t sources = 0;
  std::uint64_t unfinished = 0;  // sources not read to their end
  std::uint64_t snapshots = 0;
};

// What a floor above keeps in the store's directory, and how it is looked at.
struct HealthCheck {
  Invariant invariant;
  std::function<void(const std::filesystem::path& store)> look;  // throws Error where it does not hold
};

// Reads all of a store, of its snapshots and of what lies beside it (engine/care/beside.h). A store that cannot be
// opened for damage is one whose files are damaged. O(store + snapshots); memory for the names, the latest runs' rings
// and the ledger. Throws Error not_found, usage, version, io.
Health examine(const std::filesystem::path& store, const StoreOptions& options, std::span<const HealthCheck> more = {});

}  // namespace ringscope
