// How a ring hangs together, what it looks like, and what it has to do with another.
#include "engine/ask/ring_map.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "engine/ask/compare.h"
#include "engine/ask/dossier.h"
#include "engine/ask/picture.h"
#include "engine/ask/read_run.h"
#include "tests/engine/ask/bench.h"

using namespace ringscope;
using namespace ringscope::testing;

namespace {

constexpr const char* kRing = "R-00000001";

// Two cells of so many who share a card and a phone each, and the first of either have an address in common.
class TwoCells {
 public:
  explicit TwoCells(int size) {
    std::vector<std::string> members;
    for (const std::string cell : {"a", "b"}) {
      for (int i = 0; i < size; ++i) {
        const std::string name = cell + std::to_string(i);
        std::vector<Seen> seen{{"payment", "card-" + cell}, {"phone", "phone-" + cell}, {"fp", "own-" + name}};
        if (i == 0) seen.emplace_back("ip", "bridge");
        bench_.add(name, seen);
        members.push_back(name);
      }
    }
    bench_.ring(kRing, Tier::ban, members);
    bench_.publish_run();
    head_ = find_ring_head(store(), 1, kRing);
  }
  const Store& store() { return bench_.store(); }
  const Ring& ring() const { return head_.ring; }
  RingMap map() { return map_ring(store(), find_run(store(), 1), ring()); }

 private:
  Bench bench_;
  RingHead head_;
};

}  // namespace

TEST_CASE("ring map: members and the things that two of them have, nothing else") {
  TwoCells world(6);
  const RingMap map = world.map();
  CHECK(map.accounts.size() == 12);
  CHECK(map.things.size() == 5);
  CHECK(map.things.front().members == 6);
  CHECK(map.things.back().members == 2);
  CHECK(map.graph.view().edge_count() == 26);
}

TEST_CASE(
    "ring map: its parts are the cells, and the address between them is the bridge without which it falls apart") {
  TwoCells world(6);
  const Dossier dossier = read_dossier(world.store(), 1, kRing);
  REQUIRE(dossier.structure);
  REQUIRE(dossier.structure->parts.size() == 2);
  for (const PartBrief& part : dossier.structure->parts) {
    CHECK(part.members == 6);
    REQUIRE(part.things.size() == 2);
    CHECK(part.things[0].substr(part.things[0].size() - 3) == "(6)");
  }
  REQUIRE(dossier.structure->bridges.size() == 3);  // the address and the two who have it
  const auto address = std::ranges::find(dossier.structure->bridges, std::string("ip"), &BridgeBrief::kind);
  REQUIRE(address != dossier.structure->bridges.end());
  CHECK(address->value == "bridge");
  CHECK(address->joined == 1);
  CHECK(address->cut);
  CHECK(address->parts.size() == 2);
  const nlohmann::json json = nlohmann::json::parse(dossier_to_json(dossier));
  CHECK(!json.contains("members"));
  CHECK(json.at("size") == 12);
}

TEST_CASE("picture: a small ring is shown whole, each node once, in a place of its own") {
  TwoCells world(6);
  const Picture picture = draw_ring(world.store(), world.ring(), world.map());
  CHECK(!picture.collapsed);
  CHECK(picture.nodes.size() == 17);
  CHECK(picture.edges.size() == 26);
  std::set<std::string> ids, labels;
  std::set<std::pair<double, double>> places;
  for (const PictureNode& node : picture.nodes) {
    ids.insert(node.id);
    labels.insert(node.label);
    places.insert({node.x, node.y});
    CHECK(std::isfinite(node.x));
  }
  CHECK(ids.size() == 17);
  CHECK(places.size() == 17);
  CHECK(labels.contains("a3"));
  CHECK(labels.contains("card-b"));
  CHECK(picture_to_json(picture) == picture_to_json(draw_ring(world.store(), world.ring(), world.map())));
}

TEST_CASE("picture: a large ring is its parts, which open one by one") {
  TwoCells world(150);
  const RingMap map = world.map();
  const PictureOptions small{.most_nodes = 250};
  const Picture closed = draw_ring(world.store(), world.ring(), map, small);
  CHECK(closed.collapsed);
  std::uint64_t members = 0;
  std::vector<std::string> groups;
  for (const PictureNode& node : closed.nodes) {
    CHECK(node.type != NodeType::account);
    if (node.type != NodeType::group) continue;
    CHECK(node.can_open);
    members += node.members;
    groups.push_back(node.id);
  }
  CHECK(members == 300);
  REQUIRE(groups.size() == 2);
  CHECK(closed.nodes.size() == 3);  // the bridge; cards and phones join nobody to anything
  CHECK(closed.edges.size() == 2);
  const Picture open = draw_ring(world.store(), world.ring(), map, {.most_nodes = 250, .open = {"g1", "g9"}});
  CHECK(open.open == std::vector<std::string>{"g1"});
  CHECK(open.refused == std::vector<std::string>{"g9"});
  std::map<NodeType, int> of_type;
  for (const PictureNode& node : open.nodes) ++of_type[node.type];
  CHECK(of_type[NodeType::account] == 150);
  CHECK(of_type[NodeType::group] == 1);
  CHECK(of_type[NodeType::thing] == 3);
  CHECK(open.nodes.size() <= 250);
  // Both would not fit: the second stays closed.
  const Picture both = draw_ring(world.store(), world.ring(), map, {.most_nodes = 250, .open = {"g1", "g2"}});
  CHECK(both.refused == std::vector<std::string>{"g2"});
  // A part that is too large itself opens into its parts.
  const Picture deep = draw_ring(world.store(), world.ring(), map, {.most_nodes = 170, .open = {"g1", "g1.1"}});
  CHECK(deep.open == std::vector<std::string>{"g1", "g1.1"});
  CHECK(std::ranges::count(deep.nodes, std::string("g1.1"), &PictureNode::group) == 75);
  CHECK(std::ranges::find(deep.nodes, std::string("g1.2"), &PictureNode::id) != deep.nodes.end());
}

TEST_CASE("compare: rings with a card in common may be one operator's, those that are linked are, others are not") {
  Bench bench;
  for (const std::string ring : {"a", "b", "c", "d"}) {
    for (int i = 0; i < 4; ++i) {
      std::vector<Seen> seen{{"payment", "card-" + ring}};
      if (i < 2 && (ring == "a" || ring == "b")) seen.emplace_back("ip", "both");
      if (i == 0 && (ring == "a" || ring == "c")) seen.emplace_back("phone", "one");
      bench.add(ring + std::to_string(i), seen);
    }
  }
  for (const std::string a : {"a0", "a1"}) {
    for (const std::string b : {"b0", "b1"}) bench.link(a, b, 30);
  }
  for (const std::string ring : {"a", "b", "c", "d"})
    bench.ring("R-0000000" + ring, Tier::review, {ring + "0", ring + "1", ring + "2", ring + "3"});
  bench.publish_run();
  const Comparison linked = compare_rings(bench.store(), 1, "R-0000000a", "R-0000000b");
  CHECK(linked.answer == OneOperator::yes);
  CHECK(linked.links == 4);
  CHECK(linked.linked_a == 2);
  CHECK(linked.linked_b == 2);
  CHECK(linked.strongest_link == 30);
  REQUIRE(linked.things.size() == 1);
  CHECK(linked.things[0].value == "both");
  CHECK(linked.things[0].members_a == 2);
  const Comparison sharing = compare_rings(bench.store(), 1, "R-0000000a", "R-0000000c");
  CHECK(sharing.answer == OneOperator::maybe);
  CHECK(sharing.links == 0);
  CHECK(any_contains(sharing.reasons, "phone"));
  const Comparison apart = compare_rings(bench.store(), 1, "R-0000000a", "R-0000000d");
  CHECK(apart.answer == OneOperator::no_sign);
  CHECK(apart.things.empty());
  CHECK_THROWS_AS(compare_rings(bench.store(), 1, "R-0000000a", "R-0000000a"), Error);
  CHECK_THROWS_AS(compare_rings(bench.store(), 1, "R-0000000a", "R-0000000"), Error);
}

TEST_CASE("compare: of very many things in common the best are told, equal ones by their names") {
  Bench bench;
  std::vector<Seen> many{{"phone", "zz-two"}};
  for (int i = 0; i < 150; ++i) many.emplace_back("payment", "card-" + std::to_string(1000 + i));
  for (int i = 0; i < 20; ++i) many.emplace_back("ip", "weak-" + std::to_string(i));
  for (const std::string name : {"a0", "a1", "b0", "b1"}) {
    if (name.back() == '0') {
      bench.add(name, many);
    } else {
      bench.add(name, {{"phone", "zz-two"}});
    }
  }
  bench.ring("R-0000000a", Tier::review, {"a0", "a1"});
  bench.ring("R-0000000b", Tier::review, {"b0", "b1"});
  bench.publish_run();
  const Comparison one = compare_rings(bench.store(), 1, "R-0000000a", "R-0000000b");
  CHECK(one.things_count == 171);
  REQUIRE(one.things.size() == kMostThings);
  CHECK(one.things[0].value == "zz-two");  // of four members
  CHECK(one.things[0].members_a + one.things[0].members_b == 4);
  for (std::size_t i = 1; i < kMostThings; ++i) CHECK(one.things[i].value == "card-" + std::to_string(999 + i));
}

TEST_CASE("compare: what is read on several threads comes out the same, member by member") {
  Bench bench;
  std::vector<std::string> members[2];
  for (int i = 0; i < 300; ++i) {
    for (const int r : {0, 1}) {
      members[r].push_back(std::string(1, static_cast<char>('a' + r)) + std::to_string(i));
      bench.add(members[r].back(),
                {{"payment", "card-" + std::to_string(i % (30 + r))}, {"fp", "own-" + members[r].back()}});
    }
    if (i % 10 == 0)
      bench.link(members[0].back(), members[1][static_cast<std::size_t>(i / 2)], static_cast<float>(30 + i));
  }
  bench.ring("R-0000000a", Tier::review, members[0]);
  bench.ring("R-0000000b", Tier::review, members[1]);
  bench.publish_run();
  const Comparison one = compare_rings(bench.store(), 1, "R-0000000a", "R-0000000b");
  CHECK(one.things_count == 30);
  std::uint64_t members_a = 0, members_b = 0;
  for (const CommonThing& thing : one.things) {
    members_a += thing.members_a;
    members_b += thing.members_b;
  }
  CHECK(members_a == 300);
  CHECK(members_b == 291);  // nine have the card that nobody of the other ring has
  CHECK(one.links == 30);
  CHECK(one.linked_a == 30);
  CHECK(one.linked_b == 30);
  CHECK(one.strongest_link == 320);
  const Comparison few = compare_rings(bench.store(), 1, "R-0000000a", "R-0000000b", {.most_members = 100});
  CHECK(few.a.looked_at == 100);
}
