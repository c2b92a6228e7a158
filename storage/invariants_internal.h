// The walks over a store behind find_damage().
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/findings.h"
#include "storage/store_internal.h"

namespace ringscope {

// "#00000000000000ff"
std::string hex(std::uint64_t value);

// A key of another length cannot be read; it is told and passed over.
bool has_length(Findings& findings, const char* invariant, schema::Family family, std::string_view key,
                std::size_t length);

// What must hold of runs, the ledger, decisions, the image and indicators. `names`: those that there are, ascending.
void check_runs(const Store::Impl& store, std::span<const VertexKey> names, Findings& findings);

// Marks of erased accounts, whether or not their key is there, ascending; and what is wrong with the key, if it is
// there; empty: nothing. Throws as ValueKeys::read() (storage/erase.cc).
std::vector<std::string> suppressed(const Store::Impl& store);
std::string suppress_key_trouble(const Store::Impl& store);

}  // namespace ringscope
