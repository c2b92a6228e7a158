#include "algorithms/fdr.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/error.h"

namespace ringscope {
namespace {

// 1 + 1/2 + … + 1/n.
double harmonic(std::uint64_t n) {
  if (n > 1000) {  // the next term of the series is below 1e-14
    const auto x = static_cast<double>(n);
    return std::log(x) + std::numbers::egamma + 1 / (2 * x) - 1 / (12 * x * x);
  }
  double sum = 0;
  for (; n > 0; --n) sum += 1 / static_cast<double>(n);
  return sum;
}

}  // namespace

std::optional<double> fdr_threshold(std::span<const CountedPValue> p_values, std::uint64_t tests,
                                    const FdrOptions& options) {
  std::vector<CountedPValue> ascending;
  std::uint64_t listed = 0;
  for (const CountedPValue& value : p_values) {
    if (value.count > 0) ascending.push_back(value);
    listed += value.count;
  }
  if (tests < listed || !(options.alpha > 0 && options.alpha < 1)) {
    throw Error(ErrorCode::usage, "a false discovery rate needs 0 < alpha < 1 and at least as many tests as p-values");
  }
  if (listed == 0) return std::nullopt;
  double level = options.alpha / static_cast<double>(tests);  // what one kept test adds to the limit
  if (options.dependence == TestDependence::arbitrary) level /= harmonic(tests);

  std::ranges::sort(ascending, {}, &CountedPValue::p);
  std::optional<double> threshold;
  std::uint64_t kept = 0;
  for (const CountedPValue& value : ascending) {
    kept += value.count;
    if (value.p <= level * static_cast<double>(kept)) threshold = value.p;
  }
  return threshold;
}

}  // namespace ringscope
