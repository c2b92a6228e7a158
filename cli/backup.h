// The command "backup".
#pragma once

#include "cli/command.h"

namespace ringscope::cli {

std::function<int()> setup_backup(CLI::App& app, const Globals& globals);

}  // namespace ringscope::cli
