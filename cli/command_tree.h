// The commands and their options as data, read off the parser itself: what completion scripts and the manual are made
// of, so that neither can say other than --help.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace ringscope::cli {

struct OptionSpec {
  std::vector<std::string> names;    // "--tier", "-q"; of a positional argument its name alone: "FILE"
  std::string value;                 // what follows it, as --help calls it: "TEXT"; empty: nothing
  std::vector<std::string> choices;  // of the value; empty: anything
  std::string initial;               // the value when it is not given; empty: none is told
  std::string help;
  bool positional = false;
  bool file = false;  // the value is one
  bool required = false;
};

struct CommandSpec {
  std::string name;  // "indicators import"
  std::string summary;
  std::string footer;
  std::vector<OptionSpec> options;
  std::vector<CommandSpec> commands;
};

// Of the program or of a command, in the order of the help.
CommandSpec describe(const CLI::App& app);

}  // namespace ringscope::cli
