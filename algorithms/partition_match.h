// How far two partitions of the same vertices agree.
//
// Input    two partitions of V vertices.
// Output   numbers that are 1 for equal partitions.
// Errors   Error usage: partitions of different numbers of vertices.
// Cost     O(V log V).
// Same     bit for bit, always.
// Source   Hubert, Arabie, J. Classification 2:193 (1985) for the adjusted Rand index; Strehl, Ghosh, JMLR 3:583 (2002)
//          for normalised mutual information, here over the mean of the entropies (Fred, Jain 2003); Bagga, Baldwin,
//          LREC 1998 for B-cubed.
#pragma once

#include "algorithms/partition.h"

namespace ringscope {

struct PartitionMatch {
  double adjusted_rand = 1;       // 0: as by chance; may be below
  double mutual_information = 1;  // [0, 1]; 1 also when neither partition says anything
  double b3_precision = 1;        // of b's communities by a's: share of a vertex's community in b that a puts with it
  double b3_recall = 1;           // … and the other way round
  double b3_f1() const {
    const double sum = b3_precision + b3_recall;
    return sum > 0 ? 2 * b3_precision * b3_recall / sum : 0;
  }
};

// `truth` against `found`: precision and recall are those of `found`.
PartitionMatch match(const Partition& truth, const Partition& found);

}  // namespace ringscope
