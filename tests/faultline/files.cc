// Calls on files and names, as the C library has them.
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <string>

#include "machine.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

using namespace faultline;

namespace {

using Lock = std::unique_lock<std::recursive_mutex>;

std::string absolute(const char* path) {
  if (path[0] == '/') return path;
  char here[4096];
  return getcwd(here, sizeof here) == nullptr ? path : std::string(here) + "/" + path;
}

bool exists(const char* path) {
  struct stat status {};
  return lstat(path, &status) == 0;
}

template <class Open>
int watched_open(const char* path, int flags, const Open& open_it) {
  const std::string whole = absolute(path);
  if (!machine().watches(whole)) {
    const int other = open_it();
    if (other >= 0) {
      const Lock lock(machine().lock);
      machine().closed(other);  // a number that was closed behind our back
    }
    return other;
  }
  const Lock lock(machine().lock);
  const bool is_new = (flags & O_CREAT) != 0 && !exists(path);
  if (is_new && machine().hit(kName)) {
    errno = EIO;
    return -1;
  }
  const int fd = open_it();
  if (fd >= 0) machine().opened(fd, is_new);
  if (fd >= 0 && (flags & O_TRUNC) != 0) machine().truncated(fd, 0);
  return fd;
}

// Runs a call on a watched file: it may fail, and the disk may be full.
template <class Call>
ssize_t watched(int fd, Kind kind, std::size_t bytes, const Call& call) {
  Lock lock(machine().lock);
  if (!machine().knows(fd)) {
    lock.unlock();  // it may wait for others
    return call();
  }
  if (machine().hit(kind)) {
    errno = EIO;
    return -1;
  }
  if (kind == kWrite && machine().full(bytes)) {
    errno = ENOSPC;
    return -1;
  }
  const ssize_t result = call();
  if (kind == kSync && result == 0) machine().synced(fd);
  return result;
}

template <class Call>
int watched_name(const std::string& path, NameChange change, bool keeps, const Call& call) {
  if (!machine().watches(path)) return call();
  const Lock lock(machine().lock);
  if (machine().hit(kName)) {
    errno = EIO;
    return -1;
  }
  if (keeps && exists(path.c_str())) change.spare = machine().spare(path);
  const int result = call();
  if (result == 0) machine().changed(std::move(change));
  return result;
}

mode_t mode_of(int flags, va_list& arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  static const auto next = real<int (*)(const char*, int, ...)>("open");
  return watched_open(path, flags, [&] { return next(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  static const auto next = real<int (*)(const char*, int, ...)>("open64");
  return watched_open(path, flags, [&] { return next(path, flags, mode); });
}

FILE* fopen64(const char* path, const char* mode) {
  static const auto next = real<FILE* (*)(const char*, const char*)>("fopen64");
  FILE* file = nullptr;
  const int flags = mode[0] == 'w' ? O_CREAT | O_TRUNC : mode[0] == 'a' ? O_CREAT : 0;
  (void)watched_open(path, flags, [&] {
    file = next(path, mode);
    return file == nullptr ? -1 : fileno(file);
  });
  return file;
}

FILE* fopen(const char* path, const char* mode) { return fopen64(path, mode); }

int fclose(FILE* file) {
  static const auto next = real<int (*)(FILE*)>("fclose");
  {
    const Lock lock(machine().lock);
    machine().closed(fileno(file));
  }
  return next(file);
}

int mkostemp64(char* pattern, int flags) {
  static const auto next = real<int (*)(char*, int)>("mkostemp64");
  return watched_open(pattern, O_CREAT, [&] { return next(pattern, flags); });
}

int mkostemp(char* pattern, int flags) { return mkostemp64(pattern, flags); }

int close(int fd) {
  static const auto next = real<int (*)(int)>("close");
  {
    const Lock lock(machine().lock);
    machine().closed(fd);
  }
  return next(fd);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t)>("write");
  return watched(fd, kWrite, size, [&] { return next(fd, bytes, size); });
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return watched(fd, kWrite, size, [&] { return next(fd, bytes, size, at); });
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) { return pwrite(fd, bytes, size, at); }

ssize_t writev(int fd, const struct iovec* parts, int count) {
  static const auto next = real<ssize_t (*)(int, const struct iovec*, int)>("writev");
  std::size_t bytes = 0;
  for (int i = 0; i < count; ++i) bytes += parts[i].iov_len;
  return watched(fd, kWrite, bytes, [&] { return next(fd, parts, count); });
}

ssize_t read(int fd, void* bytes, size_t size) {
  static const auto next = real<ssize_t (*)(int, void*, size_t)>("read");
  return watched(fd, kRead, size, [&] { return next(fd, bytes, size); });
}

ssize_t pread(int fd, void* bytes, size_t size, off_t at) {
  static const auto next = real<ssize_t (*)(int, void*, size_t, off_t)>("pread");
  return watched(fd, kRead, size, [&] { return next(fd, bytes, size, at); });
}

ssize_t pread64(int fd, void* bytes, size_t size, off64_t at) { return pread(fd, bytes, size, at); }

int fsync(int fd) {
  static const auto next = real<int (*)(int)>("fsync");
  return static_cast<int>(watched(fd, kSync, 0, [&] { return next(fd); }));
}

int fdatasync(int fd) {
  static const auto next = real<int (*)(int)>("fdatasync");
  return static_cast<int>(watched(fd, kSync, 0, [&] { return next(fd); }));
}

int ftruncate(int fd, off_t size) {
  static const auto next = real<int (*)(int, off_t)>("ftruncate");
  return static_cast<int>(watched(fd, kWrite, 0, [&]() -> ssize_t {
    machine().truncated(fd, size);
    return next(fd, size);
  }));
}

int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int rename(const char* from, const char* to) {
  static const auto next = real<int (*)(const char*, const char*)>("rename");
  const std::string target = absolute(to);
  return watched_name(target, {NameChange::renamed, target, absolute(from), ""}, true, [&] { return next(from, to); });
}

int link(const char* from, const char* to) {
  static const auto next = real<int (*)(const char*, const char*)>("link");
  const std::string target = absolute(to);
  return watched_name(target, {NameChange::made, target, "", ""}, false, [&] { return next(from, to); });
}

int unlink(const char* path) {
  static const auto next = real<int (*)(const char*)>("unlink");
  const std::string target = absolute(path);
  return watched_name(target, {NameChange::removed, target, "", ""}, true, [&] { return next(path); });
}

int remove(const char* path) {
  static const auto next = real<int (*)(const char*)>("remove");
  const std::string target = absolute(path);
  struct stat status {};
  const bool directory = lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
  return watched_name(target, {directory ? NameChange::directory_removed : NameChange::removed, target, "", ""},
                      !directory, [&] { return next(path); });
}

int unlinkat(int directory, const char* path, int flags) {
  static const auto next = real<int (*)(int, const char*, int)>("unlinkat");
  std::string target = absolute(path);
  if (directory != AT_FDCWD && path[0] != '/') {
    char link_name[64], place[4096];
    std::snprintf(link_name, sizeof link_name, "/proc/self/fd/%d", directory);
    const ssize_t length = readlink(link_name, place, sizeof place);
    if (length > 0) target = std::string(place, static_cast<std::size_t>(length)) + "/" + path;
  }
  const bool is_directory = (flags & AT_REMOVEDIR) != 0;
  return watched_name(target, {is_directory ? NameChange::directory_removed : NameChange::removed, target, "", ""},
                      !is_directory, [&] { return next(directory, path, flags); });
}

int mkdir(const char* path, mode_t mode) {
  static const auto next = real<int (*)(const char*, mode_t)>("mkdir");
  const std::string target = absolute(path);
  return watched_name(target, {NameChange::directory_made, target, "", ""}, false, [&] { return next(path, mode); });
}

int rmdir(const char* path) {
  static const auto next = real<int (*)(const char*)>("rmdir");
  const std::string target = absolute(path);
  return watched_name(target, {NameChange::directory_removed, target, "", ""}, false, [&] { return next(path); });
}

}  // extern "C"
