#include "stage.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "engine/care/health.h"
#include "engine/ledger/audit.h"
#include "storage/backup.h"
#include "tests/cli/world.h"

namespace ringscope::faults {
namespace {

namespace fs = std::filesystem;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

// In memory where there is room for it: a round syncs a hundred times.
fs::path new_directory(const char* name) {
  static int next = 0;
  const fs::path memory = "/dev/shm";
  const fs::path base = access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
  fs::path made = base / fmt::format("ringscope-faults-{}-{}-{}", name, getpid(), next++);
  fs::remove_all(made);
  fs::create_directories(made);
  return fs::canonical(made);
}

void write_text(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

// Four logs, the second with a line that is none, and what else the operations read.
void write_inputs(const fs::path& root) {
  const std::vector<std::string> lines = world_lines();
  const auto part = [&](std::size_t from, std::size_t to) {
    return joined({lines.begin() + static_cast<std::ptrdiff_t>(from), lines.begin() + static_cast<std::ptrdiff_t>(to)});
  };
  const std::size_t n = lines.size();
  write_text(root / "a.jsonl", part(0, n * 6 / 10));
  write_text(root / "b.jsonl", part(n * 6 / 10, n * 9 / 10) + "{\"account\":\"broken\",\"ts\":\"never\"}\n");
  write_text(root / "c.jsonl", part(n * 9 / 10, n * 19 / 20));
  write_text(root / "d.jsonl", part(n * 19 / 20, n));
  write_text(root / "known.jsonl", "{\"campaign\":\"pool\",\"kind\":\"ip\",\"value\":\"203.0.113.1\"}\n");
  write_text(root / "config.toml", "[guards]\npersons = 1\nmost_share = 1.0\n");
}

// The program and the library beside it may be copies, so that a long run goes on while others are built.
const char* path_of(const char* variable, const char* built) {
  const char* const given = std::getenv(variable);
  return given == nullptr ? built : given;
}

int status_of(int waited) { return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited); }

struct Limits {
  std::uint64_t address_space = 0;
};

pid_t launch(const fs::path& root, const Arguments& arguments, const Environment& environment, const Limits& limits) {
  std::vector<std::string> words = {"ringscope", "--config", "config.toml", "--threads", "2"};
  if (std::ranges::find(arguments, "--db") == arguments.end()) words.insert(words.end(), {"--db", "db"});
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string out = root / ".out", err = root / ".err";
  const pid_t child = fork();
  if (child != 0) return child;
  if (chdir(root.c_str()) != 0) _exit(120);
  for (const auto& [file, to] : {std::pair{&out, STDOUT_FILENO}, {&err, STDERR_FILENO}})
    dup2(::open(file->c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), to);
  unsetenv("RINGSCOPE_DB");
  fs::remove(root / ".fired");
  if (!environment.empty()) {
    setenv("FAULT_FIRED", (root / ".fired").c_str(), 1);
    setenv("LD_PRELOAD", path_of("RINGSCOPE_FAULTLINE", RINGSCOPE_FAULTLINE), 1);
    setenv("FAULT_ROOT", root.c_str(), 1);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  }
  if (limits.address_space > 0) {
    const rlimit limit{limits.address_space, limits.address_space};
    setrlimit(RLIMIT_AS, &limit);
  }
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  execv(path_of("RINGSCOPE_PROGRAM", RINGSCOPE_PROGRAM), argv.data());
  _exit(121);
}

Ending ending_of(const fs::path& root, pid_t child) {
  int waited = 0;
  waitpid(child, &waited, 0);
  return {status_of(waited), read_bytes(root / ".out"), read_bytes(root / ".err"), fs::exists(root / ".fired")};
}

std::map<std::string, std::uint64_t> read_counts(const fs::path& file) {
  std::map<std::string, std::uint64_t> counts;
  std::ifstream in(file);
  for (std::string kind; in >> kind;) in >> counts[kind];
  return counts;
}

bool is_done(const Ending& ending) { return ending.status == 0 || ending.status == 3; }

// What a distributed run would leave of the first two logs and the fourth.
void make_lake(const fs::path& root) {
  fs::create_directories(root / "lake");
  for (const Arguments& step : std::vector<Arguments>{{"ingest", "a.jsonl", "b.jsonl", "d.jsonl"}, {"detect"}}) {
    Arguments arguments = step;
    arguments.insert(arguments.end(), {"--db", "lake/ringscope.db"});
    REQUIRE(is_done(ending_of(root, launch(root, arguments, {}, {}))));
  }
}

std::string summary(std::size_t at, const Ending& ending) {
  return fmt::format("{} ended with {} ({})", operations()[at].name, ending.status,
                     ending.err.substr(0, ending.err.find('\n')));
}

}  // namespace

std::string audit_trouble(const Place& place) {
  const AuditCheck check = verify_audit(place / "db");
  return check.wrong.empty() ? "" : "audit: " + check.wrong.front();
}

std::string rejects_of(const fs::path& store) {
  std::string all;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(store / "rejects", none))
    all += read_bytes(entry.path());
  return all;
}

std::uint64_t seed() { return number_of("RINGSCOPE_FAULT_SEED", 1); }
std::uint64_t rounds() { return number_of("RINGSCOPE_FAULT_ROUNDS", 30); }
std::uint64_t stride() { return number_of("RINGSCOPE_FAULT_STRIDE", 0); }

std::string read_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = {
      {"ingest", {"ingest", "a.jsonl"}},
      {"detect", {"detect"}},
      {"indicators", {"indicators", "import", "known.jsonl"}},
      {"verdict", {"verdict", "ring-3", "reject", "--account", "--by", "ann", "--reason", "known customer"}},
      {"release", {"release", "commit", "--by", "ann", "--reason", "weekly"}},
      {"ingest more", {"ingest", "b.jsonl"}},
      {"snapshot", {"snapshot", "create", "one"}},
      {"import-run", {"import-run", "lake"}},
      {"detect full", {"detect", "--incremental", "--full"}},
      {"ingest again", {"ingest", "c.jsonl"}},
      {"detect incremental", {"detect", "--incremental"}},
      {"retract", {"retract", "ring-5", "--account", "--by", "ben", "--reason", "appeal"}},
      {"export", {"export", "--level", "bans", "--format", "ids", "--out", "bans.txt"}, "bans.txt"},
      {"backup", {"backup", "create", "backups"}, "", "backups"},
      {"retain", {"retain", "--days", "10"}},
      {"snapshot drop", {"snapshot", "drop", "one"}},
      {"detect again", {"detect"}},
  };
  return all;
}

std::size_t number_of(std::string_view operation) {
  const auto at = std::ranges::find(operations(), operation, &Operation::name);
  REQUIRE(at != operations().end());
  return static_cast<std::size_t>(at - operations().begin());
}

Place::Place() : root_(new_directory("place")) {}
Place::~Place() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void Place::set_before(std::size_t at) const {
  for (const fs::directory_entry& entry : fs::directory_iterator(root_)) fs::remove_all(entry.path());
  fs::copy(Reference::get().saved(at), root_, fs::copy_options::recursive);
}

Ending Place::run(const Arguments& arguments, const Environment& environment) const {
  return ending_of(root_, launch(root_, arguments, environment, {}));
}

Ending Place::run_for(const Arguments& arguments, std::uint64_t microseconds) const {
  const pid_t child = launch(root_, arguments, {}, {});
  usleep(static_cast<useconds_t>(microseconds));
  kill(child, SIGKILL);
  Ending ending = ending_of(root_, child);
  ending.fired = ending.killed();
  return ending;
}

Ending Place::run_within(const Arguments& arguments, std::uint64_t bytes) const {
  Ending ending = ending_of(root_, launch(root_, arguments, {}, {bytes}));
  ending.fired = ending.status != 0;
  return ending;
}

int Place::start(const Arguments& arguments) const { return launch(root_, arguments, {}, {}); }

int Place::wait_for(int process) {
  int waited = 0;
  waitpid(process, &waited, 0);
  return status_of(waited);
}

const Reference& Reference::get() {
  static const Reference one;
  return one;
}

Reference::~Reference() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

Reference::Reference() : root_(new_directory("reference")) {
  const fs::path work = root_ / "work";
  fs::create_directories(work);
  write_inputs(work);
  make_lake(work);
  states_.push_back(state_of(work / "db"));
  for (std::size_t at = 0; at < operations().size(); ++at) {
    saved_.push_back(root_ / std::to_string(at));
    fs::copy(work, saved_.back(), fs::copy_options::recursive);
    const auto begin = std::chrono::steady_clock::now();
    const Environment counted = {{"FAULT_COUNTS", root_ / "counts"}};
    const Ending ending = ending_of(work, launch(work, operations()[at].arguments, counted, {}));
    const auto took = std::chrono::steady_clock::now() - begin;
    INFO(ending.err);
    REQUIRE_MESSAGE(is_done(ending), operations()[at].name);
    microseconds_.push_back(
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
    calls_.push_back(read_counts(root_ / "counts"));
    // Without the library between, every ladder would pass.
    for (const char* kind : {"read", "step"}) REQUIRE_MESSAGE(calls_.back()[kind] > 0, operations()[at].name, kind);
    states_.push_back(state_of(work / "db"));
    rejects_.push_back(rejects_of(work / "db"));
    outputs_.push_back(*operations()[at].output == '\0' ? "" : read_bytes(work / operations()[at].output));
  }
  saved_.push_back(root_ / "end");
  fs::copy(work, saved_.back(), fs::copy_options::recursive);
}

void note(Tally& tally, std::uint64_t& counter, const std::string& what) {
  ++counter;
  if (tally.first.empty()) tally.first = what;
}

std::vector<std::string> complaints(const Tally& tally) {
  std::vector<std::string> all;
  if (tally.rounds == 0) all.push_back("there was no round");
  if (tally.fired * 2 < tally.rounds)
    all.push_back(fmt::format("a fault was made in {} of {} rounds only", tally.fired, tally.rounds));
  for (const auto& [count, what] :
       {std::pair{tally.lost, "lost"}, {tally.wrong, "wrong"}, {tally.unreported, "unreported"}})
    if (count > 0) all.push_back(fmt::format("{} {}: {}", count, what, tally.first));
  return all;
}

void conclude(const Tally& tally) {
  const std::string row = fmt::format("| {} | {} | {} | {} | {} | {} | {} |", tally.fault, tally.rounds, tally.fired,
                                      tally.acknowledged, tally.lost, tally.wrong, tally.unreported);
  std::printf("%s\n", row.c_str());
  if (const char* const table = std::getenv("RINGSCOPE_FAULTS_TABLE"))
    std::ofstream(table, std::ios::app) << row << "\n";
  CHECK(fmt::format("{}", fmt::join(complaints(tally), "; ")) == "");
}

namespace {

// What is there after a fault, or why it cannot be said.
std::string look(const Place& place, State& state) {
  try {
    if (fs::exists(place / "db" / "CURRENT")) {
      const Health health = examine(place / "db", {});
      if (!health.damage.empty())
        return health.damage.front().invariant + ": " + health.damage.front().examples.front();
    }
    state = state_of(place / "db");
    return audit_trouble(place);
  } catch (const Error& error) {
    return error.code() == ErrorCode::not_found ? "" : error.what();  // begun, and nothing was ever in it
  } catch (const std::exception& error) {
    return error.what();
  }
}

bool backups_are_whole(const fs::path& directory) {
  if (!fs::exists(directory / "meta")) return true;
  try {
    for (const Backup& backup : list_backups(directory)) verify_backup(directory, backup.number);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// A file beside the store is the old one or all of the new one.
bool output_is_whole(const Place& place, std::size_t at) {
  const Operation& operation = operations()[at];
  if (*operation.backups != '\0') return backups_are_whole(place / operation.backups);
  if (*operation.output == '\0' || !fs::exists(place / operation.output)) return true;
  return read_bytes(place / operation.output) == Reference::get().output(at);
}

}  // namespace

void judge(const Place& place, std::size_t at, const Ending& ending, Tally& tally) {
  const Reference& reference = Reference::get();
  const Operation& operation = operations()[at];
  const bool acknowledged = is_done(ending);
  ++tally.rounds;
  tally.fired += ending.fired ? 1 : 0;
  tally.acknowledged += at + (acknowledged ? 1 : 0);  // those before it must still be there, too
  State state;
  const std::string trouble = look(place, state);
  if (!trouble.empty()) return note(tally, tally.wrong, summary(at, ending) + ": " + trouble);
  const bool came = state == reference.after(at);
  if (!came && state != reference.before(at))
    return note(tally, tally.wrong, summary(at, ending) + ": " + difference(state, reference.after(at)));
  if (acknowledged && !came) return note(tally, tally.lost, summary(at, ending));
  if (came && rejects_of(place / "db") != reference.rejects(at))
    return note(tally, tally.lost, summary(at, ending) + ": rejected lines");
  if (acknowledged && *operation.output != '\0' && !fs::exists(place / operation.output))
    return note(tally, tally.lost, summary(at, ending));
  if (!output_is_whole(place, at)) return note(tally, tally.wrong, summary(at, ending) + ": a torn file");
  if (!acknowledged && !ending.killed() && ending.err.find("error") == std::string::npos)
    return note(tally, tally.unreported, summary(at, ending));
  if (came && *operation.output == '\0' && *operation.backups == '\0') return;
  const Ending again = place.run(operation.arguments);
  if (!is_done(again)) return note(tally, tally.wrong, "again: " + summary(at, again));
  if (state_of(place / "db") != reference.after(at) || !output_is_whole(place, at) ||
      rejects_of(place / "db") != reference.rejects(at))
    note(tally, tally.wrong, "again: " + difference(state_of(place / "db"), reference.after(at)));
}

}  // namespace ringscope::faults
