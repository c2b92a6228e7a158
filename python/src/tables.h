// What a store and a detection hold, as tables.
#pragma once

#include <functional>
#include <span>

#include "arrow_table.h"

#include "engine/detect/ring/ring.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope::python {

using RingVisitor = std::function<void(const Ring&)>;
using RingSource = std::function<void(const RingVisitor&)>;

Table rings_table(const RingSource& rings);
Table members_table(const RingSource& rings);
Table evidence_table(const RingSource& rings);
// Of a snapshot: every entity with its kind, value, key and number of accounts; `bits` by entity, or empty.
Table entities_table(const Store& store, const Snapshot& snapshot, std::span<const double> bits);
Table account_names_table(const Store& store, const Snapshot& snapshot);
// Every account of the store with facts, activity and its place in a run (0: none).
Table accounts_table(const Store& store, std::uint64_t run);
// Account, kind, entity and day: what the store keeps of the log.
Table cells_table(const Store& store, const DayWindow& window);
Table activity_table(const Store& store, const DayWindow& window);
Table events_table(const Store& store, std::uint64_t after, std::uint64_t limit);

}  // namespace ringscope::python
