#include "engine/detect/cluster/glue.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "algorithms/disjoint_sets.h"
#include "engine/detect/project/likeness_plan.h"

namespace ringscope {
namespace {

constexpr std::size_t kLeastCore = 4;  // accounts: fewer are a household among the customers
constexpr std::size_t kLeastRest = 3;  // accounts: fewer are judged as members
constexpr double kOwn = 0.5;           // of a thing's accounts that are in the group, at least, to hold its pieces
constexpr double kDistinct = 2;        // bits by which the core's accounts are like each other, in the mean

class Unglue {
 public:
  Unglue(const Snapshot& snapshot, const Habits& habits)
      : graph_(snapshot.graph()),
        layers_(snapshot.layers),
        plan_(likeness_plan(snapshot, habits)),
        place_(graph_.left_count(), kNowhere),
        seen_(graph_.right_count(), 0) {}

  // Takes out of the group those whom only one kind of thing holds in it, kind by kind, and gives them by kind.
  std::vector<std::vector<Vertex>> take_rests(std::vector<Vertex>& members) {
    std::vector<std::vector<Vertex>> rests;
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
      std::vector<std::vector<Vertex>> pieces = pieces_without(layer, members);
      if (pieces.size() < 2 || pieces.front().size() < kLeastCore) continue;
      std::vector<Vertex> rest = unlike_first(std::move(pieces), layer);
      if (rest.size() < kLeastRest) continue;
      std::vector<Vertex> kept;
      std::set_difference(members.begin(), members.end(), rest.begin(), rest.end(), std::back_inserter(kept));
      members = std::move(kept);
      rests.push_back(std::move(rest));
    }
    return rests;
  }

 private:
  static constexpr Vertex kNowhere = ~Vertex{0};

  // Components of the members, ascending, over the group's own things that are not of the layer; the largest first,
  // then by the smallest member.
  std::vector<std::vector<Vertex>> pieces_without(std::size_t layer, const std::vector<Vertex>& members) {
    DisjointSets sets(static_cast<Vertex>(members.size()));
    for (Vertex i = 0; i < members.size(); ++i) place_[members[i]] = i;
    for (const Vertex member : members) {
      for (const Vertex r : graph_.rights_of(member)) {
        if ((r >= graph_.layer_begin(layer) && r < graph_.layer_end(layer)) || seen_[r] != 0) continue;
        seen_[r] = 1;
        met_.push_back(r);
        join_owners(r, members.size(), sets);
      }
    }
    for (const Vertex r : met_) seen_[r] = 0;
    met_.clear();
    for (const Vertex member : members) place_[member] = kNowhere;
    std::vector<std::vector<Vertex>> by_root(members.size());
    for (Vertex i = 0; i < members.size(); ++i) by_root[sets.find(i)].push_back(members[i]);
    std::erase_if(by_root, [](const auto& piece) { return piece.empty(); });
    std::stable_sort(by_root.begin(), by_root.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    return by_root;
  }

  // Joins the members on a thing that is mostly the group's own.
  void join_owners(Vertex thing, std::size_t group_size, DisjointSets& sets) const {
    const auto users = graph_.lefts_of(thing);
    if (users.size() < 2 || static_cast<double>(users.size()) * kOwn > static_cast<double>(group_size)) return;
    const auto is_member = [&](Vertex account) { return place_[account] != kNowhere; };
    const auto inside = std::ranges::count_if(users, is_member);
    if (inside < 2 || static_cast<double>(inside) < kOwn * static_cast<double>(users.size())) return;
    const Vertex first = place_[*std::ranges::find_if(users, is_member)];
    for (const Vertex user : users) {
      if (is_member(user)) sets.join(first, place_[user]);
    }
  }

  // Bits by which an account is like the group held in all but the layer's kind, its own touches left out.
  double bits_without(std::size_t layer, Vertex account, bool inside) const {
    const std::vector<float> bits =
        likeness_->bits(account, inside ? std::vector<Vertex>{account} : std::vector<Vertex>{});
    double sum = 0;
    for (std::size_t k = 0; k < bits.size(); ++k) {
      if (k != plan_.views[0].layers[layer].family) sum += static_cast<double>(bits[k]);
    }
    return sum;
  }

  double mean_bits_without(std::size_t layer, const std::vector<Vertex>& accounts, bool inside) const {
    double sum = 0;
    for (const Vertex account : accounts) sum += bits_without(layer, account, inside);
    return sum / static_cast<double>(accounts.size());
  }

  // Accounts of pieces unlike the first one, ascending; none when the first is like anybody.
  std::vector<Vertex> unlike_first(std::vector<std::vector<Vertex>> pieces, std::size_t layer) {
    if (!likeness_) likeness_.emplace(plan_.views, plan_.kinds.size());
    likeness_->set_group(pieces.front());
    if (mean_bits_without(layer, pieces.front(), true) < kDistinct) return {};
    std::vector<Vertex> rest;
    for (std::size_t p = 1; p < pieces.size(); ++p) {
      if (mean_bits_without(layer, pieces[p], false) < 0) rest.insert(rest.end(), pieces[p].begin(), pieces[p].end());
    }
    std::sort(rest.begin(), rest.end());
    return rest;
  }

  BipartiteGraph graph_;
  const std::vector<Layer>& layers_;
  LikenessPlan plan_;
  std::optional<Likeness> likeness_;  // made for the first group with a rest
  std::vector<Vertex> place_;         // scratch, by account …
  std::vector<char> seen_;            // … and by thing; 0 between uses
  std::vector<Vertex> met_;           // things seen
};

}  // namespace

std::vector<Group> unglue(const Snapshot& snapshot, const Habits& habits, std::vector<Group> groups, unsigned threads) {
  if (!habits.has_activity()) return groups;
  Unglue glue(snapshot, habits);
  for (std::size_t g = 0; g < groups.size(); ++g) {  // what was taken out may be glued itself
    if (groups[g].members.size() < kLeastCore + kLeastRest) continue;
    std::vector<std::vector<Vertex>> rests = glue.take_rests(groups[g].members);
    if (rests.empty()) continue;
    groups[g].cohesion.clear();
    for (std::vector<Vertex>& rest : rests) groups.push_back({.members = std::move(rest), .cohesion = {}});
  }
  measure_cohesion(snapshot.graph(), groups, threads);
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.members < b.members; });
  return groups;
}

}  // namespace ringscope
