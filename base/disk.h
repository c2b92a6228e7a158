// Whole files, what makes them and their names durable, and directories that are not.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ringscope {

// Syncs a file, or a directory and so the names in it. Throws Error io, no_space, naming it.
void sync_to_disk(const std::filesystem::path& path);

// All bytes of a file; nothing when it cannot be read.
std::optional<std::string> read_bytes(const std::filesystem::path& file);

// Where the path's name stands: its parent, or ".".
std::filesystem::path directory_of(const std::filesystem::path& path);

// A directory that is gone, with all that is in it, when this is.
class ScratchDirectory {
 public:
  // Made new inside `parent`, which is made, too; its name begins with `prefix`. Throws Error io.
  ScratchDirectory(const std::filesystem::path& parent, std::string_view prefix);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }
  void keep() { kept_ = true; }  // it stays

 private:
  std::filesystem::path path_;
  bool kept_ = false;
};

}  // namespace ringscope
