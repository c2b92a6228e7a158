// The log-shaped files of a store, read as the disk has them: the write-ahead logs (NNNNNN.log) and the list of tables
// (MANIFEST-NNNNNN). For the sources of this folder.
//
// RocksDB takes any record that does not fit for the end of the log, so that a flipped bit would cut off, without a
// word, all that was acknowledged after it. Here an end is one only where a write was torn: the file stops short.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ringscope {

struct LogDamage {
  std::string file;         // its name
  std::uint64_t at = 0;     // byte where the first damaged record begins
  std::uint64_t bytes = 0;  // from there to the end of the file
  std::string what;
};

// The first damage of one file; nothing when every record is whole up to the end, or up to one that the file ends in.
// O(file). A file that is gone is whole: a writer has just replaced it.
std::optional<LogDamage> log_damage(const std::filesystem::path& file);

// The same of the logs of a store and of the list of tables that CURRENT names, ascending by name.
std::vector<LogDamage> find_log_damage(const std::filesystem::path& store);

// The list of tables as it is now, by its name and length: another one later, and tables came or went in between.
std::string tables_now(const std::filesystem::path& store);

// Cuts off the end of the list of tables where the power went before its bytes came, and zeros stand for them: nothing
// there was acknowledged, and RocksDB would not open the store. Does nothing while somebody writes to the store, or
// where this process may not.
void cut_unwritten_tail(const std::filesystem::path& store);

}  // namespace ringscope
