// The command line as the program reads it: the options of all commands, and the commands themselves.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.h"

namespace ringscope::cli {

// What the parser writes into; it must stay where it is while the parser lives.
struct CommandLine {
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App app{"ringscope finds rings of coordinated accounts in an activity log and explains them.", "ringscope"};
  Globals globals;
  bool print_settings = false;
  std::function<int()> run;  // the command that was named; empty: none
};

// Of a parsed command line: the command or its verb that was named, and its name in full, as "snapshot export".
struct ChosenCommand {
  const CLI::App* app = nullptr;  // null: none
  std::string name;
};
ChosenCommand chosen_command(const CLI::App& app);

// First value of an option or argument of a command; empty: it was not given, or the command has no such option.
std::string option_text(const CLI::App& command, const std::string& name);

}  // namespace ringscope::cli
