// Rings as people decided about them: verdicts outrank the engine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/detect/ring/ring.h"
#include "engine/detect/ring/verdict.h"

namespace ringscope {

// What the verdicts that stand make of tiers and scores, whatever earlier ones made of them (what the engine said is
// kept in `engine` and restored first, so doing it twice, or after an undoing, is right):
//   account cleared (reject, benign)   watch, score 0
//   account confirmed                  ban, score 1
//   who joined for what it shares      watch, score 0, once nobody of the ring is confirmed any more
//   with confirmed members
//   needs more                         review at most, the score stays
//   ring                               watch where half of its members or more are cleared, and nobody but the
//   confirmed
//                                      above it; else as the engine said, but never below a confirmed member
// A ring that no verdict touches is left as it is. Members must have been read. O(members · log of the verdicts).
void overrule(const Decisions& decisions, Ring& ring);

// The same for all rings of a run. Confirmed accounts in none of them get rings of their own, `carried`, under the id
// of the ring that was confirmed; those of earlier verdicts that no longer hold are taken away. Rings that were touched
// are put in their place in the order of tier, score, size, id.
void overrule(const Store& store, const Decisions& decisions, std::uint64_t run, std::vector<Ring>& rings);

// The rings that detection found.
struct RingLookup {
  std::function<bool(KeyHash account)> has_member;
  std::function<bool(const std::string& id)> has_ring;
};
// The rings, not yet overruled, of confirmed accounts that no other ring has; ascending by id. O(confirmed accounts).
std::vector<Ring> carried_rings(const Store& store, const Decisions& decisions, std::uint64_t run,
                                const RingLookup& others);

// Whether a verdict stands, or stood when the run was published, for the ring or for one of its members.
bool is_touched(const Decisions& decisions, const Ring& ring);

GivenVerdict given(const Verdict& verdict);
// Where a verdict puts something of this tier and score.
EngineWord decided(const Verdict& verdict, EngineWord engine);

// "rejected by ann on 2026-01-31: two brothers (verdict 7)"
std::string decision_text(const GivenVerdict& verdict);
// What people decided about a member, its reasons and whom it replaced, joined by "; ".
std::string reasons_text(const Member& member);
// The same, appended to `text`.
void append_reasons(std::string& text, const Member& member);

}  // namespace ringscope
