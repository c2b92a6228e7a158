// False discovery rate: which of many tests to believe, so that in the mean at most a share alpha of them is chance.
//
// Input    p-values and how many tests had each, in any order, one p-value once or several times; the other tests, up
// to `tests` in all,
//          count as p = 1.
// Output   the largest p-value that is kept (keep p <= it), or nothing when none is.
// Errors   Error usage: fewer tests than p-values, alpha outside (0, 1).
// Cost     O(n log n), 16 bytes each of the n entries.
// Same     the order of the p-values does not show.
// Source   Benjamini, Hochberg, J. R. Stat. Soc. B 57:289 (1995); Benjamini, Yekutieli, Ann. Stat. 29:1165 (2001).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace ringscope {

enum class TestDependence {
  positive,   // independent or positively dependent tests: Benjamini-Hochberg
  arbitrary,  // any: Benjamini-Yekutieli, stricter by the harmonic number of tests
};

struct FdrOptions {
  double alpha = 0.01;
  TestDependence dependence = TestDependence::positive;
};

// One p-value of `count` tests. Of a histogram: the largest p-value of a bin, so that no more is kept than by the
// p-values themselves.
struct CountedPValue {
  double p = 1;
  std::uint64_t count = 1;
};

std::optional<double> fdr_threshold(std::span<const CountedPValue> p_values, std::uint64_t tests,
                                    const FdrOptions& options = {});

}  // namespace ringscope
