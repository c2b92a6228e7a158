// online/latency: how long an answer takes, and how many there are in a second on one core.
//
//   score_latency DB FILE [MEMORY_MB]
//
// Scores the lines of FILE against the store as 'ringscope score' does. The latency of a line runs from its being
// parsed to its answer as JSON; the rate is of everything, reading and parsing too. Fails unless every line is answered
// and a second pass gives the same answers. scripts/score-latency makes the store and the lines.
#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/score/score_stream.h"

namespace {

using namespace ringscope;
using Clock = std::chrono::steady_clock;

struct Pass {
  std::vector<std::uint64_t> elapsed, processor;  // nanoseconds, by line
  std::uint64_t digest = 0;
  ScoreReport report;
  double seconds = 0;
  double processor_seconds = 0;
};

// Processor time of this thread: a machine that others use, too, does not show in it.
std::uint64_t processor_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

Pass run(const std::string& db, const std::string& file, std::size_t memory) {
  const OperatorLists lists(Config{}.facets, "");
  auto store = Store::open(db, {.mode = OpenMode::read_only, .memory_bytes = memory / 8});
  Scorer scorer(std::make_shared<RingIndex>(std::move(store), memory / 4 / 128), lists, {.memory_bytes = memory / 2});
  Pass pass;
  Clock::time_point began;
  std::uint64_t began_processor = 0;
  ScoreOutput output;
  output.before_line = [&] {
    began_processor = processor_nanoseconds();
    began = Clock::now();
  };
  output.answer = [&](std::string_view line) {
    pass.elapsed.push_back(
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began).count()));
    pass.processor.push_back(processor_nanoseconds() - began_processor);
    pass.digest = pass.digest * 31 + hash_value(line);
  };
  const std::uint64_t processor = processor_nanoseconds();
  const auto start = Clock::now();
  pass.report = score_stream(file, scorer, {}, output);
  pass.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  pass.processor_seconds = 1e-9 * static_cast<double>(processor_nanoseconds() - processor);
  return pass;
}

void print_latency(const char* name, std::vector<std::uint64_t> nanoseconds) {
  std::sort(nanoseconds.begin(), nanoseconds.end());
  const auto at = [&](double share) {
    const auto last = static_cast<double>(nanoseconds.size() - 1);
    return static_cast<double>(nanoseconds[static_cast<std::size_t>(share * last)]) / 1000.0;
  };
  fmt::print("  {:<11} us: p50 {:.1f}  p90 {:.1f}  p99 {:.1f}  p99.9 {:.1f}  max {:.1f}\n", name, at(.5), at(.9),
             at(.99), at(.999), at(1));
}

// Lines by their latency, in steps of two.
void print_histogram(const std::vector<std::uint64_t>& elapsed, const std::vector<std::uint64_t>& processor) {
  constexpr std::size_t kSteps = 16;         // the last is all above
  constexpr std::uint64_t kFirst = 1 << 13;  // 8 us
  const auto counted = [](const std::vector<std::uint64_t>& nanoseconds) {
    std::vector<std::size_t> counts(kSteps);
    for (const std::uint64_t one : nanoseconds)
      ++counts[std::min<std::size_t>(kSteps - 1, static_cast<std::size_t>(std::bit_width(one / kFirst)))];
    return counts;
  };
  const std::vector<std::size_t> by_clock = counted(elapsed), by_processor = counted(processor);
  fmt::print("  {:>12} {:>9} {:>9}\n", "below us", "elapsed", "processor");
  for (std::size_t step = 0; step < kSteps; ++step) {
    if (by_clock[step] + by_processor[step] == 0) continue;
    const std::string below = step + 1 < kSteps ? fmt::format("{}", (kFirst << step) / 1024) : "more";
    const auto bar =
        static_cast<std::size_t>(50.0 * static_cast<double>(by_clock[step]) / static_cast<double>(elapsed.size()));
    fmt::print("  {:>12} {:>9} {:>9} {}\n", below, by_clock[step], by_processor[step], std::string(bar, '#'));
  }
}

void print_pass(const char* name, const Pass& pass) {
  const auto lines = static_cast<double>(pass.elapsed.size());
  fmt::print("{}: {:.0f} lines, {:.0f} a second elapsed, {:.0f} a second of processor time\n", name, lines,
             lines / pass.seconds, lines / pass.processor_seconds);
  print_latency("elapsed", pass.elapsed);
  print_latency("processor", pass.processor);
  print_histogram(pass.elapsed, pass.processor);
}

int measure(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "score_latency DB FILE [MEMORY_MB]\n");
    return 2;
  }
  const std::size_t memory = (argc > 3 ? static_cast<std::size_t>(std::atoi(argv[3])) : 1024) << 20;
  const Pass first = run(argv[1], argv[2], memory);
  const Pass second = run(argv[1], argv[2], memory);
  if (first.report.rejected > 0 || first.elapsed.size() != first.report.answered || first.digest != second.digest) {
    fmt::print(stderr, "wrong: a line without an answer, or two passes that differ\n");
    return 1;
  }
  fmt::print("answers: {} ban, {} review, {} watch\n", first.report.ban, first.report.review, first.report.watch);
  print_pass("first pass", first);
  print_pass("second pass", second);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return measure(argc, argv);
  } catch (const ringscope::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
