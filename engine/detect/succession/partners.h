// Rings that came with those that took over. A pool that starts anew is not always found as one ring: part of it asks
// other things than the banned did, and only what it uses ties it to the rest.
//
// Method   Those who took over are held up as if they had been the banned (followers.h, takeover.h): who came in the
//          same days and is like them, ring by ring, against those who came as long before, and against the same for
//          rings that were not banned. A ring's probability is that of being like them times theirs.
// Cost     that of finding take-overs, for each one found.
#pragma once

#include <vector>

#include "engine/detect/succession/takeover.h"

namespace ringscope {

// Further take-overs of the waves, each with the one that it is tied to (Takeover::through) and by what. Not of rings
// that took the wave over already, or whose wave it is.
std::vector<Takeover> find_partners(Followers& followers, const Lives& lives, const RingPlaces& rings,
                                    const Controls& accounts, const std::vector<Wave>& waves,
                                    const std::vector<Takeover>& takeovers, const TakeoverOptions& options);

}  // namespace ringscope
