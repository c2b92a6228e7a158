// The log of verdicts as tables.
#pragma once

#include <vector>

#include "engine/ask/decisions_on.h"

namespace ringscope::cli {

// One a row; nothing but the heads for none.
void print_decisions(const std::vector<DecisionOn>& decisions);
// The same under "Decisions and notes" on a page; nothing for none.
void print_decisions_section(const std::vector<DecisionOn>& decisions);

}  // namespace ringscope::cli
