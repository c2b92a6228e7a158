#include "engine/ledger/chronicle.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/ring_id.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope {
namespace {

std::uint64_t next_run(const Store& store) { return store.counts().runs + 1; }

}  // namespace

NewRing new_ring_of(const Ring& ring) {
  NewRing result{ring.id, ring.tier, {}};
  result.members.reserve(ring.members.size());
  for (const Member& member : ring.members) result.members.push_back({member.account, member.tier});
  std::ranges::sort(result.members);
  return result;
}

LedgerEntries reconcile_rings(const Store& store, Day day, std::vector<Ring>& rings) {
  const std::uint64_t last_event = store.last_event();
  std::vector<NewRing> now;
  now.reserve(rings.size());
  for (const Ring& ring : rings) now.push_back(new_ring_of(ring));
  Reconciliation result = reconcile(read_standings(store), now, next_run(store), day);
  for (std::size_t i = 0; i < rings.size(); ++i) {
    rings[i].id = std::move(result.identities[i].id);
    rings[i].version = result.identities[i].version;
    rings[i].parents = std::move(result.identities[i].parents);
  }
  std::ranges::sort(rings, ranks_before);
  return {std::move(result.events), std::move(result.standings), last_event};
}

void check_basis(const Store& store, const LedgerEntries& entries) {
  if (!entries.last_event || *entries.last_event == store.last_event()) return;
  throw Error(ErrorCode::locked,
              "something was decided while the run was made, so it does not know of it; detect again");
}

void write_entries(RunWriter& writer, const LedgerEntries& entries) {
  for (std::size_t i = 0; i < entries.events.size(); ++i) {
    Standing standing = entries.standings[i];
    standing.events.push_back(writer.add_event(stored_event_to_json(entries.events[i])));
    writer.set_standing({standing.ring, standing_to_json(standing)});
  }
}

std::vector<Standing> read_standings(const Store& store) {
  std::vector<Standing> standings;
  store.scan_standings([&](const StoredRing& stored) { standings.push_back(standing_from_json(stored.payload)); });
  return standings;
}

Standing find_standing(const Store& store, std::string_view id) {
  if (const auto stored = store.find_standing(id)) return standing_from_json(stored->payload);
  std::vector<std::string> ids;
  store.scan_standings([&](const StoredRing& stored) { ids.push_back(stored.id); });
  const auto stored = store.find_standing(complete_ring_id(ids, id, "any run"));
  return standing_from_json(stored->payload);
}

std::vector<RingEvent> events_of(const Store& store, const Standing& standing, std::uint64_t last_run) {
  std::vector<RingEvent> events;
  for (const std::uint64_t seq : standing.events) {
    const auto stored = store.find_event(seq);
    if (!stored) throw Error(ErrorCode::corrupt, fmt::format("event {} is gone; run 'ringscope doctor'", seq));
    RingEvent event = event_from_json(*stored);
    if (event.run > last_run) break;
    events.push_back(std::move(event));
  }
  return events;
}

void scan_events_after(const Store& store, std::uint64_t seq, std::uint64_t limit,
                       const std::function<void(const RingEvent&)>& visit) {
  if (seq == UINT64_MAX) return;
  const std::uint64_t last = limit == 0 || limit > UINT64_MAX - seq ? UINT64_MAX : seq + limit;
  store.scan_events(seq + 1, last, [&](const StoredEvent& stored) {
    if (is_ring_event(stored)) visit(event_from_json(stored));
  });
}

}  // namespace ringscope
