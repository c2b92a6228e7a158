// Giving, undoing, writing and reading verdicts. How they stand, and what they do: engine/detect/ring/verdict.h,
// overrule.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/verdict.h"

namespace ringscope {

enum class VerdictOn { anything, ring, account, thing };

struct VerdictRequest {
  std::string target;                  // a ring's id or its beginning, an account, or KIND:VALUE of a thing
  VerdictOn on = VerdictOn::anything;  // what the target is; anything: a ring if it begins with "R-", a thing if it has
                                       // the name of a kind before a colon, else an account
  VerdictWord word{};
  std::string by;
  std::string reason;
  Seconds now = kNoTime;
  // Accounts: a word on a larger ring waits for a second person. So does one on an account when its giver decides on
  // more than that at once, or has decided on more members of its ring one by one.
  std::uint32_t two_persons_above = 500;
};

// Appends it; durable on return. On a ring of the latest run it is on the members that the ring has now: `confirm` on
// those without a doubt of their own, the other words on all; `benign` also calls the things honest that at least half
// of those who have them are members. On a thing only `benign` and `note` make sense. Throws Error usage (nobody, no
// reason, a word that makes no sense), not_found.
Verdict give_verdict(Store& store, const VerdictRequest& request);
// Several in one durable step: all or, when one of them throws, none.
std::vector<Verdict> give_verdicts(Store& store, std::span<const VerdictRequest> requests);
// As they would be given, without numbers: nothing is written. O(log + accounts that the same persons decided on).
std::vector<Verdict> draft_verdicts(const Store& store, std::span<const VerdictRequest> requests);

// Appends that `by` takes back verdict `number`; durable on return. Throws Error usage, not_found.
Verdict undo_verdict(Store& store, std::uint64_t number, const std::string& by, const std::string& reason, Seconds now);
// Several in one durable step, each its own entry of the log: all or, when one of them throws, none.
std::vector<Verdict> undo_verdicts(Store& store, std::span<const std::uint64_t> numbers, const std::string& by,
                                   const std::string& reason, Seconds now);

// As people and other stores read it, schema "ringscope.verdict/1": accounts by name (of the erased: "#" and the key).
std::string verdict_line(const Store& store, const Verdict& verdict, VerdictState state);

// A line that was not taken.
struct VerdictReject {
  std::uint64_t line = 0;
  std::string reason;
};
struct VerdictImport {
  std::uint64_t read = 0;
  std::uint64_t added = 0;  // of them, not in the log before
  std::vector<VerdictReject> rejects;
};

// Appends what verdict_line() wrote, from a file or "-", in one durable step; numbers are given anew, undoings follow
// the verdict they take back, and a verdict that is in the log already is passed over. Throws Error input.
VerdictImport import_verdicts(Store& store, const std::string& file);
// The same of the lines themselves.
VerdictImport import_verdict_lines(Store& store, std::string_view lines);

}  // namespace ringscope
