#include "engine/ask/ring_members.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "engine/ask/cursor.h"
#include "engine/ask/read_run.h"
#include "engine/ask/ring_lines.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/stored_rings.h"
#include "engine/ledger/ring_line.h"

namespace ringscope {
namespace {

constexpr std::array<const char*, 4> kOrders{"membership", "score", "account", "verdict"};

std::vector<std::uint32_t> places_by_name(const std::vector<Member>& members) {
  std::vector<std::uint32_t> order(members.size()), places(members.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::string_view(members[i].name); });
  for (std::uint32_t place = 0; place < order.size(); ++place) places[order[place]] = place;
  return places;
}

std::vector<KeyHash> keys_of(const Ring& ring) {
  std::vector<KeyHash> keys;
  keys.reserve(ring.members.size());
  for (const Member& member : ring.members) keys.push_back(member.account);
  return keys;
}

// Members in short where the run kept them, else in full.
RingHead with_members(const Store& store, Ring ring) {
  RingHead head{std::move(ring), true, {}};
  Ring& its = head.ring;
  if (const auto lines = indexed_members(store, its.run, its.id, keys_of(its))) {
    for (std::size_t i = 0; i < lines->size(); ++i) {
      const MemberLine& line = (*lines)[i];
      Member& member = its.members[i];
      member.membership = line.membership;
      member.score = line.score;
      member.tier = line.tier;
      head.by_name.push_back(line.by_name);
    }
    return head;
  }
  fill_members(store, its);
  head.short_members = false;
  head.by_name = places_by_name(its.members);
  return head;
}

// A verdict's rank in lists of members: what was decided before what was not.
int rank_of(const Member& member) { return member.verdict ? static_cast<int>(member.verdict->word) : 100; }

std::vector<std::uint32_t> order_of(const RingHead& head, const MembersQuery& query) {
  const std::vector<Member>& members = head.ring.members;
  std::vector<std::uint32_t> order(members.size());
  std::iota(order.begin(), order.end(), 0U);
  switch (query.order) {
    case MemberOrder::membership:
      break;
    case MemberOrder::score:
      std::ranges::stable_sort(order, std::greater<>(), [&](std::uint32_t i) { return members[i].score; });
      break;
    case MemberOrder::account:
      std::ranges::sort(order, {}, [&](std::uint32_t i) { return head.by_name[i]; });
      break;
    case MemberOrder::verdict:
      std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return rank_of(members[i]); });
      break;
  }
  if (query.reversed) std::ranges::reverse(order);
  return order;
}

std::string list_name(const Ring& ring, const MembersQuery& query) {
  return fmt::format("{}-{}{}", ring.id, kOrders[static_cast<std::size_t>(query.order)],
                     query.reversed ? "-reversed" : "");
}

std::string key_text(KeyHash account) { return fmt::format("{:016x}", account); }

// Where the page begins among `order`.
std::size_t begin_of(const RingHead& head, const MembersQuery& query, const std::vector<std::uint32_t>& order) {
  if (query.cursor.empty()) return 0;
  const Cursor cursor = require_cursor(query.cursor, head.ring.run, list_name(head.ring, query));
  const auto last = std::ranges::find_if(
      order, [&](std::uint32_t i) { return key_text(head.ring.members[i].account) == cursor.last; });
  if (last == order.end()) throw Error(ErrorCode::usage, "the cursor names an account that is not in the ring");
  return static_cast<std::size_t>(last - order.begin()) + 1;
}

}  // namespace

RingHead find_ring_head(const Store& store, std::uint64_t run, std::string_view id) {
  std::optional<StoredRing> stored = store.find_ring(run, id);
  if (!stored) stored = store.find_ring(run, full_ring_id(store, run, id));
  std::optional<RingHead> head;
  if (stored) {
    head = with_members(store, ring_head_from_json(stored->payload));
    overrule(Decisions(read_verdicts(store)), head->ring);
  } else {  // only a verdict makes it
    Ring ring = find_ring(store, run, id);
    std::vector<std::uint32_t> by_name = places_by_name(ring.members);
    head = RingHead{std::move(ring), false, std::move(by_name)};
  }
  return std::move(*head);
}

std::vector<std::string> member_order_names() { return {kOrders.begin(), kOrders.end()}; }

MemberOrder parse_member_order(std::string_view name) {
  for (std::size_t i = 0; i < kOrders.size(); ++i) {
    if (name == kOrders[i]) return static_cast<MemberOrder>(i);
  }
  throw Error(ErrorCode::usage,
              fmt::format("there is no order \"{}\" of members; there are {}", name, fmt::join(kOrders, ", ")));
}

std::vector<Member> read_members(const Store& store, const RingHead& head, std::span<const std::uint32_t> positions) {
  std::vector<Member> members;
  members.reserve(positions.size());
  for (const std::uint32_t at : positions) {
    const Member& brief = head.ring.members[at];
    if (!head.short_members) {
      members.push_back(brief);
      continue;
    }
    const auto stored = store.find_member(head.ring.run, brief.account);
    if (!stored)
      throw Error(ErrorCode::corrupt, "a member of the ring is missing; run 'ringscope doctor'", head.ring.id);
    Member& member = members.emplace_back(member_from_json(stored->payload));
    member.account = brief.account;
    member.score = brief.score;
    member.tier = brief.tier;
    member.verdict = brief.verdict;
    member.engine = brief.engine;
  }
  return members;
}

MembersPage list_members(const Store& store, const RingHead& head, const MembersQuery& query) {
  const std::vector<Member>& members = head.ring.members;
  const auto passes = [&](std::uint32_t i) {
    return query.tiers.empty() || std::ranges::find(query.tiers, members[i].tier) != query.tiers.end();
  };
  const std::vector<std::uint32_t> order = order_of(head, query);
  MembersPage page{head.ring.id, head.ring.run, {}, 0, {}};
  page.total = static_cast<std::uint64_t>(std::ranges::count_if(order, passes));
  std::vector<std::uint32_t> shown;
  bool more = false;
  for (std::size_t i = begin_of(head, query, order); i < order.size() && !more; ++i) {
    if (!passes(order[i])) continue;
    more = query.limit > 0 && shown.size() == query.limit;
    if (!more) shown.push_back(order[i]);
  }
  page.items = read_members(store, head, shown);
  if (more)
    page.next = encode_cursor({head.ring.run, list_name(head.ring, query), {}, key_text(page.items.back().account)});
  return page;
}

std::string members_to_json(const MembersPage& page) {
  Json items = Json::array();
  for (const Member& member : page.items) items.push_back(Json::parse(member_to_json(member)));
  return dump({{"schema", "ringscope.members/1"},
               {"ring", page.ring},
               {"run", page.run},
               {"items", std::move(items)},
               {"total", page.total},
               {"next", page.next.empty() ? Json(nullptr) : Json(page.next)}});
}

}  // namespace ringscope
