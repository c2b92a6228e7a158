#include "engine/ask/ring_map.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "engine/detect/index/ring_shape.h"

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
    edges.push_back({touch.member, thing->second, tie_of(bits)});
    tied[touch.member] = 1;
  }
  add_links(store, map, tied, check, edges);
  map.graph = build_csr(map.member_count() + static_cast<Vertex>(map.things.size()), edges);
  if (auto kept = stored_shape(store, run.run, ring.id, ring.members.size())) map.part_of = std::move(kept->part_of);
  return map;
}

}  // namespace ringscope
