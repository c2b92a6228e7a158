// What lies beside the database in a store's directory, and whether it is as it was written: the audit and its
// key, rejected lines, webhooks.
#pragma once

#include <filesystem>
#include <span>

#include "storage/findings.h"
#include "storage/store.h"

namespace ringscope {

std::span<const Invariant> beside_invariants();

// Reads all of it; what is not there is not missed. O(audit).
void look_beside(const Store& store, Findings& findings);

}  // namespace ringscope
