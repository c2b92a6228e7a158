#include "engine/detect/places.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace ringscope {
namespace {

constexpr std::size_t kLeastMeeting = 3;  // members: two may have met anywhere
constexpr double kTimes = 5;              // as many as strangers would be: on a carrier's networks everybody meets

// Of the members at a right vertex those whom chance would not have there: as many of the rest are there as everywhere.
double met_at(const BipartiteGraph& graph, Vertex right, std::size_t inside, std::size_t members) {
  if (inside < kLeastMeeting) return 0;
  const auto outside = static_cast<double>(graph.right_degree(right) - inside);
  const auto others = static_cast<double>(graph.left_count() - members);
  const double strangers = static_cast<double>(members) * (outside + 1) / (others + 1);
  const auto seen = static_cast<double>(inside);
  // Most of all accounts are members: then there is no rest to compare with.
  if (2 * members > graph.left_count()) return seen;
  return seen < kTimes * strangers ? 0 : seen - strangers;
}

// Right vertices of a layer and the members at each.
std::vector<std::pair<Vertex, std::vector<Vertex>>> members_at(const BipartiteGraph& graph, std::size_t layer,
                                                               std::span<const Vertex> members) {
  std::vector<std::pair<Vertex, Vertex>> touches;
  for (const Vertex member : members) {
    for (const Vertex right : graph.rights_of(member)) {
      if (right >= graph.layer_begin(layer) && right < graph.layer_end(layer)) touches.emplace_back(right, member);
    }
  }
  std::sort(touches.begin(), touches.end());
  std::vector<std::pair<Vertex, std::vector<Vertex>>> at;
  for (const auto& [right, member] : touches) {
    if (at.empty() || at.back().first != right) at.emplace_back(right, std::vector<Vertex>{});
    at.back().second.push_back(member);
  }
  return at;
}

Places places_in(const BipartiteGraph& graph, std::size_t layer, std::span<const Vertex> members) {
  auto at = members_at(graph, layer, members);
  std::stable_sort(at.begin(), at.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  Places places;
  std::vector<Vertex> held;
  for (const auto& [right, who] : at) {
    places.common += met_at(graph, right, who.size(), members.size());
    if (2 * held.size() >= members.size()) continue;
    std::vector<Vertex> both;
    std::set_union(held.begin(), held.end(), who.begin(), who.end(), std::back_inserter(both));
    held = std::move(both);
    places.hold_half += 1;
  }
  places.common /= static_cast<double>(members.size());
  return places;
}

}  // namespace

Places places_of(const Snapshot& snapshot, const Habits* habits, std::span<const Vertex> members) {
  if (habits != nullptr) {
    const auto layer = std::ranges::find(habits->layers, "ip/net");
    if (layer != habits->layers.end())
      return places_in(habits->graph(), static_cast<std::size_t>(layer - habits->layers.begin()), members);
  }
  const auto layer = std::ranges::find(snapshot.layers, "ip", &Layer::name);
  if (layer == snapshot.layers.end()) return {};
  return places_in(snapshot.graph(), static_cast<std::size_t>(layer - snapshot.layers.begin()), members);
}

}  // namespace ringscope
