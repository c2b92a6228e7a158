#include "engine/export/feed.h"

#include <algorithm>
#include <variant>

#include "engine/detect/ring/json_parts.h"
#include "engine/ledger/feed_json.h"
#include "engine/release/journal.h"

namespace ringscope {
namespace {

bool is_wanted(const FeedQuery& query, const FeedEvent& event) {
  const bool acts = std::holds_alternative<ActionEvent>(event) || std::holds_alternative<SwitchEvent>(event);
  if (query.actions_only) return acts;
  if (query.tiers.empty()) return true;
  const auto* ring = std::get_if<RingEvent>(&event);
  if (ring == nullptr) return false;
  const auto in_tiers = [&](const std::optional<Tier>& tier) {
    return tier && std::ranges::find(query.tiers, *tier) != query.tiers.end();
  };
  return in_tiers(ring->tier_before) || in_tiers(ring->tier);
}

}  // namespace

std::optional<FeedGap> feed_gap(const Store& store, std::uint64_t after) {
  const std::uint64_t floor = store.feed_floor(), high = store.last_event();
  FeedGap gap{after, floor + 1, high, {}};
  if (after < floor) {
    gap.message = fmt::format(
        "events up to {} are not served any more; take the state as of now ('ringscope export --level state') and go "
        "on "
        "after the seq in its first line",
        floor);
    return gap;
  }
  if (after > high) {
    gap.message = fmt::format(
        "the last event is {}: this is another store, or it was restored from an earlier copy; take the state as of "
        "now "
        "('ringscope export --level state') and go on after the seq in its first line",
        high);
    return gap;
  }
  return std::nullopt;
}

FeedPage read_feed(const Store& store, const FeedQuery& query,
                   const std::function<void(std::string_view line)>& visit) {
  if (const auto gap = feed_gap(store, query.after))
    throw Error(ErrorCode::not_found, gap->message, fmt::format("--after {}", query.after));
  FeedPage page;
  page.after = query.after;
  page.high_water = store.last_event();
  page.halted = read_journal(store).halt() != nullptr;
  const std::uint64_t left = page.high_water - query.after;
  page.next = query.after + (query.limit == 0 ? left : std::min(left, query.limit));
  page.more = page.next < page.high_water;
  store.scan_events(query.after + 1, page.next, [&](const StoredEvent& stored) {
    const FeedEvent event = feed_event_from_json(stored);
    if (!is_wanted(query, event)) return;
    visit(event_to_json(event, store));
    ++page.events;
    if (!page.first_seq) page.first_seq = stored.seq;
    page.last_seq = stored.seq;
  });
  return page;
}

std::string page_to_json(const FeedPage& page) {
  return dump({{"schema", "ringscope.feed-page/1"},
               {"after", page.after},
               {"next", page.next},
               {"more", page.more},
               {"high_water", page.high_water},
               {"halted", page.halted},
               {"events", page.events}});
}

std::string gap_to_json(const FeedGap& gap) {
  return dump({{"schema", "ringscope.feed-gap/1"},
               {"after", gap.after},
               {"first", gap.first},
               {"high_water", gap.high_water},
               {"message", gap.message}});
}

}  // namespace ringscope
