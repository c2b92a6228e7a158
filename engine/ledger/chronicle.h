// The ledger in the store: what a run writes into it, and what can be read of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/verdict.h"
#include "engine/ledger/reconcile.h"
#include "engine/ledger/ring_line.h"
#include "storage/store.h"

namespace ringscope {

// Since when a ring of the run is what it is: runs.
struct RingAge {
  std::string ring;
  std::uint64_t born = 0;
  std::uint64_t changed = 0;
};

// What a run adds: events in the order of their numbers, each with where it left its ring.
struct LedgerEntries {
  std::vector<RingEvent> events;
  std::vector<Standing> standings;
  std::optional<std::uint64_t> last_event{};  // of the store, when they were made
  std::vector<RingAge> ages{};                // of the rings that were looked at; not written, as the standings say it
  // Of a run over a base, what that kept of its rings: the lines of rings that are as they were. Empty: it kept none.
  std::vector<RingLine> base_lines{};
};

// As the ledger sees it.
NewRing new_ring_of(const Ring& ring);

// Gives rings the ids, versions and parents that last (engine/ledger/reconcile.h); the run will be the store's next.
// `day` is the last that it looked at. Rings that were kept from the run `base` (Ring::kept) and have not changed in a
// run since are what they were; so they, and where they stand, are not looked at. O(members of all other rings that
// ever were).
LedgerEntries reconcile_rings(const Store& store, Day day, std::vector<Ring>& rings, std::uint64_t base = 0);

// The same where people decided about rings: a verdict follows a ring's id, which only now is known, so rings that got
// another id than their content gave them are ruled anew, and told with the tiers that every reader sees.
LedgerEntries reconcile_ruled(const Store& store, Day day, const Decisions& decisions, std::vector<Ring>& rings,
                              std::uint64_t base = 0);

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
// All but those that have nothing to do with the ring `other`, of which the lists of accounts are not read. Throws
// Error corrupt.
std::vector<RingEvent> events_naming(const Store& store, const Standing& standing, std::string_view other);
// All events of rings, in order.
void scan_ring_events(const Store& store, const std::function<void(const RingEvent&)>& visit);

}  // namespace ringscope
