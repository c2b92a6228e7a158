// Which rings took over what a wave of bans cost, held against rings that were not banned.
//
// Method   Those who came after the wave and are like the banned (followers.h) are counted by ring and lag, and beside
//          them those who came as long before it: a ring that grows anyway grows before and after. An account's
//          probability is the share of its lag's arrivals that those before do not explain; traffic that moved cannot
//          be more than was lost, so where more than twice as much is gained all of them share the doubt. How far the
//          surplus stands out, in standard deviations, is compared with the same for rings as large and as active at
//          that moment that were not banned: empirical p-values, Benjamini-Hochberg over all pairs of wave and ring.
// Same     controls are the nearest in size and load, ties to the smaller ring; nothing is drawn.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/detect/succession/controls.h"
#include "engine/detect/succession/followers.h"

namespace ringscope {

struct TakeoverOptions {
  double alpha = 0.05;        // false discovery rate
  std::size_t controls = 20;  // rings a wave is compared with
};

inline constexpr std::size_t kByItself = static_cast<std::size_t>(-1);

struct Successor {
  Vertex account = 0;
  Seconds lag = 0;
  float bits = 0;
  double probability = 0;
};

struct Takeover {
  std::size_t wave = 0;
  std::size_t ring = kNoRing;         // of the successors
  std::vector<Successor> successors;  // by account; those with a probability above 0
  double lost = 0;                    // requests a day of the banned, in the week before
  double gained = 0;                  // requests a day of the successors, in the week after they came
  double surplus = 0;                 // standard deviations
  double p_value = 1;
  std::size_t through = kByItself;  // number of the take-over whose successors it is tied to (partners.h) …
  std::vector<std::vector<ReusedVertex>> ties;  // … and by what, parallel to successors
};

// Those kept, by wave, then ring; without loads.
std::vector<Takeover> find_takeovers(Followers& followers, const Lives& lives, const RingPlaces& rings,
                                     const Controls& accounts, const std::vector<Wave>& waves,
                                     const TakeoverOptions& options);

// Fills in what was lost and gained; where more was gained than can have moved, all successors share the doubt. Loads
// of the waves' members and of the successors must have been read.
void weigh_loads(const Lives& lives, const std::vector<Wave>& waves, std::vector<Takeover>& takeovers);

}  // namespace ringscope
