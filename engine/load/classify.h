// The operator's lists laid on a snapshot.
#pragma once

#include "engine/load/operator_lists.h"
#include "engine/load/snapshot.h"

namespace ringscope {

// Class of every address and mail of the snapshot, and how usual each class is. Empty without lists.
// O(names of addresses and mails).
EntityClasses classify(const Store& store, const Snapshot& snapshot, const OperatorLists& lists);

}  // namespace ringscope
