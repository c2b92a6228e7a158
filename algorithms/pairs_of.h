// How many pairs so many things make.
#pragma once

namespace ringscope {

// n (n - 1) / 2, for numbers beyond 2^32 as well; exact up to 2^26 things.
constexpr double pairs_of(double n) { return n * (n - 1) / 2; }

}  // namespace ringscope
