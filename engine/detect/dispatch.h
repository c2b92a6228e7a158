// Groups that only a dispatcher explains: accounts that share nothing, each with its even share of one smooth stream.
//
// An account is a metronome when its days vary less than those of independent requests would, wherever a day is taken
// to begin, and yet no hour is its own: no person does that, nor a daily quota, nor a job by the clock. Metronomes that
// keep the same count to the end take turns. Whether their sum is smoother besides is the judge's business
// (algorithms/load_balance.h); behind a dispatcher that is sent an uneven stream it need not be.
#pragma once

#include <vector>

#include "engine/detect/cluster.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope {

struct DispatchOptions {
  Vertex least_size = 50;
  std::uint32_t least_days = 10;  // between the first and the last day of an account
  double metronome_p = 1e-3;      // of days so even, by the Poisson's index of dispersion
  double least_wander = 0.4;      // variance by the hour over the mean; independent requests: 1, a job by the clock: 0
  Vertex taken_size = 12;         // accounts in a group of so many are explained
  unsigned threads = 0;
};

// The groups with those of dispatchers at their end, whose accounts leave smaller groups for them. Their likeness is
// "traffic": one kind of evidence, behaviour, which never bans by itself. One scan of the activity.
std::vector<Group> with_dispatched(const Store& store, const Snapshot& snapshot, std::vector<Group> groups,
                                   const DispatchOptions& options);

}  // namespace ringscope
