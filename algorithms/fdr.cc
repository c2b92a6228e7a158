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

std::optional<double> fdr_threshold(std::span<const double> p_values, std::uint64_t tests, const FdrOptions& options) {
  if (tests < p_values.size() || !(options.alpha > 0 && options.alpha < 1)) {
    throw Error(ErrorCode::usage, "a false discovery rate needs 0 < alpha < 1 and at least as many tests as p-values");
  }
  if (p_values.empty()) return std::nullopt;
  double level = options.alpha / static_cast<double>(tests);  // what one kept test adds to the limit
  if (options.dependence == TestDependence::arbitrary) level /= harmonic(tests);

  // The largest k with k p-values of at most k * level, from above: keep what is under the limit of those kept before.
  const auto limit = [level](std::size_t kept) { return level * static_cast<double>(kept); };
  std::vector<double> kept;
  std::ranges::copy_if(p_values, std::back_inserter(kept), [&](double p) { return p <= limit(p_values.size()); });
  for (std::size_t before = p_values.size(); kept.size() != before;) {
    before = kept.size();
    std::erase_if(kept, [&](double p) { return p > limit(before); });
  }
  if (kept.empty()) return std::nullopt;
  return *std::ranges::max_element(kept);
}

}  // namespace ringscope
