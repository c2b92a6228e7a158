// Arrival scan: right vertices most of whose left vertices came within one short span, which chance does not explain.
//
// Null     The left vertices of a right vertex are drawn from all that have an arrival. A span is measured by the share
//          w of all arrivals that lie in it, so that busy days are long and quiet ones short. The chance that some span
//          of width w holds m of k arrivals is at most k C(k - 1, m - 1) w^(m - 1): one of them begins it, m - 1 others
//          fall in.
// Test     All, nine in ten or eight in ten of the k arrivals; the span that surprises most, times the number of shares
//          tried; Benjamini-Hochberg over all right vertices with so many arrivals.
// Width    A thing has a life, and who comes new to it comes in that life: wide spans say so and no more. Only spans of
//          at most `most_width` are looked at, whatever the chance.
// Units    Arrivals in any unit.
// Errors   Error usage: arrivals that are not one a left vertex, a share outside (1/2, 1], a width outside (0, 1],
// fewer
//          than two of `least`.
// Cost     O(edges log), parallel over right vertices.
// Same     bit for bit at any thread count; the order of the input does not show.
// Source   the scan statistic and its bound by counting: Naus, JASA 60:532 (1965); Glaz, Naus, Wallenstein, Scan
//          Statistics (2001), section 8.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

struct ArrivalScanOptions {
  Vertex least = 3;              // left vertices of a cluster
  double least_share = 0.8;      // of those of the right vertex
  double most_width = 1.0 / 64;  // of a span, in shares of all arrivals
  double alpha = 0.01;           // false discovery rate
  unsigned threads = 0;
};

struct ArrivalCluster {
  Vertex right = 0;
  std::int64_t first = 0, last = 0;  // arrivals of its left vertices in the span, the span's ends
  Vertex lefts = 0;                  // so many
  float surprise = 0;                // bits: -log2 of the p-value
};

// Of `size` of the times (one at least, ascending) the narrowest span, by the share of `all` (ascending) in it; the
// earliest of those. O(times log all).
struct ArrivalSpan {
  std::int64_t first = 0, last = 0;
  double width = 0;
};
ArrivalSpan narrowest_span(std::span<const std::int64_t> times, std::size_t size, std::span<const std::int64_t> all);

// Ascending by right vertex. `arrivals` by left vertex, kNoArrival (coaction.h) for none. A right vertex that lacks the
// arrival of more than 1 - least_share of its left vertices is passed over.
std::vector<ArrivalCluster> scan_arrivals(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals,
                                          const ArrivalScanOptions& options);

}  // namespace ringscope
