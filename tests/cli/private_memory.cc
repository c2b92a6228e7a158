// What the program's memory holds stays there: no core of a crash, no look from outside.
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <functional>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cli/program.h"

using namespace ringscope;
namespace fs = std::filesystem;

namespace {

constexpr uid_t kNobody = 65534;

// As somebody who is not root, who may look into everything; cores as large as may be, written here.
void become_nobody(const fs::path& directory) {
  rlimit cores{RLIM_INFINITY, RLIM_INFINITY};
  if (geteuid() != 0) getrlimit(RLIMIT_CORE, &cores);
  cores.rlim_cur = cores.rlim_max;
  setrlimit(RLIMIT_CORE, &cores);
  if (geteuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) _exit(120);
  if (chdir(directory.c_str()) != 0) _exit(121);
}

// A process of nobody's that executes `words`, with a pipe as standard input that stays open.
struct Running {
  Running(const fs::path& directory, std::vector<std::string> words) {
    REQUIRE(pipe2(pipe_, O_CLOEXEC) == 0);
    process = fork();
    if (process != 0) return;
    become_nobody(directory);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    dup2(pipe_[0], STDIN_FILENO);
    execv(argv[0], argv.data());
    _exit(122);
  }
  ~Running() {
    close(pipe_[0]);
    close(pipe_[1]);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  // How it ended, of SIGABRT.
  int abort() const {
    int status = 0;
    kill(process, SIGABRT);
    waitpid(process, &status, 0);
    return status;
  }

  pid_t process = -1;

 private:
  int pipe_[2] = {-1, -1};
};

// Whether another process of nobody's may read its memory.
bool is_readable(const fs::path& directory, pid_t process) {
  const pid_t child = fork();
  if (child == 0) {
    become_nobody(directory);
    const int memory = open(fmt::format("/proc/{}/mem", process).c_str(), O_RDONLY | O_CLOEXEC);
    _exit(memory >= 0 ? 0 : errno == EACCES || errno == EPERM ? 1 : 2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) < 2);
  return WEXITSTATUS(status) == 0;
}

bool is_soon(const std::function<bool()>& holds) {
  for (int tries = 0; tries < 600; ++tries) {
    if (holds()) return true;
    usleep(50'000);
  }
  return false;
}

fs::path open_directory(const Program& program, const char* name) {
  for (fs::path at = program.path(name); at != at.root_path(); at = at.parent_path()) {
    if (at == fs::temp_directory_path()) break;
    fs::create_directories(at);
    fs::permissions(at, fs::perms::all);
  }
  return program.path(name);
}

}  // namespace

TEST_CASE("privacy: a crash of the program leaves no core, and its memory cannot be read from outside") {
  const Program program;
  const fs::path control = open_directory(program, "control"), here = open_directory(program, "here");
  const Running plain(control, {"/bin/sleep", "1000"});
  usleep(200'000);
  if (!is_readable(control, plain.process)) MESSAGE("skipped: here nobody may read another process");
  if (!WCOREDUMP(plain.abort())) MESSAGE("skipped: here no process leaves a core");

  const Running run(here, {RINGSCOPE_PROGRAM, "ingest", "-", "--db", "db", "--profile"});
  REQUIRE(is_soon([&] { return fs::exists(here / "db" / "CURRENT"); }));
  CHECK(!is_readable(here, run.process));
  const int status = run.abort();
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
  CHECK(!WCOREDUMP(status));
  for (const auto& entry : fs::directory_iterator(here)) CHECK(!entry.path().filename().string().starts_with("core"));
}
