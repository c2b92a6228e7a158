// How probable it is that a find is chance, from finds that can be nothing else (decoys) and were made the same way.
//
// Near any score as many of the finds are chance as there are decoys, so a find's chance is the share of the decoys
// among what scores like it, fitted so that it never rises with the score. The best score of all is held against one
// decoy more, for decoys that were not drawn.
//
// Input    finds: score, whether it is a decoy, and how many decoys it stands for (draws of several decoys a find
//          weigh less than 1).
// Output   by find: probability that it is chance, in [0, 1]; of decoys 1.
// Errors   none.
// Cost     O(n log n).
// Same     the order of the finds does not show; of equal scores decoys stand first.
// Source   target-decoy competition: Elias, Gygi, Nat. Methods 4:207 (2007); the decoy more: Barber, Candes,
//          Ann. Stat. 43:2055 (2015); isotonic fit: algorithms/isotonic.h.
#pragma once

#include <span>
#include <vector>

namespace ringscope {

struct DecoyedFind {
  double score = 0;
  bool decoy = false;
  double weight = 1;
};

// `spare`: weight of the decoy more.
std::vector<double> chance_by_decoys(std::span<const DecoyedFind> finds, double spare);

}  // namespace ringscope
