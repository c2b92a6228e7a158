// A file that is either there in full or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ringscope {

enum class FileAccess {
  ordinary,  // as the umask says
  owner,     // nobody else may read it
};

// Writes to a temporary name in the same directory; commit() makes it durable and gives it its name. Dropping it
// without a commit removes it, and an older file of the name stays as it was. Throws Error io, no_space.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path, FileAccess access = FileAccess::ordinary);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  void commit();

 private:
  void flush();

  std::filesystem::path path_;
  std::string temporary_;
  std::string buffer_;
  FileAccess access_;
  int file_ = -1;
};

}  // namespace ringscope
