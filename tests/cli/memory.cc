// --memory, held against what the kernel says that the program took.
#include <filesystem>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cli/program.h"
#include "tests/sanitizers.h"

using namespace ringscope;

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

struct Taken {
  int status = 0;
  std::size_t peak = 0;  // bytes that were in memory at most, those of the program's own files included
};

// In the program's directory, with the store "db" there.
Taken run(const Program& program, const Arguments& arguments) {
  const pid_t child = fork();
  if (child == 0) {
    if (chdir(program.path("").c_str()) != 0) _exit(120);
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) dup2(open("/dev/null", O_WRONLY), stream);
    std::vector<std::string> words = {"ringscope"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    words.insert(words.end(), {"--db", "db", "--threads", "2"});
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(RINGSCOPE_PROGRAM, argv.data());
    _exit(121);
  }
  int waited = 0;
  rusage used{};
  wait4(child, &waited, 0, &used);
  return {WIFEXITED(waited) ? WEXITSTATUS(waited) : -1, static_cast<std::size_t>(used.ru_maxrss) * 1024};
}

}  // namespace

TEST_CASE("memory: what ingest and detect take, as the kernel counts it, stays within --memory" *
          doctest::skip(testing::kAddressSanitizer || testing::kThreadSanitizer)) {
  const Program program;
  program.must_run({"simulate", "--out", "world", "--accounts", "6000", "--requests", "400000", "--seed", "5"});
  for (const std::size_t megabytes : {128, 256}) {
    CAPTURE(megabytes);
    std::filesystem::remove_all(program.path("db"));
    const std::string memory = fmt::format("{}M", megabytes);
    const Taken ingest = run(program, {"ingest", "world/events.jsonl", "--memory", memory});
    const Taken detect = run(program, {"detect", "--memory", memory});
    MESSAGE(megabytes, " ", ingest.status, " ", ingest.peak / kMiB, " ", detect.status, " ", detect.peak / kMiB);
    CHECK(ingest.status == 0);
    CHECK(ingest.peak <= megabytes * kMiB);
    CHECK((detect.status == 0 || detect.status == 4));
    CHECK(detect.peak <= megabytes * kMiB);
  }
}
