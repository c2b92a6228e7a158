// Tail of a compound Poisson sum: how likely is it that independent rare events, each worth a whole number, add up to a
// value?
//
// Input    intensity[b]: expected number of events worth b (b >= 1) at scale 1; the scale multiplies all of them.
// Output   P(S >= sum) at any scale > 0.
// Units    sums in bins; whoever makes the bins knows their width.
// Errors   none; a sum above max_sum gets the tail of max_sum, a scale is rounded up to the next quarter octave: both
// make the
//          probability larger, never smaller.
// Cost     building: O(scales * max_sum * distinct b), or where only a few scales are asked for, that by the scale when
//          it is first asked for; a look-up: O(1).
// Same     a pure function of its input.
// Source   Panjer, ASTIN Bulletin 12:22 (1981): g(0) = exp(-L), g(x) = (1/x) sum_b b l_b g(x - b). A sum of many
// independent
//          Bernoulli events of small probability is compound Poisson up to sum p^2 (Le Cam 1960).
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace ringscope {

// What its events are worth, and the table's rows, one a scale.
class CompoundPoissonScales {
 public:
  explicit CompoundPoissonScales(std::span<const double> intensity);

  static std::size_t row_of(double scale);
  // Of sums [0, max_sum]; -log2 of the tails.
  void fill(std::size_t row, std::span<double> tails, std::span<float> surprises) const;

 private:
  struct Jump {
    unsigned size;
    double intensity;
  };
  void fill_tails(double scale, std::span<double> tails) const;

  std::vector<Jump> jumps_;
  std::size_t beyond_ = 0;  // sums that are looked at above max_sum
};

// All scales at once, for many look-ups.
class CompoundPoissonTails {
 public:
  CompoundPoissonTails(std::span<const double> intensity, unsigned max_sum);

  double tail(double scale, unsigned sum) const;
  // -log2 of tail(), as a table holds it.
  float surprise(double scale, unsigned sum) const;

 private:
  std::size_t at(double scale, unsigned sum) const;

  unsigned max_sum_;
  std::vector<double> tails_;     // [scale row][sum]
  std::vector<float> surprises_;  // the same as -log2
};

// A scale when it is first asked for, for a few look-ups. Thread-safe.
class CompoundPoissonSurprises {
 public:
  CompoundPoissonSurprises(std::span<const double> intensity, unsigned max_sum);

  // The same as CompoundPoissonTails::surprise().
  float surprise(double scale, unsigned sum) const;

 private:
  struct Row {
    std::once_flag filled;
    std::vector<float> surprises;  // by sum
  };

  CompoundPoissonScales scales_;
  unsigned max_sum_;
  std::unique_ptr<Row[]> rows_;
};

}  // namespace ringscope
