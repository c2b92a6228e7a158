// How far a long call is, for the thread that waits for it.
#pragma once

#include <memory>
#include <string>

#include "engine/detect/detect.h"
#include "engine/ingest/ingest.h"
#include "engine/lab/calibrate.h"

namespace ringscope::python {

struct Progress {
  DetectProgress detect{};
  CalibrateProgress calibrate{};
  IngestProgress ingest{};
};

}  // namespace ringscope::python
