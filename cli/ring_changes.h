// What happened to rings over the runs: 'rings --changed-since' and 'rings --flow'.
#pragma once

#include <cstdint>
#include <filesystem>

#include "cli/command.h"

namespace ringscope::cli {

// Rings whose version changed after `run`; with --json one a line, schema "ringscope.ring-change/1". The exit status.
int print_changed(const Globals& globals, const Store& store, std::uint64_t run);

// How rings came out of each other: as a picture into `svg` unless it is empty, else on the terminal, or with --json
// one link a line, schema "ringscope.ring-flow/1". The exit status.
int print_flow(const Globals& globals, const Store& store, const std::filesystem::path& svg);

}  // namespace ringscope::cli
