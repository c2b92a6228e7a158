#include "algorithms/median.h"

#include <doctest/doctest.h>

namespace ringscope {

TEST_CASE("median: the middle, whatever the order; the larger of two; 0 of nothing") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 3, 2}) == 3);
  CHECK(median({7}) == 7);
  CHECK(median({}) == 0);
}

}  // namespace ringscope
