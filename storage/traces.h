// Looking for bytes in the files of a store as they lie on the disk: the proof that what was erased is gone.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"

namespace ringscope {

struct FileTrace {
  std::string file;  // beside the store's directory; of a hidden version "column family NAME"
  std::string what;  // which needle
};
struct TraceReport {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;    // as they lie on the disk
  std::uint64_t entries = 0;  // keys and values of sorted files that were unpacked
  std::vector<FileTrace> found;
};

struct Needle {
  std::string what;
  std::string bytes;  // fewer than four are not looked for: they would be found anywhere
  bool word = false;  // only where it is no part of a longer word (base/words.h)
  // Whether what stands at `at` is a word that records of any store have. With it the needle is not looked for either
  // among names of kinds and column families, in options of RocksDB, and in the raw bytes of sorted files, whose
  // entries are all looked at.
  std::function<bool(std::string_view bytes, std::size_t at)> own_word = {};
};

// The forms in which a name stands in files: its text, and its key as eight bytes of either order, as a decimal number
// and as hex digits.
std::vector<Needle> needles_of(std::string_view name);

// Reads every regular file under `store` but those of snapshots: raw (Needle::own_word says what is left out), and
// sorted files of RocksDB also unpacked, entry by entry. Of a store also every version of every key that its files
// hold, be it deleted or replaced: what a tombstone hides is a trace, and so is the key in the tombstone. O(bytes *
// needles). A directory that no process has open for writing. Throws Error io, corrupt.
TraceReport find_traces(const std::filesystem::path& store, const std::vector<Needle>& needles);

}  // namespace ringscope
