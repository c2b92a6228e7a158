#include "engine/ledger/overlap.h"

#include <algorithm>

#include "algorithms/assignment.h"
#include "algorithms/disjoint_sets.h"
#include "engine/ledger/reconcile.h"

namespace ringscope {
namespace {

constexpr std::int64_t kMostDays = 3660;  // a wrong clock must not outweigh everybody

struct Place {
  KeyHash account = 0;
  std::uint32_t ring = 0;
  std::uint32_t days = 1;
  friend auto operator<=>(const Place&, const Place&) = default;
};

std::vector<Place> places_of(std::span<const Members> rings, std::span<const Tenure> tenures) {
  std::vector<Place> places;
  for (std::uint32_t r = 0; r < rings.size(); ++r) {
    for (std::size_t m = 0; m < rings[r].size(); ++m)
      places.push_back({rings[r][m].account, r, tenures.empty() ? 1 : tenures[r][m]});
  }
  std::sort(places.begin(), places.end());
  return places;
}

bool recognises(std::uint64_t shared, std::uint64_t a, std::uint64_t b) {
  const std::uint64_t smaller = std::min(a, b);
  return shared >= std::min(kLeastShared, smaller) && kLeastPart * shared >= smaller;
}

// Overlaps of one connected part; ranks are positions in ascending order.
void assign_part(std::span<const Overlap> part, std::size_t live_count, std::vector<std::uint32_t>& heir_of) {
  std::vector<std::uint32_t> befores, nows;
  for (const Overlap& one : part) {
    befores.push_back(one.before);
    nows.push_back(one.now);
  }
  for (auto* side : {&befores, &nows}) {
    std::sort(side->begin(), side->end());
    side->erase(std::unique(side->begin(), side->end()), side->end());
  }
  const auto rank = [](const std::vector<std::uint32_t>& side, std::uint32_t ring) {
    return static_cast<std::uint32_t>(std::lower_bound(side.begin(), side.end(), ring) - side.begin());
  };
  // Below one day of one account lies the sum of what age decides.
  const auto count = static_cast<std::int64_t>(befores.size());
  const std::int64_t day = count * (count + 1) / 2 + 1;
  std::vector<AssignmentEdge> edges;
  edges.reserve(part.size());
  for (const Overlap& one : part) {
    const std::uint32_t older = rank(befores, one.before);
    const std::uint64_t weight = one.before < live_count ? kLiveWeight * one.held : one.held;
    edges.push_back({older, rank(nows, one.now), static_cast<std::int64_t>(weight) * day + count - older});
  }
  const std::vector<std::uint32_t> partners =
      assign(static_cast<std::uint32_t>(befores.size()), static_cast<std::uint32_t>(nows.size()), std::move(edges));
  for (std::size_t i = 0; i < partners.size(); ++i) {
    if (partners[i] != kUnassigned) heir_of[nows[partners[i]]] = befores[i];
  }
}

}  // namespace

Tenure tenure_of(const Standing& standing, Day day) {
  const Day last = standing.live ? day : standing.day;
  Tenure tenure;
  tenure.reserve(standing.members.size());
  for (std::size_t m = 0; m < standing.members.size(); ++m) {
    const Day since = m < standing.since.size() ? standing.since[m] : kNoDay;
    const bool known = since != kNoDay && last != kNoDay && last > since;
    tenure.push_back(known ? static_cast<std::uint32_t>(std::min<std::int64_t>(last - since, kMostDays)) : 1);
  }
  return tenure;
}

std::vector<Overlap> recognised(std::span<const Members> before, std::span<const Members> now,
                                std::span<const Tenure> tenures) {
  const std::vector<Place> places = places_of(before, tenures);
  std::vector<Overlap> meetings;  // one an account
  for (std::uint32_t n = 0; n < now.size(); ++n) {
    for (const LedgerMember& member : now[n]) {
      auto at = std::ranges::lower_bound(places, member.account, {}, &Place::account);
      for (; at != places.end() && at->account == member.account; ++at) meetings.push_back({at->ring, n, 1, at->days});
    }
  }
  std::sort(meetings.begin(), meetings.end());
  std::vector<Overlap> overlaps;
  for (std::size_t i = 0; i < meetings.size();) {
    Overlap sum{meetings[i].before, meetings[i].now};
    for (; i < meetings.size() && meetings[i].before == sum.before && meetings[i].now == sum.now; ++i) {
      sum.shared += 1;
      sum.held += meetings[i].held;
    }
    if (recognises(sum.shared, before[sum.before].size(), now[sum.now].size())) overlaps.push_back(sum);
  }
  return overlaps;
}

std::vector<std::uint32_t> heirs(std::size_t before_count, std::size_t live_count, std::size_t now_count,
                                 std::span<const Overlap> overlaps) {
  DisjointSets parts(static_cast<Vertex>(before_count + now_count));
  for (const Overlap& one : overlaps) parts.join(one.before, static_cast<Vertex>(before_count) + one.now);
  std::vector<std::pair<Vertex, Overlap>> by_part;
  by_part.reserve(overlaps.size());
  for (const Overlap& one : overlaps) by_part.emplace_back(parts.find(one.before), one);
  std::sort(by_part.begin(), by_part.end());
  std::vector<std::uint32_t> heir_of(now_count, kUnassigned);
  std::vector<Overlap> part;
  for (std::size_t i = 0; i < by_part.size(); ++i) {
    part.push_back(by_part[i].second);
    if (i + 1 < by_part.size() && by_part[i + 1].first == by_part[i].first) continue;
    assign_part(part, live_count, heir_of);
    part.clear();
  }
  return heir_of;
}

}  // namespace ringscope
