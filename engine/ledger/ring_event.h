// What the ledger says of rings over the runs: where each stands, and what happened to it. docs/ledger.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "engine/detect/ring/ring.h"

namespace ringscope {

// One a ring and run, the first that holds.
enum class RingChange : std::uint8_t {
  born,      // no ring before it has its id
  returned,  // a retired ring, back with its old id
  retired,   // no ring of the run is it any more
  merged,    // it took in a ring that retired
  split,     // a part of it is now a ring of its own
  moved,     // mostly other accounts than before, or as many came as went
  grown,     // more came than went
  shrunk,    // more went than came
  regraded,  // the same accounts in other tiers
};
const char* to_string(RingChange change);
// Inverse of to_string; nothing for another word.
std::optional<RingChange> parse_ring_change(std::string_view text);

struct LedgerMember {
  KeyHash account = 0;
  Tier tier = Tier::watch;
  friend auto operator<=>(const LedgerMember&, const LedgerMember&) = default;
};

// An account that came into a ring or went out of it.
struct MovedAccount {
  KeyHash account = 0;
  Tier tier = Tier::watch;  // in the ring: of one that went, before
  std::string other;        // the ring that it came from or is in now; empty: none
  friend bool operator==(const MovedAccount&, const MovedAccount&) = default;
};

struct RegradedAccount {
  KeyHash account = 0;
  Tier before = Tier::watch;
  Tier after = Tier::watch;
  friend bool operator==(const RegradedAccount&, const RegradedAccount&) = default;
};

// From one version of a ring to the next. Lists of accounts ascend by key.
struct RingEvent {
  std::uint64_t seq = 0;  // 1, 2, … over the store's life; set when it is written
  std::uint64_t run = 0;
  Day day = kNoDay;           // last day that the run looked at
  std::uint64_t verdict = 0;  // that led to it, after the run; 0: the run itself did
  RingChange change = RingChange::born;
  std::string ring;
  std::uint32_t version = 1;        // that it led to; a retired ring's has no member
  std::optional<Tier> tier_before;  // of the ring; nothing: there was none
  std::optional<Tier> tier;
  std::uint64_t size = 0;  // accounts, after it
  std::vector<MovedAccount> came;
  std::vector<MovedAccount> went;
  std::vector<RegradedAccount> regraded;
  std::vector<std::string> parents;   // other rings of the run before of which a part came in, ascending
  std::vector<std::string> children;  // other rings of this run into which a part of it went, ascending
  friend bool operator==(const RingEvent&, const RingEvent&) = default;
};

// "E-" and 16 hexadecimal digits, made of ring and version: the same event has the same id wherever it is read.
std::string event_id(const RingEvent& event);

// A ring as the last run that changed it left it.
struct Standing {
  std::string ring;
  std::uint32_t version = 0;
  bool live = false;
  Tier tier = Tier::watch;
  std::uint64_t born = 0;               // run
  std::uint64_t run = 0;                // of the version
  Day day = kNoDay;                     // last day that this run looked at
  std::vector<LedgerMember> members{};  // ascending by account; of a retired ring those that it had last
  std::vector<Day> since{};             // by member: the day on which it came, kNoDay where that is not known
  std::vector<std::string> parents{};   // that it was born of or took a part of, in the order of time
  std::vector<std::uint64_t> events{};  // their numbers, ascending
  friend bool operator==(const Standing&, const Standing&) = default;
};

// When the members of a ring's next version came into it: those whom the version before had as it says, of a ring that
// retired as well; the others on `day`. No `before`: a ring that is born. O(members).
std::vector<Day> since_of(const Standing* before, std::span<const LedgerMember> members, Day day);

}  // namespace ringscope
