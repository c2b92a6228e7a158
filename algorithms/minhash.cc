#include "algorithms/minhash.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace ringscope {
namespace {

constexpr unsigned kBins = 128;
constexpr std::uint64_t kEmpty = std::numeric_limits<std::uint64_t>::max();

// Bits of a band: so many that few of n unlike sketches, which agree in half of their bits, meet.
unsigned band_bits(std::size_t sketches) { return sketches < 20'000 ? 8 : sketches < 400'000 ? 12 : 16; }

std::uint64_t bits_at(const MinHashSketch& sketch, unsigned first, unsigned count) {
  const unsigned word = first / 64, shift = first % 64;
  std::uint64_t bits = sketch[word] >> shift;
  if (shift + count > 64) bits |= sketch[word + 1] << (64 - shift);
  return bits & ((std::uint64_t{1} << count) - 1);
}

// The bins that meet in a band lie together, ascending by number.
struct Band {
  std::vector<std::uint32_t> order;  // sketches by their bits, then by number
  std::vector<std::uint32_t> place;  // of each sketch in `order`
};

Band band_of(std::span<const MinHashSketch> sketches, unsigned first, unsigned count) {
  Band band{std::vector<std::uint32_t>(sketches.size()), std::vector<std::uint32_t>(sketches.size())};
  std::iota(band.order.begin(), band.order.end(), 0U);
  std::stable_sort(band.order.begin(), band.order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return bits_at(sketches[a], first, count) < bits_at(sketches[b], first, count);
  });
  for (std::uint32_t i = 0; i < band.order.size(); ++i) band.place[band.order[i]] = i;
  return band;
}

}  // namespace

MinHashSketch minhash(std::span<const std::uint64_t> elements) {
  std::array<std::uint64_t, kBins> least;
  least.fill(kEmpty);
  for (const std::uint64_t element : elements) {
    const std::uint64_t hash = mix64(element);
    std::uint64_t& bin = least[hash % kBins];
    bin = std::min(bin, hash / kBins);
  }
  MinHashSketch sketch{};
  if (elements.empty()) return sketch;
  for (unsigned bin = 0; bin < kBins; ++bin) {
    unsigned from = bin;
    for (std::uint64_t attempt = 0; least[from] == kEmpty; ++attempt)
      from = static_cast<unsigned>(mix64(attempt * kBins + bin) % kBins);
    // Which bin a minimum was borrowed from is part of it, else borrowed bits would all be equal.
    const std::uint64_t bit = mix64(least[from] * kBins + bin) & 1;
    sketch[bin / 64] |= bit << (bin % 64);
  }
  return sketch;
}

double estimated_jaccard(const MinHashSketch& a, const MinHashSketch& b) {
  const int apart = std::popcount(a[0] ^ b[0]) + std::popcount(a[1] ^ b[1]);
  return std::max(0.0, 1 - 2.0 * apart / kBins);
}

std::vector<std::uint32_t> near_equal(std::span<const MinHashSketch> sketches, double least) {
  const unsigned width = band_bits(sketches.size());
  std::vector<Band> bands;
  for (unsigned first = 0; first + width <= kBins; first += width) bands.push_back(band_of(sketches, first, width));
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> leader(sketches.size(), kNone);
  for (std::uint32_t i = 0; i < sketches.size(); ++i) {
    if (leader[i] != kNone) continue;
    leader[i] = i;
    for (std::size_t b = 0; b < bands.size(); ++b) {
      const auto first = static_cast<unsigned>(b) * width;
      const std::uint64_t mine = bits_at(sketches[i], first, width);
      for (std::size_t at = bands[b].place[i] + std::size_t{1}; at < sketches.size(); ++at) {
        const std::uint32_t other = bands[b].order[at];
        if (bits_at(sketches[other], first, width) != mine) break;
        if (leader[other] == kNone && estimated_jaccard(sketches[i], sketches[other]) >= least) leader[other] = i;
      }
    }
  }
  return leader;
}

}  // namespace ringscope
