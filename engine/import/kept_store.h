// What a distributed run leaves for one machine: OUT/ringscope.db beside its exports (docs/scale.md).
#pragma once

#include <filesystem>

namespace ringscope {

inline constexpr const char* kKeptStore = "ringscope.db";  // in the directory of the run
inline constexpr const char* kRunsWork = "work";           // there while the run goes on, or when it died

// The store that the run of this directory kept, read through and found sound. Throws Error not_found (no such
// directory, no store), refused (the run is not over), corrupt (a damaged store, or one without a run), version.
// O(store).
std::filesystem::path find_kept_store(const std::filesystem::path& run);

}  // namespace ringscope
