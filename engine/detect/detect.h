// Store -> judged, explained, published rings.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "engine/config.h"
#include "engine/detect/ring/ring.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope {

// What detect() is doing, for another thread to read.
struct DetectProgress {
  std::atomic<const char*> stage{"start"};
  std::atomic<int> stages_done{0};
  static constexpr int kStages = 6;  // load, weigh, project, cluster, judge, publish
};

// What detection looks at. Throws Error usage, for a window beside all data; config, for a layer that is none; memory,
// where the graph would not fit.
Snapshot load_window(const Store& store, const Config& config);
// The same; Error memory where a detection of it would not fit: better to refuse now than to die later.
Snapshot load_for_detection(const Store& store, const Config& config);

struct Detection {
  RunSummary summary{};
  std::vector<Ring> rings;  // by tier, score, size descending, then id
};

enum class DetectMode {
  once,       // a full run that leaves nothing to start from
  automatic,  // incremental where that is allowed (docs/decisions/0008-incremental.md), else as `full`
  full,       // a full run that incremental ones can start from
};

// Runs the whole way, or brings the rings of the last full run up to date, and publishes the run in one durable step.
// `as_of` and window days come from config.detect.
Detection detect(Store& store, const Config& config, DetectProgress& progress, DetectMode mode = DetectMode::once);

}  // namespace ringscope
