// Accounts that were erased from one store, erased from an older copy of it as well.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/time.h"

namespace ringscope {

// `live` is the store, `copy` what was taken of it at `since` or before: who is under live's marks, or was erased
// according to its audit at `since` or later, is erased from the copy (erase_account()), and lines that name who may
// not come again are passed over there, too. How many accounts the copy still had. Of names that the copy does not have
// nothing is learnt. O(everything stored in copy) for each account. Throws Error refused (a ban in the copy that a
// verdict confirms; another key), and as Store::open() for both.
std::uint64_t erase_again(const std::filesystem::path& copy, const std::filesystem::path& live, Seconds since);

}  // namespace ringscope
