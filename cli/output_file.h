// Files that commands write beside standard output.
#pragma once

#include <filesystem>
#include <string_view>

namespace ringscope::cli {

// In full or not at all. Throws Error io, no_space, usage (a directory, a device).
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace ringscope::cli
