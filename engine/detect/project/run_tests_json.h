// The cuts and the null model of a run as JSON; part of a run's JSON (engine/detect/ring/ring_json.h).
#pragma once

#include "engine/detect/project/run_tests.h"
#include "engine/json_fwd.h"

namespace ringscope {

// Each reads back exactly. The readers throw nlohmann::json::exception when something is missing or of another type.
Json tests_to_json(const RunTests& tests);
RunTests tests_from_json(const Json& json);
Json model_to_json(const PairModel& model);
PairModel model_from_json(const Json& json);

}  // namespace ringscope
