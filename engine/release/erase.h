// Erasing one person's account: machines are told first, then nothing in the store speaks of it.
//
// What was told of it in the feed stays as events of a pseudonym, with the ids that consumers know, so that who applied
// the ban finds its unban (docs/decisions/0010-erasure-and-the-feed.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/store.h"
#include "storage/traces.h"

namespace ringscope {

enum class ComesAgain : std::uint8_t { never, may };

struct EraseRequest {
  std::string account;
  std::string by;
  std::string reason;
  Seconds now = kNoTime;
  ComesAgain again = ComesAgain::never;  // never: lines that name it are passed over from now on
};

struct Erased {
  std::string pseudonym;
  bool unbanned = false;  // machines had been told to ban it, and were told to take that back
  Store::ErasureReport report;
  std::uint64_t values = 0;          // that nobody else had
  std::uint64_t rejected_lines = 0;  // of the files of rejects, whose text went
  std::vector<Needle> needles;       // what to look for in the files to see that it is gone
};

// Throws Error usage without a name or a reason, not_found, io. When it returns, no reader finds the account, and all
// files were rewritten; bytes may still be in the log of writes and the manifest until the store was opened for writing
// once more. O(everything stored).
Erased erase_account(Store& store, const EraseRequest& request);

// Names of the snapshots that hold an account. Opens each.
std::vector<std::string> snapshots_with(const std::filesystem::path& store, const std::string& account);

}  // namespace ringscope
