#include "engine/detect/index/ring_shape.h"

#include <algorithm>
#include <functional>

#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr std::string_view kShapeKey = "shape/";
constexpr std::uint8_t kVersion = 1;

std::string shape_key(std::string_view ring) { return std::string(kShapeKey).append(ring); }

// The things that the most members of a part have.
std::vector<PartThing> things_in(const RingMap& map, const RingPart& part, std::vector<std::uint32_t>& members) {
  const CsrGraph graph = map.graph.view();
  std::vector<Vertex> touched;
  for (const Vertex v : part.members) {
    for (const Vertex next : graph.neighbors(v)) {
      if (map.is_thing(next) && members[next]++ == 0) touched.push_back(next);
    }
  }
  std::ranges::sort(touched,
                    [&](Vertex a, Vertex b) { return members[a] != members[b] ? members[a] > members[b] : a < b; });
  std::vector<PartThing> things;
  for (const Vertex v : touched) {
    if (things.size() < kPartNamed && members[v] >= 2)
      things.push_back({map.things[v - map.member_count()].entity, members[v]});
    members[v] = 0;
  }
  return things;
}

ShapeBridge bridge_of(const RingMap& map, const Bridge& bridge) {
  ShapeBridge result{.joined = bridge.joined, .cut = bridge.cut};
  if (map.is_thing(bridge.vertex)) {
    result.entity = map.things[bridge.vertex - map.member_count()].entity;
  } else {
    result.member = bridge.vertex;
  }
  for (std::size_t p = 0; p < bridge.members_by_part.size(); ++p) {
    if (bridge.members_by_part[p] > 0)
      result.parts.emplace_back(static_cast<std::uint8_t>(p), bridge.members_by_part[p]);
  }
  std::ranges::stable_sort(result.parts, std::greater<>(), [](const auto& one) { return one.second; });
  return result;
}

void put_entity(Encoder& out, VertexKey entity) {
  out.byte(static_cast<std::uint8_t>(entity.kind));
  out.fixed64(entity.hash);
}

VertexKey get_entity(Decoder& in) {
  const auto kind = static_cast<KindId>(in.byte());
  return {kind, in.fixed64()};
}

ShapeBridge decode_bridge(Decoder& in, const RingShape& shape) {
  ShapeBridge bridge;
  if (in.byte() != 0) {
    bridge.member = static_cast<Vertex>(in.number());
    if (*bridge.member >= shape.part_of.size()) in.fail();
  } else {
    bridge.entity = get_entity(in);
  }
  for (std::size_t left = in.count(); left > 0; --left) {
    const std::uint8_t part = in.byte();
    if (part >= shape.things_of.size()) in.fail();
    bridge.parts.emplace_back(part, static_cast<std::uint32_t>(in.number()));
  }
  bridge.joined = in.number();
  bridge.cut = in.byte() != 0;
  return bridge;
}

}  // namespace

RingShape shape_of(const RingMap& map, std::size_t bridges_told) {
  RingShape shape{.things = map.things.size(), .part_of = {}, .things_of = {}, .bridges = {}};
  shape.part_of.resize(map.member_count(), 0);
  const std::vector<RingPart> parts = parts_of(map, whole(map));
  std::vector<std::uint32_t> members(map.graph.view().vertex_count(), 0);
  for (std::size_t p = 0; p < parts.size(); ++p) {
    for (const Vertex v : parts[p].members) shape.part_of[v] = static_cast<std::uint8_t>(p);
    shape.things_of.push_back(things_in(map, parts[p], members));
  }
  for (const Bridge& bridge : bridges(map, parts, bridges_told)) shape.bridges.push_back(bridge_of(map, bridge));
  return shape;
}

bool is_shape_key(std::string_view key) { return key.starts_with(kShapeKey); }

IndexEntry encode_shape(std::string_view ring, const RingShape& shape) {
  IndexEntry entry{shape_key(ring), {}};
  Encoder out(entry.value);
  out.byte(kVersion);
  out.number(shape.part_of.size());
  out.number(shape.things);
  out.number(shape.things_of.size());
  for (const std::uint8_t part : shape.part_of) out.byte(part);
  for (const std::vector<PartThing>& things : shape.things_of) {
    out.number(things.size());
    for (const PartThing& thing : things) {
      put_entity(out, thing.entity);
      out.number(thing.members);
    }
  }
  out.number(shape.bridges.size());
  for (const ShapeBridge& bridge : shape.bridges) {
    out.byte(bridge.member ? 1 : 0);
    if (bridge.member) {
      out.number(*bridge.member);
    } else {
      put_entity(out, bridge.entity);
    }
    out.number(bridge.parts.size());
    for (const auto& [part, members] : bridge.parts) {
      out.byte(part);
      out.number(members);
    }
    out.number(bridge.joined);
    out.byte(bridge.cut ? 1 : 0);
  }
  return entry;
}

IndexEntry no_shape(std::string_view ring) { return {shape_key(ring), {}}; }

std::optional<RingShape> stored_shape(const Store& store, std::uint64_t run, std::string_view ring,
                                      std::size_t members) {
  if (members < kLeastKept || members > kMostKept) return std::nullopt;
  const std::optional<std::string> bytes = store.find_index(run, shape_key(ring));
  if (!bytes) return std::nullopt;
  Decoder in(*bytes, "shape of a ring");
  if (in.byte() != kVersion) return std::nullopt;
  if (in.count() != members) return std::nullopt;
  RingShape shape{.things = in.number(), .part_of = {}, .things_of = {}, .bridges = {}};
  shape.things_of.resize(in.count());
  shape.part_of.reserve(members);
  for (std::size_t m = 0; m < members; ++m) {
    shape.part_of.push_back(in.byte());
    if (shape.part_of.back() >= shape.things_of.size()) in.fail();
  }
  for (std::vector<PartThing>& things : shape.things_of) {
    for (std::size_t left = in.count(); left > 0; --left) {
      const VertexKey entity = get_entity(in);
      things.push_back({entity, static_cast<std::uint32_t>(in.number())});
    }
  }
  for (std::size_t left = in.count(); left > 0; --left) shape.bridges.push_back(decode_bridge(in, shape));
  in.expect_end();
  return shape;
}

}  // namespace ringscope
