#include "engine/load/hub_list.h"

#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <zlib.h>

#include "base/error.h"
#include "engine/detect/project/weigh.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

HubList read_text(const std::string& text) {
  const Scratch scratch("hubs");
  return read_hub_list(scratch.write("hubs.txt", text));
}

std::string complaint_about(const std::string& text) {
  try {
    read_text(text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::input);
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Two addresses and two wallets of the same names, on ten accounts.
Snapshot small_snapshot() {
  Snapshot snapshot;
  snapshot.layers = {{KindId{1}, "ip"}, {KindId{2}, "wallet"}};
  for (const KindId kind : {KindId{1}, KindId{2}}) {
    for (const char* value : {"192.0.2.1", "192.0.2.2"}) snapshot.entities.push_back({kind, hash_value(value)});
  }
  std::vector<ArcIndex> offsets{0};
  std::vector<Vertex> targets;
  for (Vertex account = 0; account < 10; ++account) {
    snapshot.accounts.push_back(account);
    targets.insert(targets.end(), {account % 2, 2 + account / 5});
    offsets.push_back(targets.size());
  }
  snapshot.arrays = build_bipartite(std::move(offsets), std::move(targets), 4, {0, 2, 4});
  return snapshot;
}

}  // namespace

TEST_CASE("hub list: values alone count for every kind, those with a kind for that one") {
  const HubList list = read_text("# known exits\n192.0.2.1\r\n\n wallet,w2 # an exchange\nmail#box\n");
  CHECK(list.size() == 3);
  CHECK(list.holds("ip", hash_value("192.0.2.1")));
  CHECK(list.holds("wallet", hash_value("192.0.2.1")));
  CHECK(list.holds("wallet", hash_value("w2")));
  CHECK_FALSE(list.holds("fund", hash_value("w2")));
  CHECK(list.holds("email", hash_value("mail#box")));
}

TEST_CASE("hub list: a header names the columns, and others are passed over") {
  const HubList list = read_text("label,value,kind\n\"exchange, big\",w1,fund\nbridge,w2,\n");
  CHECK(list.holds("fund", hash_value("w1")));
  CHECK_FALSE(list.holds("sink", hash_value("w1")));
  CHECK(list.holds("sink", hash_value("w2")));
}

TEST_CASE("hub list: values are met however the events spell them") {
  const HubList list = read_text("IP,2001:DB8:0:0::1\nexample.ORG\n");
  CHECK(list.holds("ip", hash_value("2001:db8::1")));
  CHECK(list.holds("email_domain", hash_value("example.org")));
  CHECK(list.holds("name", hash_value("example.ORG")));
}

TEST_CASE("hub list: compressed or empty is as good") {
  const Scratch scratch("hubs");
  const std::string path = scratch.path("hubs.gz");
  gzFile out = gzopen(path.c_str(), "wb");
  gzputs(out, "value,label\nw1,exchange\n");
  gzclose(out);
  CHECK(read_hub_list(path).holds("fund", hash_value("w1")));
  CHECK(read_text("").size() == 0);
}

TEST_CASE("hub list: what is wrong is named with file and line") {
  CHECK(contains(complaint_about("w1\n1.0.0.0,1.0.0.255,Some Host\n"), "hubs.txt:2"));
  CHECK(contains(complaint_about("w1\n\nip,\n"), "hubs.txt:3"));
  CHECK(contains(complaint_about("value,label\n,exchange\n"), "names no value"));
  CHECK(contains(complaint_about("192.0.2.0/24\n"), "is a network"));
  CHECK(complaint_about("a/24\nhttps://example.org/24\n").empty());
  CHECK_THROWS_AS(read_hub_list("/nowhere/hubs.txt"), Error);
}

TEST_CASE("hub list: a listed entity is worth nothing, whatever its size") {
  const Snapshot snapshot = small_snapshot();
  HubList list;
  list.add("ip", "192.0.2.2");
  list.add("", "unknown");
  const std::vector<char> hubs = mark_hubs(list, snapshot);
  CHECK(hubs == std::vector<char>{0, 1, 0, 0});
  const BipartiteGraph graph = snapshot.graph();
  for (const Weights& weights :
       {weigh(graph, {.known_hubs = hubs}), weigh_trusted(graph, {.known_hubs = hubs}, {.threads = 1})}) {
    CHECK(weights.rarity[1] == 0);
    for (const Vertex other : {0U, 2U, 3U}) CHECK(weights.rarity[other] > 0);
  }
}
