#include "engine/detect/cluster/askers.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "algorithms/agreement.h"
#include "algorithms/binomial.h"
#include "algorithms/leiden.h"
#include "engine/detect/cluster/group_sets.h"

namespace ringscope {
namespace {

constexpr double kMargin = 3;  // bits: by chance an account agrees so well with one of eight others; or belongs, 8 to 1
constexpr int kMostRounds = 6;
constexpr double kSeldom = 0.01;         // chance of so few bans
constexpr std::size_t kLeastApart = 12;  // accounts that may be of other people than a group's

class Gatherer {
 public:
  Gatherer(GroupGauge& gauge, const std::vector<Vertex>& banned, std::vector<Group>& groups)
      : gauge_(gauge), banned_(banned), groups_(groups), accounts_(gauge.plan().views[0].graph.left_count()) {
    of_ = group_of(groups, accounts_);
    outcome_of_.assign(accounts_, kNoGroup);
  }

  void gather(const std::vector<Vertex>& guess) {
    const std::vector<Vertex> members = refine(guess);
    if (members.size() < kLeastAskers || is_known(members)) return;
    for (const Vertex account : members) outcome_of_[account] = static_cast<std::uint32_t>(outcomes_.size());
    outcomes_.push_back(members.size());
    gauge_.hold(members);
    if (gauge_.mostly_asked_by(gauge_.own_prompts(), gauge_.held())) join(members);
  }

 private:
  // Members and all who ask what they have of their own.
  std::vector<Vertex> candidates(std::vector<Vertex> members) const {
    for (const Thing& prompt : gauge_.own_prompts()) {
      const auto users = gauge_.users_of(prompt);
      members.insert(members.end(), users.begin(), users.end());
    }
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    return members;
  }

  // Members by what they ask alone.
  std::vector<Vertex> refine(std::vector<Vertex> members) {
    for (int round = 0; round < kMostRounds && members.size() >= kLeastAskers; ++round) {
      gauge_.hold(members);
      const double prior = std::log2(static_cast<double>(members.size()) / static_cast<double>(accounts_));
      const std::vector<Vertex> asked = candidates(members);
      const std::vector<double> bits = gauge_.asked_bits(asked, kMargin - prior);
      std::vector<Vertex> next;
      for (std::size_t i = 0; i < asked.size(); ++i) {
        if (bits[i] + prior > kMargin) next.push_back(asked[i]);
      }
      const bool stands = next == members;
      members = std::move(next);
      if (stands || is_known(members)) break;
    }
    return members;
  }

  // Is this on its way to what an earlier guess came to: more than half of either in common?
  bool is_known(const std::vector<Vertex>& members) const {
    std::map<std::uint32_t, std::size_t> common;
    for (const Vertex account : members) {
      if (outcome_of_[account] != kNoGroup) ++common[outcome_of_[account]];
    }
    return std::ranges::any_of(
        common, [&](const auto& of) { return 2 * of.second > std::max(members.size(), outcomes_[of.first]); });
  }

  // Are half of the part like the rest of the accounts?
  bool is_like_rest(const std::vector<Vertex>& part, const std::vector<Vertex>& accounts) {
    gauge_.hold(accounts);
    gauge_.set_aside(part);
    return gauge_.is_like(part);
  }

  // Does a group of which `part` are half or more belong to the members as a whole?
  bool is_theirs(const Group& group, const std::vector<Vertex>& part, const std::vector<Vertex>& members) {
    return group.members.size() < kLeastAskers || 2 * part.size() > members.size() || is_like_rest(part, members);
  }

  // Those of the accounts who are like the group held in other things as well, or are not.
  std::vector<Vertex> like_held(const std::vector<Vertex>& accounts, bool like) {
    const std::vector<Resemblance> resemblances = gauge_.resemblances(accounts);
    std::vector<Vertex> some;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      if (resemblances[i].is_solid() == like) some.push_back(accounts[i]);
    }
    return some;
  }

  // Are fewer of the accounts banned than chance would have it, were they of the group?
  bool are_seldom_banned(const std::vector<Vertex>& accounts, const std::vector<Vertex>& group) const {
    const auto of_group = static_cast<double>(count_in(banned_, group));
    const double share = (of_group + 0.5) / (static_cast<double>(group.size()) + 1);
    return binomial_tail(accounts.size() - count_in(banned_, accounts), accounts.size(), 1 - share) < kSeldom;
  }

  // Those in no group who ask what a group asks, and have more in common with each other but not with it: the users of
  // an application, where an operator serves such users, too. Empty: there are none, or they may be a part of it.
  std::vector<Vertex> others_among(const std::vector<Vertex>& free, const std::vector<Vertex>& group) {
    if (group.size() < kLeastApart || free.size() < kLeastApart) return {};
    gauge_.hold(group);
    const std::vector<Vertex> unlike = like_held(free, false);
    if (unlike.size() < kLeastApart) return {};
    gauge_.hold(unlike);
    std::vector<Vertex> others = like_held(unlike, true);
    const bool most = 2 * others.size() >= unlike.size();
    if (others.size() < kLeastApart ||
        !(most || (8 * others.size() >= unlike.size() && are_seldom_banned(others, group))))
      others.clear();
    return others;
  }

  void add_group(std::vector<Vertex> members) {
    for (const Vertex account : members) of_[account] = static_cast<std::uint32_t>(groups_.size());
    groups_.push_back({.members = std::move(members), .cohesion = {}});
  }

  // Makes one group of accounts that ask alike and of what they are most of.
  void join(const std::vector<Vertex>& members) {
    std::vector<Vertex> whole = members, free, taken_in;
    std::ranges::copy_if(members, std::back_inserter(free), [&](Vertex account) { return of_[account] == kNoGroup; });
    for (const auto& [g, part] : by_group(members, of_)) {
      Group& group = groups_[g];
      const bool lesser = 2 * part.size() < group.members.size();
      if (lesser ? is_like_rest(part, group.members) : !is_theirs(group, part, members)) {
        whole = without(whole, part);
        continue;
      }
      const std::vector<Vertex>& theirs = lesser ? part : group.members;
      taken_in.insert(taken_in.end(), theirs.begin(), theirs.end());
      if (!lesser) whole.insert(whole.end(), group.members.begin(), group.members.end());
      group.members = lesser ? without(group.members, part) : std::vector<Vertex>{};
      group.cohesion.clear();
      std::sort(whole.begin(), whole.end());
      whole.erase(std::unique(whole.begin(), whole.end()), whole.end());
    }
    for (const Vertex account : whole) of_[account] = kNoGroup;
    std::sort(taken_in.begin(), taken_in.end());
    if (std::vector<Vertex> others = others_among(free, taken_in); !others.empty()) {
      whole = without(whole, others);
      add_group(std::move(others));
    }
    if (whole.size() >= kLeastAskers) add_group(std::move(whole));
  }

  GroupGauge& gauge_;
  const std::vector<Vertex>& banned_;
  std::vector<Group>& groups_;
  std::size_t accounts_;
  std::vector<std::uint32_t> of_;          // group by account
  std::vector<std::uint32_t> outcome_of_;  // what the last guess that held the account came to
  std::vector<std::size_t> outcomes_;      // accounts in each
};

}  // namespace

std::vector<std::vector<Vertex>> askers(const LikenessPlan& plan, std::uint64_t seed, unsigned threads) {
  const LikenessView& view = plan.views[kHabitView];
  std::vector<std::vector<Vertex>> groups;
  for (std::size_t layer = 0; layer < view.layers.size(); ++layer) {
    if (plan.kinds[view.layers[layer].family].name != kPrompts || view.layers[layer].weight <= 0) continue;
    const Vertex accounts = view.graph.left_count();
    const std::vector<WeightedEdge> pairs = agreeing_pairs(
        view.graph, layer, {.least_bits = std::log2(std::max(2U, accounts)) + kMargin, .threads = threads});
    const Partition partition = leiden(build_csr(accounts, pairs).view(), {.seed = seed, .threads = threads});
    const PartitionMembers members = members_of(partition);
    for (Vertex c = 0; c < partition.community_count; ++c) {
      const auto of = members.of(c);
      if (of.size() >= kLeastAskers) groups.emplace_back(of.begin(), of.end());
    }
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return groups;
}

void gather_askers(GroupGauge& gauge, const std::vector<std::vector<Vertex>>& guesses,
                   const std::vector<Vertex>& banned, std::vector<Group>& groups) {
  Gatherer gatherer(gauge, banned, groups);
  for (const std::vector<Vertex>& guess : guesses) gatherer.gather(guess);
  std::erase_if(groups, [](const Group& group) { return group.members.size() < 2; });
}

}  // namespace ringscope
