// What accounts are like beside the things they touch: the facets of those things, prompts, capabilities, hours,
// sign-up. A second bipartite graph over the accounts of a snapshot, whose right vertices may be popular without harm:
// nothing ever looks at pairs of their accounts.
#pragma once

#include <string>
#include <vector>

#include "engine/load/snapshot.h"

namespace ringscope {

struct Habits {
  BipartiteArrays arrays;           // left vertices as in the snapshot
  std::vector<float> amounts;       // by edge: 1, or of what is counted (hours, capabilities) the share of a few draws
  std::vector<std::string> layers;  // "ip/net", "payment/issuer", "email/domain", "signup", "template", …

  BipartiteGraph graph() const { return arrays.view(); }
};

// Of the snapshot's window. Templates are those of the accounts' sketches. O(edges + names + activity).
Habits load_habits(const Store& store, const Snapshot& snapshot, unsigned threads);

}  // namespace ringscope
