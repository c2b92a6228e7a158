// Who decided what when about one ring or account: its part of the log of verdicts, notes and undoings included.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/verdict.h"

namespace ringscope {

struct DecisionOn {
  Verdict verdict;
  VerdictState state = VerdictState::stands;
};

// On the ring itself; those on single members of it are theirs. In order of time. O(log).
std::vector<DecisionOn> decisions_on_ring(const Decisions& decisions, std::string_view ring);
// On the account itself or on a ring that it was in then. In order of time. O(log · log of its accounts).
std::vector<DecisionOn> decisions_on_account(const Decisions& decisions, KeyHash account);

// The part of a document, an array; its schema is in docs/schema/dossier.schema.json.
std::string decisions_to_json(const std::vector<DecisionOn>& decisions);

}  // namespace ringscope
