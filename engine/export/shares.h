// Accounts that have to do with several rings: a row an account and ring, with the account's share in it
// (engine/ask/overlap.h). Beside the level "accounts", whose rows are accounts: the two join on the account.
#pragma once

#include "engine/export/export.h"

namespace ringscope {

struct ShareRow {
  std::string account, ring;
  bool member = false;  // it is this ring's
  double share = 0;     // [0, 1]; those of an account sum to one
  double bits = 0;      // of its links to members; 0: it has none
};
// Calls visit(row) for all of the latest run's accounts whose tier is kept, in the order of rings and members, of each
// the largest share first, its own ring always; returns their number. O(links of the members).
std::uint64_t visit_shares(const Store& store, const ExportFilter& filter,
                           const std::function<void(const ShareRow&)>& visit);

// Schema "ringscope.account-share/1" (docs/schema/account-share.schema.json).
std::uint64_t write_shares_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink);
std::uint64_t write_shares_parquet(const Store& store, const ExportFilter& filter, const ExportSink& sink);

}  // namespace ringscope
