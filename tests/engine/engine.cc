#include "engine/engine.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "engine/config_text.h"
#include "engine/detect/project/pair_facts.h"
#include "engine/lab/simulate.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

// A small world and a store of it.
struct World {
  World() {
    (void)simulate({.out = scratch.path("world"), .seed = 9, .accounts = 800, .requests = 12'000, .hardness = 0.2});
    Engine engine = Engine::open(db(), {.access = Access::create});
    CHECK(engine.ingest(std::vector<std::string>{log()}).events > 11'000);
  }
  std::filesystem::path db() const { return scratch.path("db"); }
  std::string log() const { return scratch.path("world") + "/events.jsonl"; }

  Scratch scratch{"engine_face"};
};

}  // namespace

TEST_CASE("engine: what is explored is what is published, and exploring writes nothing") {
  const World world;
  const Exploration explored = Engine::open(world.db()).explore();
  CHECK(explored.detection.summary.rings > 0);
  CHECK_THROWS_AS((void)Engine::open(world.db()).latest_run(), Error);
  const Detection detection = Engine::open(world.db(), {.access = Access::write}).detect();
  CHECK(detection.summary.digest == explored.detection.summary.digest);
  REQUIRE(detection.rings.size() == explored.detection.rings.size());
  for (std::size_t r = 0; r < detection.rings.size(); ++r)
    CHECK(detection.rings[r].id == explored.detection.rings[r].id);
}

TEST_CASE("engine: open, detect, rings, why, score, export") {
  const World world;
  (void)Engine::open(world.db(), {.access = Access::write}).detect();
  const Engine engine = Engine::open(world.db());
  const std::vector<Ring> rings = engine.rings();
  REQUIRE_FALSE(rings.empty());
  const Ring ring = engine.ring(rings[0].id);
  CHECK(ring.members.size() == rings[0].members.size());
  CHECK(engine.why(ring.members[0].name, ring.members[1].name).a == ring.members[0].name);
  std::uint64_t answers = 0;
  CHECK(engine.score(world.log(), [&](std::string_view) { ++answers; }).answered == answers);
  CHECK(answers > 11'000);
  const std::string out = world.scratch.path("accounts.csv");
  CHECK(engine.export_to("accounts", "csv", out).rows > 0);
  CHECK_THROWS_AS((void)engine.export_to("accounts", "csw", out), Error);
}

TEST_CASE("engine: facts of pairs are the same from both ends") {
  const World world;
  const Exploration explored = Engine::open(world.db()).explore();
  const CsrArrays pairs = build_csr(static_cast<Vertex>(explored.snapshot.accounts.size()), explored.similarity.core);
  const PairFacts facts = pair_facts(explored.snapshot, pairs.view());
  const CsrGraph graph = pairs.view();
  REQUIRE(graph.edge_count() > 0);
  for (Vertex u = 0; u < graph.vertex_count(); ++u) {
    for (ArcIndex a = graph.arcs_begin(u); a < graph.arcs_end(u); ++a) {
      const auto row = graph.neighbors(graph.target(a));
      const ArcIndex twin =
          graph.arcs_begin(graph.target(a)) + static_cast<ArcIndex>(std::ranges::lower_bound(row, u) - row.begin());
      CHECK(facts.kinds[a] == facts.kinds[twin]);
      CHECK(facts.shared[a] == facts.shared[twin]);
      CHECK(facts.first[a] == facts.first[twin]);
      CHECK(facts.last[a] == facts.last[twin]);
      CHECK(facts.first[a] <= facts.last[a]);
    }
  }
}

TEST_CASE("config: a text is read as a file is, and called by its name") {
  CHECK(parse_config("[detect]\nresolution = 0.9\n", "here").detect.resolution == 0.9);
  CHECK_THROWS_WITH_AS((void)parse_config("[detect]\nresolutoin = 1\n", "here"), doctest::Contains("(here:2)"), Error);
  CHECK_THROWS_AS((void)parse_config("= 1", "here"), Error);
}
