// Records of one partition -> rows of its accounts, ascending.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/ingest/record.h"
#include "storage/rows.h"

namespace ringscope {

// What the numbers in the records of a shard mean.
struct ShardMeaning {
  std::vector<KindId> kinds;
  std::span<const std::string> words;
};

struct RecordMeaning {
  std::vector<ShardMeaning> shards;
  KindId capability{};
  KindId model{};
};

// Where a record lies.
struct RecordAt {
  KeyHash account = 0;
  const std::uint64_t* words = nullptr;
};

// One row for each account among `records`, which are sorted. Cost O(n log n); the order of the records does not show.
std::vector<AccountRow> build_rows(std::vector<RecordAt>& records, const RecordMeaning& meaning);

}  // namespace ringscope
