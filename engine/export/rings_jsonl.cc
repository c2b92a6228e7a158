// One ring a line, schema "ringscope.ring/1" (docs/schema/ring.schema.json).
#include "engine/detect/ring_json.h"
#include "engine/export/export.h"

namespace ringscope {

std::uint64_t write_rings_jsonl(std::span<const Ring> rings, const ExportFilter& filter, const ExportSink& sink) {
  std::uint64_t rows = 0;
  for (const Ring& ring : rings) {
    if (!filter.keeps(ring.tier)) continue;
    sink(ring_to_json(ring) + "\n");
    ++rows;
  }
  return rows;
}

}  // namespace ringscope
