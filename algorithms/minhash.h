// MinHash: sets that have most of their elements in common, without comparing all pairs.
//
// Input    sets as spans of 64-bit hashes of their elements.
// Output   a sketch of 128 bits a set; from two sketches an estimate of the Jaccard coefficient |A n B| / |A u B|; of
// many
//          sketches groups of near-equal ones.
// Method   one permutation hashing with 128 bins (Li, Owen, Zhang: One Permutation Hashing, NIPS 2012), empty bins
//          filled from others by optimal densification (Shrivastava, ICML 2017), one bit of each minimum (Li, Koenig:
//          b-bit minwise hashing, WWW 2010). Two sketches differ in (1 - J) / 2 of their bits in the mean. Candidates
//          by banding (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, section 3.4).
// Errors   none; an empty set has the sketch of zeros.
// Cost     sketch: the elements and 128 steps. near_equal: n log n for each band, and a comparison of 128 bits for each
//          pair that meets in one.
// Same     any order of elements; groups depend on the sketches and their order alone.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ringscope {

using MinHashSketch = std::array<std::uint64_t, 2>;

MinHashSketch minhash(std::span<const std::uint64_t> elements);

// In [0, 1]; the standard error is at most 0.09, and more for sets of few elements.
double estimated_jaccard(const MinHashSketch& a, const MinHashSketch& b);

// For each sketch the number of its group's leader. The first sketch that is in no group leads one, of all later ones
// in none that meet it in a band and whose estimate is at least `least`: groups do not chain.
std::vector<std::uint32_t> near_equal(std::span<const MinHashSketch> sketches, double least);

}  // namespace ringscope
