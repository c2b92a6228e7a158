// The whole way, from files to tiers, on simulated worlds whose truth is known.
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/detect/detect.h"
#include "engine/export/export.h"
#include "engine/ingest/ingest.h"
#include "engine/lab/evaluate.h"
#include "engine/lab/simulate.h"
#include "storage/store.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope {
namespace {

// A world that was simulated, read, and looked through.
class Judged {
 public:
  explicit Judged(SimulateOptions options) : scratch_("quality") {
    options.out = scratch_.path("world");
    simulate(options);
    const auto store = Store::open(scratch_.path("db"), {.mode = OpenMode::create});
    IngestProgress reading;
    const std::vector<std::string> files{scratch_.path("world/events.jsonl")};
    ingest(*store, files, {}, reading);
    DetectProgress detecting;
    summary_ = detect(*store, {}, detecting).summary;
    export_run(*store, find_export_format("accounts", "csv"), {}, std::filesystem::path(scratch_.path("rings.csv")));
  }

  const RunSummary& summary() const { return summary_; }
  Evaluation at(const std::vector<std::string>& tiers) const {
    return evaluate(scratch_.path("world/truth.csv"), scratch_.path("rings.csv"), {.tiers = tiers});
  }

 private:
  Scratch scratch_;
  RunSummary summary_;
};

TEST_CASE("quality: in the default world nearly all at ban are ring accounts, and review misses nearly none") {
  for (const std::uint64_t seed : {1U, 2U}) {
    const Judged world({.seed = seed});
    REQUIRE(world.summary().population_accounts == 50'000);
    CAPTURE(seed);
    CHECK(world.at({"ban"}).flagged >= 1000);
    CHECK(world.at({"ban"}).precision >= 0.99);
    CHECK(world.at({"ban", "review"}).recall >= 0.95);
  }
}

TEST_CASE("quality: in a world without rings nobody is at ban") {
  for (const std::uint64_t seed : {1U, 2U}) {
    const Judged world({.seed = seed, .accounts = 12'000, .requests = 240'000, .rings = false});
    CAPTURE(seed);
    CHECK(world.at({}).flagged > 1000);  // crowds are seen
    CHECK(world.at({"ban"}).flagged == 0);
  }
}

}  // namespace
}  // namespace ringscope
