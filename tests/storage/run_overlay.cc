// Runs over a base, and the image that a run leaves.
#include <algorithm>
#include <map>
#include <span>

#include "rows_for_tests.h"
#include <doctest/doctest.h>

#include "base/error.h"
#include "storage/store.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

constexpr KindId kCard{1};

VertexKey card(KeyHash hash) { return {kCard, hash}; }

// Rings a, b, c with accounts 1 to 6, two each, who are linked in pairs; a card for each pair.
std::uint64_t write_base(Store& store) {
  const auto writer = store.run_writer();
  for (KeyHash pair = 0; pair < 3; ++pair) {
    const std::string id(1, static_cast<char>('a' + pair));
    const KeyHash one = 2 * pair + 1, other = 2 * pair + 2;
    const StoredLink to_one{one, 9}, to_other{other, 9};
    writer->add_ring({id, "ring " + id});
    writer->add_member({one, id, "one"});
    writer->add_member({other, id, "other"});
    writer->add_links(one, {&to_other, 1});
    writer->add_links(other, {&to_one, 1});
    writer->add_entity({card(pair), 2, 10});
    writer->add_nearest(100 + pair, {one, 3});
  }
  writer->commit("base");
  return writer->run();
}

// b is gone, c has another member, d is new.
std::uint64_t write_over(Store& store, std::uint64_t base) {
  const auto writer = store.run_writer(base);
  writer->drop_ring("b");
  writer->drop_member(3);
  writer->drop_member(4);
  writer->add_ring({"c", "ring c again"});
  writer->add_member({6, "c", "other"});
  writer->add_member({5, "c", "one"});
  writer->add_member({7, "c", "new"});
  writer->add_ring({"d", "ring d"});
  const StoredLink link{8, 5};
  writer->add_links(1, {&link, 1});
  writer->drop_links(3);
  writer->drop_entity(card(1));
  writer->add_entity({card(2), 3, 11});
  writer->drop_nearest(101);
  writer->add_nearest(102, {8, 4});
  writer->commit("over");
  return writer->run();
}

std::map<std::string, std::string> rings_of(const Store& store, std::uint64_t run) {
  std::map<std::string, std::string> rings;
  std::string last;
  store.scan_rings(run, [&](const StoredRing& ring) {
    CHECK(last < ring.id);
    last = ring.id;
    rings[ring.id] = ring.payload;
  });
  return rings;
}

std::map<KeyHash, std::string> members_of(const Store& store, std::uint64_t run) {
  std::map<KeyHash, std::string> members;
  store.scan_places(run, [&](const StoredPlace& member) { members[member.account] = member.ring; });
  return members;
}

using Links = std::map<KeyHash, std::vector<StoredLink>>;

// In one pass over [first, last], having looked at each account of it as well.
Links links_between(const Store& store, std::uint64_t run, KeyHash first, KeyHash last) {
  Links links, looked_up;
  store.scan_links(run, first, last, [&](KeyHash account, std::span<const StoredLink> its) {
    CHECK((links.empty() || links.rbegin()->first < account));
    links[account].assign(its.begin(), its.end());
  });
  for (KeyHash account = first; account <= std::min<KeyHash>(last, 200); ++account) {
    if (auto its = store.links_of(run, account); !its.empty()) looked_up[account] = std::move(its);
  }
  CHECK(links == looked_up);
  return links;
}

void check_over(const Store& store, std::uint64_t run) {
  CHECK(links_between(store, run, 0, ~KeyHash{0}).size() == 5);
  for (KeyHash first = 0; first < 8; ++first) {
    for (KeyHash last = first; last < 8; ++last) links_between(store, run, first, last);
  }
  CHECK(rings_of(store, run) ==
        std::map<std::string, std::string>{{"a", "ring a"}, {"c", "ring c again"}, {"d", "ring d"}});
  CHECK(members_of(store, run) == std::map<KeyHash, std::string>{{1, "a"}, {2, "a"}, {5, "c"}, {6, "c"}, {7, "c"}});
  CHECK(store.find_ring(run, "a")->payload == "ring a");
  CHECK(!store.find_ring(run, "b"));
  CHECK(!store.find_member(run, 3));
  CHECK(store.find_member(run, 6)->payload == "other");
  CHECK(store.links_of(run, 1) == std::vector<StoredLink>{{8, 5}});
  CHECK(store.links_of(run, 2) == std::vector<StoredLink>{{1, 9}});
  CHECK(store.links_of(run, 3).empty());
  CHECK(store.find_entity(run, card(0))->accounts == 2);
  CHECK(!store.find_entity(run, card(1)));
  CHECK(store.find_entity(run, card(2))->accounts == 3);
  CHECK(store.nearest_of(run, 100)->other == 1);
  CHECK(!store.nearest_of(run, 101));
  CHECK(store.nearest_of(run, 102)->other == 8);
}

std::string image_of(const Store& store) {
  std::string bytes;
  store.read_image([&](std::string_view part) { bytes.append(part); });
  return bytes;
}

void ingest_rows(Store& store, std::vector<KeyHash> accounts, bool bulk) {
  const auto writer = bulk ? store.bulk_writer() : store.live_writer();
  for (const KeyHash account : accounts) {
    AccountRow row;
    row.account = account;
    row.cells = {{card(1), 20000, 1, 20000 * kSecondsPerDay, 20000 * kSecondsPerDay}};
    writer->add_row(row);
  }
  writer->commit();
}

}  // namespace

TEST_CASE("run over a base: it has its own rows, the base's others, and not those that it dropped; reopened as well") {
  const TemporaryDirectory dir;
  {
    const auto store = open_store(dir / "db");
    const std::uint64_t base = write_base(*store);
    const std::uint64_t over = write_over(*store, base);
    CHECK(store->base_of(over) == base);
    CHECK(store->base_of(base) == 0);
    check_over(*store, over);
    CHECK(rings_of(*store, base).size() == 3);
    CHECK(members_of(*store, base).size() == 6);
  }
  check_over(*Store::open(dir / "db", {}), 2);
}

TEST_CASE("run over a base: the base's links live as long as one of the last two runs lies over it") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  const std::uint64_t base = write_base(*store);
  for (int i = 0; i < 4; ++i) check_over(*store, write_over(*store, base));
  CHECK(store->links_of(2, 1).empty());  // an earlier run's own are gone
  CHECK(links_between(*store, 2, 0, ~KeyHash{0}).empty());
  const std::uint64_t full = write_base(*store);
  check_over(*store, full - 1);
  write_base(*store);
  CHECK(store->links_of(base, 1).empty());
  CHECK(store->links_of(full, 1).size() == 1);
  CHECK(rings_of(*store, base).size() == 3);  // rings and members are history and stay
  CHECK(rings_of(*store, 2).size() == 3);
}

TEST_CASE("run over a base: a run that lies over another cannot be a base, nor can one that is not there") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  const std::uint64_t over = write_over(*store, write_base(*store));
  CHECK_THROWS_AS(store->run_writer(over), Error);
  CHECK_THROWS_AS(store->run_writer(over + 1), Error);
}

TEST_CASE("image: it is read back in its order, replaced by the next, and gone when its run is not published") {
  const TemporaryDirectory dir;
  const std::string large(3'000'000, 'x');
  {
    const auto store = open_store(dir / "db");
    CHECK(store->image_run() == 0);
    CHECK(image_of(*store).empty());
    auto writer = store->run_writer();
    writer->add_image(large);
    writer->add_image("end");
    writer->commit("first");
    CHECK(store->image_run() == 1);
    CHECK(image_of(*store) == large + "end");
    store->run_writer(1)->commit("over the first");
    CHECK(image_of(*store) == large + "end");
    writer = store->run_writer();
    writer->add_image("next");
    writer->commit("next");
    CHECK(store->image_run() == 3);
    CHECK(image_of(*store) == "next");
    store->run_writer()->add_image("never published");
    CHECK(image_of(*store) == "next");
  }
  const auto store = open_store(dir / "db");
  CHECK(image_of(*store) == "next");
  CHECK(store->verify().empty());
  store->drop_image();
  CHECK(store->image_run() == 0);
  CHECK(image_of(*store).empty());
}

TEST_CASE("touched: accounts of batches since the image, whichever way they came and however they were merged since") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  ingest_rows(*store, {5, 1}, true);
  CHECK(store->touched().empty());  // nobody to tell
  auto writer = store->run_writer();
  writer->add_image("image");
  writer->commit("run");
  ingest_rows(*store, {9, 3, 9}, false);
  ingest_rows(*store, {7, 3, 8, 3}, true);
  CHECK(store->touched() == std::vector<KeyHash>{3, 7, 8, 9});
  store->merge_fragments();
  CHECK(store->touched() == std::vector<KeyHash>{3, 7, 8, 9});
  writer = store->run_writer();
  writer->add_image("image");
  writer->commit("run");
  CHECK(store->touched().empty());
}

TEST_CASE("rows of some accounts: the same as a scan of all gives, and nothing for an account that is not there") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  Random random(5);
  for (int batch = 0; batch < 3; ++batch) {
    const auto writer = store->live_writer();
    for (KeyHash account = 0; account < 40; ++account) writer->add_row(random_row(random, mix64(account)));
    writer->commit();
  }
  const Content content = content_of(*store);
  std::vector<KeyHash> asked;
  for (std::size_t i = 0; i < content.cells.size(); i += 3) asked.push_back(content.cells[i].first);
  asked.push_back(~KeyHash{0});
  std::size_t at = 0;
  store->visit_cells(asked, {}, [&](KeyHash account, std::span<const Cell> cells) {
    CHECK(account == asked[at]);
    CHECK(std::vector<Cell>(cells.begin(), cells.end()) == store->cells_of(account, {}));
    ++at;
  });
  CHECK(at == asked.size());
  store->visit_activity(asked, {20005, 20009}, [&](KeyHash account, std::span<const ActivityDay> days) {
    CHECK(std::vector<ActivityDay>(days.begin(), days.end()) == store->activity_of(account, {20005, 20009}));
  });
  store->visit_facts(asked,
                     [&](KeyHash account, const AccountFacts& facts) { CHECK(facts == store->facts_of(account)); });
}
