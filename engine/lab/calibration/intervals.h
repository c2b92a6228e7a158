// Means over seeds with what they are worth.
#pragma once

#include <cstdint>
#include <span>

namespace ringscope {

// A mean and its 95% interval; known is false where nothing was there to measure.
struct Estimate {
  bool known = false;
  double mean = 0, low = 0, high = 0;
};

}  // namespace ringscope

namespace ringscope::calibration {

// A part of a whole, as one seed gave it.
struct Share {
  std::uint64_t part = 0, whole = 0;
};

// Mean over the seeds whose whole is not 0. The interval spans both Student's t over the seeds (they differ) and
// Wilson's score interval of all accounts together (they are few): seeds that all give 1 do not prove 1.
Estimate estimate_share(std::span<const Share> seeds);

// Mean of counts, with Student's t over the seeds, not below 0.
Estimate estimate_count(std::span<const std::uint64_t> seeds);

}  // namespace ringscope::calibration
