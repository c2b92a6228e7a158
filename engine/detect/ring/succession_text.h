// Successions in words.
#pragma once

#include <string>
#include <vector>

#include "engine/detect/ring/succession.h"

namespace ringscope {

// 45 -> "45 s", 7200 -> "2 h", 200000 -> "2.3 days".
std::string lag_text(Seconds lag);
// "took the place of x, banned 2026-01-12T04:00:00Z, 6 h before (probability 0.97): same payment 538877-d367, …"
std::string replacement_text(const Replacement& replacement);
// Why a take-over is believed, a clause each: who came when, how much of the load came back, what ties them, and how
// rings fared that were not banned.
// `through`: the ring that took over and that these are tied to, by `ties`; empty: they are like the banned themselves.
std::vector<std::string> reasons_of(const Handover& handover, const std::string& through,
                                    const std::vector<ReusedThing>& ties);

}  // namespace ringscope
