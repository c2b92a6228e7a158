// How far two partitions of the same vertices agree.
//
// Input    two partitions of V vertices.
// Output   three measures, 1 for equal partitions. With n_ij vertices in community i of the truth and j of what was
//          found, a_i and b_j their sums, C(x) = x (x - 1) / 2, and E = sum C(a_i) * sum C(b_j) / C(V):
//            adjusted Rand index      (sum C(n_ij) - E) / ((sum C(a_i) + sum C(b_j)) / 2 - E)
//            mutual information       sum n_ij / V * ln(n_ij V / (a_i b_j)), over the mean of both entropies
//            B-cubed                  precision sum n_ij^2 / b_j / V, recall sum n_ij^2 / a_i / V
//          Adjusted Rand and mutual information do not ask which is the truth.
// Errors   Error usage: partitions of different numbers of vertices.
// Cost     O(V log V) time, 8 bytes a vertex and 8 a community.
// Same     bit for bit, always: sums go over the pairs of communities in ascending order.
// Source   Hubert, Arabie, J. Classification 2:193 (1985) for the adjusted Rand index; Strehl, Ghosh, JMLR 3:583 (2002)
//          for normalised mutual information, here over the mean of the entropies (Fred, Jain 2003); Bagga, Baldwin,
//          LREC 1998 for B-cubed.
#pragma once

#include "algorithms/partition.h"

namespace ringscope {

struct PartitionMatch {
  double adjusted_rand = 1;       // 0: as by chance; may be below; 1 also when both are single vertices, or one whole
  double mutual_information = 1;  // [0, 1]; 1 also when neither partition says anything
  double b3_precision = 1;        // of b's communities by a's: share of a vertex's community in b that a puts with it
  double b3_recall = 1;           // … and the other way round
  // Harmonic mean of the two.
  double b3_f1() const {
    const double sum = b3_precision + b3_recall;
    return sum > 0 ? 2 * b3_precision * b3_recall / sum : 0;
  }
};

// `truth` against `found`: precision and recall are those of `found`.
PartitionMatch match(const Partition& truth, const Partition& found);

}  // namespace ringscope
