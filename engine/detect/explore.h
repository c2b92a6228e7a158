// Detection for who wants to look into it: nothing is written, and what it knew on its way is kept.
#pragma once

#include "engine/config.h"
#include "engine/detect/detect.h"
#include "engine/detect/project/project.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope {

// A detection that leaves the store as it is, with what it knew on its way, for who wants to look into it.
struct Exploration {
  Detection detection;  // run 0; the digest is that of the run that detect() would publish
  Snapshot snapshot;
  Weights weights;
  Similarity similarity;  // pairs by what they share, by enrichment and by time
};

// The way of detect() without its last stage. Rings have the ids that they would be published under. Throws as detect()
// does, but for writing.
Exploration explore(const Store& store, const Config& config, DetectProgress& progress);

}  // namespace ringscope
