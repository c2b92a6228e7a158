// Events and standings as JSON: what the store keeps, and what is printed of events.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/ledger/ring_event.h"
#include "storage/store.h"

namespace ringscope {

// As the store keeps them: accounts by their keys; without the number, which is the key of the row.
std::string stored_event_to_json(const RingEvent& event);
// Throws Error corrupt.
RingEvent event_from_json(const StoredEvent& stored);

std::string standing_to_json(const Standing& standing);
// Throws Error corrupt.
Standing standing_from_json(std::string_view json);
// The same without members and since, which of a large ring are nearly all of the text: they are passed over.
Standing standing_head_from_json(std::string_view json);
// The run of the standing's version, from the beginning of its text; the largest number when it does not say.
std::uint64_t standing_run(std::string_view json);

// As it is printed: schema "ringscope.ring-event/1" (docs/schema/ring-event.schema.json); accounts by their names, one
// without a name as "#" and its key.
std::string event_to_json(const RingEvent& event, const Store& store);

}  // namespace ringscope
