// The ledger in the store: what a run writes into it, and what can be read of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/reconcile.h"
#include "storage/store.h"

namespace ringscope {

// What a run adds: events in the order of their numbers, each with where it left its ring.
struct LedgerEntries {
  std::vector<RingEvent> events;
  std::vector<Standing> standings;
  std::optional<std::uint64_t> last_event{};  // of the store, when they were made
};

// As the ledger sees it.
NewRing new_ring_of(const Ring& ring);

// Gives rings the ids, versions and parents that last (engine/ledger/reconcile.h); the run will be the store's next.
// `day` is the last that it looked at. O(members of all rings that ever were).
LedgerEntries reconcile_rings(const Store& store, Day day, std::vector<Ring>& rings);

// Throws Error locked when events came to the store since the entries were made: they would be overwritten.
void check_basis(const Store& store, const LedgerEntries& entries);

void write_entries(RunWriter& writer, const LedgerEntries& entries);

// Of every ring that ever was, ascending by id. Throws Error corrupt.
std::vector<Standing> read_standings(const Store& store);
// Of the ring with this id, or the only one whose id starts with it ("7f3a" for "R-7f3a91c2"). Throws Error not_found
// (none), usage (several), corrupt.
Standing find_standing(const Store& store, std::string_view id);
// What happened to it, in order, up to and with a run. Throws Error corrupt.
std::vector<RingEvent> events_of(const Store& store, const Standing& standing, std::uint64_t last_run = UINT64_MAX);
// Events of rings among those after `seq`, of which at most `limit` (0: all) are looked at, in order.
void scan_events_after(const Store& store, std::uint64_t seq, std::uint64_t limit,
                       const std::function<void(const RingEvent&)>& visit);

}  // namespace ringscope
