// The heavy stages of detection, handed to a Python object that has them done by Spark (ringscope_spark/pairs.py).
#pragma once

#include <memory>

#include <nanobind/nanobind.h>

#include "engine/detect/project/helpers.h"

namespace ringscope::spark {

// Calls `workers` with the interpreter's lock, which the caller need not hold. It must outlive the helper.
std::unique_ptr<DetectHelper> helper_of(nanobind::handle workers);

}  // namespace ringscope::spark
