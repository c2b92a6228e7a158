// Backups: copies of a store in another directory, each whole, sharing files that did not change; with checksums.
//
// What a store's database holds is copied: rows, names, runs, ledger, verdicts, journal; and the key under which erased
// accounts are known when they come again (DB/keys/suppress.key), in DIR/meta, which is for its owner only. What else
// lies beside the database is not: snapshots, rejects/, the server's tokens, the audit and its key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "base/time.h"
#include "storage/store.h"

namespace ringscope {

struct Backup {
  std::uint32_t number = 0;  // 1, 2, … of the directory
  Seconds made = 0;          // wall clock
  std::uint64_t bytes = 0;   // of all its files, shared ones as well
  std::uint32_t files = 0;
};

// Copies what changed since the last backup. Nothing is listed before all of it is on the disk. Needs to write to the
// store: Error locked when another process does. `directory` is made when it is not there. Throws also io, no_space.
Backup create_backup(const std::filesystem::path& store, const std::filesystem::path& directory);
// Ascending. Throws Error not_found when there are none.
std::vector<Backup> list_backups(const std::filesystem::path& directory);
// Reads all files of a backup and compares their checksums. Throws Error corrupt, not_found.
void verify_backup(const std::filesystem::path& directory, std::uint32_t number);
// Writes a backup to `to`, which must not exist and is there in full or not at all. Checksums are compared. `finish`
// changes what was written before it bears its name. Throws Error usage, corrupt, not_found, io, no_space, and what
// `finish` throws.
void restore_backup(const std::filesystem::path& directory, std::uint32_t number, const std::filesystem::path& to,
                    const std::function<void(const std::filesystem::path& made)>& finish = {});
// Drops all but the newest; how many went. Files that no other backup shares are removed.
std::uint64_t prune_backups(const std::filesystem::path& directory, std::uint32_t keep);

}  // namespace ringscope
