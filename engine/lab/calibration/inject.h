// Puts an invented ring into a store, and beside each member an honest twin that is as busy at the same hours.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/lab/calibration/surroundings.h"
#include "storage/store.h"

namespace ringscope::calibration {

struct RingPlan {
  std::string kind;     // of simulated_kinds()
  double hardness = 0;  // in [0, 1]
  std::uint32_t size = 0;
  std::uint64_t seed = 1;
  DayWindow days;  // when it may be active; both ends finite
};

struct Injected {
  std::vector<KeyHash> members;
  std::vector<KeyHash> twins;  // the i-th is that of the i-th member
};

// Writes the accounts into `store`, which must hold the data that `real` was made of, in one commit. The same plan in
// the same data gives the same rows. Throws Error usage for a kind that is none, io, no_space.
Injected inject(Store& store, const Surroundings& real, const RingPlan& plan);

}  // namespace ringscope::calibration
