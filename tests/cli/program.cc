#include "tests/cli/program.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

namespace ringscope {
namespace {

int exit_status_of(int waited) { return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited); }

void redirect(const std::string& path, int flags, int to) {
  const int file = open(path.c_str(), flags, 0600);
  dup2(file, to);
  close(file);
}

std::string drain(int file) {
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(file, buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
  return text;
}

}  // namespace

void Program::execute(const Arguments& arguments) const {
  unsetenv("RINGSCOPE_DB");
  unsetenv("NO_COLOR");
  unsetenv("COLUMNS");
  setenv("TERM", "xterm", 1);
  for (const auto& [name, value] : environment_) setenv(name.c_str(), value.c_str(), 1);
  if (chdir(scratch_.path("").c_str()) != 0) _exit(120);
  std::vector<std::string> words = {"ringscope"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(program_.empty() ? RINGSCOPE_PROGRAM : program_.c_str(), argv.data());
  _exit(121);
}

Outcome Program::run(const Arguments& arguments, const std::string& input) const {
  Outcome outcome = run(arguments, input, path(".out"));
  outcome.out = read_text(path(".out"));
  return outcome;
}

Outcome Program::run_into(const std::string& file, const Arguments& arguments) const {
  return run(arguments, "", file);
}

Outcome Program::run(const Arguments& arguments, const std::string& input, const std::string& out) const {
  scratch_.write(".in", input);
  const pid_t child = fork();
  if (child == 0) {
    redirect(path(".in"), O_RDONLY, STDIN_FILENO);
    redirect(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    redirect(path(".err"), O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    execute(arguments);
  }
  int waited = 0;
  waitpid(child, &waited, 0);
  return {exit_status_of(waited), "", read_text(path(".err"))};
}

Outcome Program::must_run(const Arguments& arguments, const std::string& input) const {
  Outcome outcome = run(arguments, input);
  CAPTURE(arguments.front());
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  return outcome;
}

Outcome Program::run_on_terminal(const Arguments& arguments) const {
  winsize size{};
  size.ws_row = 24;
  size.ws_col = 80;
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) execute(arguments);
  Outcome outcome;
  outcome.out = drain(terminal);
  close(terminal);
  int waited = 0;
  waitpid(child, &waited, 0);
  outcome.status = exit_status_of(waited);
  return outcome;
}

bool Program::run_and_kill(const Arguments& arguments, unsigned microseconds) const {
  const pid_t child = fork();
  if (child == 0) {
    redirect("/dev/null", O_RDWR, STDOUT_FILENO);
    redirect("/dev/null", O_RDWR, STDERR_FILENO);
    execute(arguments);
  }
  usleep(microseconds);
  kill(child, SIGKILL);
  int waited = 0;
  waitpid(child, &waited, 0);
  return WIFSIGNALED(waited);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<nlohmann::json> json_lines_of(const std::string& text) {
  std::vector<nlohmann::json> documents;
  for (const std::string& line : lines_of(text)) documents.push_back(nlohmann::json::parse(line));
  return documents;
}

std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void write_gz(const std::string& path, const std::string& text) {
  const gzFile file = gzopen(path.c_str(), "wb");
  REQUIRE(file != nullptr);
  CHECK(gzwrite(file, text.data(), static_cast<unsigned>(text.size())) == static_cast<int>(text.size()));
  gzclose(file);
}

void write_zst(const std::string& path, const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  std::ofstream(path, std::ios::binary) << packed;
}

}  // namespace ringscope
