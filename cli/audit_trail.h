// What the program writes into the audit before it runs a command that shows values or changes something.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "engine/ledger/audit.h"

namespace ringscope::cli {

// Writes the entry of the chosen command, if it is one of those; nothing for others, and where there is no store. Where
// this person may not write beside the store, a warning is all. Throws Error io, no_space: then the command must not
// run.
void write_audit(const CLI::App& app, const Globals& globals);

}  // namespace ringscope::cli
