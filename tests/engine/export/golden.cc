// Each format as it is written, byte for byte: one file a format and version under tests/golden. A change that readers
// would notice makes a new version; RINGSCOPE_UPDATE_GOLDEN=1 writes the files anew.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/verdicts.h"
#include "engine/detect/publish.h"
#include "engine/export/export.h"
#include "engine/release/release.h"
#include "engine/release/retract.h"
#include "tests/engine/sample.h"

using namespace ringscope;

namespace {

constexpr Seconds kNow = 1'800'000'000;

// A run, a verdict, a release, a retraction and the kill switch on and off.
void live(Store& store) {
  std::vector<Ring> rings = {sample_ring()};
  rings[0].evidence[0].crowd = "";
  rings[0].evidence[0].crowd_probability = 0;
  RunSummary run = sample_run();
  run.created = kNow - 3600;
  run.population_accounts = 4;
  const LedgerEntries entries = reconcile_rings(store, kSampleDay, rings);
  publish(store, rings, run, {}, entries);
  Config config;
  config.guards.persons = 1;
  config.guards.most_share = 1;
  release(store, config, {.by = "ann", .reason = "the first", .digest = "", .now = kNow});
  retract(store, {"bob", false, "cy", "=appeal 17", kNow + 60});
  give_verdict(store,
               {.target = "ann", .word = VerdictWord::confirm, .by = "ann", .reason = "seen", .now = kNow + 120});
  halt(store, {"dan", "odd numbers", kNow + 180});
  resume(store, {"dan", "was nothing", kNow + 240});
}

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void check_golden(const Store& store, const ExportFormat& format, const std::string& name) {
  CAPTURE(name);
  ExportFilter filter;
  filter.may_share = true;
  std::string written;
  export_run(store, format, filter, ExportSink([&](std::string_view bytes) { written += bytes; }));
  const std::string path = RINGSCOPE_SOURCE_DIR "/tests/golden/" + name;
  if (std::getenv("RINGSCOPE_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << written;
  CHECK(written == contents(path));
}

}  // namespace

TEST_CASE("exports: every format is written as its golden file says") {
  SampleStore sample;
  live(sample.store());
  int formats = 0;
  for (const ExportFormat& format : export_formats()) {
    if (format.name == "parquet") continue;  // its bytes are another library's
    const std::string_view suffix = format.suffix.empty() ? format.name : format.suffix;
    check_golden(sample.store(), format, fmt::format("{}.{}.1.{}", format.level, format.name, suffix));
    ++formats;
  }
  CHECK(formats == 16);
}

TEST_CASE("exports: STIX of a ring that was retracted after its run is written as its golden files say") {
  SampleStore sample;
  live(sample.store());
  retract(sample.store(), {"R-7f3a91c2", false, "cy", "appeal 18", kNow + 300});
  for (const char* level : {"rings", "indicators"})
    check_golden(sample.store(), find_export_format(level, "stix"),
                 fmt::format("{}.retracted.stix.1.stix.json", level));
}

TEST_CASE("exports: indicators for others hold no account, no payment, and need a permission") {
  SampleStore sample;
  live(sample.store());
  for (const char* name : {"stix", "jsonl"}) {
    const ExportFormat& format = find_export_format("indicators", name);
    std::string written;
    const ExportSink sink = [&](std::string_view bytes) { written += bytes; };
    CHECK_THROWS_WITH_AS(export_run(sample.store(), format, {}, sink), doctest::Contains("guards.sharing"), Error);
    CHECK(written.empty());
    ExportFilter filter;
    filter.may_share = true;
    export_run(sample.store(), format, filter, sink);
    CHECK(written.find("192.0.2.1") != std::string::npos);
    for (const char* secret : {"ann", "bob", "card-1", "538877"}) CHECK(written.find(secret) == std::string::npos);
  }
}
