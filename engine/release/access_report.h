// Everything that the store holds on one account, for the person whose it is: machine-readable, and of nobody else.
#pragma once

#include <string>
#include <string_view>

#include "storage/store.h"

namespace ringscope {

// Schema "ringscope.access-report/1" (docs/schema/access-report.schema.json), one line: facts; every cell and day of
// activity; in every run its ring and what was said of it; what happened to it in the feed; decisions and what machines
// were told; rejected lines that name it; the snapshots that hold it. Other accounts are counted, not named. Values of
// keyed kinds are as they are stored, those of sealed kinds as they came where the keys of days are at hand.
// O(everything stored). Throws Error not_found, corrupt.
std::string access_report(const Store& store, std::string_view account);

}  // namespace ringscope
