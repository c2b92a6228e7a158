#include "engine/ask/cuts.h"

#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "algorithms/components.h"
#include "base/error.h"
#include "base/random.h"
#include "engine/ask/read_run.h"
#include "engine/detect/index/cut_tree.h"
#include "engine/detect/publish.h"
#include "tests/engine/lab/scratch.h"
#include "tests/engine/log.h"

namespace ringscope {
namespace {

// Three rings of ten accounts on cards and devices, some of which also share one address; honest accounts beside.
std::string log_text() {
  std::string text;
  Random random(5);
  for (int ring = 0; ring < 3; ++ring) {
    for (int a = 0; a < 10; ++a) {
      for (int n = 0; n < 6; ++n) {
        text +=
            fmt::format(R"({{"ts":{},"account":"r{}-{}","payment":"c{}-{}","fingerprint":"f{}-{}","ip":"203.0.{}.{}"}})"
                        "\n",
                        1767225600 + 3600 * n + 60 * a, ring, a, ring, random.below(3), ring, random.below(4),
                        a == 0 ? 9 : ring, random.below(4));
      }
    }
  }
  for (int a = 0; a < 200; ++a)
    text += fmt::format(R"({{"ts":{},"account":"h{}","payment":"hc{}","fingerprint":"hf{}","ip":"10.0.{}.1"}})"
                        "\n",
                        1767225600 + 500 * a, a, a, a, a / 3);
  return text;
}

// Components of the links that the run stored, at the cut: accounts by their smallest.
std::set<std::set<KeyHash>> by_filtering(const Store& store, std::uint64_t run, const std::vector<KeyHash>& accounts,
                                         double cut) {
  std::map<KeyHash, Vertex> place;
  for (const KeyHash account : accounts) place.emplace(account, static_cast<Vertex>(place.size()));
  std::vector<WeightedEdge> edges;
  for (const KeyHash account : accounts) {
    for (const StoredLink& link : store.links_of(run, account)) {
      if (static_cast<double>(link.bits) >= cut) edges.push_back({place.at(account), place.at(link.other), link.bits});
    }
  }
  const Partition parts = connected_components(static_cast<Vertex>(accounts.size()), edges);
  std::map<Vertex, std::set<KeyHash>> groups;
  for (std::size_t a = 0; a < accounts.size(); ++a) groups[parts.community_of[a]].insert(accounts[a]);
  std::set<std::set<KeyHash>> large;
  for (const auto& [community, members] : groups) {
    if (members.size() > 1) large.insert(members);
  }
  return large;
}

TEST_CASE("cuts: what a run kept equals filtering its links, at every step from none to all") {
  Log log(log_text());
  const std::vector<Ring> rings = log.rings();
  REQUIRE(!rings.empty());
  const Store& store = log.store();
  std::vector<KeyHash> accounts;
  store.scan_cells({}, [&](KeyHash account, std::span<const Cell>) { accounts.push_back(account); });
  const auto stored = StoredCuts::open(store, 1);
  REQUIRE(stored);
  std::set<std::size_t> counts;
  for (double cut = 0; cut < 60; cut += 0.125) {
    const std::vector<MergeNode> nodes = stored->nodes(static_cast<float>(cut));
    std::set<std::set<KeyHash>> found;
    for (const std::uint32_t number : components_at(nodes, static_cast<float>(cut))) {
      const std::vector<KeyHash> members = stored->accounts(nodes[number].begin, nodes[number].size);
      found.insert({members.begin(), members.end()});
    }
    CHECK(found == by_filtering(store, 1, accounts, cut));
    counts.insert(found.size());
  }
  CHECK(counts.size() > 2);  // the cuts differ
}

TEST_CASE("cuts: two accounts are apart when no chain of the run's links joins them") {
  constexpr std::size_t kAccounts = 3000;  // in several buckets
  Random random(11);
  std::vector<KeyHash> accounts(kAccounts);
  for (KeyHash& account : accounts) account = random();
  std::ranges::sort(accounts);
  std::vector<WeightedEdge> links;
  for (std::size_t n = 0; n < kAccounts / 2; ++n) {
    const auto u = static_cast<Vertex>(random.below(kAccounts)), v = static_cast<Vertex>(random.below(kAccounts));
    if (u != v) links.push_back({std::min(u, v), std::max(u, v), static_cast<float>(1 + random.below(40))});
  }
  const std::vector<std::span<const WeightedEdge>> all = {links};
  const Scratch scratch("cuts");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  RunGraph graph;
  graph.index = encode_cuts(cut_tree(accounts, all));
  std::vector<Ring> none;
  RunSummary run;
  publish(*store, none, run, graph);
  const auto stored = StoredCuts::open(*store, 1);
  REQUIRE(stored);
  const Partition parts = connected_components(static_cast<Vertex>(kAccounts), links);
  std::size_t together = 0;
  for (std::size_t a = 0; a < kAccounts; a += 7) {
    for (std::size_t b = a + 1; b < kAccounts; b += 5) {
      const bool joined = parts.community_of[a] == parts.community_of[b];
      together += joined ? 1 : 0;
      if (stored->are_apart(accounts[a], accounts[b]) != !joined) FAIL(a << " and " << b);
    }
  }
  CHECK(together > 100);
  CHECK(stored->are_apart(accounts[0], accounts[1] ^ 1) == true);  // that there is none
}

TEST_CASE("cuts: groups are described, and the chart names knee and plateaus") {
  Log log(log_text());
  log.rings();
  const Cut cut = cut_run(log.store(), 1, {.cut = 8.01});
  CHECK(cut.cut == 8.125);
  REQUIRE(cut.groups >= 3);
  std::uint64_t accounts = 0;
  for (const CutGroup& group : cut.list) {
    accounts += group.size;
    CHECK(group.bridge >= cut.cut);
    CHECK(group.density > 0);
    CHECK(group.density <= 1);
    CHECK(group.accounts.size() == std::min<std::uint64_t>(5, group.size));
  }
  CHECK(accounts == cut.accounts);
  CHECK(!cut.list.front().ring.empty());
  const CutChart chart = chart_cuts(log.store(), 1, 5);
  REQUIRE(!chart.curve.empty());
  CHECK(chart.knee);
  CHECK(!chart.plateaus.empty());
  CHECK(chart_to_svg(chart).find("in the largest") != std::string::npos);
  CHECK_THROWS_AS(cut_run(log.store(), 7, {}), Error);
}

}  // namespace
}  // namespace ringscope
