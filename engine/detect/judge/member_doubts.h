// What speaks against a member's part in its ring. Innocents live inside rings: a buyer of the same proxies, a family
// on one of its addresses. A member must have evidence of its own.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/detect/judge/traits.h"
#include "engine/detect/project/cluster.h"

namespace ringscope {

// By what of one kind a member is tied to the ring.
struct Ties {
  int things = 0;            // shared things the member is on
  std::uint64_t others = 0;  // members it meets there, those of each thing counted anew
};
using TiesByKind = std::map<std::string, Ties>;

// What is known of one member.
struct MemberFacts {
  MemberLikeness likeness{};  // of 0 kinds where it is not known
  double membership = 0;
  TiesByKind ties{};
};

class MemberDoubts {
 public:
  // Of a ring's members, with its traits; all must outlive it. O(their sampled prompts).
  MemberDoubts(std::span<const Profile* const> profiles, const Population& population, const Traits& traits);

  // What the ring's score is multiplied by for the member at m, (0, 1]: 1 where nothing speaks against it. Appends what
  // does to `reasons`.
  double factor(std::size_t m, const MemberFacts& facts, std::vector<std::string>& reasons) const;

 private:
  struct Asking;
  Asking asking_of(std::size_t m, const MemberLikeness& likeness) const;

  std::span<const Profile* const> profiles_;
  const Traits& traits_;
  bool alike_in_prompts_;           // half of the members are
  std::vector<double> overlaps_;    // per member: share of its sampled requests on what others of the ring ask …
  std::vector<double> widespread_;  // … and on what many of them do
  double usual_;                    // the median of the latter
};

}  // namespace ringscope
