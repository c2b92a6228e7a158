// What happened to rings over the runs: 'rings --changed-since' and 'rings --flow'.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

#include "cli/command.h"

namespace ringscope::cli {

// Rings whose version changed after `run`, only those of these ids unless it is null; with --json one a line, schema
// "ringscope.ring-change/1". The exit status.
int print_changed(const Globals& globals, const Store& store, std::uint64_t run, const std::set<std::string>* wanted);

// How rings came out of each other: as a picture into `svg` unless it is empty, else on the terminal, or with --json
// one link a line, schema "ringscope.ring-flow/1". The exit status.
int print_flow(const Globals& globals, const Store& store, const std::filesystem::path& svg);

}  // namespace ringscope::cli
