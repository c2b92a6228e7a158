// What is said of successions as JSON; part of a ring's and of a member's JSON (engine/detect/ring/ring_json.h).
#pragma once

#include <optional>

#include "engine/detect/ring/ring.h"
#include "engine/json_fwd.h"

namespace ringscope {

// The keys "ban_waves" and "succeeds" of a ring. The reader takes a ring of an earlier program, which has none.
void put_successions(Json& json, const Ring& ring);
void get_successions(const Json& json, Ring& ring);
Json wave_to_json(const BanWave& wave);
Json handover_to_json(const Handover& handover);
// The value of a member's "replaces": null for nothing. Reads back exactly.
Json replacement_to_json(const std::optional<Replacement>& replacement);
std::optional<Replacement> replacement_from_json(const Json& json);

}  // namespace ringscope
