// How a run came to be, as JSON; part of a run's JSON (engine/detect/ring/ring_json.h).
#pragma once

#include "engine/detect/ring/ring.h"
#include "engine/json_fwd.h"

namespace ringscope {

// Adds mode, base, reason, touched, rewired, frontier and drift.
void put_renewal(Json& json, const Renewal& renewal);
// Of a run's JSON; of earlier programs' that do not say, a full run.
Renewal renewal_from_json(const Json& json);

}  // namespace ringscope
