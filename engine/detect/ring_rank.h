// What puts a ring in its place in lists, without the ring: for those who cannot hold all rings at once.
#pragma once

#include <cstddef>
#include <string>

#include "engine/detect/ring.h"

namespace ringscope {

struct RingRank {
  Tier tier = Tier::watch;
  double score = 0;
  std::size_t size = 0;
  std::string id;
};

RingRank rank_of(const Ring& ring);
// The order of ranks_before().
bool operator<(const RingRank& a, const RingRank& b);

}  // namespace ringscope
