// Members of rings that were made by hand, as accounts that the store has seen.
#pragma once

#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope::testing {

inline void add_accounts(Store& store, const Ring& ring) {
  const auto writer = store.live_writer();
  for (const Member& member : ring.members) {
    AccountRow row;
    row.account = member.account;
    row.facts.created = 1;
    writer->add_name({{kAccountKind, member.account}, member.name});
    writer->add_row(row);
  }
  writer->commit();
}

}  // namespace ringscope::testing
