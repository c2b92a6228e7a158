#include "engine/detect/pair_facts.h"

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

}  // namespace

PairFacts pair_facts(const Snapshot& snapshot, const CsrGraph& pairs, unsigned threads) {
  const BipartiteGraph graph = snapshot.graph();
  if (pairs.vertex_count() != graph.left_count())
    throw Error(ErrorCode::usage, "the graph is not one of the snapshot's accounts", "pairs");
  const std::vector<std::uint8_t> bit = bits_by_entity(graph);
  const ArcIndex arcs = pairs.arc_count();
  PairFacts facts{std::vector<std::uint64_t>(arcs, 0), std::vector<std::uint32_t>(arcs, 0),
                  std::vector<Seconds>(arcs, kNoTime), std::vector<Seconds>(arcs, kNoTime)};
  const auto walk = [&](Vertex a, ArcIndex arc) {
    const Vertex b = pairs.target(arc);
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
  };
  parallel_for(pairs.vertex_count(), threads, [&](std::size_t v) {
    const auto a = static_cast<Vertex>(v);
    for (ArcIndex arc = pairs.arcs_begin(a); arc < pairs.arcs_end(a); ++arc) walk(a, arc);
  });
  return facts;
}

}  // namespace ringscope
