#include "engine/ledger/reconcile.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "algorithms/assignment.h"
#include "base/error.h"
#include "base/random.h"
#include "engine/ledger/overlap.h"

namespace ringscope {
namespace {

constexpr std::uint32_t kNone = kUnassigned;

// Which ring each account is in; ascending.
class Whereabouts {
 public:
  explicit Whereabouts(std::span<const Members> rings) {
    for (std::uint32_t r = 0; r < rings.size(); ++r) {
      for (const LedgerMember& member : rings[r]) places_.emplace_back(member.account, r);
    }
    std::sort(places_.begin(), places_.end());
  }
  std::uint32_t of(KeyHash account) const {
    const auto at = std::lower_bound(places_.begin(), places_.end(), std::pair(account, std::uint32_t{0}));
    return at != places_.end() && at->first == account ? at->second : kNone;
  }
  bool disjoint() const {
    return std::ranges::adjacent_find(places_, {}, [](const auto& place) { return place.first; }) == places_.end();
  }

 private:
  std::vector<std::pair<KeyHash, std::uint32_t>> places_;
};

std::vector<Members> members_of(std::span<const Standing* const> standings) {
  std::vector<Members> members;
  members.reserve(standings.size());
  for (const Standing* one : standings) members.emplace_back(one->members);
  return members;
}

// Who is who: positions in `before` and `rings`, whose orders decide ties.
struct Matching {
  std::vector<const Standing*> before;  // the live ones, then the retired
  std::size_t live = 0;                 // how many live
  std::vector<const NewRing*> rings;
  std::vector<std::size_t> given;         // of `rings`, where they were given
  std::vector<Overlap> by_live, by_ring;  // overlaps of live and rings, ascending by the one and by the other
  std::vector<std::uint32_t> heir_of;     // by ring: the one before that it is, or kNone
};

Matching in_order(std::span<const Standing> before, std::span<const NewRing> rings) {
  Matching matching;
  for (const Standing& one : before) matching.before.push_back(&one);
  matching.live = static_cast<std::size_t>(std::ranges::count_if(before, &Standing::live));
  std::ranges::sort(matching.before, {},
                    [](const Standing* one) { return std::tuple(!one->live, one->born, std::string_view(one->ring)); });
  matching.given.resize(rings.size());
  for (std::size_t i = 0; i < rings.size(); ++i) matching.given[i] = i;
  std::ranges::sort(matching.given, {}, [&](std::size_t i) { return rings[i].members.front().account; });
  for (const std::size_t i : matching.given) matching.rings.push_back(&rings[i]);
  return matching;
}

Matching match(std::span<const Standing> before, std::span<const NewRing> rings, Day day) {
  Matching matching = in_order(before, rings);
  std::vector<Members> now;
  now.reserve(matching.rings.size());
  for (const NewRing* ring : matching.rings) now.emplace_back(ring->members);
  std::vector<Tenure> tenures;
  tenures.reserve(matching.before.size());
  for (const Standing* one : matching.before) tenures.push_back(tenure_of(*one, day));
  matching.by_live = recognised(members_of(matching.before), now, tenures);
  matching.heir_of = heirs(matching.before.size(), matching.live, now.size(), matching.by_live);
  std::erase_if(matching.by_live, [&](const Overlap& one) { return one.before >= matching.live; });
  matching.by_ring = matching.by_live;
  std::ranges::stable_sort(matching.by_ring, {}, &Overlap::now);
  return matching;
}

// Gives born rings ids that none ever had.
class Names {
 public:
  Names(std::span<const Standing> before, std::span<const std::string> others) : used_(others.begin(), others.end()) {
    for (const Standing& one : before) used_.insert(one.ring);
  }
  std::string take(const std::string& proposed) {
    std::string id = proposed;
    for (int attempt = 1; !used_.insert(id).second; ++attempt)
      id = fmt::format("R-{:08x}", mix64(hash_value(fmt::format("{}/{}", proposed, attempt))) >> 32);
    return id;
  }

 private:
  std::set<std::string> used_;
};

// Those of one ring; they ascend by `side`.
std::span<const Overlap> run_of(const std::vector<Overlap>& overlaps, std::uint32_t ring,
                                std::uint32_t Overlap::*side) {
  const auto begin = std::ranges::lower_bound(overlaps, ring, {}, side);
  return {begin, std::ranges::upper_bound(begin, overlaps.end(), ring, {}, side)};
}

class Reconciler {
 public:
  Reconciler(std::span<const Standing> before, std::span<const NewRing> rings, std::uint64_t run, Day day,
             std::span<const std::string> others)
      : run_(run),
        day_(day),
        matching_(match(before, rings, day)),
        was_in_(members_of(std::span(matching_.before).first(matching_.live))),
        is_in_(members_of_rings()) {
    if (!is_in_.disjoint()) throw Error(ErrorCode::internal, "an account is in two rings of a run");
    Names names(before, others);
    for (std::uint32_t n = 0; n < matching_.rings.size(); ++n) {
      const Standing* const old = before_of(n);
      ids_.push_back(old != nullptr ? old->ring : names.take(matching_.rings[n]->id));
    }
    heir_.assign(matching_.live, kNone);
    for (std::uint32_t n = 0; n < matching_.rings.size(); ++n) {
      if (goes_on(n)) heir_[matching_.heir_of[n]] = n;
    }
  }

  Reconciliation run() {
    Reconciliation result;
    result.identities.resize(matching_.rings.size());
    for (std::uint32_t b = 0; b < matching_.live; ++b) {
      if (heir_[b] == kNone) retire(b, result);
    }
    std::vector<std::uint32_t> by_id(matching_.rings.size());
    for (std::uint32_t n = 0; n < by_id.size(); ++n) by_id[n] = n;
    std::ranges::sort(by_id, {}, [&](std::uint32_t n) { return std::string_view(ids_[n]); });
    std::ranges::sort(result.events, {}, &RingEvent::ring);
    std::ranges::sort(result.standings, {}, &Standing::ring);
    for (const std::uint32_t n : by_id) follow(n, result);
    return result;
  }

 private:
  std::vector<Members> members_of_rings() const {
    std::vector<Members> members;
    members.reserve(matching_.rings.size());
    for (const NewRing* ring : matching_.rings) members.emplace_back(ring->members);
    return members;
  }

  // The ring that `now` was; null when it was none.
  const Standing* before_of(std::uint32_t now) const {
    return matching_.heir_of[now] == kNone ? nullptr : matching_.before[matching_.heir_of[now]];
  }
  bool goes_on(std::uint32_t now) const { return matching_.heir_of[now] < matching_.live; }

  RingEvent event_of(const std::string& id, std::uint32_t version) const {
    RingEvent event;
    event.run = run_;
    event.day = day_;
    event.ring = id;
    event.version = version;
    return event;
  }

  std::span<const Overlap> overlaps_of_live(std::uint32_t before) const {
    return run_of(matching_.by_live, before, &Overlap::before);
  }
  std::span<const Overlap> overlaps_of_ring(std::uint32_t now) const {
    return run_of(matching_.by_ring, now, &Overlap::now);
  }

  void add_children(std::uint32_t before, RingEvent& event) const {
    for (const Overlap& one : overlaps_of_live(before)) {
      if (one.now != heir_[before]) event.children.push_back(ids_[one.now]);
    }
    std::ranges::sort(event.children);
  }
  void add_parents(std::uint32_t now, RingEvent& event) const {
    for (const Overlap& one : overlaps_of_ring(now)) {
      if (one.before != matching_.heir_of[now]) event.parents.push_back(matching_.before[one.before]->ring);
    }
    std::ranges::sort(event.parents);
  }

  MovedAccount went(const LedgerMember& member) const {
    const std::uint32_t in = is_in_.of(member.account);
    return {member.account, member.tier, in == kNone ? std::string() : ids_[in]};
  }
  MovedAccount came(const LedgerMember& member) const {
    const std::uint32_t in = was_in_.of(member.account);
    return {member.account, member.tier, in == kNone ? std::string() : matching_.before[in]->ring};
  }

  void retire(std::uint32_t before, Reconciliation& result) const {
    const Standing& old = *matching_.before[before];
    RingEvent event = event_of(old.ring, old.version + 1);
    event.change = RingChange::retired;
    event.tier_before = old.tier;
    for (const LedgerMember& member : old.members) event.went.push_back(went(member));
    add_children(before, event);
    Standing standing = old;
    standing.version = event.version;
    standing.live = false;
    standing.run = run_;
    standing.day = day_;
    result.events.push_back(std::move(event));
    result.standings.push_back(std::move(standing));
  }

  // Both ascend by account.
  void compare(std::span<const LedgerMember> before, std::span<const LedgerMember> now, RingEvent& event) const {
    std::size_t b = 0, n = 0;
    while (b < before.size() || n < now.size()) {
      if (n == now.size() || (b < before.size() && before[b].account < now[n].account)) {
        event.went.push_back(went(before[b++]));
      } else if (b == before.size() || now[n].account < before[b].account) {
        event.came.push_back(came(now[n++]));
      } else {
        if (before[b].tier != now[n].tier) event.regraded.push_back({now[n].account, before[b].tier, now[n].tier});
        ++b;
        ++n;
      }
    }
  }

  // Of a ring that goes on a live one.
  RingChange change_of(std::uint32_t now, const RingEvent& event) const {
    const auto retires = [&](const Overlap& one) { return heir_[one.before] == kNone; };
    if (std::ranges::any_of(overlaps_of_ring(now), retires)) return RingChange::merged;
    const auto separates = [&](const Overlap& one) { return !goes_on(one.now); };
    if (std::ranges::any_of(overlaps_of_live(matching_.heir_of[now]), separates)) return RingChange::split;
    const std::size_t came = event.came.size(), went = event.went.size();
    if (came + went == 0) return RingChange::regraded;
    const std::size_t kept = event.size - came;
    if (came == went || (kept < came && kept < went)) return RingChange::moved;
    return came > went ? RingChange::grown : RingChange::shrunk;
  }

  void follow(std::uint32_t now, Reconciliation& result) const {
    const NewRing& ring = *matching_.rings[now];
    const Standing* const old = before_of(now);
    const bool lives_on = goes_on(now);
    RingEvent event = event_of(ids_[now], old == nullptr ? 1 : old->version + 1);
    event.tier = ring.tier;
    event.size = ring.members.size();
    if (lives_on) event.tier_before = old->tier;
    compare(lives_on ? std::span<const LedgerMember>(old->members) : std::span<const LedgerMember>(), ring.members,
            event);
    Reconciliation::Identity& identity = result.identities[matching_.given[now]];
    if (lives_on && event.came.empty() && event.went.empty() && event.regraded.empty() && old->tier == ring.tier) {
      identity = {old->ring, old->version, old->parents};
      return;
    }
    event.change = lives_on ? change_of(now, event) : old == nullptr ? RingChange::born : RingChange::returned;
    add_parents(now, event);
    if (lives_on) add_children(matching_.heir_of[now], event);
    Standing standing = old == nullptr ? Standing{.ring = event.ring, .born = run_} : *old;
    standing.version = event.version;
    standing.live = true;
    standing.tier = ring.tier;
    standing.run = run_;
    standing.since = since_of(old, ring.members, day_);
    standing.day = day_;
    standing.members = ring.members;
    for (const std::string& parent : event.parents) {
      if (std::ranges::find(standing.parents, parent) == standing.parents.end()) standing.parents.push_back(parent);
    }
    identity = {standing.ring, standing.version, standing.parents};
    result.events.push_back(std::move(event));
    result.standings.push_back(std::move(standing));
  }

  std::uint64_t run_;
  Day day_;
  Matching matching_;
  Whereabouts was_in_, is_in_;
  std::vector<std::string> ids_;     // by ring
  std::vector<std::uint32_t> heir_;  // by live ring: the ring that goes it on, or kNone
};

}  // namespace

Reconciliation reconcile(std::span<const Standing> before, std::span<const NewRing> rings, std::uint64_t run, Day day,
                         std::span<const std::string> others) {
  return Reconciler(before, rings, run, day, others).run();
}

}  // namespace ringscope
