// Multicover: the fewest items that meet every demand.
//
// Input    items 0..item_count-1; each demand lists items with the amount each gives it, and what it needs in sum.
// Output   the fewest items whose amounts meet all demands, ascending; whether there are no fewer.
// Units    amounts are whole numbers.
// Errors   none: a demand that all its items together do not meet makes the cover impossible.
// Cost     greedy O(items^2 * entries), then branch and bound, exponential at worst, cut off after `most_steps`.
// Same     ties go to the smaller item.
// Source   covering integer programs, NP-hard (hitting set, Karp 1972); greedy within a factor of O(log) of the least:
//          Dobson, Math. Oper. Res. 7:515 (1982).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ringscope {

struct CoverDemand {
  struct Entry {
    std::uint32_t item = 0;
    std::uint64_t amount = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  std::vector<Entry> entries;  // every item once at most
  std::uint64_t need = 0;
  friend auto operator<=>(const CoverDemand&, const CoverDemand&) = default;
};

struct CoverOptions {
  std::size_t most_steps = 1'000'000;  // demands looked at, over all nodes; beyond them the best cover so far stands
};

struct Cover {
  bool possible = true;
  bool proven = true;                // that there is none of fewer items
  std::vector<std::uint32_t> items;  // ascending; empty when impossible, or when nothing is needed
};

Cover least_cover(std::uint32_t item_count, std::vector<CoverDemand> demands, const CoverOptions& options = {});

}  // namespace ringscope
