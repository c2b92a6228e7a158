// Accounts that come to the same things at the same time.
//
// An arrival is the first sighting of an account with an entity in the window. What pairs share is weighed elsewhere
// (weigh.h); here only when they came to it counts, so the bits of both add up. Popular entities take part: a thing of
// fifty thousand accounts proves little by being shared, and much by being come to within seconds again and again.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "algorithms/coaction.h"
#include "engine/detect/project/project.h"
#include "engine/detect/ring/ring.h"
#include "engine/load/snapshot.h"

namespace ringscope {

struct CoactRule {
  std::string kind;                 // of entities; empty: all kinds
  Seconds window = 0;               // 0: no rule
  std::uint32_t least_things = 1;   // come to together
  std::uint32_t least_actions = 2;  // of each account, on whatever entity of the kind
};

struct CoactOptions {
  std::vector<Seconds> windows = {10, 60, 600, 3600};  // ascending; empty: no test
  CoactRule rule;
  double alpha = 0.01;  // false discovery rate over all pairs
  unsigned threads = 0;
};

// The pairs that the test or the rule keeps, ascending; of both, the test's. Error usage: a rule for a kind the store
// does not have, windows that do not ascend.
std::vector<Coaction> coact(const Snapshot& snapshot, const CoactOptions& options);

// Adds them to the core pairs: bits are added to those that are there; a rule's pair is worth what the least
// significant pair is. Their accounts stay in a ring however little they share.
Similarity with_coactions(Similarity similarity, std::span<const Coaction> coactions, Vertex accounts);

// Says of each ring how its members act together.
void explain_coactions(const Snapshot& snapshot, std::span<const Coaction> coactions, std::vector<Ring>& rings);

// "10 s", "5 min", "2 h".
std::string window_text(Seconds window);

}  // namespace ringscope
