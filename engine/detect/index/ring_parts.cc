#include "engine/detect/index/ring_parts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/graph/biconnected_components.hpp>
#include <fmt/format.h>

#include "algorithms/csr_boost.h"
#include "algorithms/leiden.h"

namespace ringscope {
namespace {

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

float tie_of(double bits) { return static_cast<float>(std::max(bits, 0.5)); }

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

namespace {

// As the run named them.
std::vector<std::vector<Vertex>> named_parts(const RingMap& map) {
  std::vector<std::vector<Vertex>> parts;
  for (Vertex v = 0; v < map.member_count(); ++v) {
    if (map.part_of[v] >= parts.size()) parts.resize(map.part_of[v] + std::size_t{1});
    parts[map.part_of[v]].push_back(v);
  }
  return parts;
}

}  // namespace

std::vector<RingPart> parts_of(const RingMap& map, const RingPart& part) {
  const bool named = part.id.empty() && !map.part_of.empty();
  std::vector<std::vector<Vertex>> found = named ? named_parts(map) : split(map, part.members);
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

// Who is next to a vertex.
class Neighbourhood {
 public:
  Neighbourhood(const RingMap& map, const std::vector<std::uint32_t>& part_of, std::size_t parts)
      : map_(map), graph_(map.graph.view()), part_of_(part_of), parts_(parts), seen_(map.member_count(), kNobody) {}

  // Members next to a vertex, by part; of a member those that its things reach in other parts, and itself.
  std::vector<std::uint32_t> members_by_part(Vertex v) {
    std::vector<std::uint32_t> members(parts_, 0);
    if (map_.is_thing(v)) {
      for (const Vertex member : graph_.neighbors(v)) ++members[part_of_[member]];
      return members;
    }
    const auto reach = [&](Vertex member) {
      if (std::exchange(seen_[member], v) != v && part_of_[member] != part_of_[v]) ++members[part_of_[member]];
    };
    for (const Vertex next : graph_.neighbors(v)) {
      if (!map_.is_thing(next)) {
        reach(next);
      } else if (graph_.degree(next) <= kNobodyInParticular) {
        for (const Vertex member : graph_.neighbors(next)) reach(member);
      }
    }
    ++members[part_of_[v]];
    return members;
  }

 private:
  static constexpr ArcIndex kNobodyInParticular = 200;  // members of a thing
  static constexpr Vertex kNobody = UINT32_MAX;

  const RingMap& map_;
  CsrGraph graph_;
  const std::vector<std::uint32_t>& part_of_;
  std::size_t parts_;
  std::vector<Vertex> seen_;  // by member, for whom last
};

}  // namespace

std::vector<Bridge> bridges(const RingMap& map, std::span<const RingPart> parts, std::size_t limit) {
  const CsrGraph graph = map.graph.view();
  std::vector<std::uint32_t> part_of(map.member_count(), 0);
  for (std::uint32_t p = 0; p < parts.size(); ++p) {
    for (const Vertex v : parts[p].members) part_of[v] = p;
  }
  std::vector<Bridge> found;
  if (parts.size() < 2) return found;
  Neighbourhood near(map, part_of, parts.size());
  for (Vertex v = 0; v < graph.vertex_count(); ++v) {
    Bridge bridge{.vertex = v, .members_by_part = near.members_by_part(v)};
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
