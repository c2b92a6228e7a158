#include "algorithms/compound_poisson.h"

#include <algorithm>
#include <cmath>

namespace ringscope {
namespace {

// Scales 2^(q/4) for q in [kFirstQuarter, kFirstQuarter + kRows).
constexpr int kFirstQuarter = -80;
constexpr std::size_t kRows = 240;
constexpr double kLeastTail = 1e-300;
constexpr double kMostEvents = 600;  // exp(-L) must not underflow; above, every sum in range is ordinary

}  // namespace

CompoundPoissonScales::CompoundPoissonScales(std::span<const double> intensity) {
  unsigned largest = 0;
  for (unsigned b = 1; b < intensity.size(); ++b) {
    if (intensity[b] <= 0) continue;
    jumps_.push_back({b, intensity[b]});
    largest = b;
  }
  // Tails are added up from beyond the table, far enough that what lies further is below every tail looked up.
  beyond_ = largest * std::size_t{4};
}

std::size_t CompoundPoissonScales::row_of(double scale) {
  const double quarter = std::ceil(4.0 * std::log2(std::max(scale, 1e-30)));
  return static_cast<std::size_t>(std::clamp(quarter - kFirstQuarter, 0.0, static_cast<double>(kRows - 1)));
}

void CompoundPoissonScales::fill(std::size_t row, std::span<double> tails, std::span<float> surprises) const {
  std::vector<double> wide(tails.size() + beyond_);
  fill_tails(std::exp2((kFirstQuarter + static_cast<int>(row)) / 4.0), wide);
  for (std::size_t x = 0; x < tails.size(); ++x) {
    tails[x] = wide[x];
    surprises[x] = static_cast<float>(-std::log2(wide[x]));
  }
}

// Writes P(S >= x) for x in [0, tails.size()).
void CompoundPoissonScales::fill_tails(double scale, std::span<double> tails) const {
  double events = 0;
  for (const Jump& jump : jumps_) events += jump.intensity * scale;
  if (events > kMostEvents) {
    std::fill(tails.begin(), tails.end(), 1.0);
    return;
  }
  std::vector<double> mass(tails.size(), 0.0);
  mass[0] = std::exp(-events);
  double total = mass[0];
  for (std::size_t x = 1; x < mass.size(); ++x) {
    double sum = 0;
    for (const Jump& jump : jumps_) {
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

CompoundPoissonTails::CompoundPoissonTails(std::span<const double> intensity, unsigned max_sum) : max_sum_(max_sum) {
  const CompoundPoissonScales scales(intensity);
  const std::size_t width = std::size_t{max_sum} + 1;
  tails_.resize(kRows * width);
  surprises_.resize(kRows * width);
  for (std::size_t row = 0; row < kRows; ++row)
    scales.fill(row, std::span(tails_).subspan(row * width, width), std::span(surprises_).subspan(row * width, width));
}

std::size_t CompoundPoissonTails::at(double scale, unsigned sum) const {
  return CompoundPoissonScales::row_of(scale) * (std::size_t{max_sum_} + 1) + std::min(sum, max_sum_);
}

double CompoundPoissonTails::tail(double scale, unsigned sum) const { return tails_[at(scale, sum)]; }

float CompoundPoissonTails::surprise(double scale, unsigned sum) const { return surprises_[at(scale, sum)]; }

CompoundPoissonSurprises::CompoundPoissonSurprises(std::span<const double> intensity, unsigned max_sum)
    : scales_(intensity), max_sum_(max_sum), rows_(std::make_unique<Row[]>(kRows)) {}

float CompoundPoissonSurprises::surprise(double scale, unsigned sum) const {
  const std::size_t place = CompoundPoissonScales::row_of(scale);
  Row& row = rows_[place];
  std::call_once(row.filled, [&] {
    std::vector<double> tails(std::size_t{max_sum_} + 1);
    row.surprises.resize(tails.size());
    scales_.fill(place, tails, row.surprises);
  });
  return row.surprises[std::min(sum, max_sum_)];
}

}  // namespace ringscope
