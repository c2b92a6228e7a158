// What --profile and --trace say when a command is over.
#pragma once

#include "cli/command.h"

namespace ringscope::cli {

// Prints the table of stages to standard error and writes the trace file, where they were asked for. Throws Error io.
void report_profile(const Globals& globals);

}  // namespace ringscope::cli
