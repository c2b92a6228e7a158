// Sub-communities, bridges and neighbours of large rings: what a run keeps of them.
#include "tests/engine/ask/kept_shapes.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "engine/ask/dossier.h"
#include "engine/ask/overlap.h"
#include "engine/ask/picture.h"
#include "engine/detect/detect.h"
#include "engine/lab/simulate.h"
#include "storage/codec.h"
#include "tests/engine/ingest/ingest_for_tests.h"
#include "tests/engine/lab/simulated.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

// A simulated world with large rings, but for its last events, and one run.
class World {
 public:
  World() {
    const Scratch scratch("shapes");
    simulate({.out = scratch.path("world"), .seed = 23, .accounts = 8000, .requests = 120'000, .days = 14});
    const std::string text = read_text(scratch.path("world/events.jsonl"));
    const std::size_t cut = text.rfind('\n', text.size() - text.size() / 20) + 1;
    rest_ = text.substr(cut);
    bench_.read_text(std::string_view(text).substr(0, cut));
    DetectProgress progress;
    detect(store(), {}, progress, DetectMode::once);
  }
  Store& store() { return bench_.store(); }
  void read_rest() { bench_.read_text(rest_); }
  // Those of which a shape is kept.
  std::vector<std::string> shaped() {
    std::vector<std::string> ids;
    for (const RingLine& line : read_ring_lines(store(), 1).lines) {
      if (line.size >= kLeastKept && line.size <= kMostKept) ids.push_back(line.ring);
    }
    return ids;
  }

 private:
  test::Bench bench_;
  std::string rest_;
};

RingShape drawn_shape() {
  return {.things = 3,
          .part_of = std::vector<std::uint8_t>(kLeastKept, 0),
          .things_of = {{{{KindId{2}, 7}, 90}, {{KindId{3}, 8}, 2}}, {}},
          .bridges = {{.member = 4, .parts = {{0, 3}, {1, 1}}, .joined = 3, .cut = true},
                      {.entity = {KindId{2}, 9}, .parts = {{1, 300}}, .joined = 70'000, .cut = false}}};
}

// The row in a store of its own.
void put_row(Store& store, const IndexEntry& entry) {
  const auto writer = store.run_writer();
  writer->add_index(entry.key, entry.value);
  writer->commit("{}");
}

}  // namespace

TEST_CASE("kept shapes: of every large ring a run keeps what its members' rows and links say") {
  World world;
  const KeptShapes kept = check_shapes(world.store(), 1);
  CHECK(kept.large >= 5);
  CHECK(kept.shared == kept.large);
  CHECK(kept.shapes == world.shaped().size());
  CHECK(kept.parted >= 1);
  CHECK(kept.tied >= 1);
}

TEST_CASE("kept shapes: no row has a member's key, so that erasing one leaves nothing behind in them") {
  World world;
  REQUIRE(!world.shaped().empty());
  for (const std::string& id : world.shaped()) {
    const RingHead head = find_ring_head(world.store(), 1, id);
    const std::size_t members = head.ring.members.size();
    const std::string rows = encode_shape(id, stored_shape(world.store(), 1, id, members).value()).value +
                             encode_shared(id, stored_shared(world.store(), 1, id, members).value()).value;
    for (const Member& member : head.ring.members) {
      std::string key;
      Encoder(key).fixed64(member.account);
      CHECK(rows.find(key) == std::string::npos);
    }
  }
}

TEST_CASE("kept shapes: a page tells a large ring as the run saw it, and the picture calls its parts the same") {
  World world;
  REQUIRE(!world.shaped().empty());
  std::vector<std::string> before, after;
  for (const std::string& id : world.shaped()) before.push_back(dossier_to_json(read_dossier(world.store(), 1, id)));
  world.read_rest();
  std::size_t moved = 0;
  for (const std::string& id : world.shaped()) {
    after.push_back(dossier_to_json(read_dossier(world.store(), 1, id)));
    const RingHead head = find_ring_head(world.store(), 1, id);
    const auto shape = stored_shape(world.store(), 1, id, head.ring.members.size());
    moved += *shape == worked_out_shape(world.store(), 1, head.ring) ? 0 : 1;
    const RingMap map = map_ring(world.store(), find_run(world.store(), 1), head.ring);
    const std::vector<RingPart> parts = parts_of(map, whole(map));
    REQUIRE(parts.size() == shape->things_of.size());
    for (std::size_t p = 0; p < parts.size(); ++p) {
      for (const Vertex v : parts[p].members) CHECK(shape->part_of[v] == p);
    }
  }
  CHECK(before == after);
  CHECK(moved > 0);  // else nothing was read that could have told otherwise
}

TEST_CASE("kept shapes: rows read back as they were written, and damage is told") {
  test::Bench bench;
  const RingShape shape = drawn_shape();
  const IndexEntry row = encode_shape("R-00000001", shape);
  put_row(bench.store(), row);
  CHECK(stored_shape(bench.store(), 1, "R-00000001", kLeastKept) == shape);
  CHECK_FALSE(stored_shape(bench.store(), 1, "R-00000001", kLeastKept + 1));  // of other members
  CHECK_FALSE(stored_shape(bench.store(), 1, "R-00000002", kLeastKept));
  const std::vector<SharedRing> rings{{"R-00000003", 0.1 + 0.2, 2}, {"R-00000002", 0.25, 0}};
  const IndexEntry shared = encode_shared("R-00000001", rings);
  put_row(bench.store(), shared);
  CHECK(stored_shared(bench.store(), 2, "R-00000001", kLeastKept) == rings);
  CHECK_FALSE(stored_shared(bench.store(), 2, "R-00000001", kLeastKept - 1));
  std::uint64_t run = 2;
  for (std::size_t end = 1; end < row.value.size(); end += 7) {
    put_row(bench.store(), {row.key, row.value.substr(0, end)});
    ++run;
    if (end > 4) CHECK_THROWS_AS(stored_shape(bench.store(), run, "R-00000001", kLeastKept), Error);
  }
  for (std::size_t end = 1; end < shared.value.size(); ++end) {
    put_row(bench.store(), {shared.key, shared.value.substr(0, end)});
    CHECK_THROWS_AS(stored_shared(bench.store(), ++run, "R-00000001", kLeastKept), Error);
  }
}

TEST_CASE("kept shapes: a row of no bytes in a run over a base takes the base's away") {
  test::Bench bench;
  put_row(bench.store(), encode_shape("R-00000001", drawn_shape()));
  const auto over = bench.store().run_writer(1);
  over->commit("{}");
  CHECK(stored_shape(bench.store(), 2, "R-00000001", kLeastKept) == drawn_shape());
  const auto without = bench.store().run_writer(1);
  without->add_index(no_shape("R-00000001").key, no_shape("R-00000001").value);
  without->commit("{}");
  CHECK_FALSE(stored_shape(bench.store(), 3, "R-00000001", kLeastKept));
}
