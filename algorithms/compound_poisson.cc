#include "algorithms/compound_poisson.h"

#include <algorithm>
#include <cmath>

namespace ringscope {
namespace {

// Scales 2^(q/4) for q in [kFirstQuarter, kFirstQuarter + kRows).
constexpr int kFirstQuarter = -80;
constexpr int kRows = 240;
constexpr double kLeastTail = 1e-300;
constexpr double kMostEvents = 600;  // exp(-L) must not underflow; above, every sum in range is ordinary

struct Jump {
  unsigned size;
  double intensity;
};

// Writes P(S >= x) for x in [0, max_sum].
void fill_tails(const std::vector<Jump>& jumps, double scale, std::span<double> tails) {
  double events = 0;
  for (const Jump& jump : jumps) events += jump.intensity * scale;
  if (events > kMostEvents) {
    std::fill(tails.begin(), tails.end(), 1.0);
    return;
  }
  std::vector<double> mass(tails.size(), 0.0);
  mass[0] = std::exp(-events);
  double total = mass[0];
  for (std::size_t x = 1; x < mass.size(); ++x) {
    double sum = 0;
    for (const Jump& jump : jumps) {
      if (jump.size <= x) sum += jump.size * jump.intensity * scale * mass[x - jump.size];
    }
    mass[x] = sum / static_cast<double>(x);
    total += mass[x];
  }
  // Added up from the far end, so that small tails keep their digits; what lies beyond the table comes first.
  const double beyond = 1.0 - total;
  double tail = beyond > 1e-12 ? beyond : kLeastTail;
  for (std::size_t x = tails.size(); x-- > 0;) {
    tail += mass[x];
    tails[x] = std::min(1.0, tail);
  }
}

}  // namespace

CompoundPoissonTails::CompoundPoissonTails(std::span<const double> intensity, unsigned max_sum) : max_sum_(max_sum) {
  std::vector<Jump> jumps;
  unsigned largest = 0;
  for (unsigned b = 1; b < intensity.size(); ++b) {
    if (intensity[b] <= 0) continue;
    jumps.push_back({b, intensity[b]});
    largest = b;
  }
  const std::size_t width = std::size_t{max_sum} + 1;
  // Tails are added up from beyond the table, far enough that what lies further is below every tail looked up.
  std::vector<double> wide(width + largest * std::size_t{4});
  tails_.resize(kRows * width);
  surprises_.resize(kRows * width);
  for (int row = 0; row < kRows; ++row) {
    fill_tails(jumps, std::exp2((kFirstQuarter + row) / 4.0), wide);
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t at = static_cast<std::size_t>(row) * width + x;
      tails_[at] = wide[x];
      surprises_[at] = static_cast<float>(-std::log2(wide[x]));
    }
  }
}

std::size_t CompoundPoissonTails::row_of(double scale) const {
  const double quarter = std::ceil(4.0 * std::log2(std::max(scale, 1e-30)));
  const double row = std::clamp(quarter - kFirstQuarter, 0.0, static_cast<double>(kRows - 1));
  return static_cast<std::size_t>(row) * (std::size_t{max_sum_} + 1);
}

double CompoundPoissonTails::tail(double scale, unsigned sum) const {
  return tails_[row_of(scale) + std::min(sum, max_sum_)];
}

float CompoundPoissonTails::surprise(double scale, unsigned sum) const {
  return surprises_[row_of(scale) + std::min(sum, max_sum_)];
}

}  // namespace ringscope
