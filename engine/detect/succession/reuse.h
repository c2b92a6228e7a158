// Accounts that came soon after a ban and use again what the banned account had: its card, device, address, or things
// from the same places.
//
// Method   A thing of a banned account that one who came later has as well is worth the surprise that somebody of those
//          days has it, for each kind the most surprising thing; what came sooner after the ban is worth more. The same
//          is done in the mirror, for those who came as long before the ban (who shares things anyway came at any
//          time), and for accounts as loud and as old that were not banned, of rings for those of rings; a mirror
//          or control that a newcomer fits less than a banned account is none. How many mirrors and controls score
//          alike after as long a time tells how many of the finds are chance (algorithms/decoys.h).
// Cost     for each banned account and control the users of its things; a thing that kCrowd newcomers have is passed
//          over.
// Same     ties to the decoy, then to the smaller vertex; nothing is drawn.
#pragma once

#include <vector>

#include "engine/detect/succession/controls.h"
#include "engine/detect/succession/followers.h"

namespace ringscope {

struct Reuse {
  Vertex banned = 0, account = 0;
  Seconds at = 0;                    // of the ban
  Seconds lag = 0;                   // from the ban, or the last of its wave before the account came
  double score = 0;                  // bits of what is reused and of the lag
  double probability = 0;            // that it is no chance
  std::uint32_t among = 1;           // banned accounts that it may stand for
  std::vector<ReusedVertex> things;  // one of each kind, most surprising first
};

// Of each account at most one, by account.
std::vector<Reuse> find_reuse(const LikenessPlan& plan, const Lives& lives, const RingPlaces& rings,
                              const Controls& controls, Seconds horizon);

}  // namespace ringscope
