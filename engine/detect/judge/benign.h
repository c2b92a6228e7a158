// Honest explanations of a group: how likely it is only an office, a family, a classroom, …
//
// Each hypothesis is a row of one table: a name and a function from traits to a probability and a clause that says why.
// Probabilities are products of graded conditions, so one condition that fails rules a hypothesis out. What tells the
// groups apart is described in docs/judgement.md.
#pragma once

#include <vector>

#include "engine/detect/judge/traits.h"
#include "engine/detect/ring/ring.h"

namespace ringscope {

// All hypotheses, most probable first; ties in the order of the table.
std::vector<BenignHypothesis> explain_benign(const Traits& traits);

// Whose accounts are banned again and again, and replaced, evades, [0, 1]; one ban happens to everybody, as many as
// elsewhere to any group, and several to a customer who goes on with the accounts that he has.
double evades(const Traits& traits);

inline constexpr double kLeastBenign = 0.001;  // probability of an explanation, to be told and to count

// That any of them holds, as if each held or not whatever the others do: what is half an office and half a course is
// doubtful twice. Fewer than explain_benign() gives may be left out where they are below kLeastBenign.
double any_benign(const std::vector<BenignHypothesis>& hypotheses);

}  // namespace ringscope
