// One ring a line, schema "ringscope.ring/1" (docs/schema/ring.schema.json).
#include "engine/detect/ring_json.h"
#include "engine/export/export.h"

namespace ringscope {

std::uint64_t write_rings_jsonl(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  std::uint64_t rows = 0;
  rings([&](const Ring& ring) {
    if (!filter.keeps(ring.tier)) return;
    sink(ring_to_json(ring) + "\n");
    ++rows;
  });
  return rows;
}

}  // namespace ringscope
