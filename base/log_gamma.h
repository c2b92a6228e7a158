// The logarithm of the gamma function, from any thread.
#pragma once

#include <cmath>

namespace ringscope {

// ln |gamma(x)|. std::lgamma() leaves the sign in a variable that all threads share.
inline double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

}  // namespace ringscope
