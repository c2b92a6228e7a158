// Steps of a judgement that are neither yes nor no.
#pragma once

#include <algorithm>

namespace ringscope {

// 0 up to `none`, 1 from `full`, linear between; falls when full < none.
inline double graded(double value, double none, double full) {
  return std::clamp((value - none) / (full - none), 0.0, 1.0);
}

}  // namespace ringscope
