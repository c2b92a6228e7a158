#include "engine/detect/judge/places.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "algorithms/pairs_of.h"
#include "engine/detect/judge/graded.h"
#include "engine/detect/project/likeness_plan.h"

namespace ringscope {
namespace {

constexpr std::string_view kDomains = "email/domain", kNetworks = "ip/net";
constexpr double kHouseShare = 0.3;       // of the accounts on a mail domain, for it to be the group's own
constexpr std::size_t kLeastMeeting = 3;  // members: two may have met anywhere
constexpr double kOwnShare = 0.8;         // of the accounts on one of several, for each to be the group's own
constexpr double kLeastMeetings = 30;     // pairs that met, for what names they bear to tell anything
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
  if (!at.empty()) {
    const auto fullest = static_cast<double>(at.front().second.size());
    places.reach = fullest / static_cast<double>(members.size());
    places.outside = 1 - fullest / static_cast<double>(graph.right_degree(at.front().first));
  }
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

// Share of the members that touch anything of a layer.
double share_touching(const BipartiteGraph& graph, std::size_t layer, std::span<const Vertex> members) {
  const auto touching = std::ranges::count_if(members, [&](Vertex member) {
    return std::ranges::any_of(graph.rights_of(member), [&](Vertex right) {
      return right >= graph.layer_begin(layer) && right < graph.layer_end(layer);
    });
  });
  return static_cast<double>(touching) / static_cast<double>(members.size());
}

// The right vertex of a layer that most of the members touch, and who they are.
std::pair<Vertex, std::vector<Vertex>> fullest(const BipartiteGraph& graph, std::size_t layer,
                                               std::span<const Vertex> members) {
  auto at = members_at(graph, layer, members);
  const auto most = std::ranges::max_element(at, {}, [](const auto& one) { return one.second.size(); });
  return most == at.end() ? std::pair<Vertex, std::vector<Vertex>>{} : std::move(*most);
}

}  // namespace

double house_domain_of(const Habits& habits, std::span<const Vertex> members) {
  const auto domains = habits.find_layer(kDomains);
  if (!domains) return 0;
  const BipartiteGraph graph = habits.graph();
  const auto all = static_cast<double>(members.size());
  double share = 0;
  for (const auto& [domain, named] : members_at(graph, *domains, members)) {
    const auto inside = static_cast<double>(named.size());
    if (inside >= kHouseShare * static_cast<double>(graph.right_degree(domain))) share = std::max(share, inside / all);
  }
  return of_known(share, share_touching(graph, *domains, members));
}

double dealt_names_of(const Habits& habits, std::span<const Vertex> members) {
  const auto domains = habits.find_layer(kDomains), networks = habits.find_layer(kNetworks);
  if (!domains || !networks) return 0;
  const BipartiteGraph graph = habits.graph();
  auto names = members_at(graph, *domains, members);
  std::erase_if(names, [&](const auto& name) {
    const auto inside = static_cast<double>(name.second.size());
    return name.second.size() < kLeastMeeting ||
           inside < kOwnShare * static_cast<double>(graph.right_degree(name.first));
  });
  std::map<Vertex, Vertex> name_of;
  std::size_t most = 0;
  double same = 0;  // pairs of all who bear one
  for (const auto& [name, bearers] : names) {
    for (const Vertex account : bearers) name_of.emplace(account, name);
    most = std::max(most, bearers.size());
    same += pairs_of(static_cast<double>(bearers.size()));
  }
  const auto all = static_cast<double>(members.size());
  const double beside =
      of_known(static_cast<double>(name_of.size() - most) / all, share_touching(graph, *domains, members));
  const double several = graded(static_cast<double>(names.size()), 2, 4) * graded(beside, 0.1, 0.3);
  if (several == 0) return 0;

  std::vector<Vertex> bearers(name_of.size());
  std::ranges::transform(name_of, bearers.begin(), [](const auto& one) { return one.first; });
  double met = 0, met_same = 0;
  for (const auto& [network, there] : members_at(graph, *networks, bearers)) {
    std::map<Vertex, double> bear;
    for (const Vertex account : there) ++bear[name_of.at(account)];
    met += pairs_of(static_cast<double>(there.size()));
    for (const auto& [name, count] : bear) met_same += pairs_of(count);
  }
  if (met < kLeastMeetings) return 0;
  const double times =
      met_same / met / (same / pairs_of(static_cast<double>(bearers.size())));  // as often as strangers among them
  const double places = places_in(graph, *networks, bearers).hold_half;
  return several * graded(times, 2.5, 1.5) * graded(places, 3, 8);
}

Body body_of(const Habits& habits, std::span<const Vertex> members) {
  constexpr std::size_t kMostAsked = 256;
  const auto domains = habits.find_layer(kDomains), networks = habits.find_layer(kNetworks);
  if (!domains || !networks) return {};
  const BipartiteGraph graph = habits.graph();
  const auto [domain, named] = fullest(graph, *domains, members);
  if (named.size() < kLeastMeeting) return {};
  auto at = members_at(graph, *networks, named);
  const std::size_t half = (named.size() + 1) / 2;
  std::erase_if(at, [&](const auto& place) { return place.second.size() < half; });
  if (at.empty()) return {};
  std::vector<std::size_t> on_both(at.size(), 0);
  std::size_t asked = 0;
  for (const Vertex account : graph.lefts_of(domain)) {
    if (asked == kMostAsked) break;
    if (std::ranges::binary_search(members, account)) continue;
    ++asked;
    const auto rights = graph.rights_of(account);
    for (std::size_t n = 0; n < at.size(); ++n) on_both[n] += std::ranges::binary_search(rights, at[n].first) ? 1U : 0U;
  }
  const auto all = static_cast<double>(members.size()), known = share_touching(graph, *domains, members);
  Body best;
  for (std::size_t n = 0; n < at.size(); ++n) {
    const auto both = static_cast<double>(at[n].second.size());
    Body body;
    body.reach = of_known(both / all, known);
    if (asked > 0) body.together = static_cast<double>(on_both[n]) / static_cast<double>(asked);
    const double others = body.together * static_cast<double>(graph.right_degree(domain) - named.size());
    body.outside = others / (others + both);
    if (std::pair(body.together, body.reach) > std::pair(best.together, best.reach)) best = body;
  }
  return best;
}

std::optional<WhereLayer> where_layer(const Snapshot& snapshot, const Habits* habits) {
  if (habits != nullptr) {
    if (const auto layer = habits->find_layer(kNetworks)) return WhereLayer{habits->graph(), *layer};
  }
  const auto layer = std::ranges::find(snapshot.layers, kAddresses, &Layer::name);
  if (layer == snapshot.layers.end()) return std::nullopt;
  return WhereLayer{snapshot.graph(), static_cast<std::size_t>(layer - snapshot.layers.begin())};
}

Places places_of(const Snapshot& snapshot, const Habits* habits, std::span<const Vertex> members) {
  const auto where = where_layer(snapshot, habits);
  return where ? places_in(where->graph, where->layer, members) : Places{};
}

}  // namespace ringscope
