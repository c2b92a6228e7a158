// Isotonic regression: the closest sequence that never rises.
//
// Input    values and their weights (> 0), equally many.
// Output   a non-increasing sequence with the least weighted sum of squared differences from the values.
// Cost     O(n).
// Source   Pool adjacent violators: Ayer, Brunk, Ewing, Reid, Silverman, Ann. Math. Statist. 26:641 (1955).
#pragma once

#include <span>
#include <vector>

namespace ringscope {

std::vector<double> fit_non_increasing(std::span<const double> values, std::span<const double> weights);

}  // namespace ringscope
