// Joins small tables. What a run or a batch writes lies behind all that is there, so RocksDB moves its tables down as
// they are and never joins them: some three a run, and a reader holds each of them open.
#include <cstdint>
#include <string>
#include <vector>

#include "storage/store_internal.h"

namespace ringscope {
namespace {

constexpr std::size_t kFew = 16;
constexpr std::uint64_t kLeastBytes = 64 << 10;
constexpr std::uint64_t kMostBytes = 32 << 20;  // tables of this size and more stay as they are

void join(Store::Impl& store, rocksdb::ColumnFamilyHandle* family, const std::vector<std::string>& tables, int level) {
  rocksdb::CompactionOptions options;
  options.compression = rocksdb::kDisableCompressionOption;  // the family's own
  // What fails, or is in the way of RocksDB's own work, is joined another time: no row depends on it.
  store.db->CompactFiles(options, family, tables, level).PermitUncheckedError();
}

// Joins neighbours of fewer bytes than `below` where there are many in a row.
void join_neighbours(Store::Impl& store, rocksdb::ColumnFamilyHandle* family, std::uint64_t below) {
  rocksdb::ColumnFamilyMetaData now;
  store.db->GetColumnFamilyMetaData(family, &now);
  for (const rocksdb::LevelMetaData& level : now.levels) {
    if (level.level == 0) continue;  // they overlap, and RocksDB joins those
    std::vector<std::string> small;
    const auto end_row = [&] {
      if (small.size() >= kFew) join(store, family, small, level.level);
      small.clear();
    };
    for (const rocksdb::SstFileMetaData& table : level.files) {
      if (table.size >= below || table.being_compacted) {
        end_row();
      } else {
        small.push_back(table.name);
      }
    }
    end_row();
  }
}

}  // namespace

void join_small_tables(Store::Impl& store) {
  for (rocksdb::ColumnFamilyHandle* const family : store.families) {
    for (std::uint64_t below = kLeastBytes; below <= kMostBytes; below *= 8) join_neighbours(store, family, below);
  }
}

}  // namespace ringscope
