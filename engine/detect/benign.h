// Honest explanations of a group: how likely it is only an office, a family, a classroom, …
//
// Each hypothesis is a row of one table: a name and a function from traits to a probability and a clause that says why.
// Probabilities are products of graded conditions, so one condition that fails rules a hypothesis out. What tells the
// groups apart is described in docs/judgement.md.
#pragma once

#include <vector>

#include "engine/detect/ring.h"
#include "engine/detect/traits.h"

namespace ringscope {

// All hypotheses, most probable first; ties in the order of the table.
std::vector<BenignHypothesis> explain_benign(const Traits& traits);

}  // namespace ringscope
