// A reader that opens a store while runs are written to it.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>

#include "rows_for_tests.h"
#include <doctest/doctest.h>

#include "base/error.h"
#include "storage/store.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

constexpr KeyHash kMembers = 600;

std::string ring_of(std::uint64_t run) { return "R-" + std::to_string(run); }

void publish_run(const std::filesystem::path& path) {
  const auto store = open_store(path);  // and closed again, which empties a long log
  const auto writer = store->run_writer();
  const std::string ring = ring_of(writer->run());
  writer->add_ring({ring, "ring"});
  for (KeyHash account = kMembers; account > 0; --account)
    writer->add_member({account, ring, std::string(1000, static_cast<char>('a' + account % 7))});
  writer->commit("run");
}

}  // namespace

TEST_CASE("store: what a reader finds published is there, whatever was written while it opened") {
  constexpr std::uint64_t kRuns = 60;
  const TemporaryDirectory dir;
  publish_run(dir / "s");
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (std::uint64_t run = 1; run < kRuns; ++run) publish_run(dir / "s");
    stop = true;
  });
  std::uint64_t looks = 0, torn = 0, last = 0;
  for (bool at_the_end = false; !at_the_end; ++looks) {
    at_the_end = stop;  // one look more, at all of them
    std::uint64_t members = 0;
    try {
      const auto store = open_store(dir / "s", OpenMode::read_only);
      last = store->latest_run().value().run;
      store->visit_roll(last, ring_of(last), [&](KeyHash, std::string_view) { ++members; });
      for (KeyHash account = 1; account <= kMembers; account += 50)
        if (!store->find_member(last, account)) members = 0;
    } catch (const Error&) {
      members = 0;  // damaged, as it looks
    }
    torn += members == kMembers ? 0 : 1;
  }
  writer.join();
  CHECK(torn == 0);
  CHECK(last == kRuns);
  MESSAGE(looks << " looks at " << kRuns << " runs");
}
