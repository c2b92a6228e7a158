// The rings of a run as they were published.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

// Of the members their keys only; ascending by id. Throws Error corrupt, as the others do.
std::vector<Ring> stored_rings(const Store& store, std::uint64_t run);
// The same of one ring; nothing when the run does not have it. A look-up.
std::optional<Ring> stored_ring(const Store& store, std::uint64_t run, std::string_view id);

// Reads the members of a ring in place of their keys, in the order of lists: membership descending, then name.
// O(members). Throws Error corrupt.
void fill_members(const Store& store, Ring& ring, Reading reading = Reading::again);

}  // namespace ringscope
