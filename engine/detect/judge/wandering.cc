#include "engine/detect/judge/wandering.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace ringscope {
namespace {

constexpr std::uint32_t kLeastDays = 5;  // at an address, to tell who comes back
constexpr std::size_t kLeastMembers = 4;
constexpr std::size_t kLeastMeeting = 3;  // members, on a network that may be their place …
constexpr std::size_t kPlaceOf = 3;       // … or one in so many …
constexpr std::size_t kMostExits = 8;     // … and so many networks at most: pools have more

// Right vertices of one layer, of which an account has an ascending list.
std::span<const Vertex> of_layer(const BipartiteGraph& graph, std::size_t layer, Vertex account) {
  const std::span<const Vertex> all = graph.rights_of(account);
  const auto begin = std::ranges::lower_bound(all, graph.layer_begin(layer));
  return {begin, std::lower_bound(begin, all.end(), graph.layer_end(layer))};
}

std::uint32_t days_at(const Snapshot& snapshot, std::size_t layer, Vertex account) {
  const BipartiteGraph graph = snapshot.graph();
  const std::span<const Vertex> at = of_layer(graph, layer, account);
  if (at.empty()) return 0;
  const auto before = at.begin() - graph.rights_of(account).begin();
  const auto first = snapshot.sightings.begin() + static_cast<std::ptrdiff_t>(graph.left_begin(account)) + before;
  std::uint32_t days = 0;
  for (const Sighting& seen : std::span(first, at.size())) days += seen.days;
  return days;
}

std::size_t about(std::uint32_t days) { return static_cast<std::size_t>(2 * std::log2(static_cast<double>(days))); }

float a_day(std::size_t networks, std::uint32_t days) {
  return static_cast<float>(networks) / static_cast<float>(days);
}

// Ascending: of the members' networks, each named once for each member, the fullest that a third of them are on.
std::vector<Vertex> common_of(std::vector<Vertex> touched, std::size_t members) {
  const std::size_t least = std::max(kLeastMeeting, (members + kPlaceOf - 1) / kPlaceOf);
  std::ranges::sort(touched);
  std::vector<std::pair<std::size_t, Vertex>> full;
  for (std::size_t begin = 0, end = 0; begin < touched.size(); begin = end) {
    while (end < touched.size() && touched[end] == touched[begin]) ++end;
    if (end - begin >= least) full.emplace_back(end - begin, touched[begin]);
  }
  std::ranges::sort(full, std::greater());
  if (full.size() > kMostExits) full.resize(kMostExits);
  std::vector<Vertex> common;
  common.reserve(full.size());
  for (const auto& [users, network] : full) common.push_back(network);
  std::ranges::sort(common);
  return common;
}

}  // namespace

Wandering::Wandering(const Snapshot& snapshot, const Habits* habits) {
  const auto addresses = where_layer(snapshot, nullptr), networks = where_layer(snapshot, habits);
  if (!addresses || !networks) return;
  networks_ = *networks;
  days_.resize(snapshot.accounts.size());
  for (Vertex account = 0; account < days_.size(); ++account) {
    const std::uint32_t days = days_[account] = days_at(snapshot, addresses->layer, account);
    if (days < kLeastDays) continue;
    if (about(days) >= alike_.size()) alike_.resize(about(days) + 1);
    alike_[about(days)].push_back(a_day(networks_of(account).size(), days));
  }
  for (auto& accounts : alike_) std::ranges::sort(accounts);
}

std::span<const Vertex> Wandering::networks_of(Vertex account) const {
  return of_layer(networks_.graph, networks_.layer, account);
}

std::optional<double> Wandering::of(std::span<const Vertex> members) const {
  if (days_.empty()) return std::nullopt;
  std::vector<Vertex> touched;
  for (const Vertex member : members) {
    const std::span<const Vertex> networks = networks_of(member);
    touched.insert(touched.end(), networks.begin(), networks.end());
  }
  const std::vector<Vertex> common = common_of(std::move(touched), members.size());
  double sum = 0;
  std::size_t known = 0;
  for (const Vertex member : members) {
    if (days_[member] < kLeastDays) continue;
    const std::span<const Vertex> networks = networks_of(member);
    const auto shared = static_cast<std::size_t>(
        std::ranges::count_if(networks, [&](Vertex network) { return std::ranges::binary_search(common, network); }));
    const std::vector<float>& alike = alike_[about(days_[member])];
    const std::size_t own = networks.size() - shared + std::min<std::size_t>(shared, 1);
    const auto [from, to] = std::equal_range(alike.begin(), alike.end(), a_day(own, days_[member]));
    sum += static_cast<double>((from - alike.begin()) + (to - alike.begin())) / 2 / static_cast<double>(alike.size());
    ++known;
  }
  if (known < kLeastMembers || 2 * known < members.size()) return std::nullopt;
  return sum / static_cast<double>(known);
}

}  // namespace ringscope
