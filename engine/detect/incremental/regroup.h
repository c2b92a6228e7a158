// Groups brought up to date: communities in which links changed are clustered anew together; accounts that changed are
// held against the pools; all else stays as it was. A calm group in which the links of few members changed stays as
// well.
//
// A group that clustering alone made is replaced by what clustering says now. One that more went into (a pool, a union,
// a part of what was glued) keeps those who did not change; of those who did it keeps whoever is linked to another
// member or still looks like one, and it takes in whom clustering puts among its members, and accounts that changed and
// look like a member. New pools are sought among accounts that changed and are in no group; unions of groups wait for a
// full run.
#pragma once

#include <vector>

#include "engine/config.h"
#include "engine/detect/incremental/patch_links.h"

namespace ringscope {

inline constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);

// What is no more than this share of a group makes no difference.
inline constexpr double kStale = 0.02;

// Structure without misuse, that people said nothing of: an office of thousands that somebody joined is not looked at
// again for that.
inline bool is_calm(const ImageRing& ring) { return ring.tier == Tier::watch && !ring.decided; }

struct PatchedGroup {
  Group group;
  std::size_t image = kNoGroup;  // the group of the image that it was
  bool changed = false;          // other members than there
};

struct Regrouped {
  std::vector<PatchedGroup> groups;
  std::size_t reclustered = 0;  // accounts that were clustered again
  std::size_t fresh = 0;        // groups that clustering found anew, of so many accounts that unions would be tried
};

struct RegroupInput {
  const Image& image;
  const Patched& patched;
  const Similarity& similarity;    // all links of the patched graph
  const std::vector<char>& dirty;  // by account: an end of a link that changed
  const ClusterOptions& clustering;
  const Config& config;
};

// O(accounts + links) and what the components and accounts that changed cost.
Regrouped regroup(const RegroupInput& input);

}  // namespace ringscope
