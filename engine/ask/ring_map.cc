#include "engine/ask/ring_map.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include <boost/graph/biconnected_components.hpp>
#include <fmt/format.h>

#include "algorithms/csr_boost.h"
#include "algorithms/leiden.h"

namespace ringscope {
namespace {

struct KeyHasher {
  std::size_t operator()(const VertexKey& key) const { return key.hash ^ (static_cast<std::size_t>(key.kind) << 56U); }
};

struct Touch {
  Vertex member;
  VertexKey entity;
};

// What each member touched in the run's window, each thing once.
std::vector<Touch> touches_of(const Store& store, const RunSummary& run, const Ring& ring, const Checkpoint& check) {
  std::vector<std::pair<KeyHash, Vertex>> order;
  for (Vertex i = 0; i < ring.members.size(); ++i) order.emplace_back(ring.members[i].account, i);
  std::ranges::sort(order);  // rows lie by account
  std::vector<KeyHash> keys;
  keys.reserve(order.size());
  for (const auto& [account, member] : order) keys.push_back(account);
  std::vector<Touch> touches;
  std::size_t at = 0;
  store.visit_cells(keys, run.window, [&](KeyHash, std::span<const Cell> cells) {
    pass(check);
    const Vertex member = order[at++].second;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i == 0 || cells[i].entity != cells[i - 1].entity) touches.push_back({member, cells[i].entity});
    }
  });
  return touches;
}

using Degrees = std::unordered_map<VertexKey, std::uint32_t, KeyHasher>;

// Those with two members or more that mean something, with what the run knew of them.
std::vector<MapThing> things_of(const Store& store, const RunSummary& run, const Ring& ring, const Degrees& degrees,
                                const Checkpoint& check) {
  std::map<std::pair<std::string, std::string>, double> listed;
  for (const Evidence& one : ring.evidence) listed[{one.kind, one.value}] = one.bits;
  std::set<VertexKey> evidence;
  for (const auto& [name, bits] : listed) {
    if (const auto kind = store.find_kind(name.first)) evidence.insert({*kind, hash_value(name.second)});
  }
  std::vector<MapThing> things;
  for (const auto& [entity, members] : degrees) {
    if (members < 2) continue;
    pass(check);
    const auto known = store.find_entity(run.run, entity);
    const double bits = known ? static_cast<double>(known->bits) : 0;
    if (bits <= 0 && !evidence.contains(entity)) continue;
    things.push_back({entity, members, known ? known->accounts : members, bits});
  }
  std::ranges::sort(things, {}, [](const MapThing& one) { return std::tuple(~one.members, one.entity); });
  return things;
}

// Links of members that no thing ties, to other members.
void add_links(const Store& store, const RingMap& map, const std::vector<char>& tied, const Checkpoint& check,
               std::vector<WeightedEdge>& edges) {
  std::unordered_map<KeyHash, Vertex> positions;
  for (Vertex i = 0; i < map.accounts.size(); ++i) positions.emplace(map.accounts[i], i);
  for (Vertex i = 0; i < map.accounts.size(); ++i) {
    if (tied[i] != 0) continue;
    pass(check);
    for (const StoredLink& link : store.links_of(map.run, map.accounts[i])) {
      const auto other = positions.find(link.other);
      if (other == positions.end() || link.bits <= 0) continue;
      if (tied[other->second] != 0 || i < other->second) edges.push_back({i, other->second, link.bits});
    }
  }
}

// Of modularity. At 1 two members who share one more thing are a part of their own.
constexpr double kResolution = 0.5;

std::uint64_t pairs_across(std::span<const std::uint32_t> members) {
  std::uint64_t before = 0, pairs = 0;
  for (const std::uint32_t here : members) {
    pairs += before * here;
    before += here;
  }
  return pairs;
}

}  // namespace

RingMap map_ring(const Store& store, const RunSummary& run, const Ring& ring, const Checkpoint& check) {
  RingMap map{.ring = ring.id, .run = run.run, .accounts = {}, .things = {}, .graph = {}};
  for (const Member& member : ring.members) map.accounts.push_back(member.account);
  const std::vector<Touch> touches = touches_of(store, run, ring, check);
  pass(check);
  Degrees degrees;
  for (const Touch& touch : touches) ++degrees[touch.entity];
  map.things = things_of(store, run, ring, degrees, check);
  std::unordered_map<VertexKey, Vertex, KeyHasher> vertex_of;
  for (std::size_t i = 0; i < map.things.size(); ++i)
    vertex_of.emplace(map.things[i].entity, map.member_count() + static_cast<Vertex>(i));
  std::vector<WeightedEdge> edges;
  std::vector<char> tied(map.accounts.size(), 0);
  for (const Touch& touch : touches) {
    const auto thing = vertex_of.find(touch.entity);
    if (thing == vertex_of.end()) continue;
    const double bits = map.things[thing->second - map.member_count()].bits;
    edges.push_back({touch.member, thing->second, static_cast<float>(std::max(bits, 0.5))});
    tied[touch.member] = 1;
  }
  add_links(store, map, tied, check, edges);
  map.graph = build_csr(map.member_count() + static_cast<Vertex>(map.things.size()), edges);
  return map;
}

std::vector<std::vector<Vertex>> split(const RingMap& map, std::span<const Vertex> members) {
  const CsrGraph all = map.graph.view();
  std::vector<char> chosen(all.vertex_count(), 0);
  for (const Vertex v : members) chosen[v] = 1;
  std::vector<Vertex> kept(members.begin(), members.end());
  for (Vertex v = map.member_count(); v < all.vertex_count(); ++v) {
    const auto row = all.neighbors(v);
    if (std::ranges::count_if(row, [&](Vertex other) { return chosen[other] != 0; }) >= 2) kept.push_back(v);
  }
  const CsrArrays part = induced_subgraph(all, kept);
  const Partition found = leiden(part.view(), {.resolution = kResolution, .threads = 1});
  std::vector<std::vector<Vertex>> parts(found.community_count);
  for (Vertex i = 0; i < members.size(); ++i) parts[found.community_of[i]].push_back(members[i]);
  std::erase_if(parts, [](const auto& one) { return one.empty(); });
  std::ranges::stable_sort(parts, std::greater<>(), [](const auto& one) { return one.size(); });
  return parts;
}

RingPart whole(const RingMap& map) {
  RingPart all;
  for (Vertex v = 0; v < map.member_count(); ++v) all.members.push_back(v);
  return all;
}

std::vector<RingPart> parts_of(const RingMap& map, const RingPart& part) {
  std::vector<std::vector<Vertex>> found = split(map, part.members);
  std::vector<RingPart> parts;
  for (std::vector<Vertex>& members : found) {
    if (parts.size() < kMostParts) {
      const std::string id = fmt::format("{}{}", part.id.empty() ? "g" : part.id + ".", parts.size() + 1);
      parts.push_back({id, part.id, std::move(members)});
    } else {
      parts.back().members.insert(parts.back().members.end(), members.begin(), members.end());
    }
  }
  if (!parts.empty()) std::ranges::sort(parts.back().members);
  return parts;
}

namespace {

// Members next to a vertex, by part; of a member those that its things reach in other parts, and itself.
std::vector<std::uint32_t> members_by_part(const RingMap& map, const std::vector<std::uint32_t>& part_of,
                                           std::size_t parts, Vertex v) {
  constexpr ArcIndex kNobodyInParticular = 200;  // members of a thing
  const CsrGraph graph = map.graph.view();
  std::vector<std::uint32_t> members(parts, 0);
  if (map.is_thing(v)) {
    for (const Vertex member : graph.neighbors(v)) ++members[part_of[member]];
    return members;
  }
  std::set<Vertex> reached;
  for (const Vertex next : graph.neighbors(v)) {
    if (!map.is_thing(next)) {
      reached.insert(next);
    } else if (graph.degree(next) <= kNobodyInParticular) {
      for (const Vertex member : graph.neighbors(next)) reached.insert(member);
    }
  }
  reached.erase(v);
  for (const Vertex member : reached) {
    if (part_of[member] != part_of[v]) ++members[part_of[member]];
  }
  ++members[part_of[v]];
  return members;
}

}  // namespace

std::vector<Bridge> bridges(const RingMap& map, std::span<const RingPart> parts, std::size_t limit) {
  const CsrGraph graph = map.graph.view();
  std::vector<std::uint32_t> part_of(map.member_count(), 0);
  for (std::uint32_t p = 0; p < parts.size(); ++p) {
    for (const Vertex v : parts[p].members) part_of[v] = p;
  }
  std::vector<Bridge> found;
  if (parts.size() < 2) return found;
  for (Vertex v = 0; v < graph.vertex_count(); ++v) {
    Bridge bridge{.vertex = v, .members_by_part = members_by_part(map, part_of, parts.size(), v)};
    bridge.parts = static_cast<std::uint32_t>(
        std::ranges::count_if(bridge.members_by_part, [](std::uint32_t n) { return n > 0; }));
    if (bridge.parts < 2) continue;
    bridge.joined = pairs_across(bridge.members_by_part);
    found.push_back(std::move(bridge));
  }
  std::ranges::stable_sort(found, std::greater<>(), &Bridge::joined);
  if (found.size() > limit) found.resize(limit);
  if (found.empty()) return found;
  std::vector<Vertex> cuts;
  boost::articulation_points(graph, std::back_inserter(cuts));
  std::ranges::sort(cuts);
  for (Bridge& bridge : found) bridge.cut = std::ranges::binary_search(cuts, bridge.vertex);
  return found;
}

}  // namespace ringscope
