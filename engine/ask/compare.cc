#include "engine/ask/compare.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/parallel.h"
#include "engine/ask/compare_sides.h"
#include "engine/ask/read_run.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/chronicle.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope {
namespace {

constexpr double kSureSuccession = 0.9;  // probability
constexpr double kSureCampaign = 0.5;    // confidence, in both
constexpr double kLinkedShare = 0.05;    // of either ring's members: more than what strays
constexpr double kMovedShare = 0.1;      // of the smaller ring

RingBrief brief_of(const ComparedRing& side) {
  const Ring& ring = side.ring();
  RingBrief brief{.ring = ring.id,
                  .tier = ring.tier,
                  .score = ring.score,
                  .size = ring.members.size(),
                  .looked_at = side.accounts.size(),
                  .campaign = ring.campaign,
                  .kinds = ring.kinds,
                  .summary = ring.summary,
                  .first_seen = ring.first_seen,
                  .last_seen = ring.last_seen,
                  .behavior = ring.behavior};
  std::uint64_t all = 0;
  for (const std::uint64_t requests : side.hours) all += requests;
  for (std::size_t hour = 0; hour < side.hours.size() && all > 0; ++hour)
    brief.hours[hour] = static_cast<double>(side.hours[hour]) / static_cast<double>(all);
  return brief;
}

// Sum of what both have of each key, as shares of all; -1 when either has nothing.
template <class Key>
double overlap(const std::map<Key, std::uint64_t>& a, const std::map<Key, std::uint64_t>& b) {
  double all_a = 0, all_b = 0, both = 0;
  for (const auto& [key, n] : a) all_a += static_cast<double>(n);
  for (const auto& [key, n] : b) all_b += static_cast<double>(n);
  if (all_a == 0 || all_b == 0) return -1;
  for (const auto& [key, n] : a) {
    if (const auto other = b.find(key); other != b.end())
      both += std::min(static_cast<double>(n) / all_a, static_cast<double>(other->second) / all_b);
  }
  return both;
}

Alikeness alikeness(const ComparedRings& rings) {
  const ComparedRing& a = rings.a;
  const ComparedRing& b = rings.b;
  const auto by_hour = [](const ComparedRing& side) {
    std::map<std::size_t, std::uint64_t> hours;
    for (std::size_t hour = 0; hour < side.hours.size(); ++hour) {
      if (side.hours[hour] > 0) hours[hour] = side.hours[hour];
    }
    return hours;
  };
  Alikeness alike{.hours = overlap(by_hour(a), by_hour(b)), .capabilities = overlap(a.capabilities, b.capabilities)};
  if (a.prompts == 0 || b.prompts == 0) return alike;
  alike.prompts = static_cast<double>(rings.prompts) / static_cast<double>(std::min(a.prompts, b.prompts));
  return alike;
}

// In the order of things in common, but for their names; the greatest first.
using ThingRank = std::pair<double, std::uint32_t>;
ThingRank rank_of(const CommonThing& one) { return {-one.bits, ~(one.members_a + one.members_b)}; }

// Those that may be among the first kMostThings, whatever they are called.
void keep_first(std::vector<std::pair<VertexKey, CommonThing>>& things) {
  if (things.size() <= kMostThings) return;
  const auto rank = [](const auto& one) { return rank_of(one.second); };
  const auto last = things.begin() + static_cast<std::ptrdiff_t>(kMostThings - 1);
  std::ranges::nth_element(things, last, {}, rank);
  const ThingRank least = rank(*last);
  std::erase_if(things, [&](const auto& one) { return least < rank(one); });
}

void add_things(const Store& store, const RunSummary& run, std::span<const MetThing> met, Comparison& result) {
  std::vector<std::pair<VertexKey, CommonThing>> things(met.size());
  parallel_for(
      met.size(), 0,
      [&](std::size_t i) {
        const auto known = store.find_entity(run.run, met[i].entity);
        things[i] = {met[i].entity,
                     {.kind = {},
                      .value = {},
                      .members_a = met[i].members_a,
                      .members_b = met[i].members_b,
                      .accounts = known ? known->accounts : 2,
                      .bits = known ? static_cast<double>(known->bits) : 0}};
      },
      64);
  result.things_count = things.size();
  keep_first(things);
  for (auto& [entity, thing] : things) {
    thing.kind = store.kind_name(entity.kind);
    thing.value = store.name_of(entity).value_or("?");
    result.things.push_back(std::move(thing));
  }
  std::ranges::sort(result.things, {}, [](const CommonThing& one) {
    return std::tuple(rank_of(one), std::string_view(one.kind), std::string_view(one.value));
  });
  if (result.things.size() > kMostThings) result.things.resize(kMostThings);
}

void add_traits(const Ring& a, const Ring& b, Comparison& result) {
  for (const CommonTrait& one : a.common) {
    const auto other = std::ranges::find_if(
        b.common, [&](const CommonTrait& trait) { return trait.kind == one.kind && trait.value == one.value; });
    if (other != b.common.end()) {
      result.traits.push_back({one.kind, one.value, one.accounts + other->accounts, one.population});
    }
  }
}

void add_campaigns(const Ring& a, const Ring& b, Comparison& result) {
  for (const CampaignMatch& one : a.campaigns) {
    const auto other = std::ranges::find(b.campaigns, one.campaign, &CampaignMatch::campaign);
    if (other != b.campaigns.end() && std::min(one.confidence, other->confidence) >= kSureCampaign)
      result.campaigns.push_back(one.campaign);
  }
}

void add_successions(const Ring& heir, const Ring& old, Comparison& result, bool& sure) {
  for (const Handover& one : heir.succeeds) {
    if (one.ring != old.id) continue;
    sure = sure || one.probability >= kSureSuccession;
    result.successions.push_back(fmt::format("{} took over from {} with {} accounts (probability {:.2f})", heir.id,
                                             old.id, one.accounts, one.probability));
  }
}

void add_moved(const Store& store, const Ring& a, const Ring& b, Comparison& result) {
  std::set<KeyHash> moved;
  for (const auto& [ring, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    const auto stored = store.find_standing(ring->id);
    if (!stored) continue;
    for (const RingEvent& event : events_naming(store, standing_head_from_json(stored->payload), other->id)) {
      for (const auto& list : {event.came, event.went}) {
        for (const MovedAccount& account : list) {
          if (account.other == other->id) moved.insert(account.account);
        }
      }
    }
  }
  result.moved_count = moved.size();
  std::vector<MovedAccount> named;
  for (const KeyHash account : moved) {
    if (named.size() < kMostNamed) named.push_back({account, Tier::watch, {}});
  }
  result.moved = account_names(store, named);
}

std::string plural(std::uint64_t n, const char* one, const char* many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

// What speaks for one operator; what is enough by itself comes first.
void conclude(bool sure_succession, Comparison& result) {
  const auto share = [](std::uint64_t part, std::uint64_t all) {
    return static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(all, 1));
  };
  bool yes = sure_succession || !result.campaigns.empty();
  for (const std::string& one : result.successions) result.reasons.push_back(one);
  for (const std::string& one : result.campaigns)
    result.reasons.push_back(fmt::format("known indicators speak for the campaign {} in both", one));
  if (result.links > 0) {
    const bool many = result.linked_a >= 2 && result.linked_b >= 2 &&
                      share(result.linked_a, result.a.looked_at) >= kLinkedShare &&
                      share(result.linked_b, result.b.looked_at) >= kLinkedShare;
    yes = yes || many;
    result.reasons.push_back(
        fmt::format("the run links {} of the one with {} of the other, which chance cannot explain{}",
                    plural(result.linked_a, "member", "members"), plural(result.linked_b, "member", "members"),
                    many ? "" : "; they are few"));
  }
  if (result.moved_count > 0) {
    const bool many = share(result.moved_count, std::min(result.a.size, result.b.size)) >= kMovedShare;
    yes = yes || many;
    result.reasons.push_back(fmt::format("{} went from the one to the other in earlier runs",
                                         plural(result.moved_count, "account", "accounts")));
  }
  std::set<std::string> kinds;
  for (const CommonThing& one : result.things) {
    if (one.bits > 0) kinds.insert(one.kind);
  }
  if (!kinds.empty()) result.reasons.push_back(fmt::format("members of both have the same {}", fmt::join(kinds, ", ")));
  if (!result.traits.empty())
    result.reasons.push_back(
        fmt::format("they have {} in common without sharing a thing", plural(result.traits.size(), "trait", "traits")));
  result.answer = yes ? OneOperator::yes : result.reasons.empty() ? OneOperator::no_sign : OneOperator::maybe;
  if (result.reasons.empty()) result.reasons.emplace_back("nothing that was looked at ties the two");
}

}  // namespace

const char* to_string(OneOperator answer) {
  switch (answer) {
    case OneOperator::yes:
      return "yes";
    case OneOperator::maybe:
      return "maybe";
    case OneOperator::no_sign:
      break;
  }
  return "no_sign";
}

Comparison compare_rings(const Store& store, std::uint64_t run, std::string_view a, std::string_view b,
                         const CompareOptions& options) {
  const RunSummary asked = find_run(store, run);
  const ComparedRings read = read_compared(store, asked, a, b, options);
  const Ring& ring_a = read.a.ring();
  const Ring& ring_b = read.b.ring();
  Comparison result;
  result.run = run;
  result.a = brief_of(read.a);
  result.b = brief_of(read.b);
  result.links = read.links;
  result.strongest_link = read.strongest_link;
  result.linked_a = read.linked_a;
  result.linked_b = read.linked_b;
  add_things(store, asked, read.things, result);
  add_traits(ring_a, ring_b, result);
  add_campaigns(ring_a, ring_b, result);
  bool sure = false;
  add_successions(ring_a, ring_b, result, sure);
  add_successions(ring_b, ring_a, result, sure);
  pass(options.check);
  add_moved(store, ring_a, ring_b, result);
  result.alike = alikeness(read);
  conclude(sure, result);
  return result;
}

}  // namespace ringscope
