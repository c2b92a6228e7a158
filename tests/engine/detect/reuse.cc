// Who uses again what a banned account had: found by going through those of some days, held against going through all.
#include "engine/detect/succession/reuse.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <tuple>

#include <doctest/doctest.h>

#include "algorithms/decoys.h"

using namespace ringscope;

namespace {

constexpr Seconds kDay = kSecondsPerDay, kHorizon = 7 * kDay;
constexpr std::array<std::size_t, 2> kThingLayers = {400, 12}, kHabitLayers = {30, 24};

// Accounts with cards and addresses, card issuers and hours; a third came at no known time or long before.
struct World {
  explicit World(unsigned seed) : draw(seed) {
    for (auto* arrays : {&things, &habits}) {
      const auto& sizes = arrays == &things ? kThingLayers : kHabitLayers;
      std::vector<ArcIndex> offsets{0};
      std::vector<Vertex> targets;
      for (Vertex v = 0; v < kAccounts; ++v) {
        std::set<Vertex> rights;
        for (std::size_t k = 0, begin = 0; k < sizes.size(); begin += sizes[k++]) {
          for (std::size_t n = 1 + below(3); n > 0; --n) rights.insert(static_cast<Vertex>(begin + skewed(sizes[k])));
        }
        targets.insert(targets.end(), rights.begin(), rights.end());
        offsets.push_back(targets.size());
      }
      const auto first = static_cast<Vertex>(sizes[0]), all = static_cast<Vertex>(sizes[0] + sizes[1]);
      *arrays = build_bipartite(std::move(offsets), std::move(targets), all, {0, first, all});
    }
    plan.kinds = {{"payment", false, true}, {"ip", false, true}, {"hour", true, false}};
    plan.views = {{things.view(), {}, {{0, 20, 1}, {1, 20, 0.5}}}, {habits.view(), {}, {{0, 8, 1}, {2, 3, 1}}}};
    live();
  }

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(draw); }
  // Some are far more popular than others.
  std::size_t skewed(std::size_t bound) { return std::min(below(bound), below(bound)); }

  void live() {
    lives.arrival.assign(kAccounts, kNoTime);
    for (auto* times : {&lives.last, &lives.banned, &lives.created}) times->assign(kAccounts, kNoTime);
    lives.sightings.assign(kAccounts, 1);
    rings.ring_of.assign(kAccounts, kNoRing);
    rings.suspect.assign(kAccounts, 0);
    rings.members.resize(20);
    std::vector<std::pair<Seconds, Vertex>> order;
    for (Vertex v = 0; v < kAccounts; ++v) {
      if (below(3) > 0) lives.arrival[v] = static_cast<Seconds>(below(30 * kDay));
      if (below(3) == 0) rings.members[rings.ring_of[v] = below(20)].push_back(v);
      rings.suspect[v] = rings.ring_of[v] != kNoRing && rings.ring_of[v] < 10 ? 1 : 0;
      if (lives.arrival[v] == kNoTime) continue;
      lives.last[v] = lives.arrival[v] + static_cast<Seconds>(below(20 * kDay));
      if (below(10) == 0) lives.banned[v] = lives.last[v];
      lives.sightings[v] = static_cast<double>(1 + below(60));
      order.emplace_back(lives.arrival[v], v);
    }
    std::sort(order.begin(), order.end());
    for (const auto& [at, v] : order) lives.by_arrival.push_back(v);
    lives.end = 50 * kDay;
  }

  static constexpr Vertex kAccounts = 900;
  std::mt19937 draw;
  BipartiteArrays things, habits;
  LikenessPlan plan;
  Lives lives;
  RingPlaces rings;
};

// As the header of reuse.h has it, user by user.
class Plainly {
 public:
  explicit Plainly(const World& world) : world_(world), lives_(world.lives) {}

  void ask(Vertex account, Seconds at, bool control) {
    double newcomers = 0;
    for (const Seconds came : lives_.arrival) newcomers += is_near(came, at) ? 1 : 0;
    std::map<Vertex, std::map<std::size_t, ReusedVertex>> found;
    for (const std::size_t view : {std::size_t{0}, std::size_t{1}}) {
      const LikenessView& of = world_.plan.views[view];
      for (const Vertex r : of.graph.rights_of(account)) {
        const std::size_t k = r < of.graph.layer_end(0) ? 0 : 1;
        if (world_.plan.kinds[of.layers[k].family].habit || of.graph.right_degree(r) > 256) continue;
        std::vector<Vertex> users;
        std::ranges::copy_if(of.graph.lefts_of(r), std::back_inserter(users),
                             [&](Vertex other) { return other != account && is_near(lives_.arrival[other], at); });
        const auto later = std::ranges::count_if(users, [&](Vertex other) { return lives_.arrival[other] >= at; });
        if (later > 64 || users.size() > 128) continue;
        const auto many = static_cast<double>(std::ranges::count_if(of.graph.rights_of(account), [&](Vertex one) {
          return one >= of.graph.layer_begin(k) && one < of.graph.layer_end(k);
        }));
        const double chance = many * static_cast<double>(users.size()) / (newcomers + 1);
        const double bits =
            of.layers[k].weight * std::min<double>(of.layers[k].most_bits, -std::log2(std::min(1.0, chance)));
        if (bits <= 0) continue;
        for (const Vertex other : users) {
          if (view == 1 && !found.contains(other)) continue;
          ReusedVertex& best = found[other][of.layers[k].family];
          if (bits > best.bits) best = {view, r, bits};
        }
      }
    }
    for (const auto& [other, things] : found) propose(account, other, at, control, things);
  }

  std::vector<Reuse> results() const {
    std::array<std::vector<DecoyedFind>, 8> finds;
    std::array<std::vector<const Reuse*>, 8> found;
    for (std::size_t side = 0; side < 3; ++side) {
      for (const auto& [v, one] : best_[side]) {
        const auto ban = best_[0].find(v);
        if (side != 0 && ban != best_[0].end() && ban->second.score > one.score) continue;
        const Seconds lag = std::abs(one.lag);
        const std::size_t after = lag <= kDay / 4 ? 0 : lag <= kDay ? 1 : lag <= 3 * kDay ? 2 : 3;
        const std::size_t k = 2 * after + (world_.rings.suspect[one.banned] != 0 ? 1 : 0);
        finds[k].push_back({one.score, side != 0, side == 2 ? 0.2 : 1.0});
        if (side == 0) found[k].push_back(&one);
      }
    }
    std::vector<Reuse> kept;
    for (std::size_t k = 0; k < 8; ++k) {
      const std::vector<double> chance = chance_by_decoys(finds[k], 1);
      for (std::size_t i = 0; i < found[k].size(); ++i) {
        if (chance[i] >= 1) continue;
        kept.push_back(*found[k][i]);
        kept.back().probability = 1 - chance[i];
      }
    }
    std::ranges::sort(kept, {}, &Reuse::account);
    return kept;
  }

 private:
  static bool is_near(Seconds came, Seconds at) { return came != kNoTime && std::abs(came - at) <= kHorizon; }

  void propose(Vertex account, Vertex other, Seconds at, bool control, std::map<std::size_t, ReusedVertex> things) {
    if (std::ranges::none_of(things, [](const auto& one) { return one.second.view == 0; })) return;
    const Seconds lag = lives_.arrival[other] - at;
    if (lag < 0 && control) return;
    const double soon = static_cast<double>(kDay / 4);
    double score =
        std::log2(static_cast<double>(kHorizon) / soon) - 2 * std::log2(1 + static_cast<double>(std::abs(lag)) / soon);
    Reuse reuse{.banned = account, .account = other, .at = at, .lag = lag, .things = {}};
    for (const auto& [family, thing] : things) {
      score += thing.bits;
      reuse.things.push_back(thing);
    }
    std::ranges::stable_sort(reuse.things, std::ranges::greater(), &ReusedVertex::bits);
    reuse.score = score;
    const auto rank = [](const Reuse& one) { return std::tuple(-one.score, one.banned); };
    const auto [best, fresh] = best_[control ? 2 : lag < 0 ? 1 : 0].try_emplace(other, reuse);
    if (!fresh && rank(reuse) < rank(best->second)) best->second = reuse;
  }

  const World& world_;
  const Lives& lives_;
  std::array<std::map<Vertex, Reuse>, 3> best_;  // by newcomer; of bans, mirrors, controls
};

std::vector<std::tuple<std::size_t, Vertex, double>> told(const std::vector<ReusedVertex>& things) {
  std::vector<std::tuple<std::size_t, Vertex, double>> result;
  for (const ReusedVertex& one : things) result.emplace_back(one.view, one.right, one.bits);
  return result;
}

}  // namespace

TEST_CASE("reuse: what is found is what going through all users of all things finds, to the bit") {
  std::size_t found = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const World world(seed);
    const Controls controls(world.lives, world.rings);
    Plainly plainly(world);
    for (Vertex v = 0; v < World::kAccounts; ++v) {
      const Seconds at = world.lives.banned[v];
      if (at == kNoTime) continue;
      plainly.ask(v, at, false);
      for (const Vertex control : controls.of(v, at, 5)) plainly.ask(control, at, true);
    }
    const std::vector<Reuse> expected = plainly.results();
    const std::vector<Reuse> reuse = find_reuse(world.plan, world.lives, world.rings, controls, kHorizon);
    REQUIRE(reuse.size() == expected.size());
    found += reuse.size();
    for (std::size_t i = 0; i < reuse.size(); ++i) {
      CAPTURE(seed);
      CHECK(std::tuple(reuse[i].account, reuse[i].banned, reuse[i].at, reuse[i].lag) ==
            std::tuple(expected[i].account, expected[i].banned, expected[i].at, expected[i].lag));
      CHECK(std::tuple(reuse[i].score, reuse[i].probability) == std::tuple(expected[i].score, expected[i].probability));
      CHECK(told(reuse[i].things) == told(expected[i].things));
    }
  }
  CHECK(found > 100);
}
