// What came, went and changed between two states of a store.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/checkpoint.h"
#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

enum class Change { came, went, changed };
const char* to_string(Change change);

struct ChangeCounts {
  std::uint64_t came = 0;
  std::uint64_t went = 0;
  std::uint64_t changed = 0;
};

struct AccountChange {
  Change change = Change::came;
  std::string account;
};

struct RingState {
  Tier tier = Tier::watch;
  double score = 0;
  std::uint64_t size = 0;
};
struct RingDifference {
  Change change = Change::came;
  std::string ring;
  RingState before, after;   // of one that came or went the other is empty
  std::uint64_t joined = 0;  // members
  std::uint64_t left = 0;
};

struct SnapshotDiff {
  ChangeCounts accounts;                         // changed: in what was seen of them
  std::map<std::string, ChangeCounts> entities;  // by kind: values that the store knows
  std::map<std::string, ChangeCounts> edges;     // by kind: account and entity; changed: seen at other times or oftener
  ChangeCounts rings;                            // of the latest runs, by id; changed: members, tier or score
  std::vector<AccountChange> account_list;       // the first, by key
  std::vector<RingDifference> ring_list;         // the first, by id
};

// Both are walked through in the order of their keys, at the same time: O(both stores) time, memory for one row and for
// the lists, of `limit` lines each.
SnapshotDiff compare_stores(const Store& before, const Store& after, std::size_t limit, const Checkpoint& check = {});
// Schema "ringscope.snapshot-diff/1", one line; the two by name.
std::string diff_to_json(std::string_view before, std::string_view after, const SnapshotDiff& diff);

}  // namespace ringscope
