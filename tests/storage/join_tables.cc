// The number of files of a store that many runs are written to.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>

#include "rows_for_tests.h"
#include <doctest/doctest.h>

#include "storage/store.h"
#include "storage/writers.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

std::ptrdiff_t tables_of(const std::filesystem::path& store) {
  return std::ranges::count_if(
      std::filesystem::directory_iterator(store),
      [](const std::filesystem::directory_entry& f) { return f.path().extension() == ".sst"; });
}

std::string payload_of(std::uint64_t run) { return "ring of run " + std::to_string(run); }

void ingest_and_publish(const std::filesystem::path& path, Random& random) {
  {
    const auto store = open_store(path);
    const auto batch = store->bulk_writer();
    batch->add_row(random_row(random, 1 + store->latest_run().value_or(RunInfo{}).run));
    batch->commit();
  }
  const auto store = open_store(path);
  const auto writer = store->run_writer();
  writer->add_ring({"R-1", payload_of(writer->run())});
  writer->add_member({7, "R-1", "member"});
  writer->commit("run");
}

}  // namespace

TEST_CASE("store: the number of its tables does not grow with the runs that it keeps") {
  const TemporaryDirectory dir;
  Random random(1);
  std::ptrdiff_t early = 0, late = 0;
  constexpr std::uint64_t kRuns = 160;
  for (std::uint64_t run = 1; run <= kRuns; ++run) {
    ingest_and_publish(dir / "s", random);
    std::ptrdiff_t& most = run <= kRuns / 2 ? early : late;
    most = std::max(most, tables_of(dir / "s"));
  }
  CHECK(late <= early + 4);  // some families begin another level
  const auto store = open_store(dir / "s", OpenMode::read_only);
  for (std::uint64_t run = 1; run <= kRuns; ++run) {
    CHECK(store->find_ring(run, "R-1").value().payload == payload_of(run));
    CHECK(store->find_member(run, 7).has_value());
  }
  CHECK(store->verify().empty());
}
