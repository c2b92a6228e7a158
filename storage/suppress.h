// Marks of accounts that were erased and are not to come again, for a store that takes them over from another.
#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace ringscope {

// Adds marks that were made under the key in suppress_key_file() of the store. One durable step. Throws as
// Store::open() for writing, and as ValueKeys::read().
void suppress(const std::filesystem::path& store, std::span<const std::string> marks);

}  // namespace ringscope
