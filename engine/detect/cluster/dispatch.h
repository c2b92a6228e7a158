// Groups that only a dispatcher explains: accounts that share nothing, each with its even share of one smooth stream.
//
// An account is a metronome when its days vary less than those of independent requests would, wherever a day is taken
// to begin, and yet no hour is its own: no person does that, nor a daily quota, nor a job by the clock. Metronomes that
// keep the same count to the end may still be copies of one program, each with its own timer. So one of three
// things is asked for besides: behind a dispatcher that is sent a steady stream the sum is smoother than timers could
// make it (algorithms/load_balance.h); behind one that is sent more on some days all members rise together; and behind
// one that is sent less at night all slow down at night, which timers do not.
#pragma once

#include <vector>

#include "engine/detect/project/cluster.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope {

struct DispatchOptions {
  Vertex least_size = 50;
  std::uint32_t least_days = 10;  // between the first and the last day of an account
  double metronome_p = 1e-3;      // of days so even, by the Poisson's index of dispersion
  double least_wander = 0.2;      // variance by the hour over the mean; independent requests: 1, a job by the clock: 0
  double most_smooth_p = 1e-6;    // of a sum so smooth, or …
  double least_follow =
      4;  // … variance of the mean count from day to day over what the members' own would make it, or …
  double least_rhythm = 0.2;  // … coefficient of variation of the hours of their mean day
  Vertex taken_size = 12;     // accounts in a group of so many are explained
  unsigned threads = 0;
};

// The groups with those of dispatchers at their end, whose accounts leave smaller groups for them. Their likeness is
// "traffic": one kind of evidence, behaviour, which never bans by itself. One scan of the activity.
std::vector<Group> with_dispatched(const Store& store, const Snapshot& snapshot, std::vector<Group> groups,
                                   const DispatchOptions& options);

}  // namespace ringscope
