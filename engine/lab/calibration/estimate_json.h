// Estimates as JSON.
#pragma once

#include "engine/json.h"
#include "engine/lab/calibration/intervals.h"

namespace ringscope::calibration {

// Null where nothing was there to measure.
inline Json estimate_json(const Estimate& estimate) {
  if (!estimate.known) return nullptr;
  return {{"mean", estimate.mean}, {"low", estimate.low}, {"high", estimate.high}};
}

}  // namespace ringscope::calibration
