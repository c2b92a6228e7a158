// export/members/N: a run of accounts in rings, one of them of 20,000, written in each format, each time by a process
// of its own that does nothing else: members a second of the whole way (store, verdicts, format), and the most memory
// that it had. Of two sizes, so that one sees whether memory grows with the run.
//
//   export_speed [MEMBERS…]                  250,000 and 1,000,000
//   export_speed make DIR MEMBERS            what it starts itself: a store …
//   export_speed write DIR MEMBERS LEVEL FORMAT    … and one export of it
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "engine/ask/read_run.h"
#include "engine/detect/publish.h"
#include "engine/export/export.h"

using namespace ringscope;

namespace {

constexpr std::uint64_t kLarge = 20'000, kSmall = 200, kEvidence = 50;
constexpr int kTimes = 3;

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
  for (std::uint64_t i = 0; i < kEvidence; ++i) {
    Evidence& one = ring.evidence.emplace_back();
    one.kind = i % 2 == 0 ? "payment" : "ip";
    one.value = fmt::format("thing-{}-{}", first, i);
    one.accounts = one.population = static_cast<std::uint32_t>(size / 4);
    one.bits = 12.5;
    one.first = 1'767'225'600;
    one.last = one.first + 86'400;
  }
  ring.evidence_count = kEvidence;
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

std::uint64_t rings_of(std::uint64_t members) { return 1 + (members - kLarge) / kSmall; }

int make(const std::filesystem::path& directory, std::uint64_t members) {
  const auto store = Store::open(directory / "db", {.mode = OpenMode::create});
  publish_members(*store, members);
  return 0;
}

int write(const std::filesystem::path& directory, std::uint64_t members, const std::string& level,
          const std::string& name) {
  const auto store = Store::open(directory / "db", {.mode = OpenMode::read_only});
  const ExportFormat& format = find_export_format(level, name);
  std::uint64_t bytes = 0, rows = 0;
  const ExportSink sink = [&](std::string_view piece) { bytes += piece.size(); };
  const double whole = seconds_of([&] { rows = export_run(*store, format, {}, sink).rows; });
  const std::uint64_t wanted = level == "accounts" ? members : rings_of(members) * (level == "rings" ? 1 : kEvidence);
  if (rows != wanted) {
    fmt::print(stderr, "{} {}: {} rows instead of {}\n", level, name, rows, wanted);
    return 1;
  }
  fmt::print("export/{}.{}/members:{}  {:.2f} s, {:.0f} members a second, {:.0f} MiB written, peak {:.0f} MiB\n", level,
             name, members, whole, static_cast<double>(members) / whole, static_cast<double>(bytes) / 1048576,
             peak_mib());
  return 0;
}

// This program in a process of its own, whose memory is nobody else's.
bool run_self(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "export_speed");
  std::vector<char*> argv;
  for (std::string& word : arguments) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool measure(const std::filesystem::path& directory, const std::string& members) {
  std::vector<std::pair<const char*, const char*>> formats = {{"accounts", "csv"}, {"rings", "jsonl"}};
  if (has_parquet()) formats.insert(formats.end(), {{"accounts", "parquet"}, {"evidence", "parquet"}});
  if (!run_self({"make", directory, members})) return false;
  for (int time = 0; time < kTimes; ++time) {
    for (const auto& [level, name] : formats) {
      if (!run_self({"write", directory, members, level, name})) return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "make") return make(words[1], std::stoull(words[2]));
  if (words.size() == 5 && words[0] == "write") return write(words[1], std::stoull(words[2]), words[3], words[4]);
  if (words.empty()) words = {"250000", "1000000"};
  bool all = true;
  for (const std::string& members : words) {
    const auto directory =
        std::filesystem::temp_directory_path() / fmt::format("ringscope-export-{}-{}", getpid(), members);
    std::filesystem::create_directories(directory);
    all = measure(directory, members) && all;
    std::filesystem::remove_all(directory);
  }
  return all ? 0 : 1;
}
