// The links of a patched graph under a frozen null: only pairs that may have changed are tested again. Equal, bit for
// bit, to testing all of them (keep_pairs()).
#pragma once

#include <span>
#include <vector>

#include "engine/detect/incremental/patch.h"

namespace ringscope {

struct PatchedLinks {
  PairLinks links;
  std::vector<Vertex> retested;  // accounts all of whose pairs were tested again, ascending
  std::vector<char> dirty;       // by account: 1 for an end of a link that came, went or weighs otherwise
  std::vector<char> reweighed;   // by entity: 1 for one that is worth something else, or vouches otherwise
};

// `before`: weights and cuts of the image's graph under its null; `after`: of the patched one. The image gives up its
// links. A pair depends on the things that the two share and on how many they have, so it may have changed when one of
// them touches other things, or both are on an entity whose weight or class changed.
struct NullOn {
  const BipartiteGraph& graph;
  const Weights& weights;
  const PairCuts& cuts;
};
PatchedLinks patch_links(Image& image, const Patched& patched, const NullOn& before, const NullOn& after,
                         unsigned threads);

// Marks the ends of pairs that are in one list only, or weigh otherwise in the other; both ascending.
void mark_differences(std::span<const WeightedEdge> a, std::span<const WeightedEdge> b, std::vector<char>& dirty);

}  // namespace ringscope
