// What a group held is, and who is kin in it.
#include "engine/detect/cluster/group_gauge.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/detect/cluster/pool_town.h"

namespace ringscope {
namespace {

using namespace testing;

TEST_CASE("gauge: a group held without a part is the rest of it, kin and all") {
  PoolTown town;
  std::vector<Vertex> members = town.pool(40, kDealer, 9000);
  const std::vector<Vertex> office = town.office(12, 1, kDealer.addresses);
  members.insert(members.end(), office.begin(), office.end());
  const Snapshot snapshot = town.snapshot();
  const Habits habits = town.habits();
  GroupGauge gauge(snapshot, habits, 1), other(snapshot, habits, 1);
  std::vector<Vertex> asked = members;
  for (Vertex a = 0; a < 200; ++a) asked.push_back(a);
  const auto agree = [&] {
    const std::vector<Resemblance> one = gauge.resemblances(asked), two = other.resemblances(asked);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      REQUIRE(one[i].bits == doctest::Approx(two[i].bits));
      REQUIRE(one[i].which == two[i].which);
    }
    REQUIRE(gauge.marks() == other.marks());
    REQUIRE(gauge.held() == other.held());
  };
  gauge.hold(members);
  gauge.resemblances(asked);  // indexed before anybody is set aside
  // Half of the office, whose other half is kin to it no more; then some of the pool; then nobody.
  for (const auto& [from, to] : {std::pair{40, 46}, std::pair{3, 20}, std::pair{40, 52}, std::pair{0, 0}}) {
    const std::vector<Vertex> part(members.begin() + from, members.begin() + to);
    gauge.set_aside(part);
    std::vector<Vertex> rest;
    std::ranges::set_difference(members, part, std::back_inserter(rest));
    other.hold(rest);
    agree();
  }
  // Of more than are asked at once, too.
  std::vector<Vertex> many;
  for (int i = 0; i < 8; ++i) many.insert(many.end(), asked.begin(), asked.end());
  const std::size_t alike = gauge.count_alike(many);
  REQUIRE(alike > 0);
  REQUIRE(alike < many.size());
  for (const std::size_t least : {std::size_t{0}, std::size_t{1}, alike - 1, alike, alike + 1, many.size() + 1})
    CHECK(gauge.are_alike(many, least) == (alike >= least));
  gauge.set_aside(office);
  gauge.hold(office);
  other.hold(office);
  agree();
}

// By the definition: members but the account itself that have two kinds of things, or three kinds of anything, in
// common with it; a thing of half of the group at most, the rest of 15%. No habits. Of who asks nothing that is known,
// a thing and another kind.
std::vector<Vertex> kin_by_definition(const LikenessPlan& plan, const Likeness& likeness,
                                      const std::vector<Vertex>& group, Vertex account) {
  std::vector<Vertex> kin;
  const auto asks = [&](Vertex l) {
    return std::ranges::any_of(plan.views[kHabitView].graph.rights_of(l), [&](Vertex r) {
      return plan.kinds[likeness.family_of(kHabitView, r)].name == kPrompts;
    });
  };
  for (const Vertex other : group) {
    std::set<std::size_t> things, kinds;
    for (std::size_t v = 0; v < plan.views.size(); ++v) {
      const BipartiteGraph& graph = plan.views[v].graph;
      const auto theirs = graph.rights_of(other);
      for (const Vertex r : graph.rights_of(account)) {
        const std::size_t kind = likeness.family_of(v, r);
        if (plan.kinds[kind].habit || !std::binary_search(theirs.begin(), theirs.end(), r)) continue;
        const auto users = static_cast<double>(std::ranges::count_if(
            graph.lefts_of(r), [&](Vertex l) { return std::binary_search(group.begin(), group.end(), l); }));
        const auto size = static_cast<double>(group.size());
        if (users > (v > 0 ? std::max(3.0, 0.15 * size) : 0.5 * size)) continue;
        if (v == 0) things.insert(kind);
        kinds.insert(kind);
      }
    }
    const std::size_t enough = asks(account) && asks(other) ? 3 : things.empty() ? kinds.size() + 1 : 2;
    if (other != account && (things.size() >= 2 || kinds.size() >= enough)) kin.push_back(other);
  }
  if (2 * kin.size() > group.size()) kin.clear();
  if (std::binary_search(group.begin(), group.end(), account)) kin.push_back(account);
  std::ranges::sort(kin);
  return kin;
}

TEST_CASE("gauge: kin are who the definition says, though the kind that most have in common is looked up last") {
  PoolTown town;
  std::vector<Vertex> members = town.pool(60, kDealer, 9000);
  const std::vector<Vertex> office = town.office(12, 1, kDealer.addresses);
  members.insert(members.end(), office.begin(), office.end());
  const Vertex silent = town.silent_colleague(1);
  members.push_back(silent);
  for (Vertex a = 0; a < 250; ++a) members.push_back(a);  // each on one of few mail domains
  std::ranges::sort(members);
  const Snapshot snapshot = town.snapshot();
  const Habits habits = town.habits();
  GroupGauge gauge(snapshot, habits, 1);
  Likeness likeness(gauge.plan().views, gauge.plan().kinds.size());
  likeness.set_group(members);
  std::vector<Vertex> asked = members;
  for (Vertex a = 1000; a < 1200; ++a) asked.push_back(a);
  std::ranges::sort(asked);
  gauge.hold(members);
  const std::vector<Resemblance> found = gauge.resemblances(asked);
  std::size_t with_kin = 0;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const std::vector<Vertex> kin = kin_by_definition(gauge.plan(), likeness, members, asked[i]);
    with_kin += kin.size() > 1 ? 1 : 0;
    if (asked[i] == silent) CHECK(kin.size() == 13);
    double bits = 0;
    for (const float kind : likeness.bits(asked[i], kin)) bits += static_cast<double>(kind);
    CAPTURE(asked[i]);
    REQUIRE(found[i].bits == bits);
  }
  CHECK(with_kin >= 12);
}

TEST_CASE("gauge: the kinds that are a group's own are those whose things few others use, and most members have") {
  PoolTown town;
  const auto own = [&](const std::vector<Vertex>& members) {
    const Snapshot snapshot = town.snapshot();
    const Habits habits = town.habits();
    GroupGauge gauge(snapshot, habits, 1);
    gauge.hold(members);
    std::set<std::string> kinds;
    for (std::size_t k = 0; k < gauge.plan().kinds.size(); ++k) {
      if ((gauge.own_kinds() >> k & 1) != 0) kinds.insert(gauge.plan().kinds[k].name);
    }
    return kinds;
  };
  std::vector<Vertex> members;
  for (int i = 0; i < 60; ++i) {
    const Vertex account = town.person();
    town.address(account, kDealer.addresses + town.random().below(10));
    town.share_card(account, town.random().below(15));
    members.push_back(account);
  }
  CHECK(own(members) == std::set<std::string>{"ip", "payment"});
  // As many strangers on the addresses: these are nobody's own then, and the networks never were.
  for (int i = 0; i < 60; ++i) town.address(town.person(), kDealer.addresses + town.random().below(10));
  CHECK(own(members) == std::set<std::string>{"payment"});
  // Half of the members have none of the cards.
  for (int i = 0; i < 60; ++i) members.push_back(town.person());
  CHECK(own(members).empty());
}

}  // namespace
}  // namespace ringscope
