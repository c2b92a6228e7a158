// Corroboration: how far does sharing one right vertex vouch for a pair of left vertices? Answered by the data, without
// labels.
//
// The pair test asks whether all that a pair shares could be chance. For a pair that shares one thing there is nothing
// to test: a degree-preserving null expects every right vertex of degree two to join some pair. But right vertices come
// in classes (a layer, a range of degrees), and of a class one can count how often two that share such a vertex are
// *also* joined by the rest of what they share. Where nine in ten are corroborated, the tenth is believed as well.
//
// Source   the pair test: statistically validated projection of a bipartite configuration model (Saracco et al., New J.
// Phys.
//          19:053022, 2017), its tail by compound Poisson. The class rates: ours; the idea that agreement elsewhere
//          calibrates a field without labels is Fellegi and Sunter, JASA 64:1183 (1969).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/bipartite_graph.h"
#include "algorithms/compound_poisson.h"

namespace ringscope {

// What a pair of left vertices is tested with. All spans must outlive it.
struct PairNull {
  BipartiteGraph graph;
  std::span<const float>
      rarity;  // per right vertex: whole number of bins it adds to a pair that shares it; 0: takes no part
  std::span<const float> left_scale;  // per left vertex, `layers` values; the scale of a pair is the dot product
  std::size_t layers = 0;
  const CompoundPoissonTails* tails = nullptr;
  // Per right vertex: what sharing it says together with what follows from it, in bins, where that is more than
  // `rarity`; empty: nothing follows from anything.
  std::span<const float> with_consequences{};

  // Of the bins that a pair shares, those that come with sharing r.
  float explained_by(Vertex r) const { return with_consequences.empty() ? rarity[r] : with_consequences[r]; }
  // -log2 of the chance that l and other share at least `bins`. Bits.
  float surprise(Vertex l, Vertex other, double bins) const;
};

// What may corroborate a pair that shares a right vertex.
enum class Corroborating {
  everything_else,  // all else that the pair shares
  other_layers,  // what it shares in other layers: things of one layer may come in bundles (the exits of one network)
};

struct CorroborationOptions {
  Corroborating by = Corroborating::everything_else;
  double most_p = 1e-3;       // the rest of what a pair shares corroborates at this chance or less …
  double chance_links = 0.1;  // … and at less than this many false corroborations per left vertex of the right vertex
  unsigned threads = 0;
};

struct Corroboration {
  // surprise_counts[b]: pairs sharing something, with a surprise in [b, b + 1) / kBinsPerBit bits.
  std::vector<std::uint64_t> surprise_counts;
  // Per right vertex: pairs of its left vertices that are joined, directly or through others of its left vertices, by
  // what they share besides it. Between 0 and d(d-1)/2.
  std::vector<std::uint64_t> joined_pairs;

  static constexpr int kBinsPerBit = 8;
  static constexpr int kBins = 1024;
  // The least surprise of a bin, in bits.
  static double bits_of(std::size_t bin) { return static_cast<double>(bin) / kBinsPerBit; }
};

// Cost O(sum of d(d-1)/2 over the right vertices that take part), twice; 4 bytes an edge. Same bits at any thread
// count.
Corroboration corroborate(const PairNull& null, const CorroborationOptions& options);

// The share of joined pairs by class (layer, floor(log2 degree)), and the same made non-increasing in the degree within
// a layer: a rarer thing cannot vouch for less. One value per right vertex; 0 for those that take no part. A class gets
// the share that it surpasses with 95% confidence, its right vertices taken for the sample; a vertex of two unjoined
// pairs is added to every class, so that a class of few pairs is not believed.
struct Vouching {
  std::vector<float> observed;
  std::vector<float> fitted;
};
Vouching vouch(const PairNull& null, std::span<const std::uint64_t> joined_pairs);

// The share of joined pairs of each right vertex by itself, drawn towards that of its class as if it had `prior_pairs`
// pairs more. For right vertices too few of whose left vertices touch any other layer that could corroborate (fewer
// than half), 1: nothing can be said against them. 0 for those that take no part.
std::vector<float> trust(const PairNull& null, std::span<const std::uint64_t> joined_pairs, double prior_pairs);

}  // namespace ringscope
