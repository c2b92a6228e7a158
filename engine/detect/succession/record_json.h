// What is said of successions as JSON; part of a ring's and of a member's JSON (engine/detect/ring_json.h).
#pragma once

#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "engine/detect/ring.h"

namespace ringscope {

// The keys "ban_waves" and "succeeds" of a ring. The reader takes a ring of an earlier program, which has none.
void put_successions(nlohmann::ordered_json& json, const Ring& ring);
void get_successions(const nlohmann::ordered_json& json, Ring& ring);
nlohmann::ordered_json wave_to_json(const BanWave& wave);
nlohmann::ordered_json handover_to_json(const Handover& handover);
// The value of a member's "replaces": null for nothing. Reads back exactly.
nlohmann::ordered_json replacement_to_json(const std::optional<Replacement>& replacement);
std::optional<Replacement> replacement_from_json(const nlohmann::ordered_json& json);

}  // namespace ringscope
