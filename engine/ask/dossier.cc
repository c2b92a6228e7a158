#include "engine/ask/dossier.h"

#include <fmt/format.h>

#include "engine/ask/read_run.h"
#include "engine/ask/ring_map.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope {
namespace {

std::string member_name(const Store& store, const Member& member) {
  if (!member.name.empty()) return member.name;
  return store.name_of({kAccountKind, member.account}).value_or("?");
}

std::string part_id(std::size_t part) { return fmt::format("g{}", part + 1); }

std::vector<PartBrief> parts_of(const Store& store, const Ring& ring, const RingShape& shape) {
  std::vector<PartBrief> parts(shape.things_of.size());
  for (std::size_t p = 0; p < parts.size(); ++p) {
    parts[p].id = part_id(p);
    for (const PartThing& thing : shape.things_of[p]) {
      parts[p].things.push_back(fmt::format("{} {} ({})", store.kind_name(thing.entity.kind),
                                            store.name_of(thing.entity).value_or("?"), thing.members));
    }
  }
  for (std::size_t m = 0; m < shape.part_of.size(); ++m) {
    PartBrief& part = parts[shape.part_of[m]];
    ++part.members;
    if (part.accounts.size() < kPartNamed) part.accounts.push_back(member_name(store, ring.members[m]));
  }
  return parts;
}

BridgeBrief brief_of(const Store& store, const Ring& ring, const ShapeBridge& bridge) {
  BridgeBrief brief{.kind = bridge.member ? "account" : store.kind_name(bridge.entity.kind),
                    .value = bridge.member
                                 ? store.name_of({kAccountKind, ring.members[*bridge.member].account}).value_or("?")
                                 : store.name_of(bridge.entity).value_or("?"),
                    .parts = {},
                    .joined = bridge.joined,
                    .cut = bridge.cut};
  for (const auto& [part, members] : bridge.parts) brief.parts.emplace_back(part_id(part), members);
  return brief;
}

Structure structure_of(const Store& store, const Ring& ring, const RingShape& shape) {
  Structure structure{.things = shape.things, .parts = parts_of(store, ring, shape), .bridges = {}};
  for (const ShapeBridge& bridge : shape.bridges) structure.bridges.push_back(brief_of(store, ring, bridge));
  return structure;
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

Dossier read_dossier(const Store& store, std::uint64_t run, std::string_view id, const DossierOptions& options) {
  Dossier dossier{.head = find_ring_head(store, run, id), .waterfall = {}};
  const Ring& ring = dossier.head.ring;
  if (const auto stored = store.find_standing(ring.id)) dossier.standing = standing_head_from_json(stored->payload);
  dossier.decisions = decisions_on_ring(Decisions(read_verdicts(store)), ring.id);
  dossier.latest_run = latest_run_number(store);
  dossier.waterfall = waterfall_of(ring);
  if (ring.members.size() <= options.most_mapped && !ring.carried) {
    auto shape = stored_shape(store, run, ring.id, ring.members.size());
    if (!shape) shape = shape_of(map_ring(store, find_run(store, run), ring, options.check));
    dossier.structure = structure_of(store, ring, *shape);
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
