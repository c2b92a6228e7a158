// Rings, members and runs as JSON: what the store keeps as payloads and what `--json` and the exports print.
#pragma once

#include <string>
#include <string_view>

#include "engine/detect/ring.h"

namespace ringscope {

// One line, schema "ringscope.ring/1" (DESIGN section 5, docs/schema/ring.schema.json). Keys stable; doubles shortest-exact.
std::string ring_to_json(const Ring& ring);
// Inverse of ring_to_json. Throws Error corrupt.
Ring ring_from_json(std::string_view json);

std::string run_to_json(const RunSummary& run);
RunSummary run_from_json(std::string_view json);

}  // namespace ringscope
