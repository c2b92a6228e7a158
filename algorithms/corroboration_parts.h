// Corroboration (corroboration.h) of some rows at a time, by whoever has them and what their pairs share. Put together,
// the parts say bit for bit what one pass over all rows says: counts are whole numbers, and sets of joined left
// vertices do not depend on who found which join.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/corroboration.h"

namespace ringscope {

// Two left vertices of a right vertex that something else joins.
struct JoinedLefts {
  Vertex right = 0;
  Vertex left = 0;
  Vertex other = 0;
  friend bool operator==(const JoinedLefts&, const JoinedLefts&) = default;
};

struct CorroboratedRows {
  std::vector<std::uint64_t> surprise_counts;  // as in Corroboration
  std::vector<JoinedLefts> joined;             // fewer than there are edges
};

// Of the pairs (l, other) with begin <= l < end and l < other. `degrees`: by right vertex the number of its left
// vertices in the whole graph, for a null over a graph that lacks lefts before `begin`; empty: the graph has them all.
// One thread. O(pairs of the rows), twice; 4 bytes an edge.
CorroboratedRows corroborate_rows(const PairNull& null, const CorroborationOptions& options, Vertex begin, Vertex end,
                                  std::span<const Vertex> degrees = {});

// What all rows say together. Throws Error corrupt for a join of vertices that the graph does not join. O(edges +
// joined log).
Corroboration combine_corroborated(const PairNull& null, std::span<const std::uint64_t> surprise_counts,
                                   std::span<const JoinedLefts> joined, unsigned threads);

}  // namespace ringscope
