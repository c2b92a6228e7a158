#include "engine/detect/ring_rank.h"

#include <string_view>
#include <tuple>

namespace ringscope {

RingRank rank_of(const Ring& ring) { return {ring.tier, ring.score, ring.members.size(), ring.id}; }

bool operator<(const RingRank& a, const RingRank& b) {
  return std::tuple(-static_cast<int>(a.tier), -a.score, b.size, std::string_view(a.id)) <
         std::tuple(-static_cast<int>(b.tier), -b.score, a.size, std::string_view(b.id));
}

}  // namespace ringscope
