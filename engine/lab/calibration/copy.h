// Copies of a store, so that what is tried on one never shows in another.
#pragma once

#include <filesystem>

#include "storage/store.h"

namespace ringscope::calibration {

// Writes the rows and names of an open store into a new one at `path`: what detection reads, without runs, positions
// and indicators. The source is only read, and may be written by another process meanwhile: the copy has the state at
// its opening. Cost: one pass over the store. Throws Error io, no_space.
void copy_store(const Store& from, const std::filesystem::path& path);

// A second name for a closed store that nobody else uses: its sorted files never change, so they are linked; the few
// others are copied. What is written to one of the two does not show in the other. Throws Error io.
void link_store(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace ringscope::calibration
