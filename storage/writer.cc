#include "storage/writer.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace ringscope {
namespace {

std::mutex looking;           // nobody opens or closes a lock's file but under it
std::size_t own_writers = 0;  // of this process

}  // namespace

OwnWriter::OwnWriter() {
  const std::scoped_lock lock(looking);
  ++own_writers;
}

OwnWriter::~OwnWriter() {
  const std::scoped_lock lock(looking);
  --own_writers;
}

std::optional<std::int64_t> writer_of(const std::filesystem::path& store) {
  const std::scoped_lock lock(looking);
  if (own_writers > 0) return getpid();
  const int file = open((store / "LOCK").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  struct flock asked {};
  asked.l_type = F_WRLCK;
  asked.l_whence = SEEK_SET;
  const int status = fcntl(file, F_GETLK, &asked);
  close(file);
  if (status != 0 || asked.l_type == F_UNLCK) return std::nullopt;
  return asked.l_pid;
}

void while_nobody_writes(const std::filesystem::path& store, const std::function<void()>& change) {
  const std::scoped_lock lock(looking);
  if (own_writers > 0) return;
  const int file = open((store / "LOCK").c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  const std::unique_ptr<const int, void (*)(const int*)> closed(&file, [](const int* one) { close(*one); });
  struct flock wanted {};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  if (fcntl(file, F_SETLK, &wanted) == 0) change();
}

StoreMark store_mark(const std::filesystem::path& store) {
  StoreMark files;
  std::error_code ignored;
  for (const auto& file : std::filesystem::directory_iterator(store, ignored)) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with("MANIFEST-") && !name.ends_with(".log")) continue;
    files.emplace_back(name, file.file_size(ignored));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace ringscope
