// --window and --as-of, of the commands that look at a window of days.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "engine/config.h"

namespace ringscope::cli {

struct WindowOptions {
  std::string window;
  std::string as_of;
};

void add_window_options(CLI::App& app, WindowOptions& options);

// Sets what was given. Throws Error usage: no number of days, no time.
void apply(const WindowOptions& options, DetectConfig& config);

}  // namespace ringscope::cli
