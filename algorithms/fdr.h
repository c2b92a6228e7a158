// False discovery rate: which of many tests to believe, so that in the mean at most a share alpha of them is chance.
//
// Input    the p-values of some tests; the other tests, up to `tests` in all, count as p = 1.
// Output   the largest p-value that is kept (keep p <= it), or nothing when none is.
// Errors   Error usage: fewer tests than p-values, alpha outside (0, 1).
// Cost     O(n) a round, few rounds; 8 bytes a p-value that is at most alpha.
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

std::optional<double> fdr_threshold(std::span<const double> p_values, std::uint64_t tests,
                                    const FdrOptions& options = {});

}  // namespace ringscope
