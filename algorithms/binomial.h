// The upper tail of the binomial distribution.
//
// Method   the regularised incomplete beta function, P(X >= k) = I_q(k, n - k + 1).
// Source   Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.24; evaluated by Boost.Math.
#pragma once

#include <cstddef>

#include <boost/math/special_functions/beta.hpp>

namespace ringscope {

// P(X >= k) of n independent chances of q, 0 < q < 1, k <= n. Exact up to rounding. O(sqrt(n)) at most.
inline double binomial_tail(std::size_t k, std::size_t n, double q) {
  if (k == 0) return 1;
  return boost::math::ibeta(static_cast<double>(k), static_cast<double>(n - k + 1), q);
}

}  // namespace ringscope
