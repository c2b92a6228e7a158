// Groups that came all at once: accounts on one thing, with nothing else in common with anybody, that were made or
// first seen within a span that chance does not explain. Where all that is known are sightings of a kind of thing or
// two, this is the second kind of evidence that a single thing lacks.
//
// Where things are short-lived (posts, offers), whoever comes new to one comes when all do; so a layer is left out when
// those who were there before come to more than a tenth of its things in as narrow a span.
//
// A class that signs up at its first lesson came all at once, too. So the groups' likeness, "arrival", is behaviour,
// and in data without activity nobody is at ban.
#pragma once

#include <vector>

#include "algorithms/arrival_scan.h"
#include "engine/detect/project/cluster.h"
#include "engine/load/habits.h"

namespace ringscope {

// The groups with those of arrival clusters (algorithms/arrival_scan.h) at their end: accounts in no group, on a thing
// that is no hub, whose other things are hubs or of their group alone. An account arrives when it signed up, or else
// when it was first seen in the window. Data with activity says more by prompts and hours (pools.h): there nothing is
// added. O(edges log).
std::vector<Group> with_arrivals(const Store& store, const Snapshot& snapshot, const Habits& habits,
                                 const Weights& weights, std::vector<Group> groups, const ArrivalScanOptions& options);

}  // namespace ringscope
