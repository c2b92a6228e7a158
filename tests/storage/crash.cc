// Power is cut by kill -9 at random points; what was acknowledged must be there, and nothing by halves.
#include "rows_for_tests.h"
#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ringscope;
using namespace ringscope::test;

namespace {

constexpr std::uint64_t kRowsABatch = 20;

// Batch n holds accounts n * 100 … and moves the position to n; odd batches are live, even ones bulk.
void write_batches(const std::filesystem::path& path, int acknowledge) {
  const auto store = open_store(path);
  std::uint64_t n = store->positions().empty() ? 0 : store->positions()[0].offset;
  for (;;) {
    ++n;
    auto writer = n % 2 == 1 ? store->live_writer() : store->bulk_writer();
    for (std::uint64_t i = 0; i < kRowsABatch; ++i) {
      AccountRow row;
      row.account = n * 100 + i;
      row.cells.push_back({.entity = {KindId{1}, n},
                           .day = 20000,
                           .count = 1,
                           .first = start_of_day(20000),
                           .last = start_of_day(20000)});
      writer->add_row(row);
    }
    writer->set_position({.source = "s", .label = "s", .offset = n});
    writer->commit();
    if (write(acknowledge, &n, sizeof n) != sizeof n) _exit(1);
  }
}

// Reads acknowledgements until `most` have come, the pipe ends or none came for two seconds (a child forked beside
// threads may hang); the last one, 0 for none.
std::uint64_t read_acknowledgements(int pipe_end, std::uint64_t most) {
  std::uint64_t last = 0, n = 0;
  pollfd waiting{.fd = pipe_end, .events = POLLIN, .revents = 0};
  for (std::uint64_t i = 0; i < most && poll(&waiting, 1, 2000) > 0 && read(pipe_end, &n, sizeof n) == sizeof n; ++i)
    last = n;
  return last;
}

}  // namespace

TEST_CASE("crash: after kill -9 the store is a prefix without a hole, and nothing acknowledged is lost") {
  const TemporaryDirectory dir;
  Random random(99);
  std::uint64_t least = 0;
  for (int round = 0; round < 25; ++round) {
    int pipe_ends[2];
    REQUIRE(pipe(pipe_ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      close(pipe_ends[0]);
      try {
        write_batches(dir / "db", pipe_ends[1]);
      } catch (...) {
        _exit(2);
      }
      _exit(0);
    }
    close(pipe_ends[1]);
    least = std::max(least, read_acknowledgements(pipe_ends[0], 1 + random.below(4)));
    usleep(static_cast<useconds_t>(random.below(30'000)));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    least = std::max(least, read_acknowledgements(pipe_ends[0], ~std::uint64_t{0}));
    close(pipe_ends[0]);

    if (!std::filesystem::exists(dir / "db" / "CURRENT")) continue;
    const auto store = open_store(dir / "db", OpenMode::write);
    const auto positions = store->positions();
    const std::uint64_t stored = positions.empty() ? 0 : positions[0].offset;
    CHECK(stored >= least);
    const Content content = content_of(*store);
    REQUIRE(content.cells.size() == stored * kRowsABatch);
    for (std::uint64_t i = 0; i < content.cells.size(); ++i) {
      const std::uint64_t batch = i / kRowsABatch + 1;
      CHECK(content.cells[i].first == batch * 100 + i % kRowsABatch);
      CHECK(content.cells[i].second.at(0).count == 1);
    }
  }
  CHECK(least >= 10);
}
