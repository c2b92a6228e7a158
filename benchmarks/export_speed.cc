// export/members/1e6: a run of a million accounts in rings, one of them of 20,000, written in each format. Rows a
// second of the whole way (store, verdicts, format) and of the format alone, and the most memory the process has had.
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/random.h"
#include "engine/ask/read_run.h"
#include "engine/detect/publish.h"
#include "engine/export/export.h"

using namespace ringscope;

namespace {

constexpr std::uint64_t kLarge = 20'000, kSmall = 200;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Ring ring_of(std::uint64_t first, std::uint64_t size) {
  Ring ring;
  ring.id = fmt::format("R-{:08x}", mix64(first) >> 32);
  ring.tier = Tier::ban;
  ring.score = 0.999;
  ring.summary = "A ring of a benchmark.";
  for (std::uint64_t i = first; i < first + size; ++i) {
    Member& member = ring.members.emplace_back();
    member.name = fmt::format("account-{:08}", i);
    member.account = hash_value(member.name);
    member.membership = 0.75;
    member.score = 0.9987654321;
    member.tier = Tier::ban;
    member.reasons = {"shares a card", "same hours"};
  }
  return ring;
}

void publish_members(Store& store, std::uint64_t members) {
  std::vector<Ring> rings = {ring_of(0, kLarge)};
  for (std::uint64_t at = kLarge; at < members; at += kSmall) rings.push_back(ring_of(at, kSmall));
  RunSummary summary;
  summary.population_accounts = members;
  publish(store, rings, summary, {});
}

void measure(const Store& store, const char* level, const char* name, std::uint64_t wanted, std::uint64_t members) {
  const ExportFormat& format = find_export_format(level, name);
  std::uint64_t bytes = 0, rows = 0;
  const ExportSink sink = [&](std::string_view piece) { bytes += piece.size(); };
  const double whole = seconds_of([&] { rows = export_run(store, format, {}, sink).rows; });
  const double peak = peak_mib();
  if (rows != wanted) {
    fmt::print(stderr, "{} {}: {} rows instead of {}\n", level, name, rows, wanted);
    std::exit(1);
  }
  fmt::print("export/{}.{}/members:{}  {:.2f} s, {:.0f} members a second, {:.0f} MiB written, peak {:.0f} MiB\n", level,
             name, members, whole, static_cast<double>(members) / whole, static_cast<double>(bytes) / 1048576, peak);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t members = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const auto directory = std::filesystem::temp_directory_path() / fmt::format("ringscope-export-{}", getpid());
  std::filesystem::create_directories(directory);
  {
    const auto store = Store::open(directory / "db", {.mode = OpenMode::create});
    publish_members(*store, members);
  }
  const auto store = Store::open(directory / "db", {.mode = OpenMode::read_only});
  const std::uint64_t rings = 1 + (members - kLarge) / kSmall;
  measure(*store, "accounts", "csv", members, members);
  measure(*store, "rings", "jsonl", rings, members);
  if (has_parquet()) measure(*store, "accounts", "parquet", members, members);
  std::filesystem::remove_all(directory);
}
