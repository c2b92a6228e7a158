// The cuts and the null model of a run as JSON; part of a run's JSON (engine/detect/ring_json.h).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/detect/run_tests.h"

namespace ringscope {

// Each reads back exactly. The readers throw nlohmann::json::exception when something is missing or of another type.
nlohmann::ordered_json tests_to_json(const RunTests& tests);
RunTests tests_from_json(const nlohmann::ordered_json& json);
nlohmann::ordered_json model_to_json(const PairModel& model);
PairModel model_from_json(const nlohmann::ordered_json& json);

}  // namespace ringscope
