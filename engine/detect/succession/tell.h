// Take-overs and reuse as what a ring says of them: names, numbers and plain English.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/detect/ring/ring.h"
#include "engine/detect/succession/reuse.h"
#include "engine/detect/succession/takeover.h"

namespace ringscope {

class Teller {
 public:
  // All must outlive it.
  Teller(const Store& store, const Snapshot& snapshot, const Habits& habits, const HabitOptions& habit_options);

  // The names behind a thing that the account has. One look-up a thing, of a facet as many as the account has things.
  ReusedThing name(const ReusedVertex& thing, Vertex account) const;
  std::vector<ReusedThing> name_all(const std::vector<ReusedVertex>& things, Vertex account) const;
  std::string account(Vertex v) const;

  // Of one that took a banned account's place.
  Replacement replacement(const Reuse& reuse, const std::string& ring) const;
  // What most of the successors have of the banned: the things that the most of them use again, most telling first.
  std::vector<ReusedThing> most_reused(const std::vector<std::vector<ReusedVertex>>& by_account,
                                       const std::vector<Vertex>& accounts) const;

 private:
  const Store& store_;
  const Snapshot& snapshot_;
  const Habits& habits_;
  const HabitOptions& options_;
};

}  // namespace ringscope
