// A block of rows of the pair stage with all that its pairs need: what one worker of a distributed run tests.
//
// A pair (a, b), a < b, is of the row a. All that it shares is among the things of a; so the rows of a block need the
// things that they touch, and of these the accounts from the block's first on. Accounts and things keep the order that
// they have in the whole graph under smaller numbers, so that every sum and every tie comes out as there.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/corroboration_parts.h"
#include "engine/detect/project/pair_links.h"

namespace ringscope {

// Columns of a block under the numbers of the whole graph.
struct PairBlockColumns {
  // Things, ascending.
  std::span<const Vertex> right;
  std::span<const std::uint32_t> layer;  // of the thing
  std::span<const Vertex> degree;        // accounts of the thing in the whole graph
  std::span<const float> rarity;         // as in Weights; 0: takes no part
  std::span<const float> with_consequences;
  std::span<const float> observed;  // vouching; empty where nothing is kept
  std::span<const float> fitted;
  // Accounts, ascending, with `layers` scales each.
  std::span<const Vertex> left;
  std::span<const float> left_scale;
  // Their edges, in any order, each once.
  std::span<const Vertex> edge_left;
  std::span<const Vertex> edge_right;
  // The rows: accounts [first, end) of the whole graph.
  Vertex first = 0;
  Vertex end = 0;
};

class PairBlock {
 public:
  // Throws Error input for columns that do not fit together. O(edges log). `tails` must outlive it.
  PairBlock(const PairBlockColumns& columns, std::size_t layers, const CompoundPoissonTails& tails);

  // As corroborate_rows() and keep_rows(), under the numbers of the whole graph.
  CorroboratedRows corroborate(const CorroborationOptions& options) const;
  PairLinks keep(double least_surprise, double vouch_core, double vouch_attach) const;
  // By place in PairLinks::near_misses, the account.
  std::span<const Vertex> lefts() const { return left_; }

 private:
  PairNull null() const { return {arrays_.view(), rarity_, left_scale_, layers_, tails_, with_consequences_}; }

  std::size_t layers_;
  const CompoundPoissonTails* tails_;
  std::vector<Vertex> left_;
  std::vector<Vertex> right_;
  std::vector<Vertex> degree_;
  std::vector<float> rarity_;
  std::vector<float> with_consequences_;
  std::vector<float> left_scale_;
  Vouching vouching_;
  BipartiteArrays arrays_;
  Vertex row_begin_ = 0;
  Vertex row_end_ = 0;
};

// The pairs (l, other), begin <= l < end, l < other, that keep_pairs() would keep; near misses of these alone.
PairLinks keep_rows(const PairNull& null, const PairCuts& cuts, Vertex begin, Vertex end);

}  // namespace ringscope
