// Commands for whoever studies methods and results.
#pragma once

#include <functional>

#include "cli/command.h"

namespace ringscope::cli {

std::function<int()> setup_compare_methods(CLI::App& app, const Globals& globals);
std::function<int()> setup_reproduce(CLI::App& app, const Globals& globals);

}  // namespace ringscope::cli
