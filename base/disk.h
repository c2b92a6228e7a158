// What makes files and names durable.
#pragma once

#include <filesystem>

namespace ringscope {

// Syncs a file, or a directory and so the names in it. Throws Error io, no_space, naming it.
void sync_to_disk(const std::filesystem::path& path);

// Where the path's name stands: its parent, or ".".
std::filesystem::path directory_of(const std::filesystem::path& path);

}  // namespace ringscope
