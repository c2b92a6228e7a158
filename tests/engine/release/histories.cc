// Whatever happens to a store, and wherever it is killed: its feed says what it holds.
//
// RINGSCOPE_HISTORIES sets how many histories; RINGSCOPE_HISTORIES_DIR a directory that each one's feed and state are
// written into, for the consumers of examples/consumer to be tested on.
#include "tests/engine/release/histories.h"

#include <cstdlib>
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/export/export.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

constexpr Seconds kNow = 1'800'000'000;

int histories() {
  const char* const set = std::getenv("RINGSCOPE_HISTORIES");
  return set == nullptr ? 60 : std::atoi(set);
}

void write_out(const Store& store, const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary);
  const ExportSink sink = [&](std::string_view bytes) { out << bytes; };
  export_run(store, find_export_format("events", "jsonl"), {}, sink);
  export_run(store, find_export_format("state", "jsonl"), {}, sink);
}

// Steps in a process of its own, which is killed after so many microseconds; 0: it ends by itself.
void live_and_die(const std::string& path, std::uint64_t seed, std::uint64_t life, int steps, unsigned microseconds) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    alarm(60);  // a fork can catch a lock of the store's threads that nobody opens: killed as well, at the very start
    int status = 0;
    try {
      const auto store = Store::open(path, {.mode = OpenMode::create});
      if (!store->name_of({kAccountKind, hash_value("a0")})) begin_history(*store);
      Random random(seed, life);
      for (int step = 0; step < steps; ++step) take_step(*store, random, kNow + step);
    } catch (const std::exception& error) {
      fmt::print(stderr, "history {} life {}: {}\n", seed, life, error.what());
      status = 1;
    }
    _exit(status);
  }
  if (microseconds > 0) {
    usleep(microseconds);
    kill(child, SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK((WIFSIGNALED(status) || WEXITSTATUS(status) == 0));
}

}  // namespace

TEST_CASE("feed: in every history, with kills anywhere, the events from the first rebuild what the store holds") {
  const char* const directory = std::getenv("RINGSCOPE_HISTORIES_DIR");
  Random random(17);
  std::uint64_t events = 0;
  for (int seed = 0; seed < histories(); ++seed) {
    CAPTURE(seed);
    const Scratch scratch("history");
    const std::string path = scratch.path("db");
    live_and_die(path, static_cast<std::uint64_t>(seed), 1, 8, 0);
    live_and_die(path, static_cast<std::uint64_t>(seed), 2, 1000, 15'000 + static_cast<unsigned>(random.below(30'000)));
    live_and_die(path, static_cast<std::uint64_t>(seed), 3, 6, 0);
    const auto store = Store::open(path, {.mode = OpenMode::write});
    CHECK(told_by_replay(*store) == told_by_reading(*store));
    CHECK(banned_by_replay(*store) == banned_as_stored(*store));
    events += store->last_event();
    if (directory != nullptr && store->latest_run())
      write_out(*store, std::filesystem::path(directory) / fmt::format("{}.jsonl", seed));
  }
  CHECK(events > 10 * static_cast<std::uint64_t>(histories()));
}
