// Stands between the program and the C library (LD_PRELOAD) and makes faults, so that the very binary that is shipped
// is what is tested: RocksDB, exports, snapshots and all. It looks only at files under $FAULT_ROOT.
//
//   FAULT_AT=KIND:N:ACT   at the N-th call (1, 2, …) of a kind. KIND: read, write, sync, name (what makes, renames or
//                         removes a name), or step: any but reads. ACT:
//                           fail   this call fails with EIO          ever   this one and all after it
//                           kill   the process dies here             cut    so does the machine: what was not synced is
//                                                                           lost, names of files included
//                         end:1:cut: the machine dies when the process has ended, which keeps its exit status
//   FAULT_SYNC=lie        what is to be synced is not, and said to be: a disk that no store can be trusted to
//   FAULT_SEED=N          what a cut spares of what was not synced
//   FAULT_SPACE=BYTES     so much can be written, then the disk is full
//   FAULT_ALLOC=N:ACT     the N-th allocation fails (fail), or it and all after it (ever)
//   FAULT_CLOCK=S[:J:N]   the clock is S seconds off; after N looks at it J more
//   FAULT_COUNTS=FILE     how many calls there were of each kind, written at the end
//   FAULT_FIRED=FILE      is there once a fault was made
//
// A cut: data of a file is kept up to where it was last synced, and a random part of the rest, or zeros in its place.
// Names are kept up to the last sync of their directory, and a random number of the later changes, in their order.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <sys/types.h>

namespace faultline {

enum Kind { kRead, kWrite, kSync, kName, kStep, kEnd, kKinds };
enum class Act { none, fail, ever, kill, cut };

// The function of the C library behind ours.
template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// Notes that a fault was made; safe where memory cannot be had.
void note_fault();

struct NameChange {
  enum What { made, renamed, removed, directory_made, directory_removed } what = made;
  std::string path, old_path, spare;
};

// What is known of the files under $FAULT_ROOT, and which fault is to come. Calls hold `lock`, but for watches().
class Machine {
 public:
  Machine();

  bool watches(const std::string& path) const;
  bool knows(int fd) const { return open_.contains(fd); }

  // Counts a call; whether it is to fail. Does not return where the process dies by it.
  bool hit(Kind kind);
  // Takes so many bytes of the disk; whether there was no room.
  bool full(std::size_t bytes);

  // The process is about to end.
  void ended();

  void opened(int fd, bool is_new);
  void closed(int fd) { open_.erase(fd); }
  void synced(int fd);
  void truncated(int fd, off_t size);
  // Keeps what a name stood for, so that a cut can bring it back; where.
  std::string spare(const std::string& path);
  void changed(NameChange change);

  void write_counts() const;

  std::recursive_mutex lock;

 private:
  struct File {
    std::string path;  // as it is called now
    off_t synced = 0;  // bytes that are safe
    bool regular = true;
  };

  File* find(int fd);
  void parse_at(const std::string& text);
  bool count(Kind kind);
  std::uint64_t draw(std::uint64_t below);
  [[noreturn]] void die();
  void lose_unsynced();
  static void undo(const NameChange& change);

  std::string root_, spares_;
  Kind kind_ = kKinds;
  Act act_ = Act::none;
  unsigned long long nth_ = 0;
  unsigned long long counts_[kKinds] = {};
  bool lies_ = false;  // about syncs
  long long space_ = -1;
  std::uint64_t random_ = 1;
  std::uint64_t next_spare_ = 0;
  std::map<int, ino_t> open_;
  std::map<ino_t, File> files_;
  std::vector<NameChange> changes_;
};

Machine& machine();

}  // namespace faultline
