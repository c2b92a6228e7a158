// Rings that a run over a base keeps as the base has them (Ring::kept), and what makes whole rings of them.
#pragma once

#include <vector>

#include "engine/detect/incremental/image.h"
#include "engine/detect/stages.h"

namespace ringscope {

// Reads the ring from the base's run; what was found since of ids, bans and successions stays. It is kept no longer. A
// look-up for each member. Throws Error corrupt.
void complete(const Store& store, std::uint64_t base, Ring& ring);

// Completes those that verdicts stood for at the base, or stand for now.
void complete_decided(const Store& store, std::uint64_t base, const Decisions& decisions, std::vector<Ring>& rings);

// Completes those of which the ledger or the successions say something else than at the base.
void complete_changed(const Store& store, std::uint64_t base, std::vector<Ring>& rings);

// Charges the indicators to all rings anew, and completes those that campaigns are listed for, then or now.
void attribute_again(const Store& store, std::uint64_t base, const Setup& setup, const Snapshot& snapshot,
                     std::vector<Ring>& rings);

}  // namespace ringscope
