// One event a line, schema "ringscope.ring-event/1" (docs/schema/ring-event.schema.json).
#include "engine/export/export.h"
#include "engine/ledger/chronicle.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope {

std::uint64_t write_events_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  std::uint64_t rows = 0;
  scan_events_after(store, filter.after, filter.limit, [&](const RingEvent& event) {
    const bool before = event.tier_before && filter.keeps(*event.tier_before);
    const bool after = event.tier && filter.keeps(*event.tier);
    if (!before && !after) return;
    sink(event_to_json(event, store) + "\n");
    ++rows;
  });
  return rows;
}

}  // namespace ringscope
