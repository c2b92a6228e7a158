// What holds a member in its ring: the fewest things without which it would be out.
//
// A member is out when no link of the run ties it to another member any more, or when it shares less than the least
// cohesion of its own bits with the others. The ring is held as it is, and so is the null model of the run; a thing is
// taken from the member only. Then
//   - a link is gone when what is left to the pair is below the run's cut and no thing is left that vouches for it by
//     itself. Over all links that is a multicover (algorithms/multicover.h);
//   - cohesion falls fastest by what says most, so the largest shared things first are the fewest.
// The smaller of the two answers is given. A link that what is shared does not explain in full (of an enriched pair, of
// accounts that act together) counts as gone when the two share nothing any more, and cohesion is then not asked; the
// answer is enough, but not proven smallest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/ask/checkpoint.h"
#include "engine/ask/run_view.h"

namespace ringscope {

// What would expel the member.
enum class ExpelledBy {
  links,     // no link to a member is left
  cohesion,  // it shares too little of its own bits
  nothing,   // no taking away of things: it is there by likeness alone, or ties are left that things do not explain
  too_large  // the ring has more members than were to be read
};
const char* to_string(ExpelledBy by);

struct ExpellingThing {
  std::string kind;
  std::string value;
  std::uint32_t accounts = 0;  // of the window
  std::uint32_t members = 0;   // others in the ring that have it
};

struct Expulsion {
  ExpelledBy by = ExpelledBy::nothing;
  std::vector<ExpellingThing> things;  // to take away; most shared first
  bool smallest = false;               // proven that no fewer do
  std::uint64_t links = 0;             // of the run, to other members
  std::uint64_t unexplained = 0;       // of them, that the pair test does not explain
  double cohesion = 0;                 // share of its own bits that it shares inside now, [0, 1]
  double least_cohesion = 0;
  std::uint32_t likeness = 0;  // kinds in which it is like the others; above 0 that alone may keep it
  std::string meaning;         // in plain English
};

struct ExpelOptions {
  std::size_t most_read = 4'000;  // members whose things are read
  Checkpoint check{};
};

// For a member of a ring of the run; nothing for an account in no ring. Reads the members that are linked to it, and
// how many of all have a thing as the run counted them (engine/detect/index/held_things.h); of a run that did not, all
// members. The search for the smallest set is cut off. Throws Error corrupt, io.
std::optional<Expulsion> expulsion_of(const RunView& view, KeyHash account, const ExpelOptions& options = {});

}  // namespace ringscope
