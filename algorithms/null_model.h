// What chance alone joins: random bipartite graphs in which every vertex keeps its degree. One layer at a time.
//
// Input    the degrees of the left and of the right side of a layer; both sum to the number of edges.
// Output   BicmModel: the probability of an edge between a left vertex of degree k and a right vertex of degree d.
// Errors   Error input: degrees that no graph can have.
// Cost     O(iterations * (I * J * min(I, J))) for I and J distinct degrees; a dozen iterations; 40 bytes times I * J.
// Same     bit for bit; the order of the vertices does not show.
// Source   Saracco, Di Clemente, Gabrielli, Squartini, Sci. Rep. 5:10595 (2015);
//          maximum likelihood: Squartini, Garlaschelli, New J. Phys. 13:083001 (2011);
//          by Newton on distinct degrees: Vallarano et al., Sci. Rep. 11:15227 (2021);
//          the quick estimate: Chung, Lu, Ann. Comb. 6:125 (2002).
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "algorithms/csr_graph.h"

namespace ringscope {

// min(1, k d / E): the quick estimate, too high where k and d are both large. edges > 0.
inline double chung_lu_probability(Vertex left_degree, Vertex right_degree, double edges) {
  return std::min(1.0, static_cast<double>(left_degree) * static_cast<double>(right_degree) / edges);
}

// All vertices of one side that have the same degree. A class is free, or settled: the degrees force its edges.
struct DegreeClass {
  static constexpr std::uint32_t kFree = std::numeric_limits<std::uint32_t>::max();

  Vertex degree = 0;
  Vertex count = 0;
  double log_fitness = 0;            // of a free class
  std::uint32_t settled_at = kFree;  // of two classes, the one settled first decides
  bool joined_to_all = false;        // of a settled class: to all, or to none, that were free before it
};

// The bipartite configuration model: p = x y / (1 + x y), a fitness x or y for each degree, expected degrees as given.
class BicmModel {
 public:
  BicmModel(std::vector<DegreeClass> left, std::vector<DegreeClass> right);

  // Of an edge between vertices of these degrees, which must be among those fitted (asserted). O(log) in classes.
  double probability(Vertex left_degree, Vertex right_degree) const;
  // Ascending by degree.
  std::span<const DegreeClass> left_classes() const { return left_; }
  std::span<const DegreeClass> right_classes() const { return right_; }
  // The largest relative difference between a degree and its expectation.
  double degree_error() const;

 private:
  std::vector<DegreeClass> left_;
  std::vector<DegreeClass> right_;
};

BicmModel fit_bicm(std::span<const Vertex> left_degrees, std::span<const Vertex> right_degrees);

// p(k, d) <= x(k) y(d): what a whole layer's pairs can be tested with, for a chance that is a product needs no table of
// pairs. The bound is loose by the factor 1 + x y, which is 1 where degrees are small against the number of edges.
//
// Fitnesses are free up to a factor; a left vertex of the least degree gets its degree. So y(d)^2 is the chance that
// two left vertices of one edge each share a right vertex of degree d; of a sparse layer x(k) = k and y(d) = d / E.
// Settled classes have just these; to them the bound does not apply.
class SeparableBound {
 public:
  explicit SeparableBound(const BicmModel& model);

  // Of a degree among those fitted or between them; rises with the degree. O(log) in classes.
  double left_fitness(Vertex degree) const { return fitness(left_, degree); }
  double right_fitness(Vertex degree) const { return fitness(right_, degree); }

 private:
  struct Class {
    double degree;
    double fitness;
  };
  static double fitness(std::span<const Class> classes, Vertex degree);

  std::vector<Class> left_, right_;
};

// Fitted to coarse degrees: those within a twelfth of each other are replaced by their mean (its two neighbouring whole
// numbers, so that the edges are kept; degrees up to 11 are exact), which leaves at most a few hundred classes a side.
// Averaging cannot make degrees that no graph has (Gale, Ryser). O(V + classes^3).
SeparableBound fit_separable_bound(std::span<const Vertex> left_degrees, std::span<const Vertex> right_degrees);

}  // namespace ringscope
