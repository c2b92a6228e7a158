// Pages of lists: {"run","items","total","next"}.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "server/route.h"

namespace ringscope::server {

// Positions [begin, end) of `total`, and the cursor of what follows.
struct Slice {
  std::size_t begin = 0, end = 0, total = 0;
  std::string next;  // empty: this is the last page
};

// The page that "cursor" and "limit" ask for, of a list that does not change as long as the run (and `version`, for
// lists that change between runs) does not. `order` says which list it is, without dots. Throws Error usage for a
// cursor of another list, run or version.
Slice slice_of(const Call& call, std::string_view order, std::size_t total, std::uint64_t version = 0);
// The documents item(i) for the positions of the slice.
Answer list_answer(const Call& call, const Slice& slice, const std::function<std::string(std::size_t)>& item);

}  // namespace ringscope::server
