// A file that is either there in full or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ringscope {

enum class FileMode { ordinary, owner_only };  // owner_only: 0600

// Writes to a temporary name in the same directory; commit() makes it durable and gives it its name. Dropping it
// without a commit removes it, and an older file of the name stays as it was. Throws Error io, no_space.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path, FileMode mode = FileMode::ordinary);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  void commit();
  // As commit(), but a file that has the name already stays as it is: false then.
  bool commit_new();

 private:
  void flush();
  void finish();

  std::filesystem::path path_;
  FileMode mode_;
  std::string temporary_;
  std::string buffer_;
  int file_ = -1;
};

}  // namespace ringscope
