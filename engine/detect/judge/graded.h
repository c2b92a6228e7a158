// Steps of a judgement that are neither yes nor no.
#pragma once

#include <algorithm>
#include <cmath>

namespace ringscope {

// 0 up to `none`, 1 from `full`, linear between; falls when full < none.
inline double graded(double value, double none, double full) {
  return std::clamp((value - none) / (full - none), 0.0, 1.0);
}

// Share among those of whom it is known, where `part` and `known` are shares of all. Of fewer than half of all it says
// little about the others: then of half.
inline double of_known(double part, double known) { return part / std::max(known, 0.5); }

// Probability of so many nats of log-odds.
inline double logistic(double nats) { return 1 / (1 + std::exp(-nats)); }

}  // namespace ringscope
