// Complementary traffic: is the sum of several series smoother than independent series could be, and are the turns
// dealt out evenly?
//
// A dispatcher that spreads a steady stream over many vertices leaves each of them with an ordinary-looking series, but
// what one does not get another does. So the series covary negatively, which no independence explains, whatever each
// series is like by itself.
//
// Smooth   x_i(d, h): count of series i on day d in slot h, and y = x - (its day's total) Q(h), Q the mean day of the
//          sum. Days that are busier for all so drop out. Each series keeps its own mean day: z = y - mean over its
//          days. The ratio of a day is sum over h of (sum_i z)^2 over sum over (i, h) of z^2. Of independent series its
//          mean is 1, however regular or bursty each is. Common habits, weekends and sessions raise it; only negative
//          covariance lowers it. p of a day: lower tail of chi-square, its degrees of freedom those of a sum of squares
//          with the series' own covariance between slots, (tr C)^2 / tr C^2 (Satterthwaite 1946). Days are joined by
//          Fisher's product, so that one rough day cannot hide ten smooth ones.
// Turns    (x_i(d) - m(d))^2 / m(d) over the days of each series, m(d) the mean of the day. Of independent Poisson
// series
//          of equal rates it is 1 in the mean; people are above. z_turns is how many standard deviations it lies below
//          or above, with the Poisson's variance. Jobs that run by the clock are even as well, so this tells little
//          alone.
// Input    Series as counts ascending by (day, slot). A series lives between the first and the last day it has; those
//          two may be cut by a beginning or an end and are left out.
// Errors   none. Nothing to test (fewer than 2 series or kLeastBalanceDays days, no variance): ratio 1, p 1, z 0.
// Cost     O(sum over days of slots in use squared + series * days * slots), 24 bytes a (day, slot).
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
  std::uint32_t days = 0;         // that could be tested
  std::uint32_t smooth_days = 0;  // of them with a p-value below 0.001
  double ratio = 1;               // of the median day, each day weighing by its variance
  double p_smooth = 1;
  double evenness = 1;  // mean of the turns' statistic
  double z_turns = 0;
};

class LoadBalance {
 public:
  explicit LoadBalance(std::size_t days) : days_(days) {}
  void add(std::span<const SlotCount> series);
  Balance test() const;

 private:
  using Slots = std::array<double, kSlots>;
  // Sums over series. Deviations are from a series' own mean day.
  struct DaySums {
    double living = 0, total = 0, squares = 0;  // series, counts, squares of their day totals
    Slots counts{};
    Slots apart{};                               // deviations of slots …
    double apart_total = 0;                      // … and of day totals
    double slot_squares = 0, total_squares = 0;  // their squares …
    Slots products{};                            // … and products
  };
  void add_covariance(std::span<const SlotCount> inner, const Slots& mean, double days);
  double freedom(const Slots& mean_day) const;
  void test_smooth(Balance& balance) const;
  void test_turns(Balance& balance) const;

  std::size_t series_ = 0;
  std::vector<DaySums> days_;
  std::array<Slots, kSlots> covariance_{};  // of slots with slots, over series and days
};

}  // namespace ringscope
