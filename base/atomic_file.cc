#include "base/atomic_file.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/error.h"

namespace ringscope {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;

[[noreturn]] void fail(const char* what, const std::filesystem::path& path) {
  const int number = errno;
  const ErrorCode code = number == ENOSPC || number == EDQUOT ? ErrorCode::no_space : ErrorCode::io;
  throw Error(code, std::string(what) + ": " + std::generic_category().message(number), path.string());
}

mode_t ordinary_mode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

}  // namespace

AtomicFile::AtomicFile(const std::filesystem::path& path, FileMode mode)
    : path_(path),
      mode_(mode),
      temporary_((directory_of(path) / ("." + path.filename().string() + ".XXXXXX")).string()) {
  if (path.filename().empty() || std::filesystem::is_directory(path)) {
    throw Error(ErrorCode::usage, "the output is a directory; name a file in it", path.string());
  }
  if (std::filesystem::exists(path) && !std::filesystem::is_regular_file(std::filesystem::symlink_status(path))) {
    throw Error(ErrorCode::usage,
                "the output exists and is no regular file (a device, a pipe or a link); name a plain file",
                path.string());
  }
  file_ = mkostemp(temporary_.data(), O_CLOEXEC);
  if (file_ < 0) fail("cannot create the output; does its directory exist and may you write there?", path);
}

AtomicFile::~AtomicFile() {
  if (file_ < 0) return;
  close(file_);
  unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= kBufferBytes) flush();
}

void AtomicFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write the output", path_);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

void AtomicFile::finish() {
  flush();
  if (mode_ == FileMode::ordinary && fchmod(file_, ordinary_mode()) != 0)
    fail("cannot set the mode of the output", path_);
  if (fsync(file_) != 0) fail("cannot sync the output", path_);
}

void AtomicFile::commit() {
  finish();
  if (rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot rename the output", path_);
  close(file_);
  file_ = -1;
  sync_to_disk(directory_of(path_));  // a rename is durable once its directory is
}

bool AtomicFile::commit_new() {
  finish();
  if (link(temporary_.c_str(), path_.c_str()) != 0) {
    if (errno == EEXIST) return false;
    fail("cannot name the output", path_);
  }
  unlink(temporary_.c_str());
  close(file_);
  file_ = -1;
  sync_to_disk(directory_of(path_));  // a rename is durable once its directory is
  return true;
}

}  // namespace ringscope
