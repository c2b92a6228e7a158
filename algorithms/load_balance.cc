#include "algorithms/load_balance.h"

#include <algorithm>
#include <cmath>

namespace ringscope {
namespace {

// Lower tail of the chi-square distribution: the series of the lower incomplete gamma function, its logarithm first, so
// that tails of 1e-300 come out (Abramowitz, Stegun 6.5.29).
double chi_square_lower_tail(double x, double freedom) {
  if (x <= 0) return 0;
  const double a = freedom / 2, y = x / 2;
  double term = 1 / a, sum = term;
  for (int n = 1; n < 100000 && term > sum * 1e-16; ++n) sum += term *= y / (a + n);
  return std::min(1.0, std::exp(a * std::log(y) - y - std::lgamma(a) + std::log(sum)));
}

}  // namespace

LoadBalance::LoadBalance(std::size_t days)
    : days_(days),
      sum_(days * kSlots, 0),
      totals_(days, 0),
      mean_sum_(days * kSlots, 0),
      mean_totals_(days, 0),
      inner_count_(days, 0),
      inner_sum_(days, 0),
      inner_squares_(days, 0) {}

void LoadBalance::add(std::span<const SlotCount> series) {
  if (series.empty()) return;
  ++series_;
  const std::size_t first = series.front().day, last = series.back().day;
  const auto lived = static_cast<double>(last - first + 1);
  std::array<double, kSlots> slots{};
  double total = 0;
  for (std::size_t begin = 0, end = 0; begin < series.size(); begin = end) {
    const std::uint32_t day = series[begin].day;
    double of_day = 0;
    for (; end < series.size() && series[end].day == day; ++end) of_day += series[end].count;
    for (std::size_t i = begin; i < end; ++i) {
      const double count = series[i].count;
      sum_[day * kSlots + series[i].slot] += count;
      slots[series[i].slot] += count;
      for (std::size_t j = begin; j < end; ++j)
        slot_products_[series[i].slot][series[j].slot] += count * series[j].count;
      products_[series[i].slot] += count * of_day;
    }
    totals_[day] += of_day;
    total += of_day;
    total_squares_ += of_day * of_day;
    if (day == first || day == last) continue;
    inner_sum_[day] += of_day;
    inner_squares_[day] += of_day * of_day;
  }
  for (std::size_t day = first + 1; day < last; ++day) inner_count_[day] += 1;
  for (std::size_t h = 0; h < kSlots; ++h) {
    for (std::size_t k = 0; k < kSlots; ++k) slot_products_[h][k] -= slots[h] * slots[k] / lived;
    products_[h] -= slots[h] * total / lived;
  }
  total_squares_ -= total * total / lived;
  add_rest(first, last, slots, total);
}

void LoadBalance::add_rest(std::size_t first, std::size_t last, const std::array<double, kSlots>& slots, double total) {
  const auto lived = static_cast<double>(last - first + 1);
  for (std::size_t day = first; day <= last; ++day) {
    mean_totals_[day] += total / lived;
    for (std::size_t h = 0; h < kSlots; ++h) mean_sum_[day * kSlots + h] += slots[h] / lived;
  }
}

Balance LoadBalance::test() const {
  Balance balance;
  if (series_ < 2) return balance;
  test_smooth(balance);
  test_turns(balance);
  return balance;
}

void LoadBalance::test_smooth(Balance& balance) const {
  std::array<double, kSlots> mean_day{};
  double all = 0;
  for (std::size_t i = 0; i < sum_.size(); ++i) mean_day[i % kSlots] += sum_[i];
  for (const double slot : mean_day) all += slot;
  if (all <= 0) return;
  for (double& slot : mean_day) slot /= all;
  double apart = 0, squares = 0, raw = 0;  // trace of the covariance, of its square, and without the day totals
  for (std::size_t h = 0; h < kSlots; ++h) {
    for (std::size_t k = 0; k < kSlots; ++k) {
      const double c = slot_products_[h][k] - mean_day[h] * products_[k] - mean_day[k] * products_[h] +
                       mean_day[h] * mean_day[k] * total_squares_;
      squares += c * c;
      apart += h == k ? c : 0;
    }
    raw += slot_products_[h][h];
  }
  double together = 0, active = 0;
  for (std::size_t day = 0; day < days_; ++day) {
    active += totals_[day] > 0 ? 1 : 0;
    for (std::size_t h = 0; h < kSlots; ++h) {
      const std::size_t i = day * kSlots + h;
      const double z = sum_[i] - mean_sum_[i] - mean_day[h] * (totals_[day] - mean_totals_[day]);
      together += z * z;
    }
  }
  if (active < kLeastBalanceDays || apart <= 1e-9 * raw + 1e-6) return;
  balance.ratio = together / apart;
  const double freedom = (active - 1) * apart * apart / squares;
  balance.p_smooth = chi_square_lower_tail(balance.ratio * freedom, freedom);
}

void LoadBalance::test_turns(Balance& balance) const {
  double statistic = 0, freedom = 0, variance = 0;
  for (std::size_t day = 0; day < days_; ++day) {
    const double n = inner_count_[day], mean = n > 0 ? inner_sum_[day] / n : 0;
    if (n < 2 || mean <= 0) continue;
    statistic += (inner_squares_[day] - n * mean * mean) / mean;
    freedom += n - 1;
    variance += (n - 1) * (2 + 1 / mean);
  }
  if (freedom <= 0) return;
  balance.evenness = statistic / freedom;
  balance.z_turns = (statistic - freedom) / std::sqrt(variance);
}

}  // namespace ringscope
