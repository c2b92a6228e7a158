#include "algorithms/load_balance.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/log_gamma.h"

namespace ringscope {
namespace {

constexpr double kSmoothDay = 0.001;  // p-value
constexpr double kLeastLog = -700;    // of a p-value: below it there are no numbers

// Logarithm of the lower tail of the chi-square distribution, by the series of the incomplete gamma function
// (Abramowitz, Stegun 6.5.29).
double log_lower_tail(double x, double freedom) {
  if (x <= 0) return kLeastLog;
  const double a = freedom / 2, y = x / 2;
  double term = 1 / a, sum = term;
  for (int n = 1; n < 100000 && term > sum * 1e-16; ++n) sum += term *= y / (a + n);
  return std::clamp(a * std::log(y) - y - log_gamma(a) + std::log(sum), kLeastLog, 0.0);
}

// Upper tail with an even number of degrees of freedom, 2n: a Poisson sum.
double upper_tail(double x, std::size_t n) {
  const double y = x / 2;
  double log_term = -y, tail = 0;
  for (std::size_t k = 0; k < n; ++k) {
    tail += std::exp(log_term);
    log_term += std::log(y) - std::log(static_cast<double>(k + 1));
  }
  return std::min(1.0, tail);
}

double weighted_median(std::vector<std::pair<double, double>> values) {
  std::sort(values.begin(), values.end());
  double whole = 0, passed = 0;
  for (const auto& [value, weight] : values) whole += weight;
  for (const auto& [value, weight] : values) {
    passed += weight;
    if (2 * passed >= whole) return value;
  }
  return 1;
}

}  // namespace

void LoadBalance::add(std::span<const SlotCount> series) {
  if (series.empty() || series.back().day - series.front().day < 3) return;  // two days between the first and the last
  const std::size_t first = series.front().day + 1, end = series.back().day;
  const auto inside = [&](const SlotCount& one) { return one.day >= first && one.day < end; };
  const auto from = std::find_if(series.begin(), series.end(), inside);
  const auto to = std::find_if(from, series.end(), [&](const SlotCount& one) { return !inside(one); });
  const std::span<const SlotCount> inner(from, to);
  ++series_;
  const auto lived = static_cast<double>(end - first);
  Slots mean{};
  double mean_total = 0;
  for (const SlotCount& one : inner) mean[one.slot] += one.count / lived;
  for (const double slot : mean) mean_total += slot;

  auto next = inner.begin();
  for (std::size_t d = first; d < end; ++d) {
    Slots x{};
    double total = 0;
    for (; next != inner.end() && next->day == d; ++next) {
      x[next->slot] += next->count;
      total += next->count;
    }
    DaySums& day = days_[d];
    day.living += 1;
    day.total += total;
    day.squares += total * total;
    const double b = total - mean_total;
    day.apart_total += b;
    day.total_squares += b * b;
    for (std::size_t h = 0; h < kSlots; ++h) {
      const double a = x[h] - mean[h];
      day.counts[h] += x[h];
      day.apart[h] += a;
      day.slot_squares += a * a;
      day.products[h] += a * b;
    }
  }
  add_covariance(inner, mean, lived);
}

void LoadBalance::add_covariance(std::span<const SlotCount> inner, const Slots& mean, double days) {
  for (auto begin = inner.begin(), end = begin; begin != inner.end(); begin = end) {
    end = std::find_if(begin, inner.end(), [&](const SlotCount& one) { return one.day != begin->day; });
    for (auto i = begin; i != end; ++i) {
      for (auto j = begin; j != end; ++j) covariance_[i->slot][j->slot] += double{1} * i->count * j->count;
    }
  }
  for (std::size_t h = 0; h < kSlots; ++h) {
    if (mean[h] == 0) continue;
    for (std::size_t k = 0; k < kSlots; ++k) covariance_[h][k] -= mean[h] * mean[k] * days;
  }
}

Balance LoadBalance::test() const {
  Balance balance;
  if (series_ < 2) return balance;
  test_smooth(balance);
  test_turns(balance);
  return balance;
}

double LoadBalance::freedom(const Slots& mean_day) const {
  Slots products{};
  double total_squares = 0, trace = 0, squares = 0;
  for (const DaySums& day : days_) {
    total_squares += day.total_squares;
    for (std::size_t h = 0; h < kSlots; ++h) products[h] += day.products[h];
  }
  for (std::size_t h = 0; h < kSlots; ++h) {
    for (std::size_t k = 0; k < kSlots; ++k) {
      const double c = covariance_[h][k] - mean_day[h] * products[k] - mean_day[k] * products[h] +
                       mean_day[h] * mean_day[k] * total_squares;
      squares += c * c;
      trace += h == k ? c : 0;
    }
  }
  return squares > 0 ? trace * trace / squares : 0;
}

void LoadBalance::test_smooth(Balance& balance) const {
  Slots mean_day{};
  double all = 0;
  for (const DaySums& day : days_) {
    all += day.total;
    for (std::size_t h = 0; h < kSlots; ++h) mean_day[h] += day.counts[h];
  }
  if (all <= 0) return;
  for (double& slot : mean_day) slot /= all;
  const double freedom_of_day = freedom(mean_day);
  double statistic = 0;
  std::vector<std::pair<double, double>> ratios;
  std::uint32_t smooth = 0;
  for (const DaySums& day : days_) {
    double together = 0, apart = day.slot_squares;
    for (std::size_t h = 0; h < kSlots; ++h) {
      const double q = mean_day[h], z = day.apart[h] - q * day.apart_total;
      together += z * z;
      apart += q * q * day.total_squares - 2 * q * day.products[h];
    }
    if (day.total <= 0 || apart <= 1e-9 * day.slot_squares + 1e-6) continue;
    const double log_p = log_lower_tail(together / apart * freedom_of_day, freedom_of_day);
    statistic -= 2 * log_p;
    smooth += log_p < std::log(kSmoothDay) ? 1 : 0;
    ratios.emplace_back(together / apart, apart);
  }
  if (ratios.size() < kLeastBalanceDays || freedom_of_day <= 0) return;
  balance.days = static_cast<std::uint32_t>(ratios.size());
  balance.smooth_days = smooth;
  balance.ratio = weighted_median(ratios);
  balance.p_smooth = upper_tail(statistic, ratios.size());
}

void LoadBalance::test_turns(Balance& balance) const {
  double statistic = 0, freedom = 0, variance = 0;
  for (const DaySums& day : days_) {
    const double mean = day.living > 0 ? day.total / day.living : 0;
    if (day.living < 2 || mean <= 0) continue;
    statistic += (day.squares - day.living * mean * mean) / mean;
    freedom += day.living - 1;
    variance += (day.living - 1) * (2 + 1 / mean);
  }
  if (freedom <= 0) return;
  balance.evenness = statistic / freedom;
  balance.z_turns = (statistic - freedom) / std::sqrt(variance);
}

}  // namespace ringscope
