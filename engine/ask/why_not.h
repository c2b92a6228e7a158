// Why not: which test an account or a pair failed that is in no ring together, and by how much.
//
// The tests stand in the order of the run: something must be shared; what is shared must be no hub; together it must
// surprise by the bits that the false discovery rate asked for, or be of a kind that vouches by itself; the pair must
// be grouped together; each must share enough of its own bits with the group; the group must be large enough, and score
// enough. The first one failed is the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/ask/checkpoint.h"
#include "engine/ask/run_view.h"

namespace ringscope {

enum class WhyNotCause {
  nothing_shared,  // in the run's window
  hubs_only,       // what is shared is over the cap, listed or not corroborated
  below_cut,       // too few bits of surprise
  grouped_apart,   // linked, and others pull more: in another ring, or in none
  told_apart,      // linked well enough, but unlike the group in all that no link is made of
  incohesive,      // linked, and left out: it shares too little of its own bits
  too_small,       // linked, in a group below the least size of a ring
  low_score,       // in a ring that is only watched
  changed          // what is stored now would pass: it was ingested after the run
};
const char* to_string(WhyNotCause cause);

struct WhyNot {
  WhyNotCause cause = WhyNotCause::nothing_shared;
  double value = 0;           // what there is …
  double needed = 0;          // … and what was needed; infinity: no pair of the run had it
  const char* unit = "bits";  // of both: bits, share, accounts, score
  std::string meaning;        // one or two sentences
  std::vector<std::string> details;
};

// What an account touched in the run's window, by what the run made of it.
struct ThingCounts {
  std::uint64_t evidence = 0, over_cap = 0, listed = 0, uncorroborated = 0, unshared = 0;
};

struct AccountWhyNot {
  WhyNot why;
  ThingCounts things;
  std::string partner;      // the account it is nearest to; empty: it shares nothing of worth with anybody
  double partner_bits = 0;  // surprise of the two
};

// Nothing when the two are in one ring that is reviewed or banned. O(things of both); when they are linked and one is
// in no ring, O(things of the ring's members). Throws Error corrupt, io.
std::optional<WhyNot> why_not_pair(const RunView& view, KeyHash a, KeyHash b, const Checkpoint& check = {});
// Nothing for a member of a ring that is reviewed or banned. Costs and errors likewise.
std::optional<AccountWhyNot> why_not_account(const RunView& view, KeyHash account, const Checkpoint& check = {});

}  // namespace ringscope
