// From options to a planned world whose expected number of requests is the one asked for.
#pragma once

#include "engine/lab/world/world.h"

namespace ringscope::world {

// Throws Error usage when an option is out of range.
World plan_world(const SimulateOptions& options);

}  // namespace ringscope::world
