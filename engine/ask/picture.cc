#include "engine/ask/picture.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "algorithms/stress_layout.h"
#include "engine/detect/ring/json_parts.h"

namespace ringscope {
namespace {

constexpr std::size_t kLeastBlock = 100;  // members of a part of what is of one piece
constexpr Vertex kNowhere = UINT32_MAX;

// Parts of a group that can be looked at; of one piece, blocks in the ring's order.
std::vector<RingPart> opened(const RingMap& map, const RingPart& group) {
  std::vector<RingPart> parts = parts_of(map, group);
  if (parts.size() > 1) return parts;
  const std::size_t blocks = std::clamp(group.members.size() / kLeastBlock, std::size_t{2}, kMostParts);
  parts.assign(blocks, {});
  for (std::size_t p = 0; p < blocks; ++p)
    parts[p] = {fmt::format("{}{}", group.id.empty() ? "g" : group.id + ".", p + 1), group.id, {}};
  for (std::size_t i = 0; i < group.members.size(); ++i)
    parts[i * blocks / group.members.size()].members.push_back(group.members[i]);
  return parts;
}

class Drawing {
 public:
  Drawing(const Store& store, const Ring& ring, const RingMap& map, const PictureOptions& options)
      : store_(store), ring_(ring), map_(map), graph_(map.graph.view()), options_(options) {
    picture_.ring = map.ring;
    picture_.run = map.run;
    picture_.members = map.accounts.size();
    picture_.things = map.things.size();
    node_of_.assign(graph_.vertex_count(), kNowhere);
  }

  Picture draw() && {
    const RingPart all = whole(map_);
    const std::set<std::string> asked(options_.open.begin(), options_.open.end());
    if (map_.accounts.size() + map_.things.size() <= options_.most_nodes) {
      add_members(all);
    } else {
      picture_.collapsed = true;
      add_parts(all, asked);
    }
    for (const std::string& id : options_.open) {
      if (!opened_.contains(id)) picture_.refused.push_back(id);
    }
    add_things();
    add_links();
    write_names();
    place();
    return std::move(picture_);
  }

 private:
  void add_parts(const RingPart& group, const std::set<std::string>& asked) {
    for (const RingPart& part : opened(map_, group)) {
      const std::size_t room =
          options_.most_nodes - std::min(options_.most_nodes, picture_.nodes.size() + 2 * kMostParts);
      if (!asked.contains(part.id)) {
        add_group(part);
      } else if (part.members.size() <= room) {
        opened_.insert(part.id);
        picture_.open.push_back(part.id);
        add_members(part);
      } else if (room >= 2 * kMostParts) {
        opened_.insert(part.id);
        picture_.open.push_back(part.id);
        add_parts(part, asked);
      } else {
        add_group(part);
      }
    }
  }

  void add_members(const RingPart& group) {
    for (const Vertex v : group.members) {
      const Member& member = ring_.members[v];
      node_of_[v] = static_cast<Vertex>(picture_.nodes.size());
      picture_.nodes.push_back({.id = fmt::format("a{}", v),
                                .type = NodeType::account,
                                .kind = {},
                                .label = member.name,
                                .group = group.id,
                                .tier = member.tier,
                                .membership = member.membership,
                                .size = 0.2});
    }
  }

  void add_group(const RingPart& group) {
    const auto node = static_cast<Vertex>(picture_.nodes.size());
    for (const Vertex v : group.members) node_of_[v] = node;
    picture_.nodes.push_back({.id = group.id,
                              .type = NodeType::group,
                              .kind = {},
                              .label = fmt::format("{} accounts", group.members.size()),
                              .group = group.above,
                              .members = group.members.size(),
                              .can_open = true,
                              .size = 0.2 * std::sqrt(static_cast<double>(group.members.size()))});
  }

  struct Joins {
    Vertex vertex;
    std::map<Vertex, std::uint64_t> members;  // by node
    std::uint64_t joined = 0;
  };

  // Things that join two nodes or more, the most joining first.
  std::vector<Joins> joining() const {
    std::vector<Joins> all;
    for (Vertex v = map_.member_count(); v < graph_.vertex_count(); ++v) {
      Joins one{v, {}, 0};
      for (const Vertex member : graph_.neighbors(v)) ++one.members[node_of_[member]];
      if (one.members.size() < 2) continue;
      std::uint64_t before = 0;
      for (const auto& [node, members] : one.members) {
        one.joined += before * members;
        before += members;
      }
      all.push_back(std::move(one));
    }
    std::ranges::stable_sort(all, std::greater<>(), &Joins::joined);
    return all;
  }

  void add_things() {
    const std::vector<Joins> all = joining();
    const std::size_t room = options_.most_nodes - std::min(options_.most_nodes, picture_.nodes.size());
    const std::size_t most = picture_.collapsed && opened_.empty() ? std::min(room, options_.most_things) : room;
    for (std::size_t i = 0; i < std::min(most, all.size()); ++i) add_thing(all[i]);
    picture_.things_left_out = map_.things.size() - std::min(most, all.size());
  }

  void add_thing(const Joins& joins) {
    const MapThing& thing = map_.things[joins.vertex - map_.member_count()];
    const auto node = static_cast<Vertex>(picture_.nodes.size());
    node_of_[joins.vertex] = node;
    picture_.nodes.push_back({.id = fmt::format("t{}", joins.vertex - map_.member_count()),
                              .type = NodeType::thing,
                              .kind = store_.kind_name(thing.entity.kind),
                              .label = {},
                              .group = {},
                              .members = thing.members,
                              .accounts = thing.accounts,
                              .bits = thing.bits,
                              .size = 0.15 * std::pow(static_cast<double>(thing.members), 1.0 / 3)});
    for (const auto& [other, members] : joins.members) picture_.edges.push_back({other, node, members, thing.bits});
  }

  // Between members that the run linked and no thing ties.
  void add_links() {
    std::map<std::pair<Vertex, Vertex>, PictureEdge> links;
    for (Vertex v = 0; v < map_.member_count(); ++v) {
      const auto row = graph_.neighbors(v);
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (map_.is_thing(row[i]) || row[i] < v || node_of_[row[i]] == node_of_[v]) continue;
        const auto [from, to] = std::minmax({node_of_[v], node_of_[row[i]]});
        PictureEdge& edge = links.try_emplace({from, to}, PictureEdge{from, to, 0, 0}).first->second;
        ++edge.members;
        edge.bits = std::max(edge.bits, static_cast<double>(graph_.neighbor_weights(v)[i]));
      }
    }
    for (const auto& [ends, edge] : links) picture_.edges.push_back(edge);
  }

  void write_names() {
    std::vector<VertexKey> keys;
    std::vector<Vertex> nodes;
    for (Vertex v = 0; v < graph_.vertex_count(); ++v) {
      const Vertex node = node_of_[v];
      if (node == kNowhere || picture_.nodes[node].type == NodeType::group || !picture_.nodes[node].label.empty())
        continue;
      keys.push_back(map_.is_thing(v) ? map_.things[v - map_.member_count()].entity
                                      : VertexKey{kAccountKind, map_.accounts[v]});
      nodes.push_back(node);
    }
    const auto names = store_.names_of(keys);
    for (std::size_t i = 0; i < nodes.size(); ++i) picture_.nodes[nodes[i]].label = names[i].value_or("?");
  }

  void place() {
    std::vector<WeightedEdge> edges;
    for (const PictureEdge& edge : picture_.edges) edges.push_back({edge.from, edge.to, 1});
    std::vector<float> radii;
    for (const PictureNode& node : picture_.nodes) radii.push_back(static_cast<float>(node.size));
    const CsrArrays arrays = build_csr(static_cast<Vertex>(picture_.nodes.size()), edges);
    const std::vector<Point> points = stress_layout(arrays.view(), {.radii = radii});
    for (std::size_t i = 0; i < points.size(); ++i) {
      picture_.nodes[i].x = points[i].x;
      picture_.nodes[i].y = points[i].y;
    }
  }

  const Store& store_;
  const Ring& ring_;
  const RingMap& map_;
  CsrGraph graph_;
  const PictureOptions& options_;
  Picture picture_;
  std::vector<Vertex> node_of_;  // by vertex of the map
  std::set<std::string> opened_;
};

double rounded(double value) { return std::round(value * 1000) / 1000; }

Json node_json(const PictureNode& node) {
  Json json = {{"id", node.id},        {"type", to_string(node.type)}, {"label", node.label},
               {"group", node.group},  {"members", node.members},      {"x", rounded(node.x)},
               {"y", rounded(node.y)}, {"size", rounded(node.size)}};
  if (node.type == NodeType::thing) {
    json["kind"] = node.kind;
    json["accounts"] = node.accounts;
    json["bits"] = node.bits;
  }
  if (node.type == NodeType::account) {
    json["tier"] = to_string(node.tier.value_or(Tier::watch));
    json["membership"] = node.membership;
  }
  if (node.can_open) json["can_open"] = true;
  return json;
}

}  // namespace

const char* to_string(NodeType type) {
  switch (type) {
    case NodeType::account:
      return "account";
    case NodeType::thing:
      return "thing";
    case NodeType::group:
      break;
  }
  return "group";
}

Picture draw_ring(const Store& store, const Ring& ring, const RingMap& map, const PictureOptions& options) {
  return Drawing(store, ring, map, options).draw();
}

std::string picture_to_json(const Picture& picture) {
  Json nodes = Json::array(), edges = Json::array();
  for (const PictureNode& node : picture.nodes) nodes.push_back(node_json(node));
  for (const PictureEdge& edge : picture.edges) {
    edges.push_back({{"from", picture.nodes[edge.from].id},
                     {"to", picture.nodes[edge.to].id},
                     {"members", edge.members},
                     {"bits", rounded(edge.bits)}});
  }
  return dump({{"schema", "ringscope.picture/1"},
               {"ring", picture.ring},
               {"run", picture.run},
               {"members", picture.members},
               {"things", picture.things},
               {"collapsed", picture.collapsed},
               {"open", picture.open},
               {"refused", picture.refused},
               {"things_left_out", picture.things_left_out},
               {"nodes", std::move(nodes)},
               {"edges", std::move(edges)}});
}

}  // namespace ringscope
