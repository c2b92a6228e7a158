#include "engine/detect/succession/waves.h"

#include <algorithm>
#include <iterator>

#include "algorithms/bursts.h"

namespace ringscope {
namespace {

constexpr Seconds kLongest = 2 * kSecondsPerDay;  // what goes on for longer is a trickle, though a faster one

bool in(Seconds at, const Burst& burst) { return at >= burst.begin && at <= burst.end; }

}  // namespace

Seconds Wave::lag(Seconds moment) const {
  const auto next = std::upper_bound(bans.begin(), bans.end(), moment);
  return moment - (next == bans.begin() ? *next : *std::prev(next));
}

std::vector<Wave> find_waves(const Lives& lives, const std::vector<std::vector<Vertex>>& rings) {
  std::vector<Wave> waves;
  for (std::size_t ring = 0; ring < rings.size(); ++ring) {
    std::vector<Vertex> banned;  // while they were about
    Seconds born = lives.end;
    for (const Vertex v : rings[ring]) {
      if (lives.arrival[v] == kNoTime) continue;
      born = std::min(born, lives.arrival[v]);
      if (lives.banned[v] >= lives.arrival[v]) banned.push_back(v);
    }
    std::vector<Seconds> bans;
    for (const Vertex v : banned) bans.push_back(lives.banned[v]);
    std::sort(bans.begin(), bans.end());
    if (bans.empty()) continue;
    for (const Burst& burst : find_bursts(bans, born, std::max(lives.end, bans.back()) + 1)) {
      if (burst.end - burst.begin > kLongest) continue;
      Wave wave{.ring = ring, .bans = {}, .members = {}};
      std::copy_if(bans.begin(), bans.end(), std::back_inserter(wave.bans), [&](Seconds at) { return in(at, burst); });
      std::copy_if(banned.begin(), banned.end(), std::back_inserter(wave.members),
                   [&](Vertex v) { return in(lives.banned[v], burst); });
      std::sort(wave.members.begin(), wave.members.end());
      waves.push_back(std::move(wave));
    }
  }
  return waves;
}

}  // namespace ringscope
