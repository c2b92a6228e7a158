// Another secret key for the kinds that are stored keyed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ringscope {

struct Rekeyed {
  std::size_t generation = 0;  // of the key that values are stored under now
  std::uint64_t values = 0, rows = 0, records = 0;
  std::uint64_t rejected_lines = 0;    // whose text went
  std::vector<std::string> snapshots;  // that hold values of these kinds as they came; only dropping them helps
};

// Takes the store to the last key of its key file; when it is there already, a key is added to the file first. A kill
// between the two leaves a store of the key before and a file with one key more: both work on, and the next call goes
// on from there. Throws Error usage when it has no keyed kinds; refused, config, io as ValueKeys does.
Rekeyed rotate_keys(const std::filesystem::path& store, std::size_t memory_bytes);

struct KeyedChoice {
  std::vector<std::string> kinds;   // keyed
  std::vector<std::string> sealed;  // keyed and sealed
};

// Makes kinds keyed from now on, under the keys of a file; values of them that the store has as they came become keyed
// as well, and the texts of rejected lines go. A kill after that was durable leaves them in the files until the store
// is opened for writing the next time. Throws Error refused when it has another key file already, and as
// Store::rekey().
Rekeyed enable_keys(const std::filesystem::path& store, std::size_t memory_bytes, const std::filesystem::path& key_file,
                    const KeyedChoice& choice);

}  // namespace ringscope
