// Two rings side by side, and whether they are one operator's.
//
// The rings of a run have no member in common, so what ties two is told by other things: links of the run from one to
// the other, things that members of both have, what they have in common without sharing it (networks, issuers, mail
// domains), campaigns, successions, accounts that went from one to the other in earlier runs, and how alike they
// behave.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/ask/checkpoint.h"
#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

struct CommonThing {
  std::string kind;
  std::string value;
  std::uint32_t members_a = 0, members_b = 0;  // that have it
  std::uint32_t accounts = 0;                  // of the window
  double bits = 0;                             // what sharing it is worth to a pair; 0: a hub, proves nothing
};

struct RingBrief {
  std::string ring;
  Tier tier = Tier::watch;
  double score = 0;
  std::uint64_t size = 0;
  std::uint64_t looked_at = 0;  // members whose things, links and habits were read
  std::string campaign;
  std::vector<std::string> kinds;
  std::string summary;
  Seconds first_seen = kNoTime, last_seen = kNoTime;
  Behavior behavior;
  double hours[24] = {};  // share of requests by UTC hour
};

// How alike the two behave; 1: the same, 0: nothing in common. Of what is not known -1.
struct Alikeness {
  double hours = -1;         // overlap of the shares by hour of the day
  double capabilities = -1;  // overlap of the shares of what is asked for
  double prompts = -1;       // share of the rarer ring's sampled prompts that the other asks as well
};

enum class OneOperator { yes, maybe, no_sign };
const char* to_string(OneOperator answer);  // "yes", "maybe", "no_sign"

struct Comparison {
  std::uint64_t run = 0;
  RingBrief a, b;
  std::vector<std::string> moved;  // accounts that were in the one and are in the other, at most kMostNamed
  std::uint64_t moved_count = 0;
  std::vector<CommonThing> things;  // had by members of both, by bits, then members; at most kMostThings
  std::uint64_t things_count = 0;
  std::vector<CommonTrait> traits;           // without a shared thing; accounts: members of both
  std::uint64_t links = 0;                   // of the run, between a member of the one and one of the other
  double strongest_link = 0;                 // bits
  std::uint64_t linked_a = 0, linked_b = 0;  // members at their ends
  std::vector<std::string> campaigns;        // that indicators speak for in both
  std::vector<std::string> successions;      // sentences: one took over from the other
  Alikeness alike;
  OneOperator answer = OneOperator::no_sign;
  std::vector<std::string> reasons;  // for the answer, in plain English
};
inline constexpr std::size_t kMostNamed = 20;
inline constexpr std::size_t kMostThings = 100;

struct CompareOptions {
  std::size_t most_members = 500;  // of each ring that are read: the surest
  Checkpoint check{};
};

// Of a run; ids in full or their beginnings. O(things, links and active days of the members read). Throws Error
// not_found, usage (one ring named twice, several of a beginning), corrupt.
Comparison compare_rings(const Store& store, std::uint64_t run, std::string_view a, std::string_view b,
                         const CompareOptions& options = {});

// Schema "ringscope.compare/1", one line.
std::string comparison_to_json(const Comparison& comparison);

}  // namespace ringscope
