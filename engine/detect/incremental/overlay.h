// What an incremental run writes: only what is not as its base has it.
#pragma once

#include <vector>

#include "engine/detect/incremental/patch.h"
#include "engine/detect/publish.h"
#include "engine/detect/stages.h"

namespace ringscope {

struct OverlayInput {
  const Image& image;
  const Patched& patched;
  const Weights& weights_before;  // of the image's graph
  const Weights& weights;
  const Clearing& clearing;
  const Similarity& similarity;
  const std::vector<char>& dirty;            // by account: an end of a link that changed
  const std::vector<char>& linked_before;    // by account of the image
  const std::vector<NearMiss>& near_before;  // by account of the image
};

// Concludes `rings`, all of the run's, and publishes them, their index and what changed of the rest as a run over the
// base; sets the number in the rings and the summary. Throws as publish() does. O(accounts + entities + links).
void publish_over(Store& store, const OverlayInput& input, const Setup& setup, std::vector<Ring>& rings,
                  RunSummary& summary);

}  // namespace ringscope
