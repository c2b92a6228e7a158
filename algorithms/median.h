// Median of numbers.
//
// Input    numbers, in any order.
// Output   the middle one, the larger of the middle two where they are even; 0 where there are none.
// Units    those of the numbers.
// Errors   none.
// Cost     O(n).
// Same     whatever the order.
// Source   selection by partitioning (Hoare, CACM 4:321, 1961).
#pragma once

#include <algorithm>
#include <vector>

namespace ringscope {

inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace ringscope
