// Ids of rings as people write them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ringscope {

// Whether `text` is `id` in full, with "R-" before it, or the beginning of it.
bool is_ring_id(std::string_view id, std::string_view text);

// The one of `ids` that `id` names, in full or as the only one. Throws Error
// not_found (none, saying that no ring "of `whose`" is called so) or usage (several).
std::string complete_ring_id(std::span<const std::string> ids, std::string_view id, std::string_view whose);

}  // namespace ringscope
