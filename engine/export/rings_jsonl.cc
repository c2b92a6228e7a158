// One ring a line, schema "ringscope.ring/1" (docs/schema/ring.schema.json).
#include <atomic>

#include "engine/detect/ring/ring_json.h"
#include "engine/export/export.h"

namespace ringscope {

std::uint64_t write_rings_jsonl(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  std::atomic<std::uint64_t> rows = 0;
  const auto print = [&](const Ring& ring, std::string& text) {
    if (!filter.keeps(ring.tier)) return;
    text += ring_to_json(ring);
    text += '\n';
    ++rows;
  };
  rings.print(print, sink);
  return rows;
}

}  // namespace ringscope
