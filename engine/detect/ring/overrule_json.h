// What people decided about a ring or a member, as a part of its JSON: "verdict" and "engine", null where there is
// none.
#pragma once

#include <optional>

#include "engine/detect/ring/ring.h"
#include "engine/json_fwd.h"

namespace ringscope {

void put_decision(Json& json, const std::optional<GivenVerdict>& verdict, const std::optional<EngineWord>& engine);
// Of documents of earlier programs, which have neither, nothing. Throws Error corrupt, nlohmann::json::exception.
void read_decision(const Json& json, std::optional<GivenVerdict>& verdict, std::optional<EngineWord>& engine);

}  // namespace ringscope
