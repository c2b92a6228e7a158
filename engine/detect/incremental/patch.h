// The image brought up to date: what loading everything anew would give, for the cost of a copy and a look-up for each
// account that is not what it was. Exact, but for one thing: prompts that came since are near-equal to none.
#pragma once

#include <vector>

#include "engine/detect/incremental/image.h"
#include "engine/detect/incremental/patch_rows.h"

namespace ringscope {

struct Patched {
  Snapshot snapshot;  // without classes
  Habits habits;
  FrozenEntities entities;          // new ones are nothing special
  std::vector<Vertex> account_now;  // by account of the image: its number now; kGone
  std::vector<Vertex> entity_now;   // by entity of the image
  std::vector<Vertex> habit_now;    // by right vertex of the image's habits
  std::vector<Vertex> account_old;  // by account: its number in the image; kGone: it is new
  std::vector<Vertex> touched;      // accounts that were read again, ascending
  std::vector<Vertex> rewired;      // of them those that touch other things than before, ascending; and those that
                                    // lost or gained nothing but are new
  std::size_t gone = 0;             // accounts that are no more
};

// Accounts whose rows a later first day of the window changes, ascending. O(edges), and one scan of the activity.
std::vector<KeyHash> expiring(const Store& store, const Snapshot& snapshot, Day first_day);

// `accounts`, ascending: all that may have changed since; the window as it is now. Of its snapshot and habits the image
// keeps who touched what.
Patched patch(const Store& store, Image& image, const DayWindow& window, const HabitOptions& habits,
              std::span<const KeyHash> accounts);

}  // namespace ringscope
