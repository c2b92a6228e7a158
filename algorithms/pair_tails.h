// How surprising is it that two left vertices share what they share: upper tails of their overlap under a BicmModel.
//
// Two left vertices of degrees k and k' share each right vertex of degree d by chance with probability
// p(k, d) p(k', d), independently. Their overlap S is the sum of the weights of what they share; a weight of 1 each
// makes it a count.
//
// Input    a fitted model; right vertices by class: degree, weight, count.
// Output   PairTails: an upper bound of P(S >= s) for any two left degrees, to be looked up while pairs are counted.
// Units    weights in bits, counts or whatever is summed; `grid` in the same unit.
// Errors   Error usage: a negative weight, a grid or a maximum that is not positive.
// Cost     B (B + 1) / 2 tables for B buckets of left degrees, each O(J + C * W) for J classes, W distinct weights and
//          C = maximum / grid cells; 8 C bytes a table; parallel over tables. Classes with p p' above 5% cost O(C)
//          for each of their vertices.
// Same     bit for bit at any thread count.
// Source   Saracco et al., New J. Phys. 19:053022 (2017) for the test;
//          Panjer, ASTIN Bull. 12:22 (1981) for the recursion.
//
// Never below the truth under the model: weights are rounded up to the grid and s down, degrees up to the largest of
// their bucket, rare right vertices are counted by a Poisson that dominates their Bernoulli, and what lies beyond the
// maximum is bounded by Chernoff. So it is loose by at most one grid step a shared right vertex (exact where weights
// are multiples of the grid), by the bucket's ratio, and by the Poisson: some percent at 0.001, more far out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "algorithms/null_model.h"

namespace ringscope {

// Right vertices of the same degree and weight. Leave out those that cannot count: hubs, weight 0.
struct OverlapClass {
  Vertex degree = 0;
  double weight = 0;
  Vertex count = 0;
};

struct PairTailOptions {
  double grid = 0.25;
  double maximum = 128;           // larger overlaps get the bound of this one
  double bucket_ratio = 1.1;      // largest to smallest degree in a bucket
  std::size_t most_buckets = 96;  // the ratio grows until it is kept
  unsigned threads = 0;           // 0: as many as the machine has
};

class PairTails {
 public:
  PairTails(std::vector<std::uint32_t> bucket_of_degree, std::size_t cells, double grid, std::vector<double> tails)
      : bucket_of_degree_(std::move(bucket_of_degree)), cells_(cells), grid_(grid), tails_(std::move(tails)) {}

  // Upper bound of P(S >= overlap) for left vertices of these degrees; 1 for a degree above those fitted.
  double operator()(Vertex left_degree, Vertex other_degree, double overlap) const;
  std::size_t bytes() const {
    return tails_.size() * sizeof(double) + bucket_of_degree_.size() * sizeof(std::uint32_t);
  }

 private:
  std::vector<std::uint32_t> bucket_of_degree_;
  std::size_t cells_;  // of a table: tails at 0, grid, … (cells - 1) * grid
  double grid_;
  std::vector<double> tails_;  // tables of the pairs of buckets a <= b, row by row: b (b + 1) / 2 + a
};

PairTails build_pair_tails(const BicmModel& model, std::span<const OverlapClass> classes,
                           const PairTailOptions& options = {});

// Independent things that happen with a probability and then add a number of cells.
struct Jump {
  std::size_t cells = 0;
  double probability = 0;
  Vertex count = 0;
};

// Upper bounds of P(S >= s) for s = 0 … cells - 1 grid steps, S the sum of the jumps.
std::vector<double> jump_tails(std::span<const Jump> jumps, std::size_t cells);

}  // namespace ringscope
