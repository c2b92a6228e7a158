#include "engine/detect/cluster/unite.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "algorithms/disjoint_sets.h"
#include "engine/detect/cluster/dealt.h"

namespace ringscope {
namespace {

constexpr int kMostRounds = 6;
constexpr double kUnionKinds = 2.5;       // in the mean, in which the accounts of one group are like the other's
constexpr double kUnionOwnKinds = 2;      // … where both ask prompts that hardly anybody else asks
constexpr double kMarkShare = 0.05;       // of a group, to make a thing a mark of it
constexpr std::size_t kMostOwners = 100;  // groups with one mark, to be compared for it

class Uniter {
 public:
  Uniter(GroupGauge& gauge, Vertex least_size, const std::vector<Group>& groups)
      : gauge_(gauge),
        least_size_(least_size),
        in_group_(gauge.plan().views[0].graph.left_count(), 0),
        known_(groups.size()) {
    for (const Group& group : groups) {
      for (const Vertex account : group.members) in_group_[account] = 1;
    }
  }

  // One round over all similar pairs; larger groups know better whom they are like, so there may be another. False when
  // nothing changed.
  bool unite_once(std::vector<Group>& groups) {
    DisjointSets sets(static_cast<Vertex>(groups.size()));
    for (const auto& [a, b] : similar_groups(groups)) {
      if (known_[a].told && known_[b].told) continue;  // told apart in an earlier round
      if (sets.find(a) == sets.find(b)) continue;
      const std::vector<Vertex>&of_a = groups[a].members, &of_b = groups[b].members;
      if (belong_together(of_a, of_b) || are_cells(of_a, of_b)) sets.join(a, b);
    }
    for (Known& known : known_) known.told = true;
    for (Vertex g = 0; g < groups.size(); ++g) {
      if (sets.find(g) == g) continue;
      Group& whole = groups[sets.find(g)];
      known_[sets.find(g)] = {};
      whole.members.insert(whole.members.end(), groups[g].members.begin(), groups[g].members.end());
      std::sort(whole.members.begin(), whole.members.end());
      whole.cohesion.clear();
      if (whole.likeness.empty()) whole.likeness.emplace_back();  // what it is alike in is described as a pool's is
      groups[g].members.clear();
    }
    std::size_t kept = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (groups[g].members.empty()) continue;
      if (kept != g) {
        groups[kept] = std::move(groups[g]);
        known_[kept] = std::move(known_[g]);
      }
      ++kept;
    }
    const bool changed = kept < groups.size();
    groups.resize(kept);
    known_.resize(kept);
    return changed;
  }

 private:
  // What is known of a group, until it takes in another.
  struct Known {
    bool told = false;  // against all others that are told
    std::optional<std::vector<Thing>> marks = {};
  };

  // What marks a group: things that a fair part of it touches and few others do.
  std::vector<Thing> marks_of(const Group& group) {
    gauge_.hold(group.members);
    const double least = std::max(3.0, kMarkShare * static_cast<double>(group.members.size()));
    std::vector<Thing> marks = gauge_.marks();
    std::erase_if(marks, [&](const Thing& mark) {
      const auto users = gauge_.users_of(mark);
      const auto here = std::count_if(users.begin(), users.end(), [&](Vertex l) { return gauge_.holds(l); });
      return static_cast<double>(here) < least;
    });
    return marks;
  }

  // Pairs of groups that have marks of two kinds in common, ascending. A mark of very many groups tells nothing.
  std::vector<std::pair<Vertex, Vertex>> similar_groups(const std::vector<Group>& groups) {
    std::vector<std::pair<Thing, Vertex>> marked;
    for (Vertex g = 0; g < groups.size(); ++g) {
      if (2 * groups[g].members.size() < least_size_) continue;
      std::optional<std::vector<Thing>>& marks = known_[g].marks;
      if (!marks) marks = marks_of(groups[g]);
      for (const Thing& mark : *marks) marked.emplace_back(mark, g);
    }
    std::sort(marked.begin(), marked.end());
    std::vector<std::array<Vertex, 3>> common;  // two groups and a kind
    for (std::size_t begin = 0, end = 0; begin < marked.size(); begin = end) {
      while (end < marked.size() && marked[end].first == marked[begin].first) ++end;
      if (end - begin > kMostOwners) continue;
      const auto kind = static_cast<Vertex>(gauge_.kind_of(marked[begin].first));
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t j = i + 1; j < end; ++j) common.push_back({marked[i].second, marked[j].second, kind});
      }
    }
    std::sort(common.begin(), common.end());
    common.erase(std::unique(common.begin(), common.end()), common.end());
    std::vector<std::pair<Vertex, Vertex>> pairs;
    for (std::size_t i = 1; i < common.size(); ++i) {
      const std::pair pair(common[i][0], common[i][1]);
      if (pair == std::pair(common[i - 1][0], common[i - 1][1]) && (pairs.empty() || pairs.back() != pair))
        pairs.push_back(pair);
    }
    return pairs;
  }

  // Is most of either like the other? Two operators may hide among the same open proxies and ask similar things; one
  // operator's cells have a kind more in common. And two may have one dealer for all they buy, but each his own
  // prompts.
  bool belong_together(const std::vector<Vertex>& a, const std::vector<Vertex>& b) {
    const bool alike = gauge_.ask_alike(a, b) && gauge_.ask_alike(b, a);
    // Where no log has prompts there is one kind less to be alike in.
    if (!gauge_.knows_prompts()) return mostly_like(a, b, kUnionOwnKinds) && mostly_like(b, a, kUnionOwnKinds);
    // Prompts of a popular application are asked by many who are in no group.
    if (alike && gauge_.mostly_asked_by(common_prompts(a, b), in_group_))
      return mostly_like(a, b, kUnionOwnKinds) && mostly_like(b, a, kUnionOwnKinds);
    if (!mostly_like(a, b, kUnionKinds) || !mostly_like(b, a, kUnionKinds)) return false;
    return alike || !gauge_.ask_alike(a, a) || !gauge_.ask_alike(b, b);
  }

  // Whose cards and devices are dealt out to both, and are like each other in two kinds, are one operator's, whatever
  // either asks: who runs many sites, or serves many customers, has prompts for each.
  bool are_cells(const std::vector<Vertex>& a, const std::vector<Vertex>& b) {
    return are_dealt_to_both(gauge_, in_group_, a, b) && is_like(a, b) && is_like(b, a);
  }

  bool is_like(const std::vector<Vertex>& accounts, const std::vector<Vertex>& group) {
    gauge_.hold(group);
    return gauge_.is_like(accounts);
  }

  std::vector<Thing> common_prompts(const std::vector<Vertex>& a, const std::vector<Vertex>& b) {
    gauge_.hold(a);
    const std::vector<Thing> mine = gauge_.own_prompts();
    gauge_.hold(b);
    const std::vector<Thing> theirs = gauge_.own_prompts();
    std::vector<Thing> both;
    std::set_intersection(mine.begin(), mine.end(), theirs.begin(), theirs.end(), std::back_inserter(both));
    return both;
  }

  bool mostly_like(const std::vector<Vertex>& accounts, const std::vector<Vertex>& group, double least_kinds) {
    gauge_.hold(group);
    std::size_t alike = 0;
    double kinds = 0;
    for (const Resemblance& like : gauge_.resemblances(accounts)) {
      alike += like.is_solid() ? 1 : 0;
      kinds += like.kinds;
    }
    return 4 * alike >= 3 * accounts.size() && kinds >= least_kinds * static_cast<double>(accounts.size());
  }

  GroupGauge& gauge_;
  Vertex least_size_;
  std::vector<char> in_group_;  // by account
  std::vector<Known> known_;    // by group
};

}  // namespace

void unite(GroupGauge& gauge, Vertex least_size, std::vector<Group>& groups) {
  Uniter uniter(gauge, least_size, groups);
  for (int round = 0; round < kMostRounds && uniter.unite_once(groups); ++round) {
  }
}

}  // namespace ringscope
