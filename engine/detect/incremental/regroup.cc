#include "engine/detect/incremental/regroup.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "engine/detect/cluster/glue.h"
#include "engine/detect/cluster/group_gauge.h"
#include "engine/detect/cluster/pool_member.h"
#include "engine/detect/cluster/pools.h"

namespace ringscope {
namespace {

using Members = std::vector<Vertex>;

// Members that are still there, by their numbers now.
Members members_now(const Members& members, const std::vector<Vertex>& now) {
  Members result;
  for (const Vertex member : members) {
    if (now[member] != kGone) result.push_back(now[member]);
  }
  return result;
}

Group group_now(const Group& group, const std::vector<Vertex>& now) {
  Group result{.members = {}, .cohesion = {}, .likeness = group.likeness};
  for (std::size_t m = 0; m < group.members.size(); ++m) {
    if (now[group.members[m]] == kGone) continue;
    result.members.push_back(now[group.members[m]]);
    result.cohesion.push_back(group.cohesion[m]);
    if (m < group.member_likeness.size()) result.member_likeness.push_back(group.member_likeness[m]);
  }
  return result;
}

class Regrouper {
 public:
  explicit Regrouper(const RegroupInput& input)
      : in_(input),
        graph_(input.patched.snapshot.graph()),
        owner_(graph_.left_count(), kNoGroup),
        changed_(input.dirty),
        linked_(graph_.left_count(), 0) {
    for (const Vertex l : in_.patched.touched) changed_[l] = 1;
  }

  Regrouped run() {
    cluster_again();
    take_over();
    std::vector<Group> fresh = place_clustered();
    mark_linked();
    let_go();
    draw_in();
    add_fresh(std::move(fresh));
    finish();
    return std::move(result_);
  }

 private:
  // By account: 1 where it is to be clustered again: in a community of the image, as clustering left it, in which links
  // changed, but for those of calm groups in which few did; or in none, and its own links changed.
  std::vector<char> to_cluster() const {
    const std::vector<Vertex>& now = in_.patched.account_now;
    std::vector<std::uint32_t> community(now.size(), 0);  // by account of the image; 0: in none
    std::vector<std::size_t> dirty(in_.image.clustered.size() + 1, 0);
    for (std::uint32_t c = 0; c < in_.image.clustered.size(); ++c) {
      for (const Vertex member : in_.image.clustered[c]) {
        community[member] = c + 1;
        if (now[member] == kGone) dirty[c + 1] += in_.image.clustered[c].size();
        if (now[member] != kGone && in_.dirty[now[member]] != 0) ++dirty[c + 1];
      }
    }
    std::vector<char> restless(dirty.size(), 0);  // of a group that is not calm
    for (const ImageGroup& group : in_.image.groups) {
      if (ringscope::is_calm(group.ring)) continue;
      for (const Vertex member : group.group.members) restless[community[member]] = 1;
    }
    for (std::size_t c = 1; c < dirty.size(); ++c) {
      if (restless[c] == 0 && is_little(dirty[c], in_.image.clustered[c - 1].size())) dirty[c] = 0;
    }
    std::vector<char> again(in_.dirty.size(), 0);
    for (Vertex l = 0; l < again.size(); ++l) {
      const Vertex old = in_.patched.account_old[l];
      const std::uint32_t c = old == kGone ? 0 : community[old];
      again[l] = c == 0 ? in_.dirty[l] : static_cast<char>(dirty[c] > 0 ? 1 : 0);
    }
    return again;
  }

  void cluster_again() {
    again_ = to_cluster();
    Members part;
    for (Vertex l = 0; l < again_.size(); ++l) {
      if (again_[l] != 0) part.push_back(l);
    }
    result_.reclustered = part.size();
    clustered_ = cluster_part(graph_, part, in_.similarity, in_.clustering);
    std::set<Members> before;
    for (const Members& members : in_.image.clustered) {
      Members now = members_now(members, in_.patched.account_now);
      if (now.size() == members.size() && again_[now.front()] != 0) before.insert(std::move(now));
    }
    for (const Group& group : clustered_) {
      if (before.contains(group.members)) as_before_.insert(group.members);
    }
  }

  // The image's groups, without plain ones that clustering made otherwise.
  void take_over() {
    for (std::size_t g = 0; g < in_.image.groups.size(); ++g) {
      const ImageGroup& old = in_.image.groups[g];
      PatchedGroup now{group_now(old.group, in_.patched.account_now), g};
      now.changed = now.group.members.size() < old.group.members.size();
      const bool affected =
          now.changed || std::ranges::any_of(now.group.members, [&](Vertex l) { return again_[l] != 0; });
      if (old.plain && affected && !as_before_.contains(now.group.members)) continue;
      for (const Vertex member : now.group.members) owner_[member] = result_.groups.size();
      result_.groups.push_back(std::move(now));
    }
  }

  // Accounts that clustering puts among the members of a group that stays join it; what is left are new groups.
  std::vector<Group> place_clustered() {
    std::vector<Group> fresh;
    for (Group& group : clustered_) {
      if (as_before_.contains(group.members)) continue;
      std::map<std::size_t, std::size_t> owners;
      for (const Vertex member : group.members) ++owners[owner_[member]];
      owners.erase(kNoGroup);
      const auto most = std::max_element(owners.begin(), owners.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
      const bool hosted = most != owners.end() && 2 * most->second >= group.members.size();
      Group rest;
      for (const Vertex member : group.members) {
        if (owner_[member] != kNoGroup) continue;
        if (hosted) {
          join(member, most->first, {});
        } else {
          rest.members.push_back(member);
        }
      }
      if (rest.members.size() >= std::max<std::size_t>(2, in_.clustering.least_size)) fresh.push_back(std::move(rest));
    }
    for (const Group& group : fresh) {
      for (const Vertex member : group.members)
        owner_[member] = group.members.size() < pools_.least_size ? kSmallFresh : kFresh;
    }
    return fresh;
  }

  void join(Vertex account, std::size_t g, MemberLikeness likeness) {
    PatchedGroup& into = result_.groups[g];
    const auto at = std::lower_bound(into.group.members.begin(), into.group.members.end(), account);
    const auto place = at - into.group.members.begin();
    into.group.members.insert(at, account);
    if (!into.group.member_likeness.empty())
      into.group.member_likeness.insert(into.group.member_likeness.begin() + place, likeness);
    into.changed = true;
    owner_[account] = g;
  }

  void mark_linked() {
    for (const auto* edges : {&in_.similarity.core, &in_.similarity.attach}) {
      for (const WeightedEdge& edge : *edges) {
        if (owner_[edge.u] == owner_[edge.v]) linked_[edge.u] = linked_[edge.v] = 1;
      }
    }
  }

  // A group of the image that is.
  bool is_calm(std::size_t g) const {
    const std::size_t image = result_.groups[g].image;
    return image != kNoGroup && ringscope::is_calm(in_.image.groups[image].ring);
  }
  static bool is_little(std::size_t part, std::size_t whole) {
    return static_cast<double>(part) <= kStale * static_cast<double>(whole);
  }
  bool is_pool(const Group& group) const {
    return !group.likeness.empty() && !found_by_time(group) && group.members.size() >= pools_.least_size;
  }
  GroupGauge& gauge() {
    if (!gauge_) gauge_.emplace(in_.patched.snapshot, in_.patched.habits, in_.config.threads);
    return *gauge_;
  }

  // Members that changed, have no link inside any more, and do not look like the others.
  void let_go() {
    for (std::size_t g = 0; g < result_.groups.size(); ++g) {
      PatchedGroup& of = result_.groups[g];
      if (of.image == kNoGroup || in_.image.groups[of.image].plain) continue;
      Members doubtful;
      for (const Vertex member : of.group.members) {
        if (changed_[member] != 0 && linked_[member] == 0) doubtful.push_back(member);
      }
      if (is_calm(g) && is_little(doubtful.size(), of.group.members.size())) continue;
      if (doubtful.empty() || found_by_time(of.group)) continue;
      std::vector<char> leaves(doubtful.size(), 1);
      if (is_pool(of.group)) {
        gauge().hold(of.group.members);
        const std::vector<Resemblance> likes = gauge().resemblances(doubtful);
        for (std::size_t i = 0; i < doubtful.size(); ++i)
          leaves[i] = may_stay_member(likes[i], of.group.members.size(), graph_.left_count()) ? 0 : 1;
      }
      for (std::size_t i = 0; i < doubtful.size(); ++i) {
        if (leaves[i] != 0) leave(doubtful[i], of);
      }
    }
  }
  bool looks_like_member(const Group& pool, const Resemblance& like) const {
    return ringscope::looks_like_member(like, pool.members.size(), graph_.left_count());
  }

  void leave(Vertex account, PatchedGroup& from) {
    const auto at = std::lower_bound(from.group.members.begin(), from.group.members.end(), account);
    const auto place = at - from.group.members.begin();
    from.group.members.erase(at);
    if (!from.group.member_likeness.empty())
      from.group.member_likeness.erase(from.group.member_likeness.begin() + place);
    from.changed = true;
    owner_[account] = kNoGroup;
  }

  // Accounts that changed and are in no group to speak of, held against the pools, the largest first. Those left may be
  // a new one.
  void draw_in() {
    if (!in_.config.detect.tests.pools || !in_.patched.habits.has_activity()) return;
    Members open;
    for (Vertex l = 0; l < changed_.size(); ++l) {
      if (changed_[l] != 0 && is_open(l)) open.push_back(l);
    }
    index_open(open);
    std::vector<std::size_t> order;
    for (std::size_t g = 0; g < result_.groups.size(); ++g) {
      if (is_pool(result_.groups[g].group) && !is_calm(g)) order.push_back(g);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return result_.groups[a].group.members.size() > result_.groups[b].group.members.size();
    });
    for (const std::size_t g : order) {
      if (!open.empty()) draw_into(g, open);
    }
    std::erase_if(open, [&](Vertex l) { return owner_[l] != kNoGroup; });
    if (open.size() < pools_.least_size) return;
    for (Group& pool : pools_among(gauge(), open, pools_)) {
      for (const Vertex member : pool.members) owner_[member] = kFresh;
      result_.groups.push_back({std::move(pool), kNoGroup, true});
    }
  }

  // In no group, or in a small one that pairs made: no obstacle to a pool.
  bool is_open(Vertex account) const {
    const std::size_t g = owner_[account];
    if (g == kNoGroup || g == kSmallFresh) return true;
    if (g == kFresh || result_.groups[g].image == kNoGroup) return false;
    return in_.image.groups[result_.groups[g].image].plain &&
           result_.groups[g].group.members.size() < pools_.least_size;
  }

  void draw_into(std::size_t g, Members& open) {
    gauge().hold(result_.groups[g].group.members);
    const Members asked = marked_in_two_kinds(open);
    if (asked.empty()) return;
    const std::vector<Resemblance> likes = gauge().resemblances(asked);
    const Group pool = result_.groups[g].group;
    const double prior = pool_prior(pool.members.size(), graph_.left_count());
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (!looks_like_member(pool, likes[i])) continue;
      if (owner_[asked[i]] < kSmallFresh) leave(asked[i], result_.groups[owner_[asked[i]]]);
      join(asked[i], g, member_likeness(gauge(), asked[i], likes[i], prior));
      std::erase(open, asked[i]);
    }
  }

  // Who of the open accounts touches a thing.
  void index_open(const Members& open) {
    open_users_.clear();
    const std::vector<LikenessView>& views = gauge().plan().views;
    for (const Vertex account : open) {
      for (std::size_t v = 0; v < views.size(); ++v) {
        for (const Vertex r : views[v].graph.rights_of(account)) open_users_.push_back({{v, r}, account});
      }
    }
    std::ranges::sort(open_users_);
  }

  // Those that the marks of the group held speak for in two kinds: nobody else can be like it in two.
  Members marked_in_two_kinds(const Members& open) {
    std::map<Vertex, std::uint64_t> kinds;
    for (const Thing& mark : gauge().marks()) {
      const auto kind = std::uint64_t{1} << gauge().kind_of(mark);
      auto user = std::ranges::lower_bound(open_users_, mark, {}, &OpenUser::first);
      for (; user != open_users_.end() && user->first == mark; ++user) kinds[user->second] |= kind;
    }
    Members result;
    for (const auto& [account, of] : kinds) {
      if (std::popcount(of) >= 2 && std::ranges::binary_search(open, account)) result.push_back(account);
    }
    return result;
  }

  void add_fresh(std::vector<Group> fresh) {
    for (Group& group : fresh)
      std::erase_if(group.members, [&](Vertex l) { return owner_[l] != kFresh && owner_[l] != kSmallFresh; });
    std::erase_if(fresh, [](const Group& group) { return group.members.size() < 2; });
    if (fresh.empty()) return;
    if (in_.config.detect.tests.glue)
      fresh = unglue(in_.patched.snapshot, in_.patched.habits, std::move(fresh), in_.config.threads);
    const bool large =
        std::ranges::any_of(fresh, [&](const Group& group) { return group.members.size() >= pools_.least_size; });
    if (large && in_.config.detect.tests.pools && in_.patched.habits.has_activity())
      fresh = divide_and_describe(gauge(), std::move(fresh), pools_);
    for (Group& group : fresh) {
      if (2 * group.members.size() >= pools_.least_size) ++result_.fresh;
      result_.groups.push_back({std::move(group), kNoGroup, true});
    }
  }

  void finish() {
    std::erase_if(result_.groups, [&](const PatchedGroup& of) {
      return of.group.members.size() < std::max<std::size_t>(2, in_.clustering.least_size);
    });
    std::vector<Group> changed;
    for (PatchedGroup& of : result_.groups) {
      if (!of.changed) continue;
      of.group.cohesion.clear();
      changed.push_back(std::move(of.group));
    }
    measure_cohesion(graph_, changed, in_.config.threads);
    auto next = changed.begin();
    for (PatchedGroup& of : result_.groups) {
      if (of.changed) of.group = std::move(*next++);
    }
  }

  static constexpr std::size_t kFresh = kNoGroup - 1;       // in a group that is not among result_.groups yet …
  static constexpr std::size_t kSmallFresh = kNoGroup - 2;  // … of fewer accounts than a pool has

  const RegroupInput& in_;
  BipartiteGraph graph_;
  PoolOptions pools_{.seed = in_.config.detect.seed, .threads = in_.config.threads};
  std::vector<std::size_t> owner_;  // by account: its group among result_.groups
  std::vector<char> changed_;       // by account
  std::vector<char> again_;         // by account: clustered again
  std::vector<char> linked_;        // by account: to another member of its group
  std::vector<Group> clustered_;
  std::set<Members> as_before_;  // of clustered_, those that the image has as well
  std::optional<GroupGauge> gauge_;
  using OpenUser = std::pair<Thing, Vertex>;
  std::vector<OpenUser> open_users_;  // ascending
  Regrouped result_;
};

}  // namespace

Regrouped regroup(const RegroupInput& input) { return Regrouper(input).run(); }

}  // namespace ringscope
