#include "engine/export/graph/account_nodes.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ask/read_run.h"

namespace ringscope {
namespace {

void add_place(const Ring& ring, const Member& member, RingPlaces& places) {
  places.try_emplace(member.account, RingPlace{ring.id, member.tier, member.score});
}

}  // namespace

void add_places(const Ring& ring, RingPlaces& places) {
  for (const Member& member : ring.members) add_place(ring, member, places);
}

RingPlaces places_of(const Store& store, std::uint64_t run, std::span<const KeyHash> accounts) {
  RingPlaces places;
  visit_rings(store, run, [&](const Ring& ring) {
    for (const Member& member : ring.members) {
      if (std::ranges::binary_search(accounts, member.account)) add_place(ring, member, places);
    }
  });
  return places;
}

std::vector<GraphNode> account_nodes(const Store& store, std::span<const KeyHash> accounts, const RingPlaces& places) {
  std::vector<VertexKey> keys;
  for (const KeyHash account : accounts) keys.push_back({kAccountKind, account});
  const auto names = store.names_of(keys);
  std::vector<GraphNode> nodes;
  for (std::size_t a = 0; a < accounts.size(); ++a) {
    GraphNode node;
    node.account = true;
    node.kind = "account";
    node.label = names[a].value_or(fmt::format("{:016x}", accounts[a]));
    node.id = "account:" + node.label;
    if (const auto at = places.find(accounts[a]); at != places.end()) {
      node.ring = at->second.ring;
      node.tier = to_string(at->second.tier);
      node.score = at->second.score;
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace ringscope
