#include "engine/ledger/chronicle.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/ring_id.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope {
namespace {

std::uint64_t next_run(const Store& store) { return store.counts().runs + 1; }

// Of the rings that go on as they were, and of those that an event led to.
std::vector<RingAge> ages_of(const std::vector<Standing>& before, const Reconciliation& result) {
  std::vector<RingAge> ages;
  const auto add = [&](const Standing& one) {
    if (one.live) ages.push_back({one.ring, one.born, one.run});
  };
  std::set<std::string_view> changed;
  for (const Standing& one : result.standings) changed.insert(one.ring);
  for (const Standing& one : before) {
    if (!changed.contains(one.ring)) add(one);
  }
  for (const Standing& one : result.standings) add(one);
  return ages;
}

}  // namespace

NewRing new_ring_of(const Ring& ring) {
  NewRing result{ring.id, ring.tier, {}};
  result.members.reserve(ring.members.size());
  for (const Member& member : ring.members) result.members.push_back({member.account, member.tier});
  std::ranges::sort(result.members);
  return result;
}

LedgerEntries reconcile_rings(const Store& store, Day day, std::vector<Ring>& rings, std::uint64_t base) {
  const std::uint64_t last_event = store.last_event();
  std::unordered_map<std::string_view, Ring*> kept;
  for (Ring& ring : rings) {
    if (ring.kept) kept.emplace(ring.kept->id, &ring);
  }
  std::vector<Standing> before;
  std::vector<std::string> others;
  store.scan_standings([&](const StoredRing& stored) {
    const auto ring = kept.find(stored.id);
    if (ring == kept.end() || standing_run(stored.payload) > base) {
      before.push_back(standing_from_json(stored.payload));
      return;
    }
    // A kept ring has all accounts of this one, which no other ring of the run has.
    ring->second->kept->same = true;
    others.push_back(stored.id);
  });
  std::vector<NewRing> now;
  std::vector<Ring*> named;
  for (Ring& ring : rings) {
    if (ring.kept && ring.kept->same) {
      ring.id = ring.kept->id;
      continue;
    }
    now.push_back(new_ring_of(ring));
    named.push_back(&ring);
  }
  Reconciliation result = reconcile(before, now, next_run(store), day, others);
  std::vector<RingAge> ages = ages_of(before, result);
  for (std::size_t i = 0; i < named.size(); ++i) {
    named[i]->id = std::move(result.identities[i].id);
    named[i]->version = result.identities[i].version;
    named[i]->parents = std::move(result.identities[i].parents);
  }
  std::ranges::sort(rings, ranks_before);
  return {std::move(result.events), std::move(result.standings), last_event, std::move(ages)};
}

LedgerEntries reconcile_ruled(const Store& store, Day day, const Decisions& decisions, std::vector<Ring>& rings,
                              std::uint64_t base) {
  std::map<KeyHash, std::string> proposed;  // by a member: the order of the rings changes
  for (const Ring& ring : rings) {
    if (!ring.kept && !ring.members.empty()) proposed.emplace(ring.members.front().account, ring.id);
  }
  LedgerEntries entries = reconcile_rings(store, day, rings, base);
  bool ruled = false;
  for (Ring& ring : rings) {
    const auto before =
        ring.kept || ring.members.empty() ? proposed.end() : proposed.find(ring.members.front().account);
    if (before == proposed.end() || before->second == ring.id) continue;
    if (decisions.of_ring(before->second) == nullptr && decisions.of_ring(ring.id) == nullptr) continue;
    overrule(decisions, ring);
    ruled = true;
  }
  return ruled ? reconcile_rings(store, day, rings, base) : std::move(entries);
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

namespace {

StoredEvent must_find_event(const Store& store, std::uint64_t seq) {
  auto stored = store.find_event(seq);
  if (!stored) throw Error(ErrorCode::corrupt, fmt::format("event {} is gone; run 'ringscope doctor'", seq));
  return *std::move(stored);
}

}  // namespace

std::vector<RingEvent> events_of(const Store& store, const Standing& standing, std::uint64_t last_run) {
  std::vector<RingEvent> events;
  for (const std::uint64_t seq : standing.events) {
    RingEvent event = event_from_json(must_find_event(store, seq));
    if (event.run > last_run) break;
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<RingEvent> events_naming(const Store& store, const Standing& standing, std::string_view other) {
  std::vector<RingEvent> events;
  for (const std::uint64_t seq : standing.events) {
    const StoredEvent stored = must_find_event(store, seq);
    if (stored.payload.find(other) != std::string::npos) events.push_back(event_from_json(stored));
  }
  return events;
}

void scan_ring_events(const Store& store, const std::function<void(const RingEvent&)>& visit) {
  store.scan_events(1, UINT64_MAX, [&](const StoredEvent& stored) {
    if (is_ring_event(stored)) visit(event_from_json(stored));
  });
}

}  // namespace ringscope
