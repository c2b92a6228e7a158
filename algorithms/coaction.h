// Co-action: pairs of left vertices that come to the same things at the same time, oftener than chance would have it.
//
// An arrival is the time of an edge. Two left vertices act together on a thing when their arrivals there are at most a
// window apart.
//
// Null     Each thing keeps its arrival times and each left vertex its things; who came when is drawn anew within the
//          thing. A thing that everybody comes to in one hour so proves nothing, and sharing things, however rare,
//          proves nothing either: only the times count. Given its own time at thing r, a vertex meets another one there
//          with chance near / (arrivals - 1), near: others within the window around it. Of the two chances of a pair
//          the larger is taken. Things that both come to at one time (one request carries an address, a card and a
//          device) are one trial, with the sum of their chances.
// Test     The number of trials met is Poisson-binomial; its upper tail is computed exactly, for each window; the best
//          window counts, times the number of windows. Benjamini-Hochberg over all pairs of left vertices that have two
//          arrivals or more.
// Bound    An arrival with more than `most_near` others within a window is a crowd there and meets nobody, so no thing
//          costs more than arrivals * most_near, however popular; where a burst is short, its arrivals are a crowd.
// Units    Times and windows in one unit (seconds).
// Errors   Error usage: no window, windows that do not ascend, more than kMostWindows, a window below 0.
// Cost     O(sum of near + pairs that met twice * degree), memory O(edges * windows); parallel over left vertices.
// Same     bit for bit at any thread count; the order of the input does not show.
// Source   same action, same object, same window: Cao et al., SynchroTrap, CCS 2014; chances from permuted times: the
//          permutation null of coincidences, Grün, J. Neurophysiol. 101:1126 (2009).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

inline constexpr std::int64_t kNoArrival = std::numeric_limits<std::int64_t>::min();  // an edge without a time
inline constexpr std::size_t kMostWindows = 8;

struct CoactionOptions {
  std::vector<std::int64_t> windows = {10, 60, 600, 3600};  // ascending
  Vertex most_near = 64;                                    // at most 65,000
  double alpha = 0.01;                                      // false discovery rate
  unsigned threads = 0;
};

// A pair that acted together. u < v.
struct Coaction {
  Vertex u = 0, v = 0;
  std::int64_t window = 0;   // the one that surprises most
  std::uint32_t times = 0;   // trials met in that window
  float surprise = 0;        // bits: -log2 of the p-value
  std::uint32_t things = 0;  // things on which they met in that window
};

// The pairs that chance does not explain, ascending (u, v). `arrivals` by edge, kNoArrival for none.
std::vector<Coaction> find_coactions(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals,
                                     const CoactionOptions& options);

// A rule set by hand: no test, every pair that fulfils it.
struct CoactionRule {
  std::optional<std::size_t> layer{};  // nothing: all layers
  std::int64_t window = 10;
  std::uint32_t least_things = 1;    // on which the pair met
  std::uint32_t least_arrivals = 2;  // of each of the two, at whatever thing
  Vertex most_near = 1000;           // at most 65,000
  unsigned threads = 0;
};

// Ascending (u, v); `surprise` is 0.
std::vector<Coaction> apply_rule(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals,
                                 const CoactionRule& rule);

// P(at least k of independent trials with these chances happen), exactly. O(trials * k).
double poisson_binomial_tail(std::span<const double> chances, std::size_t k);

}  // namespace ringscope
