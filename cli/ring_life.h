// A ring's life on the terminal: what 'ring ID' says of runs other than the latest.
#pragma once

#include <filesystem>
#include <string>

#include "cli/command.h"
#include "engine/ask/life/ring_life.h"

namespace ringscope::cli {

// "merged: 12 came, 1 went; took in R-7f3a91c2"
std::string change_text(const RingEvent& event);
// One line for the ring's page: "version 3 since run 12; born in run 4"; empty for a ring that the ledger does not
// know.
std::string history_line(const Store& store, std::string_view id);

// 'ring ID --history', '--timeline' and '--at RUN' of a run without rows. With --json one event a line, or the version.
void print_history(const Globals& globals, const Store& store, const Standing& standing);
void print_timeline(const Globals& globals, const Store& store, const Standing& standing);
void print_version(const Globals& globals, const Store& store, const Standing& standing, std::uint64_t run);

}  // namespace ringscope::cli
