// Events of the feed as JSON: what the store keeps, and what is printed.
#pragma once

#include <string>

#include "engine/ledger/feed_event.h"
#include "storage/store.h"

namespace ringscope {

// As the store keeps them: accounts by their keys; without the number, which is the key of the row.
std::string stored_event_to_json(const VerdictNotice& event);
std::string stored_event_to_json(const ActionEvent& event);
std::string stored_event_to_json(const SwitchEvent& event);
// Whether the row tells of a ring. O(1): what tells of something else begins with its kind.
bool is_ring_event(const StoredEvent& stored);
// Of any kind. Throws Error corrupt.
FeedEvent feed_event_from_json(const StoredEvent& stored);

// One line: schema "ringscope.ring-event/1", "verdict-event", "action-event" or "switch-event" (docs/schema); accounts
// by their names, one without a name as "#" and its key.
std::string event_to_json(const FeedEvent& event, const Store& store);

// The event_id of an action as the store keeps it, of the feed or of an account. Throws Error corrupt.
std::string id_of_stored_action(std::string_view record);

// What the store keeps of an account: its last event. The number is that of the event.
std::string action_to_json(const ActionEvent& event);
ActionEvent action_from_json(std::string_view json);

}  // namespace ringscope
