#include "algorithms/bursts.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ringscope {
namespace {

constexpr std::size_t kMostBins = 4096;

// A grain with moments in it, or the stretch between two of them.
struct Bin {
  double begin = 0, end = 0;
  std::size_t count = 0;
  std::int64_t first = 0, last = 0;
};

std::vector<Bin> occupied_bins(std::span<const std::int64_t> moments, std::int64_t begin, std::int64_t grain) {
  std::vector<Bin> bins;
  for (const std::int64_t moment : moments) {
    if (bins.empty() || (moment - begin) / grain != (bins.back().first - begin) / grain)
      bins.push_back({.first = moment, .last = moment});
    ++bins.back().count;
    bins.back().last = moment;
  }
  return bins;
}

// Empty stretches between occupied grains are bins of no moment.
std::vector<Bin> with_gaps(const std::vector<Bin>& bins, std::int64_t begin, std::int64_t end, std::int64_t grain) {
  std::vector<Bin> all;
  auto at = static_cast<double>(begin);
  for (const Bin& bin : bins) {
    const std::int64_t step = (bin.first - begin) / grain;
    const auto from = static_cast<double>(begin + step * grain);
    const double to = std::min(static_cast<double>(end), static_cast<double>(begin + (step + 1) * grain));
    if (from > at) all.push_back({.begin = at, .end = from});
    all.push_back({from, to, bin.count, bin.first, bin.last});
    at = to;
  }
  if (at < static_cast<double>(end)) all.push_back({.begin = at, .end = static_cast<double>(end)});
  return all;
}

double fitness(std::size_t count, double length) {
  return count == 0 ? 0 : static_cast<double>(count) * std::log(static_cast<double>(count) / length);
}

// First bin of each block of the best cut.
std::vector<std::size_t> cut(const std::vector<Bin>& bins, double price) {
  std::vector<double> best(bins.size());
  std::vector<std::size_t> from(bins.size(), 0);
  for (std::size_t to = 0; to < bins.size(); ++to) {
    std::size_t count = 0;
    best[to] = -std::numeric_limits<double>::infinity();
    for (std::size_t start = to + 1; start-- > 0;) {
      count += bins[start].count;
      const double value =
          fitness(count, bins[to].end - bins[start].begin) - price + (start == 0 ? 0.0 : best[start - 1]);
      if (value >= best[to]) {
        best[to] = value;
        from[to] = start;
      }
    }
  }
  std::vector<std::size_t> starts;
  for (std::size_t to = bins.size(); to > 0; to = from[to - 1]) starts.push_back(from[to - 1]);
  std::reverse(starts.begin(), starts.end());
  return starts;
}

Burst moments_of(std::span<const Bin> block) {
  Burst burst;
  for (const Bin& bin : block) {
    if (bin.count == 0) continue;
    if (burst.count == 0) burst.begin = bin.first;
    burst.end = bin.last;
    burst.count += bin.count;
  }
  return burst;
}

// A single block is no burst: it is the mean.
std::vector<Burst> crowded_blocks(std::span<const Bin> bins, const std::vector<std::size_t>& starts, double mean) {
  std::vector<Burst> bursts;
  bool open = false;
  for (std::size_t b = 0; b < starts.size() && starts.size() > 1; ++b) {
    const std::size_t stop = b + 1 < starts.size() ? starts[b + 1] : bins.size();
    const Burst block = moments_of(bins.subspan(starts[b], stop - starts[b]));
    const bool crowded = static_cast<double>(block.count) > mean * (bins[stop - 1].end - bins[starts[b]].begin);
    if (crowded && open) {
      bursts.back().end = block.end;
      bursts.back().count += block.count;
    } else if (crowded) {
      bursts.push_back(block);
    }
    open = crowded;
  }
  return bursts;
}

}  // namespace

std::vector<Burst> find_bursts(std::span<const std::int64_t> moments, std::int64_t begin, std::int64_t end,
                               const BurstOptions& options) {
  if (moments.empty() || end <= begin) return {};
  std::int64_t grain = options.grain;
  std::vector<Bin> occupied = occupied_bins(moments, begin, grain);
  for (; 2 * occupied.size() + 1 > kMostBins; occupied = occupied_bins(moments, begin, grain)) grain *= 2;
  const std::vector<Bin> bins = with_gaps(occupied, begin, end, grain);
  const auto n = static_cast<double>(moments.size());
  const double grains = static_cast<double>(end - begin) / static_cast<double>(grain);
  const double price = std::max(0.0, std::log(grains));
  std::vector<Burst> bursts = crowded_blocks(bins, cut(bins, price), n / static_cast<double>(end - begin));
  std::erase_if(bursts, [&](const Burst& burst) { return burst.count < options.least; });
  return bursts;
}

}  // namespace ringscope
