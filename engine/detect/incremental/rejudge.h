// Rings of the groups that are not what they were; the others keep theirs.
#pragma once

#include <span>
#include <vector>

#include "engine/detect/incremental/regroup.h"
#include "engine/detect/stages.h"

namespace ringscope {

// A group with the same members is judged again when more than kStale of them are not as they were (they touch other
// things, or, two or more of them, an entity that is worth something else; or their status or sign-up changed), or when
// their requests changed by more than that share; and always when a member was confirmed or cleared since the base or
// is no more, or others join it for what they share with confirmed members (seeding.h). One that is calm (is_calm())
// stays as it was when no more of its members came and went.

struct RejudgeInput {
  const Image& image;
  const Patched& patched;
  const Weights& weights;  // lowered by the clearing
  const Clearing& clearing;
  std::span<const Coaction> coactions;
  const std::vector<char>& reweighed;  // by entity
};

struct Rejudged {
  std::vector<Ring> rings;         // of all groups; those that are as the image has them only as Ring::kept
  std::uint64_t judged_again = 0;  // of them
};

// What a ring is held against are the base's baseline and population. A look-up for each account that changed and each
// member of a group that is judged.
Rejudged rejudge(const Store& store, const Setup& setup, const RejudgeInput& input, std::vector<PatchedGroup> groups);

}  // namespace ringscope
