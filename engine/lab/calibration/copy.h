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

// A directory that is gone, with all that is in it, when this is.
class ScratchDirectory {
 public:
  explicit ScratchDirectory(const std::filesystem::path& parent);  // made new inside it; throws Error io
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ringscope::calibration
