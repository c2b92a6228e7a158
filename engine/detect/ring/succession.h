// What is said of successions: who took whose place when accounts were banned. Part of a ring.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace ringscope {

// A thing, a facet or a prompt of the banned that is used again.
struct ReusedThing {
  std::string kind;
  std::string value;
  double bits = 0;             // how much more telling than among those who came in the same days
  std::uint32_t accounts = 1;  // that use it again
};

// An account that took the place of a banned one.
struct Replacement {
  std::string account;  // the banned one that is most like it
  std::string ring;     // of the banned one; empty: none
  Seconds banned = 0;
  Seconds lag = 0;          // from the last ban before it came until it came
  double probability = 0;   // that it came to replace a banned account
  std::uint32_t among = 1;  // banned accounts of the wave that it may stand for; 1: just that one
  std::vector<ReusedThing> reused;
};

// Bans of a ring's members that crowd in time.
struct BanWave {
  Seconds first = 0;
  Seconds last = 0;
  std::uint32_t accounts = 0;
  double lost_daily = 0;  // requests a day that they made
};

// A ring's members that took over what a wave of bans cost a ring: another one, or the same.
struct Handover {
  std::string ring;  // whose members were banned
  BanWave wave;
  std::uint32_t accounts = 0;        // that came and took over
  Seconds lag = 0;                   // median, from the last ban before an account came until it came
  double gained_daily = 0;           // requests a day that they made in the week after they came
  double probability = 0;            // that the accounts came to replace the banned
  double p_value = 1;                // of so much load coming back, by rings that were not banned
  std::vector<ReusedThing> reused;   // by most of them, the most telling first
  std::vector<std::string> reasons;  // in plain English
};

}  // namespace ringscope
