#pragma once

#include "cli/command.h"

namespace ringscope::cli {

std::function<int()> setup_import_run(CLI::App& app, const Globals& globals);

}  // namespace ringscope::cli
