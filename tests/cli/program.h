// Runs the real program and keeps what it said.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include "tests/engine/lab/scratch.h"

namespace ringscope {

struct Outcome {
  int status = 0;   // exit status; 128 + the signal when it was killed
  std::string out;  // standard output
  std::string err;  // standard error
};

using Arguments = std::vector<std::string>;

// A directory, and runs of the program in it with the store "db" there.
class Program {
 public:
  // Runs to the end; `input` is its standard input.
  Outcome run(const Arguments& arguments, const std::string& input = "") const;
  // As run(), and fails the test unless the exit status is 0.
  Outcome must_run(const Arguments& arguments, const std::string& input = "") const;
  // As run() with standard output going to this file.
  Outcome run_into(const std::string& file, const Arguments& arguments) const;
  // Runs with standard output and error on a terminal of 80 columns; `err` is empty, `out` holds both.
  Outcome run_on_terminal(const Arguments& arguments) const;
  // Kills it with SIGKILL after so many microseconds; true if it was still running.
  bool run_and_kill(const Arguments& arguments, unsigned microseconds) const;
  // Another file than the program that was built: a copy elsewhere.
  void use(const std::string& program) { program_ = program; }
  void set_environment(const std::string& name, const std::string& value) { environment_[name] = value; }

  const Scratch& scratch() const { return scratch_; }
  std::string path(const std::string& name) const { return scratch_.path(name); }
  std::string write(const std::string& name, const std::string& text) const { return scratch_.write(name, text); }

 private:
  Outcome run(const Arguments& arguments, const std::string& input, const std::string& out) const;
  [[noreturn]] void execute(const Arguments& arguments) const;

  Scratch scratch_{"cli"};
  std::map<std::string, std::string> environment_;
  std::string program_;  // empty: the one that was built
};

std::vector<std::string> lines_of(const std::string& text);
std::vector<nlohmann::json> json_lines_of(const std::string& text);
std::string read_text(const std::string& path);
bool contains(const std::string& text, const std::string& part);
void write_gz(const std::string& path, const std::string& text);
void write_zst(const std::string& path, const std::string& text);

}  // namespace ringscope
