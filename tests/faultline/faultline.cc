// Stands between the program and the C library (LD_PRELOAD) and makes faults, so that the very binary that is shipped
// is what is tested: RocksDB, exports, snapshots and all. It looks only at files under $FAULT_ROOT.
//
//   FAULT_AT=KIND:N:ACT   at the N-th call (1, 2, …) of a kind. KIND: read, write, sync, name (what makes, renames or
//                         removes a name), or step: any but reads. ACT:
//                           fail   this call fails with EIO          ever   this one and all after it
//                           kill   the process dies here             cut    so does the machine: what was not synced is
//                                                                           lost, names of files included
//   FAULT_SEED=N          what a cut spares of what was not synced
//   FAULT_SPACE=BYTES     so much can be written, then the disk is full
//   FAULT_ALLOC=N:ACT     the N-th allocation fails (fail), or it and all after it (ever)
//   FAULT_CLOCK=S[:J:N]   the clock is S seconds off; after N looks at it J more
//   FAULT_COUNTS=FILE     how many calls there were of each kind, written at the end
//
// A cut: data of a file is kept up to where it was last synced, and a random part of the rest, or zeros in its place.
// Names are kept up to the last sync of their directory, and a random number of the later changes, in their order.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

namespace {

enum Kind { kRead, kWrite, kSync, kName, kStep, kKinds };
constexpr const char* kKindNames[kKinds] = {"read", "write", "sync", "name", "step"};
enum class Act { none, fail, ever, kill, cut };

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

Act act_of(const char* text) {
  if (std::strcmp(text, "fail") == 0) return Act::fail;
  if (std::strcmp(text, "ever") == 0) return Act::ever;
  if (std::strcmp(text, "kill") == 0) return Act::kill;
  if (std::strcmp(text, "cut") == 0) return Act::cut;
  return Act::none;
}

struct File {
  std::string path;  // as it is called now
  off_t synced = 0;  // bytes that are safe
  bool regular = true;
};

struct NameChange {
  enum What { made, renamed, removed, directory_made, directory_removed } what = made;
  std::string path, old_path, spare;
};

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

class Machine {
 public:
  Machine() {
    const char* const root = std::getenv("FAULT_ROOT");
    root_ = root == nullptr ? "" : root;
    if (const char* const at = std::getenv("FAULT_AT")) parse_at(at);
    if (const char* const seed = std::getenv("FAULT_SEED")) random_ = std::strtoull(seed, nullptr, 10) * 2 + 1;
    if (const char* const space = std::getenv("FAULT_SPACE")) space_ = std::strtoll(space, nullptr, 10);
    spares_ = root_ + "/.spare" + std::to_string(getpid());
  }

  bool watches(const std::string& path) const {
    return !root_.empty() && path.size() > root_.size() && path.compare(0, root_.size(), root_) == 0 &&
           path.find("/.spare") == std::string::npos;
  }
  File* find(int fd) {
    const auto found = open_.find(fd);
    return found == open_.end() ? nullptr : &files_[found->second];
  }

  // Says whether the call is to fail. Called with the lock held.
  bool hit(Kind kind) {
    const bool mine = count(kind) | (kind != kRead && count(kStep));
    if (!mine) return false;
    if (act_ == Act::kill) die();
    if (act_ == Act::cut) cut();
    return true;
  }

  bool full(std::size_t bytes) {
    if (space_ < 0) return false;
    space_ -= static_cast<long long>(bytes);
    if (space_ >= 0) return false;
    space_ = 0;
    return true;
  }

  void opened(int fd, bool is_new) {
    char link[64], target[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, target, sizeof target);
    if (length <= 0) return;
    const std::string path(target, static_cast<std::size_t>(length));
    if (path != root_ && !watches(path)) return;
    struct stat status {};
    if (fstat(fd, &status) != 0) return;
    open_[fd] = status.st_ino;
    File& file = files_[status.st_ino];
    const bool known = !file.path.empty();
    file.path = path;
    file.regular = S_ISREG(status.st_mode);
    if (is_new) {
      file.synced = 0;  // whatever bore this number before
    } else if (!known) {
      file.synced = status.st_size;
    }
    if (is_new) changes_.push_back({NameChange::made, path, "", ""});
  }
  void closed(int fd) { open_.erase(fd); }

  void synced(int fd) {
    File* const file = find(fd);
    if (file == nullptr) return;
    if (file->regular) {
      struct stat status {};
      if (fstat(fd, &status) == 0) file->synced = status.st_size;
      return;
    }
    std::vector<NameChange> left;
    for (NameChange& change : changes_)
      if (parent_of(change.path) != file->path) left.push_back(std::move(change));
    changes_ = std::move(left);
  }
  void truncated(int fd, off_t size) {
    if (File* const file = find(fd); file != nullptr && file->synced > size) file->synced = size;
  }

  // Keeps what a name stood for, so that a cut can bring it back.
  std::string spare(const std::string& path) {
    if (act_ != Act::cut) return "";
    if (next_spare_ == 0) real<int (*)(const char*, mode_t)>("mkdir")(spares_.c_str(), 0700);
    std::string name = spares_ + "/" + std::to_string(++next_spare_);
    return real<int (*)(const char*, const char*)>("link")(path.c_str(), name.c_str()) == 0 ? name : "";
  }
  void changed(NameChange change) {
    if (change.what == NameChange::renamed)
      for (auto& [inode, file] : files_) follow(file.path, change.old_path, change.path);
    changes_.push_back(std::move(change));
  }

  void write_counts() const {
    const char* const to = std::getenv("FAULT_COUNTS");
    if (to == nullptr) return;
    if (std::FILE* const out = std::fopen(to, "w")) {
      for (int kind = 0; kind < kKinds; ++kind) std::fprintf(out, "%s %llu\n", kKindNames[kind], counts_[kind]);
      std::fclose(out);
    }
  }

  std::recursive_mutex lock;

 private:
  static void follow(std::string& path, const std::string& from, const std::string& to) {
    if (path == from) path = to;
    if (path.size() > from.size() && path.compare(0, from.size(), from) == 0 && path[from.size()] == '/')
      path = to + path.substr(from.size());
  }

  void parse_at(const std::string& text) {
    const std::size_t first = text.find(':'), second = text.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) return;
    for (int kind = 0; kind < kKinds; ++kind)
      if (text.compare(0, first, kKindNames[kind]) == 0 && std::strlen(kKindNames[kind]) == first)
        kind_ = static_cast<Kind>(kind);
    nth_ = std::strtoull(text.c_str() + first + 1, nullptr, 10);
    act_ = act_of(text.c_str() + second + 1);
  }

  bool count(Kind kind) {
    const unsigned long long now = ++counts_[kind];
    if (kind != kind_ || act_ == Act::none) return false;
    return act_ == Act::ever ? now >= nth_ : now == nth_;
  }

  std::uint64_t draw(std::uint64_t below) {
    random_ = random_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return below == 0 ? 0 : (random_ >> 33) % below;
  }

  [[noreturn]] void die() {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }

  [[noreturn]] void cut() {
    const std::uint64_t style = draw(3);  // nothing of what was not synced, a part of it, zeros in its place
    for (const auto& [inode, file] : files_) {
      struct stat status {};
      if (!file.regular || stat(file.path.c_str(), &status) != 0 || status.st_size <= file.synced) continue;
      const auto loose = static_cast<std::uint64_t>(status.st_size - file.synced);
      auto kept = static_cast<off_t>(style == 0 ? 0 : draw(loose + 1));
      if (style == 2) kept = std::max<off_t>((file.synced + kept) / 512 * 512 - file.synced, 0);  // whole sectors
      (void)!::truncate(file.path.c_str(), file.synced + kept);
      if (style == 2) (void)!::truncate(file.path.c_str(), status.st_size);
    }
    const std::size_t kept = style == 0 ? 0 : static_cast<std::size_t>(draw(changes_.size() + 1));
    for (std::size_t i = changes_.size(); i-- > kept;) undo(changes_[i]);
    die();
  }

  static void undo(const NameChange& change) {
    const auto rename_back = real<int (*)(const char*, const char*)>("rename");
    const auto remove_it = real<int (*)(const char*)>("unlink");
    switch (change.what) {
      case NameChange::made:
        remove_it(change.path.c_str());
        break;
      case NameChange::renamed:
        rename_back(change.path.c_str(), change.old_path.c_str());
        if (!change.spare.empty()) rename_back(change.spare.c_str(), change.path.c_str());
        break;
      case NameChange::removed:
        if (!change.spare.empty()) rename_back(change.spare.c_str(), change.path.c_str());
        break;
      case NameChange::directory_made:
        real<int (*)(const char*)>("rmdir")(change.path.c_str());
        break;
      case NameChange::directory_removed:
        real<int (*)(const char*, mode_t)>("mkdir")(change.path.c_str(), 0755);
        break;
    }
  }

  std::string root_, spares_;
  Kind kind_ = kKinds;
  Act act_ = Act::none;
  unsigned long long nth_ = 0;
  unsigned long long counts_[kKinds] = {};
  long long space_ = -1;
  std::uint64_t random_ = 1;
  std::uint64_t next_spare_ = 0;
  std::map<int, ino_t> open_;
  std::map<ino_t, File> files_;
  std::vector<NameChange> changes_;
};

Machine& machine() {
  static Machine* const one = new Machine;  // threads may still run at the end
  return *one;
}

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
  if (machine().find(fd) == nullptr) return call();
  const Lock lock(machine().lock);
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

std::atomic<unsigned long long> allocations{0};

// Read once, before anything allocates.
struct AllocationFault {
  unsigned long long nth = 0;
  bool ever = false;
};
AllocationFault allocation_fault;

__attribute__((constructor)) void start() {
  if (const char* const text = std::getenv("FAULT_ALLOC")) {
    char* end = nullptr;
    allocation_fault.nth = std::strtoull(text, &end, 10);
    allocation_fault.ever = std::strcmp(end, ":ever") == 0;
  }
  (void)machine();
}

__attribute__((destructor)) void stop() { machine().write_counts(); }

bool allocation_fails() {
  if (allocation_fault.nth == 0) return false;
  const unsigned long long now = ++allocations;
  if (allocation_fault.ever ? now < allocation_fault.nth : now != allocation_fault.nth) return false;
  errno = ENOMEM;
  return true;
}

std::atomic<long long> clock_looks{0};

// Seconds that the clock is off by now.
time_t clock_off() {
  static const char* const text = std::getenv("FAULT_CLOCK");
  if (text == nullptr) return 0;
  long long off = 0, jump = 0, after = 0;
  const int parts = std::sscanf(text, "%lld:%lld:%lld", &off, &jump, &after);
  const long long look = ++clock_looks;
  return static_cast<time_t>(parts == 3 && look > after ? off + jump : off);
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

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) { return allocation_fails() ? nullptr : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return allocation_fails() ? nullptr : __libc_calloc(count, size); }
void* realloc(void* old, size_t size) { return allocation_fails() ? nullptr : __libc_realloc(old, size); }
void* aligned_alloc(size_t alignment, size_t size) {
  return allocation_fails() ? nullptr : __libc_memalign(alignment, size);
}
int posix_memalign(void** out, size_t alignment, size_t size) {
  if (allocation_fails()) return ENOMEM;
  *out = __libc_memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  static const auto next = real<int (*)(clockid_t, struct timespec*)>("clock_gettime");
  const int result = next(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += clock_off();
  return result;
}

int gettimeofday(struct timeval* __restrict now, void* __restrict zone) {
  static const auto next = real<int (*)(struct timeval*, void*)>("gettimeofday");
  const int result = next(now, zone);
  if (result == 0) now->tv_sec += clock_off();
  return result;
}

time_t time(time_t* out) {
  struct timespec now {};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
