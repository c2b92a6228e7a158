// Which rings of two sets share accounts, and who is whose successor.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/ledger/ring_event.h"

namespace ringscope {

struct Overlap {
  std::uint32_t before = 0;  // position of the rings given
  std::uint32_t now = 0;
  std::uint64_t shared = 0;  // accounts
  std::uint64_t held = 0;    // days that these were in the ring before, one at least each
  friend auto operator<=>(const Overlap&, const Overlap&) = default;
};

using Members = std::span<const LedgerMember>;  // ascending by account

// By member of a ring, how many days it was in it until the run that looks, or until the ring retired: one at least.
using Tenure = std::vector<std::uint32_t>;
Tenure tenure_of(const Standing& standing, Day day);

// Pairs of rings that are recognised in each other (engine/ledger/reconcile.h), ascending. An account may be in several
// rings of `before`, whose tenures are parallel to them; none: one day each. O(members log members).
std::vector<Overlap> recognised(std::span<const Members> before, std::span<const Members> now,
                                std::span<const Tenure> tenures = {});

// One-to-one, of the greatest sum of days held, those with the first `live_count` of `before` twice; of equal sums the
// one with the earlier rings of `before`, then of `now`. Gives for each of `now` the position in `before`, or
// kUnassigned (algorithms/assignment.h).
std::vector<std::uint32_t> heirs(std::size_t before_count, std::size_t live_count, std::size_t now_count,
                                 std::span<const Overlap> overlaps);

}  // namespace ringscope
