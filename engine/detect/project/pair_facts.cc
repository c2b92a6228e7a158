#include "engine/detect/project/pair_facts.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr std::size_t kLastBit = 63;

std::vector<std::uint8_t> bits_by_entity(const BipartiteGraph& graph) {
  std::vector<std::uint8_t> bit(graph.right_count());
  for (std::size_t layer = 0; layer < graph.layer_count(); ++layer) {
    const auto value = static_cast<std::uint8_t>(std::min(layer, kLastBit));
    std::fill(bit.begin() + graph.layer_begin(layer), bit.begin() + graph.layer_end(layer), value);
  }
  return bit;
}

Seconds earlier(Seconds a, Seconds b) {
  if (a == kNoTime || b == kNoTime) return std::max(a, b);  // kNoTime is the least
  return std::min(a, b);
}

void add(const Sighting& sighting, PairFacts& facts, ArcIndex arc) {
  facts.first[arc] = earlier(facts.first[arc], sighting.first);
  facts.last[arc] = std::max(facts.last[arc], sighting.last);
}

// What two accounts of the snapshot share, into one arc.
void walk(const Snapshot& snapshot, std::span<const std::uint8_t> bit, Vertex a, Vertex b, PairFacts& facts,
          ArcIndex arc) {
  const BipartiteGraph graph = snapshot.graph();
  const auto of_a = graph.rights_of(a), of_b = graph.rights_of(b);
  for (std::size_t i = 0, j = 0; i < of_a.size() && j < of_b.size();) {
    if (of_a[i] < of_b[j]) {
      ++i;
    } else if (of_b[j] < of_a[i]) {
      ++j;
    } else {
      facts.kinds[arc] |= std::uint64_t{1} << bit[of_a[i]];
      ++facts.shared[arc];
      add(snapshot.sightings[graph.left_begin(a) + i++], facts, arc);
      add(snapshot.sightings[graph.left_begin(b) + j++], facts, arc);
    }
  }
}

// `left` of a vertex: the account of the snapshot that it is, or nothing.
template <class Left>
PairFacts facts_of(const Snapshot& snapshot, const CsrGraph& pairs, unsigned threads, const Left& left) {
  const std::vector<std::uint8_t> bit = bits_by_entity(snapshot.graph());
  const ArcIndex arcs = pairs.arc_count();
  PairFacts facts{std::vector<std::uint64_t>(arcs, 0), std::vector<std::uint32_t>(arcs, 0),
                  std::vector<Seconds>(arcs, kNoTime), std::vector<Seconds>(arcs, kNoTime)};
  parallel_for(pairs.vertex_count(), threads, [&](std::size_t v) {
    const auto u = static_cast<Vertex>(v);
    const std::optional<Vertex> a = left(u);
    if (!a) return;
    for (ArcIndex arc = pairs.arcs_begin(u); arc < pairs.arcs_end(u); ++arc) {
      if (const std::optional<Vertex> b = left(pairs.target(arc))) walk(snapshot, bit, *a, *b, facts, arc);
    }
  });
  return facts;
}

}  // namespace

PairFacts pair_facts(const Snapshot& snapshot, const CsrGraph& pairs, unsigned threads) {
  if (pairs.vertex_count() != snapshot.graph().left_count())
    throw Error(ErrorCode::usage, "the graph is not one of the snapshot's accounts", "pairs");
  return facts_of(snapshot, pairs, threads, [](Vertex v) { return std::optional(v); });
}

PairFacts pair_facts(const Snapshot& snapshot, const CsrGraph& pairs, std::span<const std::optional<Vertex>> left,
                     unsigned threads) {
  if (pairs.vertex_count() != left.size())
    throw Error(ErrorCode::usage, "there must be an account, or nothing, for each vertex", "left");
  return facts_of(snapshot, pairs, threads, [&](Vertex v) { return left[v]; });
}

}  // namespace ringscope
