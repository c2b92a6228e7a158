// Seeded random numbers from (seed, index), so that any element can be drawn alone and in any order.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace ringscope {

// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection of 64-bit words.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// One word of the stream `seed` at `index`.
constexpr std::uint64_t random_word(std::uint64_t seed, std::uint64_t index) {
  return mix64(mix64(seed) ^ mix64(~index));
}

// A small generator (SplitMix64); models UniformRandomBitGenerator. The distributions below, unlike the standard
// library's, give the same numbers with every compiler.
__extension__ using Wide = unsigned __int128;  // a 64 by 64 bit product

class Random {
 public:
  using result_type = std::uint64_t;

  explicit constexpr Random(std::uint64_t seed, std::uint64_t index = 0) : state_(random_word(seed, index)) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  constexpr result_type operator()() { return mix64(state_++); }

  // Uniform in [0, 1).
  constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }
  // Uniform in [0, n); n > 0 (Lemire's multiply-shift, bias below 2^-32 for n < 2^32).
  constexpr std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>((static_cast<Wide>((*this)()) * n) >> 64);
  }
  constexpr bool chance(double probability) { return uniform() < probability; }
  double exponential(double mean) { return -mean * std::log1p(-uniform()); }
  double normal() {  // Box-Muller
    const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }
  // Knuth below a mean of 30, rounded normal above.
  std::uint64_t poisson(double mean) {
    if (mean <= 0) return 0;
    if (mean > 30) {
      const double x = mean + std::sqrt(mean) * normal() + 0.5;
      return x < 0 ? 0 : static_cast<std::uint64_t>(x);
    }
    const double limit = std::exp(-mean);
    std::uint64_t n = 0;
    for (double product = uniform(); product > limit; product *= uniform()) ++n;
    return n;
  }

 private:
  std::uint64_t state_;
};

}  // namespace ringscope
