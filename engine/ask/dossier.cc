#include "engine/ask/dossier.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "engine/ask/read_run.h"
#include "engine/detect/json_parts.h"
#include "engine/detect/ring_json.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope {
namespace {

std::string name_of(const Store& store, const RingMap& map, Vertex v) {
  const VertexKey key =
      map.is_thing(v) ? map.things[v - map.member_count()].entity : VertexKey{kAccountKind, map.accounts[v]};
  return store.name_of(key).value_or("?");
}

std::string kind_of(const Store& store, const RingMap& map, Vertex v) {
  return map.is_thing(v) ? store.kind_name(map.things[v - map.member_count()].entity.kind) : "account";
}

// The things that the most members of a part have.
std::vector<std::string> things_of(const Store& store, const RingMap& map, const RingPart& part) {
  std::map<Vertex, std::uint32_t> members;
  for (const Vertex v : part.members) {
    for (const Vertex next : map.graph.view().neighbors(v)) {
      if (map.is_thing(next)) ++members[next];
    }
  }
  std::vector<std::pair<Vertex, std::uint32_t>> order(members.begin(), members.end());
  std::erase_if(order, [](const auto& one) { return one.second < 2; });
  std::ranges::stable_sort(order, std::greater<>(), [](const auto& one) { return one.second; });
  std::vector<std::string> things;
  for (const auto& [v, n] : order) {
    if (things.size() == kPartNamed) break;
    things.push_back(fmt::format("{} {} ({})", kind_of(store, map, v), name_of(store, map, v), n));
  }
  return things;
}

BridgeBrief brief_of(const Store& store, const RingMap& map, const std::vector<RingPart>& parts, const Bridge& bridge) {
  BridgeBrief brief{.kind = kind_of(store, map, bridge.vertex),
                    .value = name_of(store, map, bridge.vertex),
                    .parts = {},
                    .joined = bridge.joined,
                    .cut = bridge.cut};
  for (std::size_t p = 0; p < parts.size(); ++p) {
    if (bridge.members_by_part[p] > 0) brief.parts.emplace_back(parts[p].id, bridge.members_by_part[p]);
  }
  std::ranges::stable_sort(brief.parts, std::greater<>(), [](const auto& one) { return one.second; });
  return brief;
}

Json structure_json(const Structure& structure) {
  Json parts = Json::array(), bridges = Json::array();
  for (const PartBrief& part : structure.parts) {
    parts.push_back({{"id", part.id}, {"members", part.members}, {"accounts", part.accounts}, {"things", part.things}});
  }
  for (const BridgeBrief& bridge : structure.bridges) {
    Json reached = Json::array();
    for (const auto& [id, members] : bridge.parts) reached.push_back({{"id", id}, {"members", members}});
    bridges.push_back({{"kind", bridge.kind},
                       {"value", bridge.value},
                       {"parts", std::move(reached)},
                       {"joined", bridge.joined},
                       {"cut", bridge.cut}});
  }
  return {{"things", structure.things}, {"parts", std::move(parts)}, {"bridges", std::move(bridges)}};
}

}  // namespace

Structure structure_of(const Store& store, const Ring& ring, const RingMap& map, std::size_t bridges_told) {
  Structure structure{.things = map.things.size(), .parts = {}, .bridges = {}};
  const std::vector<RingPart> parts = parts_of(map, whole(map));
  for (const RingPart& part : parts) {
    PartBrief& brief = structure.parts.emplace_back();
    brief.id = part.id;
    brief.members = part.members.size();
    for (const Vertex v : part.members) {
      if (brief.accounts.size() == kPartNamed) break;
      brief.accounts.push_back(ring.members[v].name.empty() ? name_of(store, map, v) : ring.members[v].name);
    }
    brief.things = things_of(store, map, part);
  }
  for (const Bridge& bridge : bridges(map, parts, bridges_told))
    structure.bridges.push_back(brief_of(store, map, parts, bridge));
  return structure;
}

Dossier read_dossier(const Store& store, std::uint64_t run, std::string_view id, const DossierOptions& options) {
  Dossier dossier{.head = find_ring_head(store, run, id), .waterfall = {}};
  const Ring& ring = dossier.head.ring;
  if (const auto stored = store.find_standing(ring.id)) {
    dossier.standing = standing_from_json(stored->payload);
    dossier.standing->members.clear();
  }
  dossier.decisions = decisions_on_ring(Decisions(read_verdicts(store)), ring.id);
  dossier.latest_run = latest_run_number(store);
  dossier.waterfall = waterfall_of(ring);
  if (ring.members.size() <= options.most_mapped && !ring.carried) {
    const RingMap map = map_ring(store, find_run(store, run), ring, options.check);
    dossier.structure = structure_of(store, ring, map, options.bridges);
  }
  return dossier;
}

std::string dossier_to_json(const Dossier& dossier) {
  Json json = Json::parse(ring_to_json_without_members(dossier.head.ring));
  json["schema"] = "ringscope.dossier/1";
  json["waterfall"] = Json::parse(waterfall_to_json(dossier.waterfall));
  json["structure"] = dossier.structure ? structure_json(*dossier.structure) : Json(nullptr);
  json["decisions"] = Json::parse(decisions_to_json(dossier.decisions));
  json["history"] = nullptr;
  if (dossier.standing) {
    json["history"] = {{"born", dossier.standing->born},
                       {"changed", dossier.standing->run},
                       {"version", dossier.standing->version},
                       {"live", dossier.standing->live}};
  }
  return dump(json);
}

}  // namespace ringscope
