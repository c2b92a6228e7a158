// Complementary traffic: is the sum of several series smoother than independent series could be, and are the turns
// dealt out evenly?
//
// A dispatcher that spreads a steady stream over many vertices leaves each of them with an ordinary-looking series, but
// what one does not get another does. So the series covary negatively, which no independence explains, whatever each
// series is like by itself.
//
// Smooth   x_i(d, h): count of series i on day d in slot h, and y = x - (its day's total) Q(h), Q the mean day of the
//          sum. Days that are busier for all so drop out. Each series keeps its own mean day: z = y - mean over its
//          days. ratio = sum over (d, h) of (sum_i z)^2 / sum over (i, d, h) of z^2. If the days of each series were
//          drawn in any other order, independently of the others', the mean of the ratio is 1 exactly, however regular
//          or bursty a series is. Common habits, weekends and sessions raise it; only negative covariance lowers it.
//          p_smooth: lower tail of chi-square. Its degrees of freedom are those of a sum of squares with the series'
//          own covariance between the slots of a day, (tr C)^2 / tr C^2 a day (Satterthwaite 1946).
// Turns    (x_i(d) - m(d))^2 / m(d) over the days of each series but the first and last, m(d) the mean of the day. Of
//          independent Poisson series of equal rates it is 1 in the mean; people are above. z_turns is how many
//          standard deviations it lies below or above, with the Poisson's variance. Jobs that run by the clock are even
//          as well, so this tells little alone.
// Input    Series as counts ascending by (day, slot). A series lives from the first to the last day it has.
// Errors   none. Nothing to test (fewer than 2 series or kLeastBalanceDays days, no variance): ratio 1, p 1, z 0.
// Cost     O(sum over days of slots in use squared + series * days * slots), 16 bytes a (day, slot).
// Same     the order of the series shows in the last bits only: add them in a fixed one.
// Source   variance ratio of sums (Schluter, Ecology 65:998, 1984: compensatory species); index of dispersion (Cochran,
//          Biometrics 10:417, 1954).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ringscope {

inline constexpr std::size_t kSlots = 24;
inline constexpr std::size_t kLeastBalanceDays = 5;

struct SlotCount {
  std::uint32_t day = 0;   // from 0
  std::uint32_t slot = 0;  // below kSlots
  std::uint32_t count = 0;
};

struct Balance {
  double ratio = 1;     // variance of the sum over the sum of variances
  double p_smooth = 1;  // of so low a ratio
  double evenness = 1;  // mean of the turns' statistic
  double z_turns = 0;
};

class LoadBalance {
 public:
  explicit LoadBalance(std::size_t days);
  void add(std::span<const SlotCount> series);
  Balance test() const;

 private:
  void add_rest(std::size_t first, std::size_t last, const std::array<double, kSlots>& slots, double total);
  void test_smooth(Balance& balance) const;
  void test_turns(Balance& balance) const;

  std::size_t days_;
  std::size_t series_ = 0;
  std::vector<double> sum_, totals_;            // by (day, slot), by day: what was counted
  std::vector<double> mean_sum_, mean_totals_;  // what the living series would have in the mean
  // Products of deviations from the own mean, summed over series and days: of day totals, of slots with day totals, of
  // slots with slots.
  double total_squares_ = 0;
  std::array<double, kSlots> products_{};
  std::array<std::array<double, kSlots>, kSlots> slot_products_{};
  std::vector<double> inner_count_, inner_sum_, inner_squares_;  // by day, without first and last days
};

}  // namespace ringscope
