#include "engine/lab/calibration/intervals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace ringscope::calibration {
namespace {

// Two-sided 95% points of Student's t by degrees of freedom 1, 2, ….
constexpr std::array<double, 30> kStudent = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                             2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                                             2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
constexpr double kNormal = 1.96;

double student(std::size_t freedom) { return freedom <= kStudent.size() ? kStudent[freedom - 1] : kNormal; }

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Half the width of the t interval; 0 of a single value.
double half_width(std::span<const double> values, double mean) {
  if (values.size() < 2) return 0;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto n = static_cast<double>(values.size());
  return student(values.size() - 1) * std::sqrt(squares / (n - 1) / n);
}

struct Range {
  double low, high;
};

Range wilson(double part, double whole) {
  const double z2 = kNormal * kNormal;
  const double p = part / whole;
  const double centre = (p + z2 / (2 * whole)) / (1 + z2 / whole);
  const double half = kNormal * std::sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole);
  return {centre - half, centre + half};
}

}  // namespace

Estimate estimate_share(std::span<const Share> seeds) {
  std::vector<double> shares;
  shares.reserve(seeds.size());
  double part = 0;
  double whole = 0;
  for (const Share& seed : seeds) {
    if (seed.whole == 0) continue;
    shares.push_back(static_cast<double>(seed.part) / static_cast<double>(seed.whole));
    part += static_cast<double>(seed.part);
    whole += static_cast<double>(seed.whole);
  }
  if (shares.empty()) return {};
  const double mean = mean_of(shares);
  const double half = half_width(shares, mean);
  const Range pooled = wilson(part, whole);
  return {.known = true,
          .mean = mean,
          .low = std::clamp(std::min(mean - half, pooled.low), 0.0, mean),
          .high = std::clamp(std::max(mean + half, pooled.high), mean, 1.0)};
}

Estimate estimate_count(std::span<const std::uint64_t> seeds) {
  if (seeds.empty()) return {};
  std::vector<double> counts;
  counts.reserve(seeds.size());
  for (const std::uint64_t seed : seeds) counts.push_back(static_cast<double>(seed));
  const double mean = mean_of(counts);
  const double half = half_width(counts, mean);
  return {.known = true, .mean = mean, .low = std::max(0.0, mean - half), .high = mean + half};
}

}  // namespace ringscope::calibration
