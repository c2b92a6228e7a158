// What must hold in every store, and where it does not.
//
// Store::verify() looks at each value by itself; here it is what the parts say of each other. docs/reliability.md.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "storage/findings.h"
#include "storage/store.h"

namespace ringscope {

// Of the files and column families, in the order in which they are looked at.
std::span<const Invariant> store_invariants();

// Opens the store for reading, reads everything and compares; empty when all holds. O(store), and
// once more the rows of a run for each that lies over it; memory for 16 bytes a name, and for the members of a run.
// Throws as Store::open does.
std::vector<Damage> find_damage(const std::filesystem::path& store, const StoreOptions& options);

}  // namespace ringscope
