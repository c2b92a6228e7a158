// All links of the patched graph: what sharing explains, enriched pairs, and accounts that act together.
//
// What sharing explains and enriched pairs are what all pairs of the patched graph give under the null. Pairs that
// acted together in the image stay while they share as many things; new ones are found by a full run.
#pragma once

#include <vector>

#include "engine/config.h"
#include "engine/detect/incremental/patch_links.h"

namespace ringscope {

struct LinksNow {
  Similarity similarity;
  std::vector<Coaction> coactions;
  std::vector<char> dirty;      // by account: 1 for an end of a link that came, went or weighs otherwise
  std::vector<char> relinked;   // the same, and where what was said since changed it: groups wait for a full run there
  std::size_t retested = 0;     // accounts all of whose pairs were tested again
  std::vector<char> reweighed;  // by entity: 1 for one that is worth something else, or vouches otherwise
};

// What people cleared, at the base and now, and the weights that it lowered.
struct ClearedOn {
  const Clearing& clearing;
  const Weights& weights;
};

// The image gives up its links. O(links + edges * layers), patch_links(), and heed_clearing().
LinksNow links_now(Image& image, const Patched& patched, const NullOn& before, const NullOn& after,
                   const ClearedOn& cleared_before, const ClearedOn& cleared, const Config& config);

}  // namespace ringscope
