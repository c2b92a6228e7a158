// What would break the link between two accounts: the fewest shared things without which the run would not have linked
// them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/ask/run_view.h"

namespace ringscope {

struct BreakingThing {
  std::string kind;
  std::string value;
  double bits = 0;
  bool vouches = false;  // links the two by itself
};

struct LinkBreak {
  std::vector<BreakingThing> things{};  // without all of them there is no link; those that vouch first, then by bits
  double before = 0;                    // surprise of the pair, bits …
  double after = 0;                     // … and without the things
  double cut = 0;                       // that a link needs
  bool smallest = true;                 // proven that no fewer do
  std::string meaning{};                // one or two sentences
};

// Nothing when the two are not linked, by the run or by what they share. Things that vouch must all go, and of the rest
// the largest first are the fewest; a link that what is shared does not explain (of accounts that act together) is
// counted as gone when nothing is shared any more. O(things of both). Throws Error corrupt, io.
std::optional<LinkBreak> link_break(const RunView& view, KeyHash a, KeyHash b);

}  // namespace ringscope
