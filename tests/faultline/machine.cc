#include "machine.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace faultline {
namespace {

constexpr const char* kKindNames[kKinds] = {"read", "write", "sync", "name", "step", "end"};

Act act_of(const char* text) {
  if (std::strcmp(text, "fail") == 0) return Act::fail;
  if (std::strcmp(text, "ever") == 0) return Act::ever;
  if (std::strcmp(text, "kill") == 0) return Act::kill;
  if (std::strcmp(text, "cut") == 0) return Act::cut;
  return Act::none;
}

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// A name under a directory that was renamed.
void follow(std::string& path, const std::string& from, const std::string& to) {
  if (path == from) path = to;
  if (path.size() > from.size() && path.compare(0, from.size(), from) == 0 && path[from.size()] == '/')
    path = to + path.substr(from.size());
}

}  // namespace

void note_fault() {
  const char* const path = std::getenv("FAULT_FIRED");
  if (path == nullptr) return;
  // Not by what stands in for the C library here.
  const long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT, 0600);
  if (fd >= 0) syscall(SYS_close, fd);
}

Machine::Machine() {
  const char* const root = std::getenv("FAULT_ROOT");
  root_ = root == nullptr ? "" : root;
  if (const char* const at = std::getenv("FAULT_AT")) parse_at(at);
  if (const char* const seed = std::getenv("FAULT_SEED")) random_ = std::strtoull(seed, nullptr, 10) * 2 + 1;
  if (const char* const space = std::getenv("FAULT_SPACE")) space_ = std::strtoll(space, nullptr, 10);
  if (const char* const sync = std::getenv("FAULT_SYNC")) lies_ = std::strcmp(sync, "lie") == 0;
  spares_ = root_ + "/.spare" + std::to_string(getpid());
}

bool Machine::watches(const std::string& path) const {
  return !root_.empty() && path.size() > root_.size() && path.compare(0, root_.size(), root_) == 0 &&
         path.find("/.spare") == std::string::npos;
}

Machine::File* Machine::find(int fd) {
  const auto found = open_.find(fd);
  return found == open_.end() ? nullptr : &files_[found->second];
}

bool Machine::hit(Kind kind) {
  const bool mine = count(kind) | (kind != kRead && count(kStep));
  if (!mine) return false;
  note_fault();
  if (act_ == Act::cut) lose_unsynced();
  if (act_ == Act::kill || act_ == Act::cut) die();
  return true;
}

void Machine::ended() {
  if (!count(kEnd)) return;
  note_fault();
  lose_unsynced();
}

bool Machine::full(std::size_t bytes) {
  if (space_ < 0) return false;
  space_ -= static_cast<long long>(bytes);
  if (space_ >= 0) return false;
  space_ = 0;
  note_fault();
  return true;
}

void Machine::opened(int fd, bool is_new) {
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

void Machine::synced(int fd) {
  File* const file = find(fd);
  if (file == nullptr || lies_) return;
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

void Machine::truncated(int fd, off_t size) {
  if (File* const file = find(fd); file != nullptr && file->synced > size) file->synced = size;
}

std::string Machine::spare(const std::string& path) {
  if (act_ != Act::cut) return "";
  if (next_spare_ == 0) real<int (*)(const char*, mode_t)>("mkdir")(spares_.c_str(), 0700);
  std::string name = spares_ + "/" + std::to_string(++next_spare_);
  return real<int (*)(const char*, const char*)>("link")(path.c_str(), name.c_str()) == 0 ? name : "";
}

void Machine::changed(NameChange change) {
  if (change.what == NameChange::renamed)
    for (auto& [inode, file] : files_) follow(file.path, change.old_path, change.path);
  changes_.push_back(std::move(change));
}

void Machine::write_counts() const {
  const char* const to = std::getenv("FAULT_COUNTS");
  if (to == nullptr) return;
  if (std::FILE* const out = std::fopen(to, "w")) {
    for (int kind = 0; kind < kKinds; ++kind) std::fprintf(out, "%s %llu\n", kKindNames[kind], counts_[kind]);
    std::fclose(out);
  }
}

void Machine::parse_at(const std::string& text) {
  const std::size_t first = text.find(':'), second = text.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos) return;
  for (int kind = 0; kind < kKinds; ++kind)
    if (text.compare(0, first, kKindNames[kind]) == 0 && std::strlen(kKindNames[kind]) == first)
      kind_ = static_cast<Kind>(kind);
  nth_ = std::strtoull(text.c_str() + first + 1, nullptr, 10);
  act_ = act_of(text.c_str() + second + 1);
}

bool Machine::count(Kind kind) {
  const unsigned long long now = ++counts_[kind];
  if (kind != kind_ || act_ == Act::none) return false;
  return act_ == Act::ever ? now >= nth_ : now == nth_;
}

std::uint64_t Machine::draw(std::uint64_t below) {
  random_ = random_ * 6364136223846793005ULL + 1442695040888963407ULL;
  return below == 0 ? 0 : (random_ >> 33) % below;
}

void Machine::die() {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

void Machine::lose_unsynced() {
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
}

void Machine::undo(const NameChange& change) {
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

Machine& machine() {
  static Machine* const one = new Machine;  // threads may still run at the end
  return *one;
}

}  // namespace faultline
