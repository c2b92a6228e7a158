// Accounts to hold the banned against: as loud and nearly as old, never banned.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "engine/detect/succession/waves.h"

namespace ringscope {

class Controls {
 public:
  // Must outlive it. O(accounts log accounts).
  Controls(const Lives& lives, const RingPlaces& rings);

  // At most so many accounts that came nearest in time to the banned one, was seen about as often a day (of powers
  // of two the same, then the next), were seen in the day before that moment, and are in a suspect ring like it or in
  // none like it, as far as there are such; never of its own ring, whose newcomers may well be its own successors.
  // O(wanted).
  std::vector<Vertex> of(Vertex banned, Seconds at, std::size_t wanted) const;

 private:
  using Class = std::pair<bool, int>;  // suspect, loudness
  Class class_of(Vertex v) const;
  void take(const Class& from, Vertex banned, Seconds at, std::size_t wanted, std::vector<Vertex>& result) const;

  const Lives& lives_;
  const RingPlaces& rings_;
  std::map<Class, std::vector<Vertex>> by_class_;  // by arrival
};

}  // namespace ringscope
