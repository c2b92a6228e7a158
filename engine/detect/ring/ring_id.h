// Ids of rings as people write them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "storage/rows.h"

namespace ringscope {

// The id that content gives a ring: after its smallest account key, so that growth by others does not rename it.
std::string content_ring_id(KeyHash smallest);

// Whether `text` is `id` in full, with "R-" before it, or the beginning of it.
bool is_ring_id(std::string_view id, std::string_view text);

// The one of `ids` that `id` names, in full or as the only one. Throws Error
// not_found (none, saying that no ring "of `whose`" is called so) or usage (several).
std::string complete_ring_id(std::span<const std::string> ids, std::string_view id, std::string_view whose);

}  // namespace ringscope
