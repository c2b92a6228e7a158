// Bursts: the stretches of a sequence of moments that are more crowded than the sequence as a whole.
//
// The moments are cut into blocks of constant rate, as many as pay for themselves; neighbouring blocks above the mean
// rate are one burst. A steady sequence has none, however long.
//
// Input    moments, ascending, all in [begin, end); `grain`: moments closer than that may be taken for one.
// Output   bursts of `least` moments or more, in order; begin and end are the first and the last moment inside.
// Errors   none; nothing for an empty range.
// Cost     O(m^2), m the occupied grains, at most 4096: the grain is coarsened until they are.
// Same     of equally good cuts the one with the longer first blocks.
// Source   Bayesian blocks: Scargle, Norris, Jackson, Chiang, Astrophys. J. 764:167 (2013), eq. 19; here the edges of
//          the occupied grains can be cuts, so that a block costs the logarithm of the number of grains (their eq. 21
//          prices cuts half way between moments).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ringscope {

struct BurstOptions {
  std::int64_t grain = 3600;
  std::size_t least = 3;
};

struct Burst {
  std::int64_t begin = 0, end = 0;  // both included
  std::size_t count = 0;
  friend bool operator==(const Burst&, const Burst&) = default;
};

std::vector<Burst> find_bursts(std::span<const std::int64_t> moments, std::int64_t begin, std::int64_t end,
                               const BurstOptions& options = {});

}  // namespace ringscope
