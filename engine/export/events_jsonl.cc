// The feed, one event a line (engine/export/feed.h).
#include "engine/export/export.h"
#include "engine/export/feed.h"

namespace ringscope {

std::uint64_t write_events_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  const FeedPage page = read_feed(store, {filter.after, filter.limit, filter.tiers, false}, [&](std::string_view line) {
    sink(line);
    sink("\n");
  });
  return page.events;
}

}  // namespace ringscope
