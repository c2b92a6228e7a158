// Pools in towns whose every account is drawn by hand: who is found, who is left alone, who is told apart.
#include "engine/detect/pools.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"
#include "engine/detect/group_gauge.h"
#include "tests/engine/detect/worlds.h"

namespace ringscope {
namespace {

using testing::World;

constexpr Vertex kPeople = 3000;
constexpr std::size_t kIp = 0, kCard = 1, kMachine = 2;
constexpr std::size_t kDomain = 0, kNet = 1, kIssuer = 2, kTemplate = 3, kHour = 4;
constexpr std::uint64_t kPopularDomains = 8, kIssuers = 150, kPublicPrompts = 1500;

// Accounts in order: those of the town first, then whoever is added.
class Town {
 public:
  explicit Town(std::uint64_t seed = 1) : random_(seed), things_(0, 3), habits_(0, 5) {
    for (Vertex i = 0; i < kPeople; ++i) person();
  }

  Random& random() { return random_; }

  // Somebody with a home, a card, a machine, a mail provider and prompts of everybody's.
  Vertex person() {
    const Vertex account = blank();
    address(account, 1'000'000 + account);
    address(account, 500 + random_.below(4000));
    habits_.touch(account, kDomain, random_.below(kPopularDomains));
    for (int i = 0; i < 6; ++i) ask(account, random_.below(kPublicPrompts));
    return account;
  }

  struct Dealer {
    std::uint64_t addresses = 0, issuer = 0, domains = 0;  // where his goods begin
  };

  // Accounts with a card and a machine each, six of the dealer's sixty addresses, and three of ten prompts.
  std::vector<Vertex> pool(Vertex count, const Dealer& dealer, std::uint64_t prompts) {
    std::vector<Vertex> accounts;
    for (Vertex i = 0; i < count; ++i) {
      const Vertex account = blank(dealer.issuer + random_.below(2));
      for (int a = 0; a < 6; ++a) address(account, dealer.addresses + random_.below(60));
      habits_.touch(account, kDomain, dealer.domains + random_.below(3));
      for (int t = 0; t < 4; ++t) ask(account, prompts + random_.below(10));
      ask(account, random_.below(kPublicPrompts));
      accounts.push_back(account);
    }
    return accounts;
  }

  // Colleagues: one address, one image, a domain and prompts of the house; they also use the dealer's addresses.
  std::vector<Vertex> office(Vertex count, std::uint64_t number, std::uint64_t addresses) {
    std::vector<Vertex> accounts;
    for (Vertex i = 0; i < count; ++i) {
      const Vertex account = blank();
      address(account, 2'000'000 + number);
      address(account, addresses + random_.below(60));
      address(account, addresses + random_.below(60));
      things_.touch(account, kMachine, 3'000'000 + number);
      habits_.touch(account, kDomain, 3'000'000 + number);
      for (std::uint64_t t = 0; t < 3; ++t) ask(account, 3'000'000 + 10 * number + t);
      for (int t = 0; t < 3; ++t) ask(account, random_.below(kPublicPrompts));
      accounts.push_back(account);
    }
    return accounts;
  }

  // Accounts with a home, a card and a machine each, and three to six of twelve prompts of their own.
  std::vector<Vertex> bare(Vertex count, std::uint64_t prompts) {
    std::vector<Vertex> accounts;
    for (Vertex i = 0; i < count; ++i) {
      const Vertex account = person();
      for (int t = 0; t < 9; ++t) ask(account, prompts + random_.below(12));
      accounts.push_back(account);
    }
    return accounts;
  }

  void share_card(Vertex account, std::uint64_t card) { things_.touch(account, kCard, 5'000'000 + card); }
  void address(Vertex account, std::uint64_t value) {
    things_.touch(account, kIp, value);
    habits_.touch(account, kNet, value / 30);
  }
  void ask(Vertex account, std::uint64_t prompt) { habits_.touch(account, kTemplate, prompt); }

  std::vector<Group> find(std::vector<Group> groups = {}, bool activity = true, unsigned threads = 1) const {
    const Snapshot things = snapshot();
    measure_cohesion(things.graph(), groups, threads);
    return with_pools(things, habits(activity), std::move(groups), {.threads = threads});
  }

  Snapshot snapshot() const {
    Snapshot snapshot;
    snapshot.arrays = things_.build();
    snapshot.accounts.resize(things_.accounts());
    for (Vertex a = 0; a < things_.accounts(); ++a) snapshot.accounts[a] = a;
    snapshot.layers = {{KindId{1}, "ip"}, {KindId{2}, "payment"}, {KindId{3}, "fingerprint"}};
    return snapshot;
  }

  Habits habits(bool activity = true) const {
    World world = habits_;
    for (Vertex a = 0; activity && a < world.accounts(); ++a) world.touch(a, kHour, a % 24);
    Habits likes;
    likes.arrays = world.build();
    likes.amounts.assign(likes.arrays.left_targets.size(), 1);
    likes.layers = {"email/domain", "ip/net", "payment/issuer", "template", "hour"};
    return likes;
  }

 private:
  // With a card and a machine of its own.
  Vertex blank() { return blank(random_.below(kIssuers)); }
  Vertex blank(std::uint64_t issuer) {
    const Vertex account = things_.add_account();
    habits_.add_account();
    things_.touch(account, kCard, 6'000'000 + account);
    things_.touch(account, kMachine, 6'000'000 + account);
    habits_.touch(account, kIssuer, issuer);
    return account;
  }

  Random random_;
  World things_, habits_;
};

constexpr Town::Dealer kDealer{.addresses = 100'000, .issuer = 1000, .domains = 1000};
constexpr Town::Dealer kOther{.addresses = 200'000, .issuer = 2000, .domains = 2000};

std::size_t common(const std::vector<Vertex>& a, const std::vector<Vertex>& b) {
  std::vector<Vertex> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both.size();
}

bool has(const std::vector<std::string>& kinds, const std::string& kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

TEST_CASE("pools: accounts with a card and a machine each are found by what the pool has in common") {
  Town town;
  const auto members = town.pool(60, kDealer, 10'000);
  const auto groups = town.find();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].members == members);
  CHECK(groups[0].cohesion.size() == 60);
  CHECK(has(groups[0].likeness, "ip"));
  CHECK(has(groups[0].likeness, "payment"));
  CHECK(has(groups[0].likeness, "email"));
  CHECK(has(groups[0].likeness, "template"));
  REQUIRE(groups[0].member_likeness.size() == 60);
  for (const MemberLikeness& member : groups[0].member_likeness) {
    CHECK(member.kinds >= 3);
    CHECK(member.odds > 3);
  }
}

TEST_CASE("pools: a town without one has none, and customers of one address pool are strangers") {
  Town town;
  CHECK(town.find().empty());
  for (Vertex i = 0; i < 80; ++i) {
    const Vertex account = town.person();
    for (int a = 0; a < 6; ++a) town.address(account, kDealer.addresses + town.random().below(60));
  }
  CHECK(town.find().empty());
}

TEST_CASE("pools: two operators with one dealer are told apart by what they ask") {
  Town town;
  const auto first = town.pool(60, kDealer, 10'000);
  const auto second = town.pool(50, kDealer, 20'000);
  const auto groups = town.find();
  REQUIRE(groups.size() == 2);
  for (const auto& group : groups) {
    const auto most = std::max(common(group.members, first), common(group.members, second));
    CHECK(most >= 45);
    CHECK(most == group.members.size());
  }
}

TEST_CASE("pools: two small operators with one dealer are not made one pool") {
  Town town;
  const auto first = town.pool(10, kDealer, 10'000);
  const auto second = town.pool(10, kDealer, 20'000);
  for (const auto& group : town.find({{.members = first, .cohesion = {}}, {.members = second, .cohesion = {}}}))
    CHECK((common(group.members, first) == 0 || common(group.members, second) == 0));
}

TEST_CASE("pools: pairs that glued two operators together are taken apart") {
  Town town;
  const auto first = town.pool(60, kDealer, 10'000);
  const auto second = town.pool(50, kDealer, 20'000);
  Group glued{.members = first, .cohesion = {}};
  glued.members.insert(glued.members.end(), second.begin(), second.end());
  const auto groups = town.find({glued});
  REQUIRE(groups.size() == 2);
  CHECK(std::max(common(groups[0].members, first), common(groups[0].members, second)) == groups[0].members.size());
  CHECK(groups[0].members.size() + groups[1].members.size() >= 105);
}

TEST_CASE("pools: offices that use the same proxies are no pool") {
  Town town;
  for (std::uint64_t office = 0; office < 6; ++office) town.office(9, office, kDealer.addresses);
  for (const auto& group : town.find()) CHECK(group.members.size() <= 9);
}

TEST_CASE("pools: an office on a pool's proxies stays out of it") {
  Town town;
  const auto members = town.pool(40, kDealer, 10'000);
  const auto colleagues = town.office(5, 1, kDealer.addresses);
  const auto groups = town.find();
  // Its prompts are its own, so it may be a group, but not with them.
  std::size_t found = 0;
  for (const auto& group : groups) {
    found += common(group.members, members) >= 38 ? 1 : 0;
    CHECK((common(group.members, colleagues) == 0 || common(group.members, members) == 0));
  }
  CHECK(found == 1);
}

TEST_CASE("pools: cells of one operator are united, those of two are not") {
  Town town;
  const auto cells_of = [&](const Town::Dealer& dealer, std::uint64_t prompts, std::uint64_t card) {
    std::vector<Group> cells;
    for (std::uint64_t c = 0; c < 2; ++c) {
      Group cell{.members = town.pool(20, dealer, prompts), .cohesion = {}};
      for (const Vertex account : cell.members) town.share_card(account, card + c);
      cells.push_back(std::move(cell));
    }
    return cells;
  };
  std::vector<Group> groups = cells_of(kDealer, 10'000, 1);
  const auto others = cells_of(kOther, 20'000, 3);
  groups.insert(groups.end(), others.begin(), others.end());
  const auto found = town.find(groups);
  REQUIRE(found.size() == 2);
  for (const Group& group : found) {
    CHECK(group.members.size() == 40);
    CHECK(group.cohesion.size() == 40);
    CHECK(group.members.back() - group.members.front() == 39);  // drawn one after the other
  }
}

TEST_CASE("pools: who asks what nobody else asks is a group, though nothing else is shared, also of five") {
  for (const Vertex size : {5U, 60U}) {
    Town town;
    const std::vector<Vertex> ring = town.bare(size, 900'000);
    const std::vector<Group> found = town.find();
    CAPTURE(size);
    REQUIRE(found.size() == 1);
    CHECK(found[0].members.size() >= size - size / 20);
    CHECK(common(found[0].members, ring) == found[0].members.size());
    CHECK(has(found[0].likeness, "template"));
    CHECK(!has(found[0].likeness, "payment"));
  }
}

TEST_CASE("pools: prompts that many others ask make no group") {
  Town town;
  for (Vertex account = 0; account < 1500; ++account) {
    for (int t = 0; t < 3; ++t) town.ask(account, 900'000 + town.random().below(12));
  }
  town.bare(10, 900'000);
  for (const Group& group : town.find()) CHECK(group.members.size() > 200);  // at most all who ask them
}

TEST_CASE("pools: a group that pairs made takes in those who ask what only its members ask") {
  Town town;
  const std::vector<Vertex> ring = town.bare(8, 900'000);
  for (std::size_t i = 0; i < 4; ++i) town.share_card(ring[i], 1);
  const std::vector<Group> found = town.find({{.members = {ring.begin(), ring.begin() + 4}, .cohesion = {}}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].members == ring);
}

TEST_CASE("pools: without activity the groups stay what they are") {
  Town town;
  const auto members = town.pool(60, kDealer, 10'000);
  CHECK(town.find({}, false).empty());
  const auto groups = town.find({{.members = {members[0], members[1]}, .cohesion = {}}}, false);
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].members == std::vector<Vertex>{members[0], members[1]});
}

TEST_CASE("pools: a pair that a pool claims leaves its group") {
  Town town;
  const auto members = town.pool(60, kDealer, 10'000);
  town.share_card(members[3], 9);
  town.share_card(7, 9);
  const auto groups = town.find({{.members = {7, members[3]}, .cohesion = {}}});
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].members == members);
}

TEST_CASE("pools: a group held without a part is the rest of it, kin and all") {
  Town town;
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
// common with it; a thing of half of the group at most, the rest of 15%. No habits.
std::vector<Vertex> kin_by_definition(const LikenessPlan& plan, const Likeness& likeness,
                                      const std::vector<Vertex>& group, Vertex account) {
  std::vector<Vertex> kin;
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
    if (other != account && (things.size() >= 2 || kinds.size() >= 3)) kin.push_back(other);
  }
  if (2 * kin.size() > group.size()) kin.clear();
  if (std::binary_search(group.begin(), group.end(), account)) kin.push_back(account);
  std::ranges::sort(kin);
  return kin;
}

TEST_CASE("pools: kin are who the definition says, though the kind that most have in common is looked up last") {
  Town town;
  std::vector<Vertex> members = town.pool(60, kDealer, 9000);
  const std::vector<Vertex> office = town.office(12, 1, kDealer.addresses);
  members.insert(members.end(), office.begin(), office.end());
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
    double bits = 0;
    for (const float kind : likeness.bits(asked[i], kin)) bits += static_cast<double>(kind);
    CAPTURE(asked[i]);
    REQUIRE(found[i].bits == bits);
  }
  CHECK(with_kin >= 12);
}

TEST_CASE("pools: the same with any number of threads") {
  Town town;
  town.pool(60, kDealer, 10'000);
  town.pool(30, kOther, 20'000);
  const auto one = town.find({}, true, 1), two = town.find({}, true, 2);
  REQUIRE(one.size() == two.size());
  for (std::size_t g = 0; g < one.size(); ++g) {
    CHECK(one[g].members == two[g].members);
    CHECK(one[g].cohesion == two[g].cohesion);
  }
}

}  // namespace
}  // namespace ringscope
