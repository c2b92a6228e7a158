#include "engine/ask/compare.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "engine/ask/read_run.h"
#include "engine/ask/ring_members.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/chronicle.h"

namespace ringscope {
namespace {

constexpr double kSureSuccession = 0.9;  // probability
constexpr double kSureCampaign = 0.5;    // confidence, in both
constexpr double kLinkedShare = 0.05;    // of either ring's members: more than what strays
constexpr double kMovedShare = 0.1;      // of the smaller ring

// What was read of one ring's members.
struct Side {
  RingHead head;
  std::vector<KeyHash> accounts;                            // looked at, ascending
  std::vector<std::pair<VertexKey, std::uint32_t>> things;  // with their members, ascending
  std::map<VertexKey, std::uint64_t> capabilities;
  std::vector<KeyHash> prompts;  // ascending
  std::array<std::uint64_t, 24> hours{};

  const Ring& ring() const { return head.ring; }
};

// Equal ones next to each other become one, with their number.
std::vector<std::pair<VertexKey, std::uint32_t>> counted(std::vector<VertexKey> keys) {
  std::ranges::sort(keys);
  std::vector<std::pair<VertexKey, std::uint32_t>> counts;
  for (const VertexKey& key : keys) {
    if (counts.empty() || counts.back().first != key) counts.emplace_back(key, 0);
    ++counts.back().second;
  }
  return counts;
}

Side read_side(const Store& store, const RunSummary& run, std::string_view id, const CompareOptions& options) {
  Side side{
      .head = find_ring_head(store, run.run, id), .accounts = {}, .things = {}, .capabilities = {}, .prompts = {}};
  for (const Member& member : side.ring().members) {
    if (side.accounts.size() < options.most_members) side.accounts.push_back(member.account);
  }
  std::ranges::sort(side.accounts);
  std::vector<VertexKey> touched;
  store.visit_cells(side.accounts, run.window, [&](KeyHash, std::span<const Cell> cells) {
    pass(options.check);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i == 0 || cells[i].entity != cells[i - 1].entity) touched.push_back(cells[i].entity);
    }
  });
  side.things = counted(std::move(touched));
  store.visit_activity(side.accounts, run.window, [&](KeyHash, std::span<const ActivityDay> days) {
    pass(options.check);
    for (const ActivityDay& day : days) {
      for (std::size_t hour = 0; hour < day.hours.size(); ++hour) side.hours[hour] += day.hours[hour];
      for (const TagCount& tag : day.tags) side.capabilities[tag.tag] += tag.count;
      for (const TemplateCount& one : day.templates) side.prompts.push_back(one.template_hash);
    }
  });
  std::ranges::sort(side.prompts);
  side.prompts.erase(std::unique(side.prompts.begin(), side.prompts.end()), side.prompts.end());
  return side;
}

RingBrief brief_of(const Side& side) {
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

Alikeness alikeness(const Side& a, const Side& b) {
  const auto by_hour = [](const Side& side) {
    std::map<std::size_t, std::uint64_t> hours;
    for (std::size_t hour = 0; hour < side.hours.size(); ++hour) {
      if (side.hours[hour] > 0) hours[hour] = side.hours[hour];
    }
    return hours;
  };
  Alikeness alike{.hours = overlap(by_hour(a), by_hour(b)), .capabilities = overlap(a.capabilities, b.capabilities)};
  if (a.prompts.empty() || b.prompts.empty()) return alike;
  std::vector<KeyHash> both;
  std::ranges::set_intersection(a.prompts, b.prompts, std::back_inserter(both));
  alike.prompts = static_cast<double>(both.size()) / static_cast<double>(std::min(a.prompts.size(), b.prompts.size()));
  return alike;
}

void add_things(const Store& store, const RunSummary& run, const Side& a, const Side& b, Comparison& result) {
  auto other = b.things.begin();
  for (const auto& [entity, members] : a.things) {
    while (other != b.things.end() && other->first < entity) ++other;
    if (other == b.things.end()) break;
    if (other->first != entity) continue;
    const auto known = store.find_entity(run.run, entity);
    result.things.push_back({.kind = store.kind_name(entity.kind),
                             .value = store.name_of(entity).value_or("?"),
                             .members_a = members,
                             .members_b = other->second,
                             .accounts = known ? known->accounts : 2,
                             .bits = known ? static_cast<double>(known->bits) : 0});
  }
  result.things_count = result.things.size();
  std::ranges::sort(result.things, {}, [](const CommonThing& one) {
    return std::tuple(-one.bits, ~(one.members_a + one.members_b), std::string_view(one.kind),
                      std::string_view(one.value));
  });
  if (result.things.size() > kMostThings) result.things.resize(kMostThings);
}

// Accounts that can be asked for by the million: nearly all that are none of them are told by one bit.
class Among {
 public:
  explicit Among(std::span<const KeyHash> ascending) : accounts_(ascending), seen_(kBits, false) {
    for (const KeyHash account : accounts_) seen_[account % kBits] = true;
  }
  bool has(KeyHash account) const { return seen_[account % kBits] && std::ranges::binary_search(accounts_, account); }

 private:
  static constexpr std::size_t kBits = std::size_t{1} << 16;
  std::span<const KeyHash> accounts_;
  std::vector<bool> seen_;
};

void add_links(const Store& store, const RunSummary& run, const Side& a, const Side& b, const Checkpoint& check,
               Comparison& result) {
  const Among others(b.accounts);
  std::set<KeyHash> ends;
  for (const KeyHash account : a.accounts) {
    pass(check);
    bool linked = false;
    for (const StoredLink& link : store.links_of(run.run, account)) {
      if (!others.has(link.other)) continue;
      linked = true;
      ends.insert(link.other);
      ++result.links;
      result.strongest_link = std::max(result.strongest_link, static_cast<double>(link.bits));
    }
    result.linked_a += linked ? 1 : 0;
  }
  result.linked_b = ends.size();
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
    for (const RingEvent& event : events_of(store, find_standing(store, ring->id))) {
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
  const Side side_a = read_side(store, asked, a, options);
  const Side side_b = read_side(store, asked, b, options);
  if (side_a.ring().id == side_b.ring().id)
    throw Error(ErrorCode::usage, "the ring was named twice; name two rings", side_a.ring().id);
  Comparison result;
  result.run = run;
  result.a = brief_of(side_a);
  result.b = brief_of(side_b);
  add_things(store, asked, side_a, side_b, result);
  add_links(store, asked, side_a, side_b, options.check, result);
  add_traits(side_a.ring(), side_b.ring(), result);
  add_campaigns(side_a.ring(), side_b.ring(), result);
  bool sure = false;
  add_successions(side_a.ring(), side_b.ring(), result, sure);
  add_successions(side_b.ring(), side_a.ring(), result, sure);
  pass(options.check);
  add_moved(store, side_a.ring(), side_b.ring(), result);
  result.alike = alikeness(side_a, side_b);
  conclude(sure, result);
  return result;
}

}  // namespace ringscope
